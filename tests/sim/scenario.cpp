// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include <algorithm>
#include <array>

#include "scenario_reader.hpp"

namespace sfu::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::array<std::uint32_t, 2>, 3> kSizes = {{{320, 180}, {640, 360}, {1280, 720}}};

Instant instant(Duration since) {
  return Instant{} + since;
}

void read_cross(const YAML::Node& node, Link& link) {
  ScenarioReader in(node, "cross");
  const bool tcp = in.choice("kind", {"udp", "tcp"}, 0) == 1;
  const Instant from = instant(in.duration("from", {}));
  const Instant until = in.has("until") ? instant(in.duration("until", {})) : kNever;
  if (tcp) {
    TcpFlow flow{.from = from, .until = until, .rtt = in.duration("rtt", milliseconds(100))};
    if (flow.rtt < milliseconds(1)) throw ScenarioError(node, "rtt: at least 1ms");
    const YAML::Node size = in.list("size");
    if (size.size() != 0 && size.size() != 2) throw ScenarioError(size, "size: two numbers of bytes are wanted");
    if (size.size() == 2) {
      flow.smallest = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(read_number(size[0], "size")));
      flow.largest = std::max(flow.smallest, static_cast<std::uint64_t>(read_number(size[1], "size")));
    }
    flow.idle = in.duration("idle", seconds(10));
    const double count = in.number("count", 1);
    for (int i = 0; i < static_cast<int>(count); ++i) link.tcp_flows.push_back(flow);
  } else {
    ConstantFlow flow{.rate = in.bitrate("rate", {}), .from = from, .until = until};
    if (flow.rate.bps < 1000) throw ScenarioError(node, "rate: at least 1k");
    flow.on = in.duration("on", {});
    flow.off = in.duration("off", {});
    link.constant_flows.push_back(flow);
  }
  in.finish();
}

Link read_link(const YAML::Node& node, const std::string& name) {
  ScenarioReader in(node, name);
  Link link;
  link.spare_weightless = true;
  link.rate = in.bitrate("rate", {});
  link.delay = in.duration("delay", milliseconds(10));
  link.jitter = in.duration("jitter", {});
  link.in_order = !in.flag("reorder", false);
  link.queue = in.duration("queue", milliseconds(300));
  link.queue_bytes = static_cast<std::size_t>(in.number("queue_bytes", 0));
  link.loss = in.probability("loss", 0);
  link.duplicate = in.probability("duplicate", 0);
  if (const YAML::Node bursts = in.find("bursts")) {
    ScenarioReader of(bursts, "bursts");
    link.bursts = {.good_to_bad = of.probability("good_to_bad", 0),
                   .bad_to_good = of.probability("bad_to_good", 1),
                   .loss = of.probability("loss", 1)};
    of.finish();
  }
  for (const YAML::Node& change : in.list("at")) {
    ScenarioReader of(change, "at");
    LinkChange& read = link.changes.emplace_back();
    read.at = instant(read_duration(of.need("t"), "t"));
    if (of.has("rate")) read.rate = of.bitrate("rate", {});
    if (of.has("delay")) read.delay = of.duration("delay", {});
    if (of.has("loss")) read.loss = of.probability("loss", 0);
    of.finish();
    if (link.changes.size() > 1 && read.at < link.changes[link.changes.size() - 2].at) {
      throw ScenarioError(change, "t: before the one above");
    }
  }
  for (const YAML::Node& cross : in.list("cross")) read_cross(cross, link);
  in.finish();
  return link;
}

// What both a publisher and `publish` of a subscriber have.
std::vector<MediaPlan> read_media(ScenarioReader& in) {
  std::vector<MediaPlan> media;
  MediaPlan plan;
  plan.kind = static_cast<MediaKind>(in.choice("kind", {"simulcast", "svc", "single", "audio"}, 0));
  const YAML::Node bitrates = in.list("bitrates");
  plan.screen_share = in.flag("screen_share", false);
  plan.frames_per_second = static_cast<unsigned>(in.number("fps", plan.screen_share ? 15 : 30));
  plan.temporal_layers = static_cast<unsigned>(in.number("temporal_layers", 3));
  if (plan.frames_per_second < 1 || plan.frames_per_second > 60) throw ScenarioError(in.find("fps"), "fps: 1 to 60");
  if (plan.temporal_layers < 1 || plan.temporal_layers > 3) {
    throw ScenarioError(in.find("temporal_layers"), "temporal_layers: 1 to 3");
  }
  std::vector<double> rates;
  for (const YAML::Node& rate : bitrates) rates.push_back(read_number(rate, "bitrates"));
  if (rates.empty() && plan.kind == MediaKind::kSingle) rates = {500e3};
  if (rates.empty()) rates = {150e3, 500e3, 1700e3};
  if (rates.size() > (plan.kind == MediaKind::kSingle ? 1 : 3)) {
    throw ScenarioError(bitrates, "bitrates: more than the kind has layers");
  }
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const auto& size = kSizes[plan.kind == MediaKind::kSingle ? 1 : i + kSizes.size() - rates.size()];
    plan.layers.push_back({size[0], size[1], {static_cast<std::int64_t>(rates[i])}});
  }
  const bool with_audio = in.flag("audio", false);
  const Bitrate audio_bitrate = in.bitrate("audio_bitrate", Bitrate::kilobits(32));
  if (audio_bitrate.bps < 16'000) throw ScenarioError(in.find("audio_bitrate"), "audio_bitrate: at least 16k");
  plan.audio_bitrate = audio_bitrate;
  media.push_back(plan);
  if (with_audio && plan.kind != MediaKind::kAudio) {
    media.push_back({.kind = MediaKind::kAudio, .audio_bitrate = audio_bitrate});
  }
  return media;
}

void read_presence(ScenarioReader& in, const Scenario& scenario, Person& person) {
  person.join = in.duration("join", {});
  person.audio_redundancy = in.flag("red", false);
  if (in.has("leave")) person.leave = in.duration("leave", {});
  for (const auto& [key, name] : {std::pair("up", &person.up), std::pair("down", &person.down)}) {
    *name = in.text(key, "");
    if (!name->empty() && !scenario.links.contains(*name)) {
      throw ScenarioError(in.find(key), std::string(key) + ": there is no link '" + *name + "'");
    }
  }
}

void add_people(Scenario& scenario, ScenarioReader& in, Person person, const YAML::Node& node) {
  const double count = in.number("count", 1);
  if (count < 1 || count > 500) throw ScenarioError(node, "count: 1 to 500");
  in.finish();
  const std::string base = person.identity;
  for (int i = 1; i <= static_cast<int>(count); ++i) {
    if (count > 1) person.identity = base + std::to_string(i);
    const bool taken =
        std::ranges::any_of(scenario.people, [&](const Person& other) { return other.identity == person.identity; });
    if (taken) throw ScenarioError(node, "identity: '" + person.identity + "' is there twice");
    scenario.people.push_back(person);
  }
}

void read_publisher(const YAML::Node& node, Scenario& scenario) {
  ScenarioReader in(node, "publishers");
  Person person;
  person.identity = in.text("identity", "publisher");
  read_presence(in, scenario, person);
  person.media = read_media(in);
  person.watch.nothing = true;
  add_people(scenario, in, person, node);
}

void read_subscriber(const YAML::Node& node, Scenario& scenario) {
  ScenarioReader in(node, "subscribers");
  Person person;
  person.identity = in.text("identity", "subscriber");
  read_presence(in, scenario, person);
  if (const YAML::Node wanted = in.find("subscribe"); wanted && wanted.IsSequence()) {
    for (const YAML::Node& identity : wanted) person.watch.identities.push_back(identity.as<std::string>());
    if (person.watch.identities.empty()) throw ScenarioError(wanted, "subscribe: the list is empty");
  } else {
    in.choice("subscribe", {"all"}, 0);
  }
  person.watch.quality = static_cast<livekit::VideoQuality>(in.choice("quality", {"low", "medium", "high"}, 2));
  person.watch.allow_pause = in.flag("allow_pause", false);
  person.watch.adaptive = in.flag("adaptive", false);
  if (const YAML::Node publish = in.find("publish")) {
    ScenarioReader of(publish, "publish");
    person.media = read_media(of);
    of.finish();
  }
  add_people(scenario, in, person, node);
}

void read_event(const YAML::Node& node, Scenario& scenario) {
  ScenarioReader in(node, "events");
  const Duration at = read_duration(in.need("t"), "t");
  std::size_t actions = 0;
  for (const auto& [key, what] :
       {std::pair("mute", ScenarioEvent::What::kMute), std::pair("unmute", ScenarioEvent::What::kUnmute),
        std::pair("pause", ScenarioEvent::What::kPause), std::pair("resume", ScenarioEvent::What::kResume)}) {
    if (!in.has(key)) continue;
    ++actions;
    const std::string identity = in.text(key, "");
    const bool known =
        std::ranges::any_of(scenario.people, [&](const Person& person) { return person.identity == identity; });
    if (!known) throw ScenarioError(in.find(key), std::string(key) + ": there is nobody called '" + identity + "'");
    scenario.events.push_back({at, what, identity});
  }
  if (actions == 0) throw ScenarioError(node, "events: mute, unmute, pause or resume is missing");
  in.finish();
}

Scenario read(const YAML::Node& root) {
  ScenarioReader in(root, "scenario");
  Scenario scenario;
  scenario.name = in.need("name").as<std::string>();
  scenario.about = in.text("about", "");
  scenario.duration = read_duration(in.need("duration"), "duration");
  if (scenario.duration < seconds(1)) throw ScenarioError(in.find("duration"), "duration: at least 1s");
  scenario.steady_from = in.duration("steady_from", scenario.duration / 2);
  if (scenario.steady_from >= scenario.duration) throw ScenarioError(in.find("steady_from"), "steady_from: at the end");
  scenario.settle = in.duration("settle", std::chrono::seconds(5));
  scenario.seed = static_cast<std::uint64_t>(in.number("seed", 1));
  if (const YAML::Node links = in.find("links")) {
    if (!links.IsMap()) throw ScenarioError(links, "links: a map is wanted");
    for (const auto& link : links) {
      const std::string name = link.first.as<std::string>();
      scenario.links.emplace(name, read_link(link.second, name));
    }
  }
  for (const YAML::Node& publisher : in.list("publishers")) read_publisher(publisher, scenario);
  for (const YAML::Node& subscriber : in.list("subscribers")) read_subscriber(subscriber, scenario);
  for (const YAML::Node& event : in.list("events")) read_event(event, scenario);
  in.finish();
  return scenario;
}

}  // namespace

Result<Scenario> parse_scenario(const std::string& text, const std::string& file) {
  try {
    return read(YAML::Load(text));
  } catch (const ScenarioError& error) {
    return fail(Errc::kInvalidArgument, file + ":" + error.what());
  } catch (const YAML::Exception& error) {
    return fail(Errc::kInvalidArgument, file + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

}  // namespace sfu::sim

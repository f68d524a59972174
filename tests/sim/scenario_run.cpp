// SPDX-License-Identifier: Apache-2.0
#include "scenario_run.hpp"
#include "sample_figures.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "estimate.hpp"

namespace sfu::sim {
namespace {

constexpr Duration kPollInterval = std::chrono::milliseconds(10);
// What a track showed longer ago is not on the screen any more.
constexpr Duration kShownFor = std::chrono::milliseconds(500);

Link shifted(Link link, Duration by) {
  for (LinkChange& change : link.changes) change.at += by;
  const auto shift = [by](auto& flow) {
    flow.from += by;
    if (flow.until != kNever) flow.until += by;
  };
  std::ranges::for_each(link.constant_flows, shift);
  std::ranges::for_each(link.tcp_flows, shift);
  return link;
}

class Run {
 public:
  explicit Run(const Scenario& scenario) : scenario_(scenario), simulation_(scenario.seed), begin_(simulation_.now()) {
    for (const auto& [name, link] : scenario.links) {
      links_[name] = simulation_.network().add_link(shifted(link, begin_.time_since_epoch()));
    }
    links_[""] = simulation_.network().add_link({});
    SeededRandom seeds(scenario.seed * 1000 + 7);
    for (const Person& person : scenario.people) add(person, seeds);
    for (const ScenarioEvent& event : scenario.events) {
      simulation_.at(begin_ + event.at, [this, &event] { act(event); });
    }
    simulation_.every(kPollInterval, [this] {
      for (const auto& one : participants_) one->poll();
      return true;
    });
    simulation_.every(kSampleInterval, [this] { return sample(), true; });
  }

  ScenarioResult run() {
    simulation_.run_for(scenario_.duration);
    ScenarioResult result{.name = scenario_.name, .seed = scenario_.seed, .duration = scenario_.duration};
    for (std::size_t i = 0; i < participants_.size(); ++i) {
      result.trace = result.trace * 31 + participants_[i]->trace();
      if (!participants_[i]->watch().nothing) result.subscribers.push_back(figures(i));
    }
    for (const auto& [name, id] : links_) {
      if (!name.empty()) result.links.push_back(link_figures(name, id));
    }
    return result;
  }

 private:
  void add(const Person& person, SeededRandom& seeds) {
    Participant& one = *participants_.emplace_back(
        std::make_unique<Participant>(simulation_, person.identity, person.watch, person.audio_redundancy));
    for (std::size_t i = 0; i < person.media.size(); ++i) {
      one.add_media(person.identity + "-" + std::to_string(i), person.media[i], seeds.next());
    }
    samples_.emplace_back();
    simulation_.at(begin_ + person.join,
                   [this, &one, &person] { one.join(links_.at(person.up), links_.at(person.down)); });
    if (person.leave) simulation_.at(begin_ + *person.leave, [&one] { one.leave(); });
  }

  void act(const ScenarioEvent& event) {
    const auto who =
        std::ranges::find_if(participants_, [&](const auto& one) { return one->identity() == event.identity; });
    Participant& one = **who;
    if (!one.is_present()) return;
    switch (event.what) {
      case ScenarioEvent::What::kMute: one.set_muted(true); break;
      case ScenarioEvent::What::kUnmute: one.set_muted(false); break;
      case ScenarioEvent::What::kPause: one.set_paused(true); break;
      case ScenarioEvent::What::kResume: one.set_paused(false); break;
    }
  }

  const LinkState& down_link(std::size_t i) const {
    return simulation_.network().link(links_.at(scenario_.people[i].down));
  }
  const TrafficRecord* record(std::size_t i) const {
    const Client* client = participants_[i]->client();
    return client == nullptr ? nullptr : simulation_.network().received_by(client->address());
  }

  void sample() {
    const Instant now = simulation_.now();
    for (std::size_t i = 0; i < participants_.size(); ++i) {
      Participant& one = *participants_[i];
      if (one.watch().nothing || !one.is_present()) continue;
      Sample& sample = samples_[i].emplace_back();
      sample.at = now - begin_;
      sample.capacity = down_link(i).rate(now);
      sample.estimate = estimate_of(simulation_, Participant::kRoom, one.identity());
      for (const auto& [sid, track] : one.tracks()) {
        if (track.audio) continue;
        const auto& shown = track.video_model.last_shown();
        const bool visible = shown && now - shown->at < kShownFor;
        ++sample.tracks[visible ? std::min<std::size_t>(1U + shown->spatial, 3) : 0];
      }
    }
  }

  SubscriberFigures figures(std::size_t i);
  LinkFigures link_figures(const std::string& name, LinkId id) const;
  void fill_samples(std::size_t i, std::vector<Sample>& samples) const;
  void add_track(const Participant& one, const std::string& sid, const WatchedTrack& track,
                 SubscriberFigures& to) const;

  const Scenario& scenario_;
  mutable Simulation simulation_;
  Instant begin_;
  std::map<std::string, LinkId> links_;
  std::vector<std::unique_ptr<Participant>> participants_;  // as scenario_.people
  std::vector<std::vector<Sample>> samples_;
};

// What the network recorded, put beside what was seen at that time.
void Run::fill_samples(std::size_t i, std::vector<Sample>& samples) const {
  const TrafficRecord* traffic = record(i);
  if (traffic == nullptr || traffic->begin() == kNever) return;
  for (Sample& sample : samples) {
    const Instant until = begin_ + sample.at;
    const auto first = (until - kSampleInterval - traffic->begin()) / TrafficRecord::kBin;
    const auto last = (until - traffic->begin()) / TrafficRecord::kBin;
    std::int64_t bytes = 0;
    for (auto bin = std::max<Duration::rep>(0, first); bin < last; ++bin) {
      if (static_cast<std::size_t>(bin) >= traffic->bins().size()) break;
      const TrafficRecord::Bin& of = traffic->bins()[static_cast<std::size_t>(bin)];
      bytes += of.bytes;
      sample.longest_wait = std::max(sample.longest_wait, of.longest_wait);
    }
    sample.received = Bitrate::of(bytes, kSampleInterval);
  }
}

void Run::add_track(const Participant& one, const std::string& sid, const WatchedTrack& track,
                    SubscriberFigures& to) const {
  TrackFigures figures{.sid = sid, .publisher = one.publisher_of(sid), .audio = track.audio};
  figures.bitrate = Bitrate::of(static_cast<std::int64_t>(track.bytes), simulation_.now() - one.joined_at());
  figures.repaired = track.repaired;
  figures.delay_p50 = track.delay.percentile(0.5);
  figures.delay_p95 = track.delay.percentile(0.95);
  if (track.audio) {
    const auto expected = track.audio_model.expected();
    if (expected > 0) {
      figures.concealed = static_cast<double>(track.audio_model.concealed()) / static_cast<double>(expected);
    }
  } else {
    const VideoDecoderModel& video = track.video_model;
    figures.shown = video.shown();
    figures.freezes = video.freezes();
    figures.longest_gap = video.longest_gap();
    if (video.first_shown()) figures.first_frame = *video.first_shown() - track.begin;
    to.freezes += figures.freezes;
    to.frozen += video.frozen();
    to.longest_gap = std::max(to.longest_gap, figures.longest_gap);
    if (figures.first_frame) to.first_frame = std::max(to.first_frame.value_or(Duration{}), *figures.first_frame);
  }
  to.tracks.push_back(std::move(figures));
}

SubscriberFigures Run::figures(std::size_t i) {
  const Participant& one = *participants_[i];
  SubscriberFigures out{.identity = one.identity()};
  out.samples = std::move(samples_[i]);
  fill_samples(i, out.samples);
  std::uint64_t concealed = 0;
  std::uint64_t expected = 0;
  for (const auto& [sid, track] : one.tracks()) {
    add_track(one, sid, track, out);
    if (!track.audio) continue;
    concealed += track.audio_model.concealed();
    expected += track.audio_model.expected();
  }
  // The sids differ from run to run only with the seed, but their order means nothing to a reader.
  std::ranges::sort(out.tracks, {}, [](const TrackFigures& track) { return std::tie(track.publisher, track.audio); });
  if (expected > 0) out.concealed = static_cast<double>(concealed) / static_cast<double>(expected);
  const TrafficRecord* traffic = record(i);
  if (traffic == nullptr) return out;
  const Duration leave = std::min(scenario_.people[i].leave.value_or(scenario_.duration), scenario_.duration);
  const Instant end = begin_ + leave;
  // For one who leaves before: the second half of the stay.
  const Instant steady = scenario_.steady_from < leave ? std::max(begin_ + scenario_.steady_from, one.joined_at())
                                                       : one.joined_at() + (end - one.joined_at()) / 2;
  out.mean = traffic->rate(one.joined_at(), end);
  out.wait_p50 = traffic->queueing().percentile(0.5);
  out.wait_p95 = traffic->queueing().percentile(0.95);
  out.wait_max = traffic->queueing().max();
  out.dropped = traffic->dropped();
  out.lost = traffic->lost();

  const LinkState& link = down_link(i);
  double capacity = 0;
  double carried = 0;
  double received = 0;
  double counted = 0;
  double estimate = 0;
  double estimated = 0;
  double tracks = 0;
  const auto is_steady = steady_samples(out.samples, steady - begin_, leave, scenario_.settle);
  for (std::size_t at = 0; at < out.samples.size(); ++at) {
    if (!is_steady[at]) continue;
    const Sample& sample = out.samples[at];
    const Instant until = begin_ + sample.at;
    ++counted;
    capacity += static_cast<double>(sample.capacity.bps);
    received += static_cast<double>(traffic->rate(until - kSampleInterval, until).bps);
    carried += static_cast<double>(link.record().rate(until - kSampleInterval, until).bps +
                                   link.cross_record().rate(until - kSampleInterval, until).bps);
    if (sample.estimate) {
      estimate += static_cast<double>(sample.estimate->bps);
      ++estimated;
    }
    for (std::size_t layer = 0; layer < sample.tracks.size(); ++layer) {
      out.layers[layer] += sample.tracks[layer];
      tracks += sample.tracks[layer];
    }
  }
  for (double& share : out.layers) share = tracks > 0 ? share / tracks : 0;
  if (estimated > 0) out.estimate = Bitrate{static_cast<std::int64_t>(estimate / estimated)};
  if (counted > 0) out.steady = Bitrate{static_cast<std::int64_t>(received / counted)};
  if (capacity > 0) out.utilisation = carried / capacity;
  out.recovery = longest_recovery(out.samples);
  return out;
}

LinkFigures Run::link_figures(const std::string& name, LinkId id) const {
  const LinkState& link = simulation_.network().link(id);
  const Instant end = begin_ + scenario_.duration;
  const DelayHistogram& waits = link.record().queueing();
  return {.name = name,
          .mean = link.record().rate(begin_, end),
          .steady = link.record().rate(begin_ + scenario_.steady_from, end),
          .cross = link.cross_record().rate(begin_ + scenario_.steady_from, end),
          .wait_p50 = waits.percentile(0.5),
          .wait_p95 = waits.percentile(0.95),
          .wait_max = waits.max(),
          .dropped = link.record().dropped(),
          .cross_dropped = link.cross_record().dropped(),
          .lost = link.record().lost()};
}

}  // namespace

ScenarioResult run_scenario(const Scenario& scenario) {
  return Run(scenario).run();
}

}  // namespace sfu::sim

// SPDX-License-Identifier: Apache-2.0
#include "peer/connectivity.hpp"

#include <algorithm>

#include "sdp/candidate.hpp"

namespace sfu::peer {

namespace {

// RFC 8445 5.3: at least 128 bits.
std::string make_password(Random& random) {
  return random.text(24, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

std::variant<ice::LiteAgent, ice::ControllingAgent> make_agent(const PeerConfig& config) {
  ice::Credentials local{config.ufrag, make_password(*config.random)};
  if (config.ice_role == IceRole::kLite) {
    return ice::LiteAgent({.local = std::move(local), .consent_timeout = config.consent_timeout});
  }
  return ice::ControllingAgent({.local = std::move(local),
                                .addresses = config.candidates,
                                .random = config.random,
                                .consent_timeout = config.consent_timeout});
}

}  // namespace

Connectivity::Connectivity(const PeerConfig& config)
    : agent_(make_agent(config)), ufrag_(config.ufrag), random_(config.random) {}

void Connectivity::restart(Output& out) {
  ++generation_;
  ice::Credentials local{ufrag_ + "+" + std::to_string(generation_), make_password(*random_)};
  out.events.emplace_back(UfragAdded{local.ufrag});
  ice::Output ice_out{out.datagrams, events_};
  std::visit([&](auto& agent) { agent.restart(std::move(local), ice_out); }, agent_);
  if (!events_.empty()) translate(out);
}

void Connectivity::set_remote(Instant now, const RemoteTransport& remote) {
  std::visit([&](auto& agent) { agent.set_remote({remote.ice_ufrag, remote.ice_pwd}); }, agent_);
  for (const std::string& text : remote.candidates) {
    const auto candidate = sdp::parse_candidate(text);
    if (!candidate || candidate->transport != "udp") continue;
    if (const auto address = candidate->address()) add_remote_candidate(now, *address);
  }
}

void Connectivity::add_remote_candidate(Instant now, const SocketAddress& address) {
  if (auto* agent = std::get_if<ice::ControllingAgent>(&agent_)) agent->add_remote_candidate(now, address);
}

void Connectivity::receive(Instant now, ByteView datagram, const Path& path, Output& out) {
  ice::Output ice_out{out.datagrams, events_};
  std::visit([&](auto& agent) { agent.receive(now, datagram, path, ice_out); }, agent_);
  if (!events_.empty()) translate(out);
}

void Connectivity::note_authenticated_packet(const Path& path, Output& out) {
  ice::Output ice_out{out.datagrams, events_};
  std::visit([&](auto& agent) { agent.note_authenticated_packet(path, ice_out); }, agent_);
  if (!events_.empty()) translate(out);
}

void Connectivity::path_lost(const Path& path, Output& out) {
  auto* agent = std::get_if<ice::LiteAgent>(&agent_);
  if (agent == nullptr) return;  // the controlling side has UDP alone
  ice::Output ice_out{out.datagrams, events_};
  agent->path_lost(path, ice_out);
  if (!events_.empty()) translate(out);
}

void Connectivity::advance(Instant now, Output& out) {
  ice::Output ice_out{out.datagrams, events_};
  std::visit([&](auto& agent) { agent.advance(now, ice_out); }, agent_);
  if (!events_.empty()) translate(out);
}

void Connectivity::translate(Output& out) {
  for (ice::Event& event : events_) {
    switch (event.kind) {
      case ice::Event::Kind::kPathAdded:
        paths_.push_back(event.path);
        out.events.emplace_back(PathLearned{event.path});
        break;
      case ice::Event::Kind::kPathRemoved:
        std::erase(paths_, event.path);
        out.events.emplace_back(PathLost{event.path});
        break;
      case ice::Event::Kind::kUfragRetired: out.events.emplace_back(UfragRemoved{std::move(event.ufrag)}); break;
      case ice::Event::Kind::kSelected:
      case ice::Event::Kind::kStateChanged: break;  // the Peer reads them from the agent
    }
  }
  events_.clear();
}

Instant Connectivity::deadline() const {
  return std::visit([](const auto& agent) { return agent.deadline(); }, agent_);
}

ice::State Connectivity::state() const {
  return std::visit([](const auto& agent) { return agent.state(); }, agent_);
}

const Path* Connectivity::selected() const {
  return std::visit([](const auto& agent) { return agent.selected(); }, agent_);
}

void Connectivity::add_to(Footprint& footprint) const {
  if (const Path* path = selected()) footprint.add(*path);
  // Which agent it is, and which path it has selected: behind the paths.
  constexpr std::size_t kBookkeeping = 2 * kCacheLine;
  const auto* end = reinterpret_cast<const char*>(&agent_ + 1);
  footprint.add(end - std::min(kBookkeeping, sizeof agent_), end);
}

bool Connectivity::is_proven(const Path& path) const {
  return std::visit([&](const auto& agent) { return agent.is_proven(path); }, agent_);
}

const ice::Credentials& Connectivity::local() const {
  return std::visit([](const auto& agent) -> const ice::Credentials& { return agent.local(); }, agent_);
}

void Connectivity::drop_paths(Output& out) {
  for (const Path& path : paths_) out.events.emplace_back(PathLost{path});
  paths_.clear();
}

}  // namespace sfu::peer

// SPDX-License-Identifier: Apache-2.0
#include "sfu/engine.hpp"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "net/udp_transport.hpp"
#include "runtime/engine_impl.hpp"
#include "runtime/infos.hpp"
#include "runtime/texts.hpp"
#include "sfu/room.hpp"
#include "sfu/version.hpp"

namespace sfu {
namespace {

// One end of a session: posts to the worker, which looks the session up by its number.
class PostingSession final : public SignalSession {
 public:
  PostingSession(std::shared_ptr<runtime::Inbox> inbox, room::ConnectionId id,
                 std::shared_ptr<runtime::SharedBudget> budget)
      : inbox_(std::move(inbox)), id_(id), budget_(std::move(budget)) {}
  ~PostingSession() override { disconnected(); }

  void receive(std::span<const std::uint8_t> message, bool text) override {
    // Before anything is queued: a flood must not grow in the mailbox.
    if (cut_) return;
    if (!budget_->take(clock_.now(), message.size())) {
      cut_ = true;
      inbox_->post([id = id_](Instant now, runtime::Shard& shard) { shard.cut_flood(now, id); });
      return;
    }
    inbox_->post([id = id_, text, copy = std::vector<std::uint8_t>(message.begin(), message.end())](
                     Instant now, runtime::Shard& shard) { shard.receive_signal(now, id, copy, text); });
  }
  void disconnected() override {
    if (std::exchange(ended_, true)) return;
    inbox_->post([id = id_](Instant now, runtime::Shard& shard) { shard.disconnected(now, id); });
  }

 private:
  std::shared_ptr<runtime::Inbox> inbox_;
  SystemClock clock_;  // its own: a session may outlive the engine
  room::ConnectionId id_;
  std::shared_ptr<runtime::SharedBudget> budget_;
  bool cut_ = false;
  bool ended_ = false;
};

// What connect() returns when there is nothing to speak to.
class EndedSession final : public SignalSession {
 public:
  void receive(std::span<const std::uint8_t>, bool) override {}
  void disconnected() override {}
};

// A sink on its way to a worker. One that never comes there, because the worker has ended, is told so.
class Arrival {
 public:
  explicit Arrival(std::shared_ptr<SignalSink> sink) : sink_(std::move(sink)) {}
  Arrival(Arrival&&) = default;
  ~Arrival() {
    if (sink_) sink_->rejected(503, "the server has stopped");
  }
  std::shared_ptr<SignalSink> take() { return std::move(sink_); }

 private:
  std::shared_ptr<SignalSink> sink_;
};

unsigned workers_for(const EngineOptions& options) {
  if (options.host_driven) return 1;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned ports = 1U + options.udp_port_last - options.udp_port_first;
  const unsigned wanted = options.workers != 0 ? options.workers : std::min(cores, ports);
  return std::min(wanted, runtime::kMaxWorkers);
}

Result<void> check_cpus(const EngineOptions& options) {
  if (options.host_driven && !options.worker_cpus.empty()) {
    return fail(Errc::kInvalidArgument, "an engine that its host drives runs where its host does: no worker_cpus");
  }
  cpu_set_t ours;
  CPU_ZERO(&ours);
  if (sched_getaffinity(0, sizeof ours, &ours) != 0) return {};  // more CPUs than fit: the system says what it minds
  for (const int cpu : options.worker_cpus) {
    if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &ours)) {
      return fail(Errc::kInvalidArgument, "worker_cpus: CPU " + std::to_string(cpu) + " is not ours to use");
    }
  }
  return {};
}

room::RoomOptions room_defaults(const RoomOptions& options) {
  room::RoomOptions out;
  out.empty_timeout = options.empty_timeout;
  out.departure_timeout = options.departure_timeout;
  out.max_participants = options.max_participants;
  out.metadata = options.metadata;
  out.sync_streams = options.sync_streams;
  out.playout_delay = options.playout_delay;
  out.data_tracks = options.data_tracks;
  out.data_blobs = options.participant_data_blobs;
  out.data_limits = {options.max_data_blob_key_length, options.max_data_blobs_size,
                     options.max_data_track_custom_encoding_length};
  out.video_subscription_limit = options.subscription_limit_video;
  out.audio_subscription_limit = options.subscription_limit_audio;
  out.codec_regression_threshold = options.codec_regression_threshold;
  out.reconnect_on_publication_error = options.reconnect_on_publication_error;
  out.remote_unmute = options.remote_unmute;
  out.duplicate_identity = options.duplicate_identity;
  out.speakers = options.speakers;
  out.active_red_encoding = options.active_red_encoding;
  out.loss_proxying = options.loss_proxying;
  out.keyframe_throttle = options.keyframe_throttle;
  out.packet_buffers = options.packet_buffers;
  out.data_channels = options.data_channels;
  out.dynacast_pause_delay = options.dynacast_pause_delay;
  out.congestion_control = options.congestion_control;
  out.send_side_bwe = options.send_side_bwe;
  out.allow_pause = options.allow_pause;
  out.equal_packet_sizes = options.equal_packet_sizes;
  out.update_batch_target_size = options.update_batch_target_size;
  out.limits = options.limits;
  for (const std::string& mime : options.enabled_codecs) {
    livekit::Codec codec;
    codec.set_mime(mime);
    out.enabled_codecs.push_back(std::move(codec));
  }
  return out;
}

}  // namespace

Engine::Impl::Impl(EngineOptions options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? *options_.clock : system_clock_),
      log_(options_.logger),
      started_at_(clock_.wall_now()) {
  SystemRandom random;
  identity_.node_id = options_.node_id.empty() ? make_sid(random, "ND_") : options_.node_id;
  identity_.region = options_.region;
  identity_.version = protocol_server_version();
  identity_.ice_servers = options_.ice_servers;
}

Engine::Impl::~Impl() {
  stop();
}

Result<std::unique_ptr<Engine::Impl>> Engine::Impl::create(EngineOptions options) {
  if (options.authenticator == nullptr) return fail(Errc::kInvalidArgument, "an engine needs an authenticator");
  if (options.udp_port_last < options.udp_port_first) {
    return fail(Errc::kInvalidArgument, "the UDP port range ends before it begins");
  }
  if (options.host_driven && options.workers > 1) {
    return fail(Errc::kInvalidArgument, "an engine that its host drives has one worker");
  }
  if (options.force_tcp && options.tcp_port == 0) {
    return fail(Errc::kInvalidArgument, "force_tcp needs a port at tcp_port");
  }
  SFU_CHECK_OK(check_cpus(options));
  SFU_CHECK_OK(runtime::check_utf8(options));
  auto impl = std::unique_ptr<Impl>(new Impl(std::move(options)));
  impl->identity_.client_config = impl->options_.client_config;
  if (impl->identity_.client_config == nullptr) {
    SFU_TRY(impl->known_clients_, make_client_config());
    impl->identity_.client_config = impl->known_clients_.get();
  }
  SFU_CHECK_OK(impl->open_turn());
  SFU_CHECK_OK(impl->make_workers());
  return impl;
}

Result<void> Engine::Impl::make_transport(unsigned index, unsigned count, runtime::Worker::Config& config) {
  if (options_.make_transport) {
    SFU_TRY(config.transport, options_.make_transport(index));
    return {};
  }
  const unsigned ports = 1U + options_.udp_port_last - options_.udp_port_first;
  net::UdpTransportOptions udp;
  udp.bind_addresses = options_.bind_addresses;
  udp.interfaces = options_.interfaces;
  udp.advertised = options_.node_ips;
  const bool shared = ports < count;
  udp.port = static_cast<std::uint16_t>(shared ? options_.udp_port_first : options_.udp_port_first + index);
  if (shared && index == 0) {
    // SO_REUSEPORT would let a second server take half of our packets: first make sure that the port is free.
    SFU_TRY(const auto probe, net::UdpTransport::open(udp));
  }
  udp.socket.reuse_port = shared;
  SFU_TRY(auto transport, net::UdpTransport::open(udp));
  config.udp = transport.get();
  config.lend_above = options_.lend_above;
  config.transport = std::move(transport);
  return {};
}

// Null where there is no TCP. The first worker listens for all.
Result<std::unique_ptr<net::TcpTransport>> Engine::Impl::make_tcp(unsigned index) {
  if (options_.tcp_port == 0 || options_.make_transport) return std::unique_ptr<net::TcpTransport>();
  SFU_TRY(auto tcp, net::TcpTransport::create());
  if (index != 0) return tcp;
  auto listening = tcp->listen({.bind_addresses = options_.bind_addresses,
                                .interfaces = options_.interfaces,
                                .port = options_.tcp_port,
                                .advertised = options_.node_ips});
  if (listening) return tcp;
  if (!options_.tcp_port_optional) return fail(listening.error().code, listening.error().message);
  log_.warn(listening.error().message + ": no ICE over TCP");
  return std::unique_ptr<net::TcpTransport>();
}

// Before the workers, which tell clients of it.
Result<void> Engine::Impl::open_turn() {
  if (!options_.turn.enabled()) return {};
  if (options_.host_driven) {
    return fail(Errc::kInvalidArgument, "an engine that its host drives has no TURN server");
  }
  runtime::TurnService::Config config;
  config.options = options_.turn;
  config.listen.bind_addresses =
      options_.turn.bind_addresses.empty() ? options_.bind_addresses : options_.turn.bind_addresses;
  config.listen.interfaces = options_.interfaces;
  config.listen.advertised = options_.node_ips;
  config.clock = &clock_;
  SFU_TRY(turn_, runtime::TurnService::open(std::move(config)));
  identity_.turn = turn_->told();
  return {};
}

Result<void> Engine::Impl::make_workers() {
  const unsigned count = workers_for(options_);
  placement_ = std::make_unique<runtime::Placement>(count);
  std::vector<SocketAddress> tcp_candidates;
  std::vector<SocketAddress> media;
  for (unsigned index = 0; index < count; ++index) {
    runtime::Worker::Config config;
    config.clock = &clock_;
    SFU_CHECK_OK(make_transport(index, count, config));
    SFU_TRY(config.tcp, make_tcp(index));
    if (config.tcp && index == 0) {
      tcp_candidates.assign(config.tcp->candidates().begin(), config.tcp->candidates().end());
    }
    media.insert(media.end(), config.transport->candidates().begin(), config.transport->candidates().end());
    if (!options_.worker_cpus.empty()) config.cpu = options_.worker_cpus[index % options_.worker_cpus.size()];
    config.shard.worker = index;
    config.shard.workers = count;
    if (!options_.force_tcp) {
      config.shard.candidates.assign(config.transport->candidates().begin(), config.transport->candidates().end());
    }
    config.shard.tcp_candidates = tcp_candidates;
    config.shard.tcp_fallback = options_.tcp_fallback;
    config.shard.identity = identity_;
    config.shard.room_defaults = room_defaults(options_.room_defaults);
    config.shard.room_presets = options_.room_presets;
    config.shard.signal_message_size_limit = options_.signal_message_size_limit;
    if (options_.statistics_interval > Duration()) config.statistics_interval = options_.statistics_interval;
    config.shard.participants_changed = [this](std::int64_t by) { participants_changed(by); };
    config.measures_load = options_.node_limits.tracks != 0 || options_.node_limits.bytes_per_second != 0;
    config.shard.auto_create_rooms = options_.room_defaults.auto_create;
    config.shard.authenticator = options_.authenticator;
    config.shard.events = this;
    config.shard.logger = options_.logger;
    config.shard.policy = options_.policy;
    config.shard.policy_timeout = options_.policy_timeout;
    SFU_TRY(auto worker, runtime::Worker::create(std::move(config)));
    workers_.push_back(std::move(worker));
  }
  if (turn_) turn_->start(std::move(media));
  if (runtime::Worker* worker = driven()) {
    worker->start_driven();
    return {};
  }
  std::vector<runtime::Worker*> all;
  all.reserve(workers_.size());
  for (const auto& worker : workers_) all.push_back(worker.get());
  for (const auto& worker : workers_) worker->start(all);
  return {};
}

void Engine::Impl::stop() {
  const std::lock_guard lock(stopping_);  // whoever calls it meanwhile waits for the end too
  {
    const std::lock_guard draining(draining_);
    drained_ = nullptr;
  }
  for (const auto& worker : workers_) worker->stop();
  if (turn_) turn_->stop();  // farewells leave through it
}

std::uint64_t Engine::Impl::drain(std::function<void()> done) {
  {
    const std::lock_guard lock(draining_);
    drained_ = std::move(done);
  }
  const auto participants = participants_.load();
  tell_if_drained();
  return static_cast<std::uint64_t>(participants);
}

// On a worker's thread. Nobody may be here for a moment while somebody moves from one worker to another.
void Engine::Impl::participants_changed(std::int64_t by) {
  if (participants_.fetch_add(by) + by == 0) tell_if_drained();
}

void Engine::Impl::tell_if_drained() {
  std::function<void()> drained;
  {
    const std::lock_guard lock(draining_);
    if (participants_.load() == 0) drained = std::exchange(drained_, nullptr);
  }
  if (drained) drained();
}

void Engine::Impl::on_event(const Event& event) {
  if (options_.events != nullptr) options_.events->on_event(event);
  // Only now may another worker begin a room of that name: the next one's events come after this one's.
  if (event.kind == EventKind::kRoomFinished) placement_->ended(event.room.name);
}

// A room that someone is just about to make counts; its worker looks again.
signal::JoinRules Engine::Impl::join_rules() const {
  signal::JoinRules rules;
  rules.check_claims = [this](const Claims& claims) { return check_revoked(claims); };
  rules.limits = options_.room_defaults.limits;
  if (!options_.room_defaults.auto_create) {
    rules.available = [this](const std::string& room) { return placement_->find(room).has_value(); };
  }
  rules.node_full = [this] { return is_full(); };
  return rules;
}

bool Engine::Impl::is_full() const {
  const NodeLimits& limits = options_.node_limits;
  NodeLimits load;
  const Instant now = clock_.now();
  for (const auto& worker : workers_) {
    load.tracks += worker->load().tracks();
    load.bytes_per_second += worker->load().bytes_per_second(now);
  }
  return (limits.tracks != 0 && load.tracks >= limits.tracks) ||
         (limits.bytes_per_second != 0 && load.bytes_per_second >= limits.bytes_per_second);
}

EngineStatistics Engine::Impl::statistics() const {
  EngineStatistics sum;
  sum.node_id = identity_.node_id;
  sum.started_at = started_at_;
  Instant oldest = kNever;
  for (const auto& worker : workers_) {
    const auto published = worker->published();
    sum += published.figures;
    sum.workers.push_back({published.figures.rooms, published.figures.participants,
                           published.figures.datagrams_received, published.processor_time});
    if (published.at >= oldest) continue;
    oldest = published.at;
    sum.updated_at = published.wall;
  }
  // Of several workers each says how long its own packets take.
  sum.forward_latency /= static_cast<std::int64_t>(workers_.size());
  sum.forward_jitter /= static_cast<std::int64_t>(workers_.size());
  sum.joins.validation_failed = validation_failed_.load(std::memory_order_relaxed);
  sum.age = std::max(Duration(), clock_.now() - oldest);
  if (turn_) sum.turn = turn_->statistics();
  return sum;
}

// Nobody waits for a worker where it has nothing to say. One that cannot be asked says nothing.
std::optional<signal::Rejection> Engine::Impl::ask_worker(signal::ConnectPlan& plan) {
  const bool decides =
      options_.policy != nullptr || options_.room_defaults.duplicate_identity != DuplicateIdentity::kReplace;
  if (!decides) return std::nullopt;
  using Answer = Result<std::optional<signal::Rejection>>;
  const auto answer = call(placement_->find(plan.room).value_or(0),
                           [&plan](Instant, runtime::Shard& shard) -> Answer { return shard.check_join(plan); });
  return answer ? *answer : std::nullopt;
}

Engine::Verdict Engine::Impl::validate(const ConnectRequest& request) {
  const bool check_only = request.path == "/rtc/validate" || request.path == "/rtc/v1/validate";
  signal::JoinRules rules = join_rules();
  rules.ask_worker = [this](signal::ConnectPlan& plan) { return ask_worker(plan); };
  const auto verdict = check_only ? signal::validate(request, *options_.authenticator, clock_.wall_now(), rules)
                                  : signal::refuse_plain(request, *options_.authenticator, clock_.wall_now());
  return {verdict.status, verdict.body};
}

std::unique_ptr<SignalSession> Engine::Impl::connect(const ConnectRequest& request, std::shared_ptr<SignalSink> sink) {
  auto prepared = signal::prepare(request, *options_.authenticator, clock_.wall_now(), join_rules());
  if (auto* rejection = std::get_if<signal::Rejection>(&prepared)) {
    validation_failed_.fetch_add(1, std::memory_order_relaxed);
    sink->rejected(rejection->status, rejection->body);
    return std::make_unique<EndedSession>();
  }
  auto& plan = std::get<signal::ConnectPlan>(prepared);
  plan.asked_at = clock_.now();
  const std::string room = plan.room;
  auto budget = budgets_.of(system_clock_.now(), room, plan.join.identity);
  const unsigned index = placement_->enter(room);
  const room::ConnectionId id = next_connection_.fetch_add(1, std::memory_order_relaxed);
  workers_[index]->post([this, id, room, plan = std::move(plan), arrival = Arrival(std::move(sink))](
                            Instant now, runtime::Shard& shard) mutable {
    // Until it is decided whether it joins, its room stays on this worker.
    shard.connect(now, id, std::move(plan), arrival.take(),
                  [this, room, &shard] { placement_->settled(room, shard.find_room(room) != nullptr); });
  });
  return std::make_unique<PostingSession>(workers_[index]->inbox(), id, std::move(budget));
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(EngineOptions options) {
  SFU_TRY(auto impl, Impl::create(std::move(options)));
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

std::unique_ptr<SignalSession> Engine::connect(const ConnectRequest& request, std::shared_ptr<SignalSink> sink) {
  return impl_->connect(request, std::move(sink));
}

Engine::Verdict Engine::validate(const ConnectRequest& request) const {
  return impl_->validate(request);
}

Result<void> Engine::check_revoked(const Claims& claims) const {
  return impl_->check_revoked(claims);
}

Room Engine::room(std::string name) {
  return {this, std::move(name)};
}

std::uint64_t Engine::drain(std::function<void()> done) {
  return impl_->drain(std::move(done));
}
void Engine::stop() {
  impl_->stop();
}

int Engine::poll_descriptor() const {
  const auto* worker = impl_->driven();
  return worker != nullptr ? worker->poll_descriptor() : -1;
}
Duration Engine::poll_timeout() const {
  auto* worker = impl_->driven();
  return worker != nullptr ? worker->poll_timeout() : Duration::max();
}
void Engine::run_once() {
  if (auto* worker = impl_->driven()) worker->run_once();
}

EngineStatistics Engine::statistics() const {
  return impl_->statistics();
}

Engine::Counters Engine::counters() const {
  Counters sum;
  for (unsigned index = 0; index < impl_->worker_count(); ++index) {
    const auto some =
        impl_->call(index, [&worker = impl_->worker(index)](Instant, runtime::Shard&) -> Result<Statistics> {
          return worker.statistics();
        });
    if (!some) continue;
    sum.packets_received += some->datagrams_received;
    sum.dropped_unknown_source += some->dropped_unknown_source;
    sum.dropped_malformed += some->dropped_malformed;
    sum.dropped_between_workers += some->dropped_between_workers;
    sum.tcp_refused += some->tcp_refused;
    sum.tcp_media_dropped += some->tcp_media_dropped;
    sum.data_tracks_malformed += some->data_tracks_malformed;
    sum.data_tracks_unknown += some->data_tracks_unknown;
    sum.data_tracks_dropped += some->data_tracks_dropped;
  }
  return sum;
}

const char* version() noexcept {
  return SFU_VERSION;
}
const char* protocol_server_version() noexcept {
  return "1.13.5";
}

}  // namespace sfu

// SPDX-License-Identifier: Apache-2.0
#include "media/forwarder.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "media/outbound.hpp"

namespace sfu::media {
namespace {

// How far before the packet that shows a key frame its frame's first packet may lie (parameter sets of H264 and H265).
constexpr std::int64_t kMaxFrameLead = 16;
// How long it may take a subscriber to be ready for what it is sent first.
constexpr Duration kBeginning = std::chrono::seconds(1);
// Of decode targets, in a mask that is told to subscribers: what the Retransmitter remembers.
constexpr std::uint8_t kMaxTargets = 16;

}  // namespace

Forwarder::Forwarder(const ForwarderConfig& config, const Encodings& encodings, Random& random)
    : sink_(config.sink),
      encodings_(&encodings),
      paused_(config.paused),
      max_temporal_(config.max_temporal),
      whole_(config.whole),
      selector_(encodings.kind(), config.max_layer),
      builder_(config.ssrc, config.extensions, config.mid, config.rid),
      retransmitter_(config.lossless ? 0 : encodings.store_limits().max, config.rtx_ssrc, random),
      cname_(config.cname) {
  set_payloads(config.payloads);
  builder_.set_numbered(sink_->outbound() != nullptr);
  builder_.set_strip_trailer(config.strip_trailer);
  builder_.set_equal_sizes(config.equal_sizes);
  if (config.playout_delay) playout_delay_.emplace(*config.playout_delay, config.screenshare);
  tell_playout_delay();
}

void Forwarder::set_payloads(std::span<const PayloadMapping> payloads) {
  payload_count_ = static_cast<std::uint8_t>(std::min(payloads.size(), kMaxPayloads));
  std::copy_n(payloads.begin(), payload_count_, payloads_.begin());
  lacks_red_ = std::ranges::any_of(mappings(), &PayloadMapping::red_to_primary);
  makes_red_ = std::ranges::any_of(mappings(), &PayloadMapping::makes_red);
}

void Forwarder::start(Instant now, bool publisher_muted) {
  if (publisher_muted) paused_ |= static_cast<std::uint8_t>(Pause::kPublisherMuted);
  selector_.restart(now);
  update_layers(now);
}

void Forwarder::prefetch() const {
  sfu::prefetch(this, reinterpret_cast<const char*>(&line_) + 2 * kCacheLine);  // not its history
  sfu::prefetch(&builder_, &retransmitter_ + 1);
}

void Forwarder::prefetch_way() const {
  retransmitter_.prefetch();
  sink_->prefetch_way();
}

void Forwarder::update_layers(Instant now) {
  selector_.update(now, encodings_->usable(now));
  if (filter_ == nullptr && !whole_) {
    for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
      const StreamLayers* layers = encodings_->layers(layer);
      if (layers == nullptr || !layers->layered() || filter_ != nullptr) continue;
      filter_ = std::make_unique<LayerFilter>(layer_limits());
    }
  }
  if (filter_ != nullptr) filter_->set_limits(layer_limits());
}

// Encodings of a simulcast are whole; what is above the highest that can be asked for is not left out either.
LayerLimits Forwarder::layer_limits() const {
  LayerLimits limits;
  limits.deficient = deficient_;
  limits.temporal = max_temporal_ < kMaxTemporalLayers - 1 ? max_temporal_ : kNoLayer;
  if (encodings_->svc() != nullptr && selector_.max() < kMaxLayers - 1) limits.spatial = selector_.max();
  return limits;
}

bool Forwarder::forward(Instant now, const IncomingPacket& packet, Output& out) {
  if (paused_ != 0 || (packet.brought_back && lacks_red_)) return false;
  switch (selector_.judge(now, packet)) {
    case LayerSelector::Verdict::kSwitch:
      if (begin_line(now, packet)) break;
      // Not yet, and until then the layer of before goes on.
      [[fallthrough]];
    case LayerSelector::Verdict::kDrop:
      if (!line_.is_late_for_previous(packet)) return false;
      break;
    case LayerSelector::Verdict::kForward: break;
  }
  if (replay_from_) return false;  // the track comes back with this packet, in its turn
  return send(now, packet, out);
}

bool Forwarder::send(Instant now, const IncomingPacket& packet, Output& out) {
  const PayloadMapping* to = mapping(packet.payload_type);
  if (to == nullptr) {
    ++stats_.unmapped;
    line_.leave_out(packet.layer, packet.generation, packet.sequence);
    return false;
  }
  LayerChoice choice;
  if (packet.frame != nullptr && !select(now, packet, choice, out)) return false;
  if (!line_.admit(packet, max_temporal_)) {
    if (line_.is_late(packet)) fill(now, packet, out);  // its frame was left out without it
    return false;
  }
  OutgoingNumbers numbers;
  const bool late = line_.is_late(packet);
  if (!line_.map(packet, numbers)) return false;
  if (late) ++stats_.out_of_order;
  numbers.marker = choice.marker;
  if (choice.tells_targets && choice.target_count <= kMaxTargets) {
    numbers.target_count = choice.target_count;
    numbers.active_targets = choice.active_targets;
  }

  aligner_.sent(now, numbers.timestamp);
  if (packet.info.is_keyframe) decoder_lost_ = false;
  Outbound* outbound = sink_->outbound();
  if (outbound != nullptr && encodings_->kind() == rtp::MediaKind::kVideo && outbound->must_wait(now)) {
    retransmitter_.hold(now, packet, numbers);
    outbound->hold(now, ssrc(), static_cast<std::uint16_t>(numbers.sequence), out);
    return true;
  }
  const PacketBuilder::Stamp stamp =
      builder_.stamp(now, outbound != nullptr ? outbound->control().next_number() : std::uint16_t{0});
  SendBatch& batch = sink_->batch(out.datagrams);
  const std::size_t size = builder_.build(batch.open(), packet, *to, numbers, stamp, nullptr);
  if (size == 0) return false;
  transmit(now, *sink_, batch, size, builder_.numbered(), out);
  // Repeats are made of what is stored, and must not differ.
  if (!packet.brought_back) retransmitter_.record(now, packet, numbers, stamp, size);
  told_playout_delay(static_cast<std::uint16_t>(numbers.sequence));
  count_sent(size, out);
  if (packet.recovered) {
    retransmitter_.repeat_recovered(now, static_cast<std::uint16_t>(numbers.sequence), *encodings_, builder_,
                                    mappings(), *sink_, out);
  }
  return true;
}

void Forwarder::count_sent(std::size_t size, Output& out) {
  ++stats_.packets;
  stats_.bytes += size;
  window_bytes_ += size;
  if (out.traffic != nullptr) count(out.traffic->sent, size);
}

std::size_t Forwarder::send_held(Instant now, const Outbound::Held& held, Output& out) {
  if (held.repeat) return retransmitter_.repeat_held(now, held, *encodings_, builder_, mappings(), *sink_, out);
  const std::size_t size =
      retransmitter_.send_held(now, held.sequence_number, *encodings_, builder_, mappings(), *sink_, out);
  if (size == 0) return 0;
  told_playout_delay(held.sequence_number);
  count_sent(size, out);
  return size;
}

std::size_t Forwarder::pad(Instant now, std::size_t wanted, Output& out) {
  // What has no number fills no probe.
  if (encodings_->kind() != rtp::MediaKind::kVideo || !builder_.numbered()) return 0;
  return retransmitter_.pad(now, wanted, *encodings_, builder_, mappings(), *sink_, out);
}

void Forwarder::lose_held(Instant now) {
  decoder_lost_ = true;
  retransmitter_.wait_for_keyframe(now);
  selector_.restart(now);
  update_layers(now);
  next_wish_ = std::min(next_wish_, now);
}

// Of the layers inside the stream. False: it does not go out.
bool Forwarder::select(Instant now, const IncomingPacket& packet, LayerChoice& choice, Output& out) {
  if (filter_ == nullptr) return true;
  // Of before the last switch: its frame's fate is forgotten, and the decoder began anew since.
  if (!line_.is_current(packet)) return false;
  choice = filter_->choose(now, packet);
  if (choice.forward) return true;
  if (line_.is_late(packet)) {
    fill(now, packet, out);
  } else {
    line_.leave_out(packet.layer, packet.generation, packet.sequence);
  }
  return false;
}

void Forwarder::bring_back(Instant now, const IncomingPacket& packet, Output& out) {
  if (paused_ != 0 || !lacks_red_) return;
  // Before its first packet, and the first after a pause, nothing is missing.
  if (packet.layer == selector_.current()) (void)send(now, packet, out);
}

void Forwarder::withhold(Instant now, const IncomingPacket& packet, Output& out) {
  if (paused_ != 0 || (packet.brought_back && lacks_red_)) return;
  // While nothing of its layer goes out, it has no number there.
  const bool flows = packet.layer == selector_.current();
  if (flows && !line_.is_late(packet)) return line_.withhold(packet);
  if (flows || line_.is_late_for_previous(packet)) fill(now, packet, out);
}

// An empty packet of this number, which subscribers are missing.
void Forwarder::fill(Instant now, const IncomingPacket& packet, Output& out) {
  IncomingPacket empty = packet;
  empty.payload = {};
  empty.marker = false;
  empty.info = {};
  empty.has_vp8 = false;
  empty.extension_count = 0;
  empty.redundancy = {};
  empty.frame = nullptr;
  empty.dependency_descriptor = {};
  (void)send(now, empty, out);
}

bool Forwarder::begin_line(Instant now, const IncomingPacket& packet) {
  const std::uint8_t showing = selector_.current();
  const ReceiveStream* shown = showing == packet.layer ? nullptr : encodings_->stream(showing);
  const bool seamless = shown != nullptr && shown->usable(now);
  const auto offset = aligner_.offset_for(now, packet, *encodings_, seamless);
  if (!offset) return false;
  const std::int64_t first = first_of_frame(packet);
  if (line_.started()) ++stats_.layer_switches;
  if (!line_.started()) beginning_until_ = now + kBeginning;
  stopped_ = false;
  line_.begin(packet, first, *offset);
  if (filter_ != nullptr) filter_->restart();
  selector_.switched(now, packet);
  if (first != packet.sequence || !packet.newest) replay_from_ = first;
  return true;
}

// The packet that shows a key frame need not be the frame's first that was sent: make room for those before it, so
// that they are forwarded when they come, or are seen to be missing.
std::int64_t Forwarder::first_of_frame(const IncomingPacket& packet) const {
  if (packet.codec != rtp::Codec::kH264 && packet.codec != rtp::Codec::kH265) return packet.sequence;
  std::int64_t first = packet.sequence;
  for (std::int64_t before = packet.sequence - 1; before >= packet.sequence - kMaxFrameLead; --before) {
    IncomingPacket other;
    if (!encodings_->recall(packet.layer, before, other)) continue;  // missing: it may be of this frame
    if (other.timestamp != packet.timestamp) return before + 1;
    first = before;
  }
  return first;
}

std::optional<std::int64_t> Forwarder::take_replay() {
  return std::exchange(replay_from_, std::nullopt);
}

void Forwarder::set_paused(Instant now, Pause reason, bool paused) {
  const auto bit = static_cast<std::uint8_t>(reason);
  const bool was = paused_ != 0;
  paused_ = static_cast<std::uint8_t>(paused ? paused_ | bit : paused_ & ~bit);
  if (was && paused_ == 0) {
    stopped_ = false;
    stats_.resumed_at = now;
    selector_.restart(now);
    update_layers(now);
    next_wish_ = now;
    urgent_ = true;
  }
}

void Forwarder::set_max_quality(Instant now, std::uint8_t spatial, std::uint8_t temporal, bool deficient) {
  max_temporal_ = temporal;
  deficient_ = deficient;
  if (filter_ != nullptr) filter_->set_limits(layer_limits());
  if (spatial == selector_.max() && !deficient) return;
  selector_.set_max(std::min<std::uint8_t>(spatial, kMaxLayers - 1));
  update_layers(now);
  if (deficient && selector_.stop_excess(now)) {
    urgent_ = stopped_ = true;
    retransmitter_.wait_for_keyframe(now);  // the way is too narrow for repeats of what it stopped
  }
  next_wish_ = std::min(next_wish_, now);
}

void Forwarder::change_source(Instant now, const Encodings& encodings, std::span<const PayloadMapping> payloads) {
  encodings_ = &encodings;
  set_payloads(payloads);
  line_.change_source();
  filter_.reset();
  aligner_.forget_reference();
  retransmitter_.forget();
  replay_from_.reset();
  selector_.restart(now);
  update_layers(now);
  next_wish_ = now;
}

std::optional<std::uint8_t> Forwarder::take_keyframe_wish(Instant now) {
  if (paused_ != 0 || now < next_wish_ || encodings_->kind() != rtp::MediaKind::kVideo) return std::nullopt;
  std::uint8_t layer = selector_.wanted();
  // Its key frame could not be used yet: no sender report tells where it belongs.
  if (layer != kNoLayer && selector_.current() != kNoLayer && !aligner_.can_map(now, layer, *encodings_)) {
    layer = kNoLayer;
  }
  const bool needs = decoder_lost_ || (filter_ != nullptr && filter_->wants_keyframe(now));
  if (layer == kNoLayer && needs) layer = selector_.current();
  if (layer == kNoLayer) return std::nullopt;
  const Duration rtt = stats_.rtt.value_or(std::chrono::milliseconds(70));
  next_wish_ = now + std::clamp<Duration>(rtt * 2, std::chrono::milliseconds(200), std::chrono::seconds(1));
  return layer;
}

void Forwarder::advance(Instant now, Output& out) {
  update_layers(now);
  const Duration window = now - window_start_;
  if (window >= std::chrono::seconds(1)) {
    stats_.bitrate =
        window_start_ == Instant{} ? Bitrate{} : Bitrate::of(static_cast<std::int64_t>(window_bytes_), window);
    window_bytes_ = 0;
    window_start_ = now;
  }
  if (paused_ == 0 && line_.started()) {
    const std::uint8_t layer = stats().layer;
    stats_.layers += layer == kNoLayer ? -1 : layer;
    ++stats_.layer_samples;
  }
  if (now >= next_report_ && paused_ == 0 && aligner_.started()) send_report(now, out);
}

const PayloadMapping* Forwarder::mapping(std::uint8_t payload_type) const {
  for (std::size_t i = 0; i < payload_count_; ++i) {
    if (payloads_[i].from == payload_type) return &payloads_[i];
  }
  return nullptr;
}

Forwarder::Stats Forwarder::stats() const {
  Stats stats = stats_;
  stats.retransmissions = retransmitter_.counters();
  stats.layer = selector_.current();
  stats.target = selector_.target();
  stats.newest_sequence = line_.last_sequence();
  if (const StreamLayers* svc = encodings_->svc(); svc != nullptr && filter_ != nullptr) {
    if (stats.layer != kNoLayer) stats.layer = std::min<std::uint8_t>(filter_->spatial(), kMaxLayers - 1);
    if (filter_->spatial() == kNoLayer) stats.layer = kNoLayer;
    const auto allowed = static_cast<unsigned>(svc->live() & ((2u << selector_.max()) - 1));
    if (allowed != 0) stats.target = static_cast<std::uint8_t>(std::bit_width(allowed) - 1);
  }
  return stats;
}

}  // namespace sfu::media

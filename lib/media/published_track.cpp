// SPDX-License-Identifier: Apache-2.0
#include "media/published_track.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "media/capture_time.hpp"
#include "media/redundancy.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/packet_writer.hpp"
#include "rtp/rtx.hpp"

namespace sfu::media {
namespace {

constexpr std::size_t kPlainDescriptor = 3;  // bytes of a dependency descriptor that brings nothing new
constexpr Duration kUsualAudioPacket = std::chrono::milliseconds(20);
constexpr Duration kLongestAudioPacket = std::chrono::milliseconds(120);  // Opus, RFC 6716 2.1.4

}  // namespace

PublishedTrack::PublishedTrack(const PublishedTrackConfig& config, RtpSink& publisher, Random& random)
    : config_(config),
      publisher_(publisher),
      random_(random),
      encodings_(config.kind, PacketStore::limits_for(config.kind, config.packet_buffer)),
      audio_level_(config.audio_level) {
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    keyframes_[layer] = KeyframeRequests(config_.keyframe_throttle[layer]);
  }
  encodings_.configure(config_.payloads, config_.extensions);
}

void PublishedTrack::reconfigure(const PublishedTrackConfig& config) {
  config_ = config;
  encodings_.configure(config_.payloads, config_.extensions);
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (ReceiveStream* stream = encodings_.stream(layer)) stream->set_nack(config_.nack);
  }
  watch_redundancy();
}

ReceiveStream& PublishedTrack::stream_for(Instant now, std::uint8_t layer, const rtp::PacketView& packet) {
  ReceiveStream* stream = encodings_.stream(layer);
  if (stream != nullptr && stream->ssrc() == packet.ssrc()) return *stream;
  if (stream != nullptr) {
    stream->rebind(packet.ssrc());
    if (StreamLayers* layers = encodings_.layers(layer)) layers->reset();
  } else {
    stream = &encodings_.add({.kind = config_.kind,
                              .ssrc = packet.ssrc(),
                              .layer = layer,
                              .nack = config_.nack,
                              .nack_tries = config_.nack_tries,
                              .screenshare = config_.screenshare,
                              .store = encodings_.store_limits()});
  }
  if (config_.kind == rtp::MediaKind::kVideo) keyframes_[layer].seed(now);
  return *stream;
}

void PublishedTrack::receive_rtp(Instant now, std::uint8_t layer, const rtp::PacketView& packet, Output& out) {
  const ReceivePayload* payload = encodings_.payload(packet.payload_type());
  if (payload == nullptr || layer >= kMaxLayers) {
    ++wrong_payload_type_;
    return;
  }
  if (!fan_out_.empty()) fan_out_.front()->prefetch();
  stream_for(now, layer, packet).set_clock_rate(payload->clock_rate);
  if (out.traffic != nullptr) count(out.traffic->received, packet.bytes().size());
  take_in(now, layer, packet, false, out);
}

void PublishedTrack::receive_rtx(Instant now, std::uint8_t layer, rtp::Ssrc media_ssrc, ByteSpan packet,
                                 const rtp::PacketView& view, Output& out) {
  ReceiveStream* stream = encodings_.stream(layer);
  const std::uint8_t payload_type = encodings_.repeated_by(view.payload_type());
  if (stream == nullptr || payload_type == kNoPayloadType || stream->ssrc() != media_ssrc) {
    ++wrong_payload_type_;
    return;
  }
  if (out.traffic != nullptr) count(out.traffic->received_again, view.bytes().size());
  const auto restored = rtp::restore_from_rtx(packet, view, payload_type, media_ssrc);
  if (!restored) {
    stream->on_rtx_padding();
    return;
  }
  if (const auto media = rtp::PacketView::parse(*restored)) take_in(now, layer, *media, true, out);
}

void PublishedTrack::take_in(Instant now, std::uint8_t layer, const rtp::PacketView& view, bool recovered,
                             Output& out) {
  ReceiveStream& stream = *encodings_.stream(layer);
  const bool was_started = stream.started();
  keep_awake(now);
  ReceiveStream::Numbers numbers;
  const auto verdict = stream.receive(now, view, recovered, numbers);
  if (!was_started && stream.started()) changes_ |= kStarted;
  if (stream.take_became_live()) layers_changed(now);
  if (numbers.restarted && config_.kind == rtp::MediaKind::kVideo) {
    encodings_.layers(layer)->reset();
    keyframes_[layer].seed(now);
    if (keyframes_[layer].ask(now)) send_pli(now, layer, out);
  }
  if (verdict != ReceiveStream::Verdict::kDrop) {
    CaptureTimeShift shifted;
    const auto& shift = encodings_.clock_shift();
    const rtp::PacketView media =
        shift ? shifted.apply(view, config_.extensions.id(rtp::Extension::kAbsCaptureTime), *shift) : view;
    IncomingPacket packet;
    packet.sequence = numbers.sequence;
    packet.timestamp = numbers.timestamp;
    packet.arrival = now;
    packet.layer = layer;
    packet.generation = stream.generation();
    packet.newest = numbers.newest;
    packet.recovered = recovered;
    const bool described = encodings_.describe(media, packet);
    if (described && verdict == ReceiveStream::Verdict::kLeaveOut) {
      withhold(now, media, packet, out);
    } else if (described) {
      // Another structure, or other active targets: what came before it is read by those of before.
      if (packet.dependency_descriptor.size() > kPlainDescriptor) forward_gathered(now, out);
      if (config_.kind == rtp::MediaKind::kVideo) {
        if (begins_afresh(packet)) restart_numbers(now, packet, out);
        read_layers(now, media, packet);
      }
      pass_on(now, media, packet, out);
    }
  }
  reschedule();
}

bool PublishedTrack::begins_afresh(const IncomingPacket& packet) const {
  return packet.info.is_keyframe && packet.info.starts_frame && packet.newest && !packet.recovered &&
         encodings_.layers(packet.layer)->counts_afresh(packet);
}

// By the number of its pictures all that follows would be late for long.
void PublishedTrack::restart_numbers(Instant now, IncomingPacket& packet, Output& out) {
  forward_gathered(now, out);
  ReceiveStream& stream = *encodings_.stream(packet.layer);
  stream.begin_generation();
  packet.generation = stream.generation();
  encodings_.layers(packet.layer)->reset();
}

void PublishedTrack::read_layers(Instant now, const rtp::PacketView& view, IncomingPacket& packet) {
  StreamLayers& layers = *encodings_.layers(packet.layer);
  layers.read(now, view.bytes().size(), packet);
  if (layers.take_changed()) layers_changed(now);
}

void PublishedTrack::pass_on(Instant now, const rtp::PacketView& view, IncomingPacket& packet, Output& out) {
  note(now, packet);
  ByteView kept = view.bytes();
  if (filters_ != nullptr && !filter(view, packet, kept)) {
    encodings_.stream(packet.layer)->on_filtered();
    if (out.traffic != nullptr) count(out.traffic->filtered, view.bytes().size());
    return withhold(now, view, packet, out);
  }
  if (red_recovery_ && packet.layer == 0) bring_back(now, packet, out);
  if (!packet.brought_back) encodings_.stream(packet.layer)->keep(packet.sequence, kept, packet.info.is_keyframe);
  if (makes_red_) add_redundancy(encodings_, packet);
  if (gather(now, packet, out)) return;
  forward_gathered(now, out);
  if (config_.kind == rtp::MediaKind::kAudio) observe_level(now, packet);
  const std::int64_t highest = encodings_.stream(packet.layer)->highest_sequence();
  deliver(now, {&packet, 1}, {&highest, 1}, out);
}

// What the publisher sends, whatever filters make of it.
void PublishedTrack::note(Instant now, IncomingPacket& packet) {
  codec_ = packet.codec;
  if (red_recovery_ && packet.layer == 0) packet.brought_back = red_recovery_->note(packet);
  if (config_.kind != rtp::MediaKind::kVideo || !packet.info.is_keyframe) return;
  encodings_.stream(packet.layer)->on_keyframe(now, {packet.sequence, packet.timestamp});
  keyframes_[packet.layer].on_keyframe();
}

// A newcomer is shown nothing of before: the host may have had a reason.
void PublishedTrack::set_filters(PacketFilters* filters) {
  filters_ = filters;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (ReceiveStream* stream = encodings_.stream(layer)) stream->forget_keyframe();
  }
}

// False: dropped. `kept`: what is to be stored of it.
bool PublishedTrack::filter(const rtp::PacketView& view, IncomingPacket& packet, ByteView& kept) {
  if (filters_->empty()) {
    set_filters(nullptr);
    return true;
  }
  return filters_->apply(encodings_, view, packet, kept);
}

// Each step finds in the caches what the one before has fetched, while a subscriber was served.
void PublishedTrack::prefetch(std::size_t next) const {
  const std::size_t count = fan_out_.size();
  if (next + 2 < count) fan_out_[next + 2]->prefetch();
  if (next + 1 < count) fan_out_[next + 1]->prefetch_sink();
  if (next < count) fan_out_[next]->prefetch_way();
}

// One subscriber after the other; `highest` is the stream's number when each packet came.
void PublishedTrack::deliver(Instant now, std::span<const IncomingPacket> packets,
                             std::span<const std::int64_t> highest, Output& out) {
  for (std::size_t i = 0; i < fan_out_.size(); ++i) {
    out.datagrams.drain_if_full();
    prefetch(i + 1);
    Forwarder& forwarder = *fan_out_[i];
    for (std::size_t at = 0; at < packets.size(); ++at) {
      if (forwarder.forward(now, packets[at], out)) continue;
      if (const auto from = forwarder.take_replay()) {
        replay(now, forwarder, packets[at].layer, *from, highest[at], out);
      }
    }
  }
}

// Kept without its payload, so that who is caught up with later does not miss its number either.
void PublishedTrack::withhold(Instant now, const rtp::PacketView& view, const IncomingPacket& packet, Output& out) {
  forward_gathered(now, out);
  if (!packet.brought_back) encodings_.stream(packet.layer)->keep(packet.sequence, empty_packet(view), false);
  for (Forwarder* forwarder : fan_out_) forwarder->withhold(now, packet, out);
}

void PublishedTrack::watch_redundancy() {
  makes_red_ = std::ranges::any_of(fan_out_, &Forwarder::makes_red);
  const bool wanted = !config_.encrypted && std::ranges::any_of(fan_out_, &Forwarder::lacks_red);
  if (!wanted) {
    red_recovery_.reset();
  } else if (!red_recovery_) {
    red_recovery_.emplace();
  }
}

// Each goes out, and is stored, as RED of one block.
void PublishedTrack::bring_back(Instant now, const IncomingPacket& packet, Output& out) {
  ReceiveStream& stream = *encodings_.stream(packet.layer);
  RedRecovery::Room room;
  for (const RedRecovery::Lost& lost : red_recovery_->find(packet, room)) {
    std::array<std::uint8_t, rtp::kFixedHeaderSize + 1 + codec::kMaxOlderRedBlock> bytes;
    rtp::PacketWriter writer(bytes, {.payload_type = packet.payload_type,
                                     .sequence_number = static_cast<std::uint16_t>(lost.sequence),
                                     .timestamp = static_cast<std::uint32_t>(lost.timestamp),
                                     .ssrc = stream.ssrc()});
    writer.payload(ByteView(&lost.payload_type, 1));
    writer.payload(lost.block);
    const ByteView whole = ByteView(bytes).first(writer.size());
    stream.keep(lost.sequence, whole, false);
    IncomingPacket earlier = packet;
    earlier.sequence = lost.sequence;
    earlier.timestamp = lost.timestamp;
    earlier.payload = whole.subspan(rtp::kFixedHeaderSize);
    earlier.marker = earlier.newest = earlier.brought_back = false;
    earlier.extension_count = 0;
    for (Forwarder* forwarder : fan_out_) forwarder->bring_back(now, earlier, out);
  }
}

void PublishedTrack::replay(Instant now, Forwarder& forwarder, std::uint8_t layer, std::int64_t from, std::int64_t last,
                            Output& out) {
  for (std::int64_t sequence = from; sequence <= last; ++sequence) {
    // Who has RED may still get the packet itself.
    if (red_recovery_ && !forwarder.lacks_red() && red_recovery_->is_brought_back(sequence)) continue;
    IncomingPacket packet;
    if (!encodings_.recall(layer, sequence, packet)) continue;
    if (makes_red_) add_redundancy(encodings_, packet);
    packet.arrival = now;
    LayeredFrame frame;
    if (StreamLayers* layers = encodings_.layers(layer)) layers->place(packet, frame);
    if (packet.payload.empty()) {
      forwarder.withhold(now, packet, out);
    } else {
      forwarder.forward(now, packet, out);
    }
  }
}

// Its subscriber has seen nothing yet, or nothing any more: it begins with the newest key frame, if that is at hand.
void PublishedTrack::catch_up(Instant now, Forwarder& forwarder, Output& out) {
  forward_gathered(now, out);
  std::uint8_t layer = forwarder.first_layer();
  const Duration age = layer != kNoLayer ? kCatchUp : kGoOn;
  if (layer == kNoLayer) layer = forwarder.next_layer();
  if (muted_ || layer == kNoLayer) return;
  const ReceiveStream* stream = encodings_.stream(layer);
  if (stream == nullptr) return;
  const auto keyframe = stream->recent_keyframe(now, age);
  if (!keyframe) return;
  const std::int64_t last = stream->highest_sequence();
  replay(now, forwarder, layer, *keyframe, last, out);
  if (const auto from = forwarder.take_replay()) replay(now, forwarder, layer, *from, last, out);
}

void PublishedTrack::expect_subscriber(Instant now, std::uint8_t max_layer, Output& out) {
  const auto usable = static_cast<unsigned>(encodings_.usable(now) & ((2u << max_layer) - 1));
  if (muted_ || config_.kind != rtp::MediaKind::kVideo || usable == 0) return;
  const auto layer = static_cast<std::uint8_t>(std::bit_width(usable) - 1);
  if (encodings_.stream(layer)->recent_keyframe(now, kCatchUp / 2)) return;
  keep_awake(now);
  if (keyframes_[layer].ask(now, true)) send_pli(now, layer, out);
  reschedule();
}

void PublishedTrack::observe_level(Instant now, const IncomingPacket& packet) {
  for (std::size_t i = 0; i < packet.extension_count; ++i) {
    if (packet.extensions[i].kind != rtp::Extension::kAudioLevel) continue;
    const auto level = rtp::AudioLevel::parse(packet.extensions[i].bytes);
    if (!level) return;
    const std::uint32_t rate = encodings_.stream(packet.layer)->clock_rate();
    Duration plays = from_ticks(packet.timestamp - last_audio_timestamp_, rate);
    if (plays <= Duration::zero() || plays > kLongestAudioPacket) plays = kUsualAudioPacket;
    if (packet.newest) last_audio_timestamp_ = packet.timestamp;
    audio_level_.observe(now, level->level, plays);
    return;
  }
}

void PublishedTrack::layers_changed(Instant now) {
  changes_ |= kLayersChanged;
  for (Forwarder* forwarder : fan_out_) forwarder->update_layers(now);
}

bool PublishedTrack::on_sender_report(Instant now, std::uint8_t layer, std::uint64_t ntp, std::uint32_t rtp_timestamp) {
  ReceiveStream* stream = encodings_.stream(layer);
  if (stream == nullptr || !stream->on_sender_report(now, ntp, rtp_timestamp)) return false;
  keep_awake(now);
  reschedule();
  return true;
}

ForwarderId PublishedTrack::add_forwarder(Instant now, const ForwarderConfig& config, Output& out) {
  const ForwarderId id = forwarders_.emplace(config, encodings_, random_);
  Forwarder& forwarder = *forwarders_.find(id);
  fan_out_.push_back(&forwarder);
  if (config.state) forwarder.resume(*config.state, out.wall);
  forwarder.start(now, muted_);
  watch_redundancy();
  keep_awake(now);
  serve_wish(now, forwarder, out);
  reschedule();
  return id;
}

void PublishedTrack::remove_forwarder(ForwarderId id, Output& out) {
  Forwarder* forwarder = forwarders_.find(id);
  if (forwarder == nullptr) return;
  forwarder->close(out);
  std::erase(fan_out_, forwarder);
  forwarders_.erase(id);
  watch_redundancy();
}

ForwarderId PublishedTrack::take_over(Instant now, PublishedTrack& from, ForwarderId id,
                                      std::span<const PayloadMapping> payloads, Output& out) {
  Forwarder* before = from.forwarders_.find(id);
  if (before == nullptr) return {};
  const ForwarderId taken = forwarders_.emplace(std::move(*before));
  std::erase(from.fan_out_, before);
  from.forwarders_.erase(id);
  Forwarder& forwarder = *forwarders_.find(taken);
  forwarder.change_source(now, encodings_, payloads);
  forwarder.set_paused(now, Pause::kPublisherMuted, muted_);
  fan_out_.push_back(&forwarder);
  from.watch_redundancy();
  watch_redundancy();
  keep_awake(now);
  serve_wish(now, forwarder, out);
  reschedule();
  return taken;
}

void PublishedTrack::set_paused(Instant now, ForwarderId id, Pause reason, bool paused, Output& out) {
  Forwarder* forwarder = forwarders_.find(id);
  if (forwarder == nullptr) return;
  forwarder->set_paused(now, reason, paused);
  keep_awake(now);
  serve_wish(now, *forwarder, out);
  reschedule();
}

void PublishedTrack::set_max_quality(Instant now, ForwarderId id, std::uint8_t spatial, std::uint8_t temporal,
                                     Output& out, bool deficient) {
  Forwarder* forwarder = forwarders_.find(id);
  if (forwarder == nullptr) return;
  forwarder->set_max_quality(now, spatial, temporal, deficient);
  keep_awake(now);
  serve_wish(now, *forwarder, out);
  reschedule();
}

void PublishedTrack::on_nack(Instant now, ForwarderId id, std::span<const std::uint16_t> sequence_numbers,
                             Output& out) {
  Forwarder* forwarder = forwarders_.find(id);
  if (forwarder == nullptr || !forwarder->on_nack(now, sequence_numbers, out)) return;
  keep_awake(now);
  serve_wish(now, *forwarder, out);
  reschedule();
}

void PublishedTrack::on_pli(Instant now, ForwarderId id, Output& out) {
  Forwarder* forwarder = forwarders_.find(id);
  if (forwarder == nullptr) return;
  forwarder->on_pli(now, out);
  keep_awake(now);
  serve_wish(now, *forwarder, out);
  reschedule();
}

void PublishedTrack::on_receiver_report(Instant now, ForwarderId id, const rtcp::ReportBlock& block) {
  if (Forwarder* forwarder = forwarders_.find(id)) forwarder->on_receiver_report(now, block);
}

void PublishedTrack::expect_layers() {
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (ReceiveStream* stream = encodings_.stream(layer)) stream->expect();
    if (StreamLayers* layers = encodings_.layers(layer)) layers->expect();
  }
}

void PublishedTrack::set_muted(Instant now, bool muted, Output& out) {
  if (muted == muted_) return;
  muted_ = muted;
  audio_level_.reset();
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (muted) keyframes_[layer].stop();
    if (ReceiveStream* stream = encodings_.stream(layer)) stream->reset_liveness();
    if (StreamLayers* layers = encodings_.layers(layer)) layers->reset_liveness();
  }
  for (Forwarder* forwarder : fan_out_) {
    forwarder->set_paused(now, Pause::kPublisherMuted, muted);
    serve_wish(now, *forwarder, out);
  }
  const bool silence = muted && config_.kind == rtp::MediaKind::kAudio && codec_ != rtp::Codec::kUnknown;
  silence_left_ = silence ? kSilencePackets : 0;
  next_silence_ = silence ? now + kSilencePacket : kNever;
  keep_awake(now);
  reschedule();
}

void PublishedTrack::send_blank_frames(Instant now, ForwarderId id, Output& out) {
  Forwarder* forwarder = forwarders_.find(id);
  BlankMedia frame;
  if (forwarder == nullptr || config_.kind != rtp::MediaKind::kVideo) return;
  if (!frame.make(codec_, config_.payloads, config_.blank_trailer)) return;
  // All at once, since nothing of it will be left: their timestamps tell when they are to be shown.
  constexpr auto kDespite = static_cast<std::uint8_t>(~static_cast<std::uint8_t>(Pause::kNotConnected));
  for (int i = 0; i < kBlankFrames; ++i) {
    forwarder->send_blank(now, frame, Duration(std::chrono::seconds(1)) / kBlankFrameRate, kDespite, out);
  }
}

std::uint8_t PublishedTrack::take_changes() {
  return std::exchange(changes_, std::uint8_t{0});
}

Instant PublishedTrack::last_packet() const {
  Instant last{};
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (const ReceiveStream* stream = encodings_.stream(layer)) last = std::max(last, stream->last_packet());
  }
  return last;
}

BitrateMatrix PublishedTrack::bitrates() const {
  if (const StreamLayers* svc = encodings_.svc()) return svc->bitrates();
  BitrateMatrix bitrates{};
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (const StreamLayers* layers = encodings_.layers(layer)) bitrates[layer] = layers->bitrates()[0];
  }
  return bitrates;
}

FrameRateMatrix PublishedTrack::frame_rates() const {
  if (const StreamLayers* svc = encodings_.svc()) return svc->frame_rates();
  FrameRateMatrix rates{};
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (const StreamLayers* layers = encodings_.layers(layer)) rates[layer] = layers->frame_rates()[0];
  }
  return rates;
}

std::optional<ReceiveStream::Stats> PublishedTrack::stream_stats(std::uint8_t layer) const {
  const ReceiveStream* stream = encodings_.stream(layer);
  if (stream == nullptr) return std::nullopt;
  return stream->stats();
}

}  // namespace sfu::media

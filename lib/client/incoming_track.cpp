// SPDX-License-Identifier: Apache-2.0
#include "client/incoming_track.hpp"

#include <algorithm>
#include <array>

#include "rtcp/builders.hpp"
#include "rtp/rtx.hpp"

namespace sfu::client {
namespace {

constexpr rtp::Ssrc kRtcpSsrc = 1;  // ours, as the sender of RTCP

media::PublishedTrackConfig media_config(const peer::ReceiveSection& section) {
  media::PublishedTrackConfig config;
  config.kind = section.kind;
  config.extensions = section.extensions;
  config.rtcp_ssrc = kRtcpSsrc;
  config.nack_tries = media::NackGenerator::kClientTries;
  for (const peer::PayloadCodec& codec : section.codecs) {
    config.payloads.push_back({.payload_type = codec.payload_type,
                               .codec = codec.codec,
                               .clock_rate = codec.clock_rate,
                               .rtx = codec.rtx_payload_type.value_or(media::kNoPayloadType)});
  }
  return config;
}

}  // namespace

IncomingTrack::IncomingTrack(const peer::ReceiveSection& section, Connection& connection, const SessionConfig& config)
    : config_(config),
      sink_(connection.sink()),
      sid_(section.track_id),
      codecs_(section.codecs),
      streams_(section.streams),
      track_(media_config(section), connection.sink(), *config.random) {
  connection.configure_endpoint();
  media::SsrcRouter& router = connection.endpoint().router();
  router.add_section(section.mid, track_);
  for (const peer::AnnouncedStream& stream : section.streams) {
    router.bind(stream.ssrc, track_, 0);
    if (stream.rtx_ssrc != 0) router.bind_rtx(stream.rtx_ssrc, stream.ssrc);
  }
}

bool IncomingTrack::receive(Instant now, ByteView packet, const rtp::PacketView& view, RtpObserver* observer,
                            Output& out) {
  for (const peer::AnnouncedStream& stream : streams_) {
    if (view.ssrc() == stream.ssrc) {
      unpack(now, view, false, observer, out);
      return true;
    }
    if (view.ssrc() != stream.rtx_ssrc) continue;
    bool is_rtx = false;
    const peer::PayloadCodec* codec = peer::find_payload(codecs_, view.payload_type(), &is_rtx);
    std::array<std::uint8_t, SendBatch::kSlotSize> copy;
    if (codec == nullptr || !is_rtx || packet.size() > copy.size()) return true;
    std::ranges::copy(packet, copy.begin());
    const auto restored =
        rtp::restore_from_rtx(ByteSpan(copy).first(packet.size()), view, codec->payload_type, stream.ssrc);
    if (!restored) return true;
    if (const auto original = rtp::PacketView::parse(*restored)) unpack(now, *original, true, observer, out);
    return true;
  }
  return false;
}

rtp::Codec IncomingTrack::codec() const {
  const rtp::Codec first = codecs_.front().codec;
  return first == rtp::Codec::kRed ? rtp::Codec::kOpus : first;
}

void IncomingTrack::unpack(Instant now, const rtp::PacketView& packet, bool recovered, RtpObserver* observer,
                           Output& out) {
  if (peer::find_codec(codecs_, rtp::Codec::kRed) == nullptr) return show(now, packet, recovered, observer, out);
  const peer::PayloadCodec* codec = peer::find_payload(codecs_, packet.payload_type());
  if (codec == nullptr) return;
  red_.receive(packet, codec->codec == rtp::Codec::kRed, [&](const rtp::PacketView& plain, bool made_up) {
    show(now, plain, recovered || made_up, observer, out);
  });
}

void IncomingTrack::show(Instant now, const rtp::PacketView& packet, bool recovered, RtpObserver* observer,
                         Output& out) {
  if (observer != nullptr) observer->on_rtp(now, sid_, packet, recovered);
  if (config_.frames) assemble(now, packet, out);
}

void IncomingTrack::assemble(Instant now, const rtp::PacketView& packet, Output& out) {
  const peer::PayloadCodec* codec = peer::find_payload(codecs_, packet.payload_type());
  if (codec == nullptr) return;
  if (codec->codec != assembled_) {  // the first, or the publisher went over to another
    assembled_ = codec->codec;
    assembler_ = std::make_unique<payload::FrameAssembler>(assembled_);
  }
  assembler_->receive(now, packet, frames_);
  hand_out(out);
}

void IncomingTrack::tell_frames(Output& out) {
  for (payload::Frame& frame : frames_) out.events.emplace_back(FrameReceived{sid_, assembled_, std::move(frame)});
  frames_.clear();
}

void IncomingTrack::hand_out(Output& out) {
  tell_frames(out);
  if (assembler_->take_keyframe_wish()) request_key_frame(out);
}

void IncomingTrack::request_key_frame(Output& out) {
  if (streams_.empty()) return;
  std::array<std::uint8_t, 64> bytes;
  ByteWriter writer(bytes);
  rtcp::write_pli(writer, kRtcpSsrc, streams_.front().ssrc);
  sink_.send_rtcp(writer.written(), out.datagrams);
}

void IncomingTrack::advance(Instant now, Output& out) {
  media::Output media_out{out.datagrams, *config_.wall};
  track_.advance(now, media_out);
  if (!assembler_) return;
  assembler_->advance(now, frames_);
  hand_out(out);
}

void IncomingTrack::flush(Output& out) {
  if (!assembler_) return;
  assembler_->flush(frames_);
  tell_frames(out);
}

Instant IncomingTrack::deadline() const {
  return assembler_ ? std::min(track_.deadline(), assembler_->deadline()) : track_.deadline();
}

}  // namespace sfu::client

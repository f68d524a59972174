// SPDX-License-Identifier: Apache-2.0
#include "client/outgoing_track.hpp"

#include <algorithm>

#include "participant/frame_writer.hpp"
#include "rtcp/compound_reader.hpp"

namespace sfu::client {
namespace {

// Packets are written with this payload type; the forwarder maps it to the negotiated one.
constexpr std::uint8_t kSourcePayloadType = 96;
constexpr const char* kCname = "client";
// As libwebrtc: a server asks no sooner, and holds others back by itself.
constexpr Duration kKeyframeThrottle = std::chrono::milliseconds(300);

// Takes what a published track asks of its source: nothing but key frames matters.
class SourceSink final : public media::RtpSink {
 public:
  void send_rtp(SendBatch&, std::size_t) override {}
  void send_rtcp(ByteView compound, SendBatch&) override {
    rtcp::CompoundReader reader(compound);
    rtcp::Message message;
    while (reader.next(message)) {
      if (std::holds_alternative<rtcp::Pli>(message) || std::holds_alternative<rtcp::Fir>(message)) wanted_ = true;
    }
  }
  bool take_keyframe_wish() { return std::exchange(wanted_, false); }

 private:
  bool wanted_ = false;
};

}  // namespace

struct OutgoingTrack::Encoding {
  std::string rid;
  rtp::Ssrc ssrc{};
  rtp::Ssrc rtx_ssrc{};
  SourceSink source;
  std::unique_ptr<media::PublishedTrack> track;
  media::ForwarderId forwarder;
  std::unique_ptr<participant::FrameWriter> frames;
};

OutgoingTrack::OutgoingTrack(PublishOptions options, bool audio_redundancy, Random& random)
    : options_(std::move(options)),
      redundant_(audio_redundancy && options_.codec == rtp::Codec::kOpus),
      random_(random) {
  const bool video = rtp::kind_of(options_.codec) == rtp::MediaKind::kVideo;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.layers.size()); ++i) {
    auto encoding = std::make_unique<Encoding>();
    if (options_.layers.size() > 1) encoding->rid = options_.layers[i].rid;
    encoding->ssrc = random.u32() | 1;
    if (video) encoding->rtx_ssrc = encoding->ssrc + 1;
    encoding->frames = std::make_unique<participant::FrameWriter>(options_.codec, random);
    encodings_.push_back(std::move(encoding));
  }
}

OutgoingTrack::~OutgoingTrack() = default;

Result<void> OutgoingTrack::bind(Connection& connection) {
  peer::SenderSpec spec;
  spec.kind = rtp::kind_of(options_.codec);
  spec.stream_id = "stream-" + options_.cid;
  spec.track_id = options_.cid;
  spec.cname = kCname;
  spec.ssrc = encodings_.front()->ssrc;
  spec.rtx_ssrc = encodings_.front()->rtx_ssrc;
  spec.stereo = options_.stereo;
  for (const auto& encoding : encodings_) {
    if (!encoding->rid.empty()) spec.rids.push_back(encoding->rid);
  }
  if (redundant_) spec.codecs.push_back({.codec = rtp::Codec::kRed, .clock_rate = 48000, .rtx_payload_type = {}});
  spec.codecs.push_back({.codec = options_.codec,
                         .clock_rate = rtp::clock_rate(options_.codec),
                         .fmtp = options_.codec == rtp::Codec::kH264 ? "packetization-mode=1" : "",
                         .rtx_payload_type = {}});
  SFU_TRY(mid_, connection.peer().negotiation().bind_sender(std::move(spec)));
  return {};
}

bool OutgoingTrack::start(Instant now, Connection& connection, media::Output out) {
  const peer::SendSection* section = connection.peer().negotiation().send_section(mid_);
  if (section == nullptr || !section->negotiated || section->codecs.empty()) return false;
  const peer::PayloadCodec* plain = peer::find_codec(section->codecs, options_.codec);
  if (plain == nullptr) return false;
  const peer::PayloadCodec& codec = *plain;
  for (auto& encoding : encodings_) {
    media::PublishedTrackConfig config;
    config.kind = rtp::kind_of(codec.codec);
    config.payloads = {{.payload_type = kSourcePayloadType, .codec = codec.codec, .clock_rate = codec.clock_rate}};
    config.extensions = options_.extensions;
    config.nack = false;
    config.keyframe_throttle.fill(kKeyframeThrottle);
    encoding->track = std::make_unique<media::PublishedTrack>(config, encoding->source, random_);
    if (options_.muted) encoding->track->set_muted(now, true, out);

    media::ForwarderConfig forwarder;
    forwarder.sink = &connection.sink();
    forwarder.whole = true;
    forwarder.ssrc = encoding->ssrc;
    forwarder.rtx_ssrc = codec.rtx_payload_type ? encoding->rtx_ssrc : rtp::Ssrc{};
    forwarder.payloads = {{.from = kSourcePayloadType,
                           .to = codec.payload_type,
                           .rtx = codec.rtx_payload_type.value_or(media::kNoPayloadType)}};
    if (const auto* red = peer::find_codec(section->codecs, rtp::Codec::kRed)) {
      forwarder.payloads.front().to = red->payload_type;
      forwarder.payloads.front().primary = codec.payload_type;
    }
    forwarder.extensions = section->extensions;
    forwarder.mid = mid_;
    forwarder.rid = encoding->rid;
    forwarder.cname = kCname;
    encoding->forwarder = encoding->track->add_forwarder(now, forwarder, out);
    connection.endpoint().add_forwarder(encoding->ssrc, *encoding->track, encoding->forwarder);
  }
  started_ = true;
  return true;
}

void OutgoingTrack::stop(Connection& connection, media::Output out) {
  for (auto& encoding : encodings_) {
    if (!encoding->track) continue;
    connection.endpoint().remove_forwarder(encoding->ssrc);
    encoding->track->remove_forwarder(encoding->forwarder, out);
    encoding->track.reset();
  }
  started_ = false;
  (void)connection.peer().negotiation().unbind_sender(mid_);
}

void OutgoingTrack::write_rtp(Instant now, std::size_t layer, ByteSpan packet, media::Output out) {
  if (!started_ || options_.muted || layer >= encodings_.size() || packet.size() < 12) return;
  Encoding& encoding = *encodings_[layer];
  store_be32(packet.data() + 8, encoding.ssrc);
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80) | kSourcePayloadType);
  if (const auto view = rtp::PacketView::parse(packet)) encoding.track->receive_rtp(now, 0, *view, out);
}

void OutgoingTrack::write_frame(Instant now, std::size_t layer, ByteView frame, std::uint32_t timestamp,
                                bool is_keyframe, media::Output out) {
  if (!started_ || options_.muted || layer >= encodings_.size()) return;
  Encoding& encoding = *encodings_[layer];
  encoding.frames->write(frame, timestamp, is_keyframe, {.payload_type = kSourcePayloadType, .ssrc = encoding.ssrc},
                         [&](ByteSpan packet) {
                           const auto view = rtp::PacketView::parse(packet);
                           if (view) encoding.track->receive_rtp(now, 0, *view, out);
                         });
}

void OutgoingTrack::set_muted(Instant now, bool muted, media::Output out) {
  options_.muted = muted;
  for (auto& encoding : encodings_) {
    if (encoding->track) encoding->track->set_muted(now, muted, out);
  }
}

void OutgoingTrack::advance(Instant now, media::Output out) {
  for (auto& encoding : encodings_) {
    if (encoding->track) encoding->track->advance(now, out);
  }
}

Instant OutgoingTrack::deadline() const {
  Instant earliest = kNever;
  for (const auto& encoding : encodings_) {
    if (encoding->track) earliest = std::min(earliest, encoding->track->deadline());
  }
  return earliest;
}

std::int64_t OutgoingTrack::packets_lost() const {
  std::int64_t lost = 0;
  for (const auto& encoding : encodings_) {
    if (!encoding->track) continue;
    if (const media::Forwarder* forwarder = encoding->track->forwarder(encoding->forwarder)) {
      lost += forwarder->stats().total_lost;
    }
  }
  return lost;
}

std::vector<std::size_t> OutgoingTrack::take_keyframe_wishes() {
  std::vector<std::size_t> layers;
  for (std::size_t i = 0; i < encodings_.size(); ++i) {
    if (encodings_[i]->source.take_keyframe_wish()) layers.push_back(i);
  }
  return layers;
}

}  // namespace sfu::client

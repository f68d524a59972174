// SPDX-License-Identifier: Apache-2.0
#include "video_encoder.hpp"

#include "media_tag.hpp"
#include "parameter_sets.hpp"
#include "payload/obu.hpp"
#include "payload/payload.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::load {
namespace {

constexpr std::uint32_t kTicks = 90'000 / kFramesPerSecond;

class Vp8 final : public VideoEncoder {
 public:
  Vp8(const sim::VideoLayer& layer, std::uint8_t encoding, Random& random)
      : encoder_(layer, encoding, kFramesPerSecond, /*temporal_layers=*/1, random.u64()) {}
  std::vector<sim::Packet> encode(Instant now, std::uint32_t frame, bool is_keyframe) override {
    return encoder_.encode(now, frame, frame * kTicks, is_keyframe);
  }

 private:
  sim::Vp8Encoder encoder_;
};

// Frames that lib/payload splits, as a client's do.
class Packetized : public VideoEncoder {
 public:
  Packetized(rtp::Codec codec, const sim::VideoLayer& layer, std::uint8_t encoding, Random& random)
      : encoding_(encoding),
        sizes_(layer.bitrate, kFramesPerSecond, random.u64()),
        packetizer_(payload::make_packetizer(codec, random)),
        sequence_number_(random.u16()) {}

  std::vector<sim::Packet> encode(Instant now, std::uint32_t frame, bool is_keyframe) override {
    make_frame(is_keyframe, sizes_.next(0, is_keyframe, 1));
    packetizer_->packetize(frame_, is_keyframe, payload::kMaxPayload, payloads_);
    sim::MediaTag tag{.frame = frame,
                      .count = static_cast<std::uint16_t>(payloads_.size()),
                      .spatial = encoding_,
                      .reference = is_keyframe ? std::uint8_t{0} : std::uint8_t{1},
                      .sent = now};
    std::vector<sim::Packet> packets;
    for (std::size_t i = 0; i < payloads_.size(); ++i) {
      tag.index = static_cast<std::uint16_t>(i);
      packets.push_back(packet(payloads_[i], tag, frame * kTicks));
    }
    return packets;
  }

 protected:
  // Headers of a picture, and something behind them that makes it `bytes` large.
  virtual void make_frame(bool is_keyframe, std::size_t bytes) = 0;
  virtual std::vector<std::uint8_t> descriptor(const sim::MediaTag&) const { return {}; }

  void start(std::size_t bytes) {
    frame_.clear();
    wanted_ = bytes;
  }
  void add(const std::vector<std::uint8_t>& bytes) { frame_.insert(frame_.end(), bytes.begin(), bytes.end()); }
  // At least as much as a tag takes in the last packet.
  std::size_t left() const {
    const std::size_t least = 4 * sim::MediaTag::kSize;
    return wanted_ > frame_.size() + least ? wanted_ - frame_.size() : least;
  }
  void fill(std::size_t count) { frame_.insert(frame_.end(), count, 0x55); }
  std::vector<std::uint8_t>& frame() { return frame_; }

 private:
  sim::Packet packet(ByteView payload, const sim::MediaTag& tag, std::uint32_t timestamp) {
    sim::Packet packet(rtp::kFixedHeaderSize + kExtensions + payload.size());
    rtp::PacketWriter writer(
        packet, {.marker = tag.index + 1 == tag.count, .sequence_number = sequence_number_++, .timestamp = timestamp});
    if (const auto value = descriptor(tag); !value.empty()) writer.extension(kDependencyDescriptorId, value);
    writer.payload(payload);
    packet.resize(writer.size());
    // Parameter sets in a packet of their own stay what they are.
    if (payload.size() > kTagged) {
      ByteWriter end(ByteSpan(packet).last(sim::MediaTag::kSize));
      tag.write(end);
    }
    return packet;
  }

  static constexpr std::size_t kExtensions = 40;
  static constexpr std::size_t kTagged = 3 * sim::MediaTag::kSize;

  std::uint8_t encoding_;
  sim::FrameSizes sizes_;
  std::unique_ptr<payload::Packetizer> packetizer_;
  std::uint16_t sequence_number_;
  std::size_t wanted_ = 0;
  std::vector<std::uint8_t> frame_;
  payload::Payloads payloads_;
};

class H264 final : public Packetized {
 public:
  H264(const sim::VideoLayer& layer, std::uint8_t encoding, Random& random)
      : Packetized(rtp::Codec::kH264, layer, encoding, random),
        parameter_sets_(h264_parameter_sets(layer.width, layer.height)) {}

 private:
  void make_frame(bool is_keyframe, std::size_t bytes) override {
    start(bytes);
    if (is_keyframe) add(parameter_sets_);
    const std::uint8_t header = is_keyframe ? 0x65 : 0x41;
    add({0, 0, 0, 1, header, 0x88});  // first_mb_in_slice is 0, as a frame's first slice has it
    fill(left());
  }

  std::vector<std::uint8_t> parameter_sets_;
};

// A sequence header before key frames, and a frame OBU (AV1 5.9).
class Av1 final : public Packetized {
 public:
  Av1(const sim::VideoLayer& layer, std::uint8_t encoding, Random& random)
      : Packetized(rtp::Codec::kAv1, layer, encoding, random),
        layer_(layer),
        sequence_header_(av1_sequence_header(layer.width, layer.height)) {}

 private:
  std::vector<std::uint8_t> descriptor(const sim::MediaTag& tag) const override {
    return dependency_descriptor({.frame_number = static_cast<std::uint16_t>(tag.frame),
                                  .is_keyframe = tag.is_keyframe(),
                                  .first = tag.index == 0,
                                  .last = tag.index + 1 == tag.count},
                                 layer_.width, layer_.height);
  }
  void make_frame(bool is_keyframe, std::size_t bytes) override {
    start(bytes);
    if (is_keyframe) add(sequence_header_);
    const std::size_t content = left();
    add({std::uint8_t{0x32}});  // OBU_FRAME with its size
    payload::append_leb128(frame(), content);
    // show_existing_frame, frame_type, show_frame
    add({is_keyframe ? std::uint8_t{0x10} : std::uint8_t{0x30}});
    fill(content - 1);
  }

  sim::VideoLayer layer_;
  std::vector<std::uint8_t> sequence_header_;
};

}  // namespace

std::unique_ptr<VideoEncoder> make_video_encoder(rtp::Codec codec, const sim::VideoLayer& layer, std::uint8_t encoding,
                                                 Random& random) {
  switch (codec) {
    case rtp::Codec::kH264: return std::make_unique<H264>(layer, encoding, random);
    case rtp::Codec::kAv1: return std::make_unique<Av1>(layer, encoding, random);
    default: return std::make_unique<Vp8>(layer, encoding, random);
  }
}

}  // namespace sfu::load

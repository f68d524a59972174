// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: an encoder of up to three spatial and three temporal layers in one stream, whose frames
// are told as AV1 with dependency descriptors, or as VP9 with its payload descriptor; and who reads them again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "codec/bit_writer_testing.hpp"
#include "codec/dependency_descriptor.hpp"
#include "media/testing.hpp"

namespace sfu::media::testing {

inline constexpr std::uint8_t kVp9 = 98, kVp9Rtx = 99, kAv1 = 45, kAv1Rtx = 46;
inline constexpr std::uint8_t kOutVp9 = 118, kOutVp9Rtx = 119, kOutAv1 = 105, kOutAv1Rtx = 106;
inline constexpr std::uint8_t kDescriptorIn = 12, kDescriptorOut = 8;

using codec::testing::BitWriter;

enum class Scheme {
  kFull,  // L3T3: upper layers refer to lower ones in each picture
  kKey,   // L3T3_KEY: only in key pictures
};

struct SvcFrame {
  std::uint32_t number = 0;   // of all frames
  std::uint32_t picture = 0;  // of the pictures that they make
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;
  bool key = false;  // of a key picture
  std::uint32_t timestamp = 0;
  std::vector<std::uint32_t> references;
  std::vector<std::uint32_t> chain_diffs;
};

struct SvcOptions {
  std::uint8_t spatial = 3;
  std::uint8_t temporal = 3;
  Scheme scheme = Scheme::kFull;
  bool vp9 = false;         // VP9 instead of AV1
  bool descriptors = true;  // dependency descriptors
  bool flexible = true;     // VP9's mode
  bool encrypted = false;   // nothing of the payload can be read
};

class SvcSource {
 public:
  struct Packet {
    std::uint32_t frame = 0;
    bool last_of_picture = false;
    Bytes bytes;
  };

  explicit SvcSource(SvcOptions layers, std::uint16_t sequence = 1000, std::uint32_t first_frame = 65500)
      : options(layers), sequence_(sequence), next_frame_(first_frame) {}

  // One picture, captured at `time`.
  std::vector<Packet> picture(Instant time, bool key, int packets = 2, std::size_t size = 40) {
    if (key) {
      phase_ = 0;
      last_.clear();
      chains_.clear();
    }
    constexpr std::uint8_t kThree[] = {0, 2, 1, 2};
    const std::uint8_t temporal = options.temporal == 3   ? kThree[phase_ % 4]
                                  : options.temporal == 2 ? static_cast<std::uint8_t>(phase_ % 2)
                                                          : std::uint8_t{0};
    ++phase_;
    if (temporal == 0) ++tl0_;
    std::vector<Packet> made;
    const std::uint8_t sent = std::min(options.spatial, active_spatial);
    for (std::uint8_t spatial = 0; spatial < sent; ++spatial) {
      const SvcFrame& frame = encode(time, key, spatial, temporal);
      for (int i = 0; i < packets; ++i) {
        const bool first = i == 0, last = i == packets - 1;
        Bytes payload = options.vp9 ? vp9_descriptor(frame, first, last, sent) : Bytes{0x10};
        if (options.encrypted && !options.vp9) payload[0] = 0xa5;
        payload.insert(payload.end(), {0x00, static_cast<std::uint8_t>(frame.number >> 16),
                                       static_cast<std::uint8_t>(frame.number >> 8),
                                       static_cast<std::uint8_t>(frame.number), static_cast<std::uint8_t>(i)});
        payload.resize(payload.size() + size, 0x55);
        const bool end = last && spatial + 1 == sent;
        const rtp::Header header{.marker = end,
                                 .payload_type = options.vp9 ? kVp9 : kAv1,
                                 .sequence_number = sequence_++,
                                 .timestamp = frame.timestamp,
                                 .ssrc = 0x1000};
        const Bytes descriptor = options.descriptors ? dependency_descriptor(frame, first, last) : Bytes{};
        made.push_back({frame.number, end, rtp_packet(header, payload, kDescriptorIn, descriptor)});
      }
    }
    ++next_picture_;
    told_active_ = active_spatial;
    return made;
  }
  const SvcFrame& frame(std::uint32_t number) const { return frames_.at(number); }

  SvcOptions options;
  std::uint8_t active_spatial = 3;  // upper ones are not encoded
  unsigned template_offset = 60;    // of a structure, changed with a key picture

 private:
  // The frames that decoders refer to are the last of each layer.
  const SvcFrame& encode(Instant time, bool key, std::uint8_t spatial, std::uint8_t temporal) {
    SvcFrame frame;
    frame.number = next_frame_++;
    frame.picture = next_picture_;
    frame.spatial = spatial;
    frame.temporal = temporal;
    frame.key = key;
    frame.timestamp = static_cast<std::uint32_t>(to_ticks(time.time_since_epoch(), 90000));
    if (spatial > 0 && (key || options.scheme == Scheme::kFull)) frame.references.push_back(frame.number - 1);
    // T1 and the first T2 refer to T0, the second T2 to T1.
    const std::uint8_t below = temporal == 2 && phase_ % 4 == 0 ? 1 : 0;
    if (const auto found = last_.find({spatial, below}); found != last_.end()) {
      frame.references.push_back(found->second);
    }
    for (std::uint8_t chain = 0; chain < options.spatial; ++chain) {
      const auto found = chains_.find(chain);
      frame.chain_diffs.push_back(found == chains_.end() ? 0 : frame.number - found->second);
    }
    last_[{spatial, temporal}] = frame.number;
    for (std::uint8_t chain = spatial; chain < options.spatial && temporal == 0; ++chain) {
      if (chain == spatial || key || options.scheme == Scheme::kFull) chains_[chain] = frame.number;
    }
    return frames_[frame.number] = frame;
  }

  bool present(const SvcFrame& frame, std::uint8_t spatial, std::uint8_t temporal) const {
    const bool across = frame.key || options.scheme == Scheme::kFull;
    return temporal >= frame.temporal && (spatial == frame.spatial || (across && spatial > frame.spatial));
  }

  // As encoders have it: a layer's own frames above T0 are of use to it alone, and no points to enter it at.
  codec::DecodeTargetIndication indication(const SvcFrame& frame, std::uint8_t spatial, std::uint8_t temporal) const {
    using Indication = codec::DecodeTargetIndication;
    if (!present(frame, spatial, temporal)) return Indication::kNotPresent;
    if (!frame.key && spatial != frame.spatial) return Indication::kRequired;
    return temporal == frame.temporal && temporal > 0 ? Indication::kDiscardable : Indication::kSwitch;
  }

  Bytes dependency_descriptor(const SvcFrame& frame, bool first, bool last) const {
    const unsigned targets = options.spatial * options.temporal;
    const bool structure = frame.key && frame.spatial == 0 && first;
    const bool tells_active = frame.spatial == 0 && first && (structure || active_spatial != told_active_);
    BitWriter w;
    w.bits(1, first).bits(1, last);
    w.bits(6, (template_offset + frame.spatial * options.temporal + frame.temporal) % 64u)
        .bits(16, frame.number & 0xffff);
    w.bits(1, structure).bits(1, tells_active).bits(3, 7);
    if (structure) write_structure(w, template_offset, targets);
    if (tells_active) w.bits(targets, (1u << std::min<unsigned>(active_spatial * options.temporal, targets)) - 1);
    for (std::uint8_t s = 0; s < options.spatial; ++s) {
      for (std::uint8_t t = 0; t < options.temporal; ++t) {
        w.bits(2, static_cast<std::uint32_t>(indication(frame, s, t)));
      }
    }
    for (const std::uint32_t reference : frame.references) w.bits(2, 2).bits(8, frame.number - reference - 1);
    w.bits(2, 0);
    for (const std::uint32_t diff : frame.chain_diffs) w.bits(8, diff);
    return w.bytes();
  }

  void write_structure(BitWriter& w, unsigned offset, unsigned targets) const {
    w.bits(6, offset).bits(5, targets - 1);
    for (std::uint8_t s = 0; s < options.spatial; ++s) {
      for (std::uint8_t t = 0; t < options.temporal; ++t) {
        const bool end = s + 1 == options.spatial && t + 1 == options.temporal;
        w.bits(2, end ? 3u : t + 1 == options.temporal ? 2u : 1u);
      }
    }
    for (unsigned layer = 0; layer < targets; ++layer) {
      for (unsigned target = 0; target < targets; ++target) {
        const bool includes = target % options.temporal >= layer % options.temporal &&
                              target / options.temporal >= layer / options.temporal;
        w.bits(2, includes ? 3 : 0);
      }
    }
    w.bits(targets, 0);  // no frame diffs in templates
    w.below(targets + 1, options.spatial);
    for (unsigned target = 0; target < targets; ++target) w.below(options.spatial, target / options.temporal);
    for (unsigned i = 0; i < targets * options.spatial; ++i) w.bits(4, 1);
    w.bits(1, 1);
    for (unsigned s = 0; s < options.spatial; ++s) w.bits(16, (320u << s) - 1).bits(16, (180u << s) - 1);
  }

  Bytes vp9_descriptor(const SvcFrame& frame, bool first, bool last, std::uint8_t sent) const {
    std::vector<std::uint8_t> differences;
    bool below = false;
    for (const std::uint32_t reference : frame.references) {
      const std::uint32_t back = frame.picture - frames_.at(reference).picture;
      if (back == 0) below = true;
      if (back != 0) differences.push_back(static_cast<std::uint8_t>(back));
    }
    const bool structure = frame.key && frame.spatial == 0 && first;
    const bool unneeded = options.scheme == Scheme::kKey && !frame.key && frame.spatial + 1 < options.spatial;
    BitWriter w;
    w.bits(1, 1).bits(1, !differences.empty()).bits(1, 1).bits(1, options.flexible);
    w.bits(1, first).bits(1, last).bits(1, structure).bits(1, unneeded);
    w.bits(1, 1).bits(15, frame.picture & 0x7fff);
    w.bits(3, frame.temporal).bits(1, frame.temporal < 2).bits(3, frame.spatial).bits(1, below);
    if (!options.flexible) w.bits(8, tl0_);
    if (options.flexible && !differences.empty()) w.bits(7, differences[0]).bits(1, 0);
    if (structure) {
      w.bits(3, sent - 1u).bits(1, 1).bits(4, 0);
      for (unsigned s = 0; s < sent; ++s) w.bits(16, 320u << s).bits(16, 180u << s);
    }
    return w.bytes();
  }

  std::uint16_t sequence_;
  std::uint32_t next_frame_;
  std::uint32_t next_picture_ = 0x7ff0;
  std::uint8_t tl0_ = 0;
  std::uint8_t told_active_ = 3;
  int phase_ = 0;
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::uint32_t> last_;
  std::map<std::uint8_t, std::uint32_t> chains_;
  std::map<std::uint32_t, SvcFrame> frames_;
};

inline PublishedTrackConfig svc_config() {
  auto config = video_config();
  config.payloads.push_back({kVp9, rtp::Codec::kVp9, 90000, kVp9Rtx});
  config.payloads.push_back({kAv1, rtp::Codec::kAv1, 90000, kAv1Rtx});
  config.extensions.set(kDescriptorIn, rtp::Extension::kDependencyDescriptor);
  return config;
}
inline ForwarderConfig svc_forwarder_config(RtpSink& sink) {
  auto config = forwarder_config(sink);
  config.payloads.push_back({kVp9, kOutVp9, kOutVp9Rtx, false});
  config.payloads.push_back({kAv1, kOutAv1, kOutAv1Rtx, false});
  config.extensions.set(kDescriptorOut, rtp::Extension::kDependencyDescriptor);
  return config;
}

// One packet as the subscriber got it.
struct GotSvc {
  std::uint16_t sequence = 0;
  bool marker = false;
  bool empty = false;
  std::uint32_t frame = 0;
  Bytes descriptor;
};
inline GotSvc read_svc(const Bytes& bytes) {
  const auto view = *rtp::PacketView::parse(bytes);
  GotSvc got;
  got.sequence = view.sequence_number();
  got.marker = view.marker();
  const ByteView descriptor = view.extension(kDescriptorOut);
  got.descriptor.assign(descriptor.begin(), descriptor.end());
  if (view.payload().empty()) {
    got.empty = true;
    return got;
  }
  const bool vp9 = view.payload_type() == kOutVp9;
  const std::uint8_t* body = view.payload().data() + (vp9 ? codec::parse_vp9(view.payload())->size : 1);
  got.frame = static_cast<std::uint32_t>(body[1] << 16 | body[2] << 8 | body[3]);
  return got;
}

}  // namespace sfu::media::testing

// SPDX-License-Identifier: Apache-2.0
// layers: media
// [M-086] Anything that may happen to one forwarder, in any order: frames of a simulcast, some of their packets lost,
// late or twice, changes of mind, mutes, repeats and requests, and time between. Whatever happens, what the subscriber
// sees is one line: a number has one content, time does not go back, and another layer begins with a key frame. Input:
// two bytes each, what happens and how much.
#include <cstdlib>
#include <map>

#include "media/testing.hpp"

namespace {

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

void require(bool holds) {
  if (!holds) std::abort();
}

class Stage {
 public:
  Stage() : track_(video_config(), publisher_, world_.random) {
    for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) sources_.emplace_back(layer, world_.random);
    Output output = world_.out();
    forwarder_ = track_.add_forwarder(world_.now(), forwarder_config(subscriber_), output);
  }

  void happen(std::uint8_t what, std::uint8_t amount) {
    Output output = world_.out();
    const Instant now = world_.now();
    switch (what & 15) {
      case 0: track_.set_max_quality(now, forwarder_, amount % 3, amount >> 2 & 3, output, (amount & 0x80) != 0); break;
      case 1: track_.set_paused(now, forwarder_, Pause::kDisabled, amount % 2 == 0, output); break;
      case 2: track_.set_paused(now, forwarder_, Pause::kBandwidth, amount % 2 == 0, output); break;
      case 3: track_.set_muted(now, amount % 2 == 0, output); break;
      case 4: track_.on_pli(now, forwarder_, output); break;
      case 5: ask_again(amount, output); break;
      case 6: report(amount); break;
      case 7: deliver_late(); break;
      case 8: tell_clock(amount % kMaxLayers); break;
      default: film(what, amount); break;
    }
    world_.advance(track_, std::chrono::milliseconds(what >> 4));
    take_sent();
  }

  void check() const {
    const Sent* before = nullptr;
    for (const auto& [number, sent] : line_) {
      if (sent.bytes.empty()) continue;
      if (before != nullptr) {
        const auto ahead = static_cast<std::int32_t>(sent.timestamp - before->timestamp);
        require(ahead >= 0);
        if (sent.layer != before->layer) require(sent.begins_keyframe && ahead > 0);
      }
      before = &sent;
    }
  }

 private:
  struct Sent {
    Bytes bytes;  // empty: a number without content
    std::uint32_t timestamp = 0;
    std::uint8_t layer = 0;
    bool begins_keyframe = false;
  };

  // `what`: the layers, and whether it is a key frame; `amount`: how many packets, and what becomes of them.
  void film(std::uint8_t what, std::uint8_t amount) {
    const auto layer = static_cast<std::uint8_t>(what % kMaxLayers);
    const int count = 1 + (amount & 3);
    world_.clock.advance(std::chrono::milliseconds(1));  // no two frames are of one moment
    auto packets = sources_[layer].frame(world_.now(), (amount & 0x80) != 0, count, (amount & 0x40) != 0);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const auto fate = amount >> 4 & 3;
      if (fate == 1 && i == 0) continue;  // lost
      if (fate == 2 && i + 1 == packets.size()) {
        late_ = {layer, packets[i]};
        continue;
      }
      world_.receive(track_, layer, packets[i]);
      if (fate == 3) world_.receive(track_, layer, packets[i]);
    }
  }

  void deliver_late() {
    if (late_.bytes.empty()) return;
    world_.receive(track_, late_.layer, late_.bytes);
    late_.bytes.clear();
  }

  // All layers are of one clock.
  void tell_clock(std::uint8_t layer) {
    track_.on_sender_report(world_.now(), layer, to_ntp(world_.clock.wall_now()),
                            sources_[layer].timestamp(world_.now()));
  }

  void ask_again(std::uint8_t back, Output& output) {
    if (line_.empty()) return;
    const auto number = static_cast<std::uint16_t>(line_.rbegin()->first - back % 32);
    track_.on_nack(world_.now(), forwarder_, {&number, 1}, output);
  }

  void report(std::uint8_t lost) {
    if (line_.empty()) return;
    rtcp::ReportBlock block;
    block.ssrc = 0x5000;
    block.fraction_lost = lost;
    block.highest_sequence = static_cast<std::uint32_t>(line_.rbegin()->first);
    track_.on_receiver_report(world_.now(), forwarder_, block);
  }

  void take_sent() {
    for (const Bytes& bytes : subscriber_.rtp) {
      const auto view = rtp::PacketView::parse(bytes);
      require(view.has_value());
      if (view->ssrc() == 0x5001) continue;  // a repeat
      require(view->ssrc() == 0x5000 && view->payload_type() == kOutVp8);
      Sent sent;
      sent.timestamp = view->timestamp();
      if (!view->payload().empty()) {
        const auto vp8 = codec::parse_vp8(view->payload());
        require(vp8.has_value());
        sent.begins_keyframe = vp8->is_keyframe && vp8->starts_frame();
        const std::size_t mark = vp8->size + (vp8->starts_frame() ? (vp8->is_keyframe ? 10u : 3u) : 0u);
        require(view->payload()[mark] == 0xee);
        sent.layer = view->payload()[mark + 1];
        sent.bytes = bytes;
      }
      const auto [known, is_new] = line_.emplace(unwrapper_.unwrap(view->sequence_number()), sent);
      require(is_new || known->second.bytes == sent.bytes);
    }
    subscriber_.clear();
    publisher_.clear();
  }

  struct Late {
    std::uint8_t layer = 0;
    Bytes bytes;
  };

  World world_;
  RecordingSink publisher_;
  RecordingSink subscriber_;
  std::vector<Vp8Source> sources_;
  PublishedTrack track_;
  ForwarderId forwarder_;
  Late late_;
  rtp::SequenceUnwrapper unwrapper_;
  std::map<std::int64_t, Sent> line_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Stage stage;
  ByteReader reader({data, size});
  while (reader.remaining() >= 2) {
    const std::uint8_t what = reader.u8();
    stage.happen(what, reader.u8());
  }
  stage.check();
  return 0;
}

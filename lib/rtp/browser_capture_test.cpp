// SPDX-License-Identifier: Apache-2.0
// What browsers send (tests/data/rtp): header extensions, in the one-byte and the two-byte form, and repeats.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rtp/extension_values.hpp"
#include "rtp/rtx.hpp"
#include "rtp_capture.hpp"

using namespace sfu;
using namespace sfu::rtp;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> kAudio = {"chromium_opus", "chromium_red", "firefox_opus"};
const std::vector<std::string> kSimulcast = {"chromium_vp8_simulcast", "chromium_vp8_picture_ids",
                                             "chromium_h264_simulcast", "firefox_vp8_simulcast",
                                             "firefox_h264_simulcast"};
const std::vector<std::string> kSingle = {"chromium_vp9_svc", "chromium_av1_svc", "firefox_vp9", "firefox_av1"};

std::vector<std::string> all_of(std::initializer_list<std::vector<std::string>> lists) {
  std::vector<std::string> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

ByteView value_of(const RtpCapture& capture, const PacketView& packet, Extension extension) {
  return packet.extension(capture.extensions.id(extension));
}

}  // namespace

TEST_CASE("[M-028] browsers tell mid on the first packets of each stream, and rid or repaired rid of a simulcast") {
  for (const std::string& name : all_of({kAudio, kSimulcast, kSingle})) {
    CAPTURE(name);
    const RtpCapture capture(name);
    std::set<Ssrc> seen;
    std::map<std::string, int> rids;
    for (const RtpCapture::Packet& packet : capture.packets) {
      if (packet.is_rtcp()) continue;
      const PacketView view = packet.view();
      if (!seen.insert(view.ssrc()).second) continue;
      CHECK(sdes_text(value_of(capture, view, Extension::kMid)) == "0");
      const bool repeat = capture.codec(view) == Codec::kRtx;
      const auto rid = sdes_text(value_of(capture, view, repeat ? Extension::kRepairedRid : Extension::kRid));
      CHECK(rid.empty() == capture.rids.empty());
      if (!repeat) ++rids[std::string(rid)];
    }
    for (const std::string& rid : capture.rids) CHECK(rids[rid] == 1);
    CHECK(rids.size() == std::max<std::size_t>(capture.rids.size(), 1));
  }
}

TEST_CASE("browsers number all packets of a connection, and what is missing here are the repeats left out") {
  for (const std::string& name : all_of({kAudio, kSimulcast, kSingle})) {
    CAPTURE(name);
    const RtpCapture capture(name);
    std::optional<std::uint16_t> last;
    std::size_t missing = 0;
    for (const RtpCapture::Packet& packet : capture.packets) {
      if (packet.is_rtcp()) continue;
      const auto number = TransportSequence::parse(value_of(capture, packet.view(), Extension::kTransportCc));
      REQUIRE(number);
      const int step = last ? distance(*last, number->value) : 1;
      CHECK(step > 0);
      missing += static_cast<std::size_t>(step - 1);
      last = number->value;
    }
    if (capture.repair.empty()) CHECK(missing == 0);
  }
}

TEST_CASE("abs-send-time of browsers goes on as fast as packets come") {
  for (const std::string& name : all_of({{"chromium_opus", "chromium_red"}, kSimulcast, kSingle})) {
    CAPTURE(name);
    const RtpCapture capture(name);
    std::optional<std::pair<std::uint32_t, Duration>> first;
    for (const RtpCapture::Packet& packet : capture.packets) {
      if (packet.is_rtcp()) continue;
      const auto sent = AbsSendTime::parse(value_of(capture, packet.view(), Extension::kAbsSendTime));
      REQUIRE(sent);
      if (!first) first = {sent->units, packet.at};
      // 6.18 fixed point, which wraps.
      const std::uint32_t elapsed = (sent->units - first->first) & 0xffffff;
      const auto by_sender = std::chrono::microseconds(std::uint64_t{elapsed} * 1'000'000 >> 18);
      const Duration by_log = packet.at - first->second;
      CHECK(std::chrono::abs(by_sender - by_log) < 20ms);
    }
  }
}

TEST_CASE("browsers tell the level of their sound on each packet of it, and on none of padding") {
  for (const std::string& name : kAudio) {
    CAPTURE(name);
    const RtpCapture capture(name);
    std::size_t loud = 0;
    for (const RtpCapture::Packet& packet : capture.packets) {
      const PacketView view = packet.view();
      const ByteView value = value_of(capture, view, Extension::kAudioLevel);
      CHECK(value.empty() == view.is_padding_only());
      const auto level = AudioLevel::parse(value);
      if (level && level->level < 60) ++loud;
    }
    CHECK(loud > 90);
  }
}

TEST_CASE("[M-027] repeats of browsers turn back into the very packets that they repeat, or are padding alone") {
  for (const std::string& name : all_of({kSimulcast, kSingle})) {
    CAPTURE(name);
    const RtpCapture capture(name);
    std::size_t repeats = 0;
    std::size_t padding = 0;
    for (const RtpCapture::Packet& packet : capture.packets) {
      if (packet.is_rtcp()) continue;
      const PacketView view = packet.view();
      if (capture.codec(view) != Codec::kRtx) continue;
      ++repeats;
      const std::string rid(sdes_text(value_of(capture, view, Extension::kRepairedRid)));
      const auto of = capture.media(rid);
      std::vector<std::uint8_t> bytes = packet.bytes;
      const auto restored = restore_from_rtx(bytes, *PacketView::parse(bytes), of[0].payload_type(), of[0].ssrc());
      if (!restored) {
        CHECK(view.is_padding_only());
        ++padding;
        continue;
      }
      const auto again = PacketView::parse(*restored);
      REQUIRE(again);
      const auto media = std::ranges::find(of, again->sequence_number(), &PacketView::sequence_number);
      REQUIRE(media != of.end());
      CHECK(again->timestamp() == media->timestamp());
      CHECK(again->marker() == media->marker());
      CHECK(std::ranges::equal(again->payload(), media->payload()));
    }
    CHECK(repeats >= 4);
    CHECK(padding >= 1);
    if (name.starts_with("chromium")) CHECK(repeats > padding);
  }
}

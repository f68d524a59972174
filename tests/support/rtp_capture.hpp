// SPDX-License-Identifier: Apache-2.0
// The captures of tests/data/rtp: what a browser sent, and what the answer said of payload types and extensions.
#pragma once

#include <doctest/doctest.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"
#include "rtp/packet_view.hpp"
#include "test_data.hpp"

namespace sfu {

struct RtpCapture {
  struct Packet {
    Duration at{};  // since the first one
    std::vector<std::uint8_t> bytes;
    bool is_rtcp() const { return rtp::is_rtcp(bytes); }
    rtp::PacketView view() const { return *rtp::PacketView::parse(bytes); }
  };

  explicit RtpCapture(const std::string& name) {
    read_packets(test_data("rtp/" + name + ".rtpdump"));
    std::istringstream section(test_data("rtp/" + name + ".sdp"));
    for (std::string line; std::getline(section, line);) read_attribute(line.substr(0, line.find('\r')));
  }

  rtp::Codec codec(const rtp::PacketView& packet) const {
    const auto found = codecs.find(packet.payload_type());
    REQUIRE(found != codecs.end());
    return found->second;
  }
  // Those that carry media: neither repeats nor padding alone. `rid`: of this encoding.
  std::vector<rtp::PacketView> media(std::string_view rid = {}) const {
    std::vector<rtp::PacketView> found;
    for (const Packet& packet : packets) {
      if (packet.is_rtcp()) continue;
      const rtp::PacketView view = packet.view();
      if (codec(view) == rtp::Codec::kRtx || view.is_padding_only()) continue;
      if (rid.empty() || view.ssrc() == ssrc(rid)) found.push_back(view);
    }
    return found;
  }
  // Of an encoding: it tells its rid until it is acknowledged.
  rtp::Ssrc ssrc(std::string_view rid) const {
    for (const Packet& packet : packets) {
      if (packet.is_rtcp()) continue;
      const rtp::PacketView view = packet.view();
      const ByteView told = view.extension(extensions.id(rtp::Extension::kRid));
      if (std::string_view(reinterpret_cast<const char*>(told.data()), told.size()) == rid) return view.ssrc();
    }
    return 0;
  }

  std::vector<Packet> packets;
  std::map<std::uint8_t, rtp::Codec> codecs;    // by payload type
  std::map<std::uint8_t, std::uint8_t> repair;  // payload type of RTX, by that of its media
  rtp::ExtensionMap extensions;
  std::vector<std::string> rids;

 private:
  // rtptools' format: a line of text, a header of 16 bytes; each packet behind its length with this, its own (0 of
  // RTCP), and when.
  void read_packets(std::string_view file) {
    REQUIRE(file.starts_with("#!rtpplay1.0 "));
    ByteReader reader(as_bytes(file));
    reader.skip(file.find('\n') + 1 + 16);
    while (reader.ok() && reader.remaining() > 0) {
      const std::size_t size = reader.u16();
      const std::size_t rtp_size = reader.u16();
      const Duration at = std::chrono::milliseconds(reader.u32());
      const ByteView bytes = reader.bytes(size - 8);
      packets.push_back({at, {bytes.begin(), bytes.end()}});
      REQUIRE(packets.back().is_rtcp() == (rtp_size == 0));
      REQUIRE((packets.back().is_rtcp() || rtp::PacketView::parse(packets.back().bytes)));
    }
    REQUIRE(reader.ok());
  }

  // a=name:number value
  void read_attribute(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::size_t space = line.find(' ');
    if (colon == std::string_view::npos || space == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(space + 1);
    unsigned parsed = 0;
    std::from_chars(line.data() + colon + 1, line.data() + space, parsed);
    const auto number = static_cast<std::uint8_t>(parsed);
    if (name == "a=rtpmap") {
      const std::string_view encoding = value.substr(0, value.find('/'));
      const bool audio = value.find("/48000") != std::string_view::npos;
      codecs[number] = rtp::codec_from_name(audio ? rtp::MediaKind::kAudio : rtp::MediaKind::kVideo, encoding);
    } else if (name == "a=fmtp" && value.starts_with("apt=")) {
      unsigned media = 0;
      std::from_chars(value.data() + 4, value.data() + value.size(), media);
      repair[static_cast<std::uint8_t>(media)] = number;
    } else if (name == "a=extmap") {
      if (const auto known = rtp::extension_from_uri(value)) REQUIRE(extensions.set(number, *known));
    } else if (name == "a=rid") {
      rids.emplace_back(line.substr(colon + 1, space - colon - 1));
    }
  }
};

}  // namespace sfu

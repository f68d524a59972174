// SPDX-License-Identifier: Apache-2.0
// Simulcast of real H264 through the server, whose viewer changes its mind again and again: what it is sent is decoded
// by libavcodec, of the `ffmpeg` program, which also made it.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "payload/annexb.hpp"
#include "payload/frame_assembler.hpp"
#include "rtp/packet_writer.hpp"
#include "simulation.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Units = std::vector<Bytes>;  // NAL units of one picture

enum : std::uint8_t { kIdr = 5, kSps = 7, kPps = 8, kStapA = 24, kFuA = 28 };
std::uint8_t type_of(const Bytes& unit) {
  return unit[0] & 0x1f;
}

constexpr unsigned kFramesPerSecond = 15;
constexpr Duration kInterval = Duration(1s) / kFramesPerSecond;
constexpr std::size_t kMtu = 1100;
struct Size {
  unsigned width, height;
};
constexpr std::array<Size, 3> kLayers = {{{96, 54}, {192, 108}, {384, 216}}};

// All that a command prints, errors too; the test fails if it does.
std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 65536> buffer;
  std::size_t got = 0;
  while ((got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) output.append(buffer.data(), got);
  REQUIRE_MESSAGE(pclose(pipe) == 0, command, ": ", output.substr(0, 500));
  return output;
}

// A key picture each second, with its parameter sets before it.
std::vector<Units> encode(const Size& size) {
  const std::string source = "testsrc=size=" + std::to_string(size.width) + 'x' + std::to_string(size.height) +
                             ":rate=" + std::to_string(kFramesPerSecond) + ":duration=24";
  const std::string stream = output_of(
      "ffmpeg -nostdin -v error -f lavfi -i " + source +
      " -pix_fmt yuv420p -c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -threads 1 -crf 46"
      " -x264-params keyint=15:min-keyint=15:scenecut=0:repeat-headers=1:sliced-threads=0 -f h264 -");
  std::vector<Units> pictures;
  bool has_slice = true;
  payload::for_each_nal_unit(as_bytes(stream), [&](ByteView unit) {
    const auto type = unit[0] & 0x1f;
    const bool slice = type == 1 || type == kIdr;
    // One slice each: whatever follows it is of the next picture.
    if (std::exchange(has_slice, slice)) pictures.emplace_back();
    pictures.back().emplace_back(unit.begin(), unit.end());
  });
  return pictures;
}

enum class Form { kSingle, kAggregate };

// RFC 6184 5.6 to 5.8. kAggregate: as much together as fits, parameter sets and a small picture too.
std::vector<Bytes> packetize(const Units& units, Form form) {
  std::vector<Bytes> payloads;
  Bytes together;
  const auto close = [&] {
    if (!together.empty()) payloads.push_back(std::exchange(together, {}));
  };
  for (const Bytes& unit : units) {
    if (unit.size() > kMtu) {
      close();
      for (std::size_t at = 1; at < unit.size(); at += kMtu) {
        const std::size_t size = std::min(kMtu, unit.size() - at);
        const auto bits = static_cast<std::uint8_t>((at == 1 ? 0x80 : 0) | (at + size == unit.size() ? 0x40 : 0));
        Bytes& fragment = payloads.emplace_back();
        fragment = {static_cast<std::uint8_t>((unit[0] & 0xe0) | kFuA),
                    static_cast<std::uint8_t>(bits | type_of(unit))};
        fragment.insert(fragment.end(), unit.begin() + static_cast<std::ptrdiff_t>(at),
                        unit.begin() + static_cast<std::ptrdiff_t>(at + size));
      }
    } else if (form == Form::kSingle || units.size() == 1) {
      payloads.push_back(unit);
    } else {
      if (together.size() + 3 + unit.size() > kMtu) close();
      if (together.empty()) together.push_back(0x60 | kStapA);
      together.push_back(static_cast<std::uint8_t>(unit.size() >> 8));
      together.push_back(static_cast<std::uint8_t>(unit.size()));
      together.insert(together.end(), unit.begin(), unit.end());
    }
  }
  close();
  return payloads;
}

// The viewer's end: packets to pictures.
class Receiver final : public client::RtpObserver {
 public:
  void on_rtp(Instant now, const std::string& sid, const rtp::PacketView& packet, bool) override {
    track_sid = sid;
    assembler.receive(now, packet, frames);
  }
  std::string track_sid;
  payload::FrameAssembler assembler{rtp::Codec::kH264};
  std::vector<payload::Frame> frames;
};

// Who publishes all three, and who watches one after the other.
class Studio {
 public:
  Studio(Form form, double loss) {
    for (const Size& size : kLayers) {
      auto& pictures = layers_.emplace_back();
      for (const Units& units : encode(size)) pictures.push_back(packetize(units, form));
    }
    camera_ = &simulation_.join("room", "camera", {.loss = loss}, {});
    viewer_ = &simulation_.join("room", "viewer", {}, {.loss = loss}, &receiver_);
    simulation_.run_for(1s);
    client::PublishOptions options{.cid = "cam", .name = "cam", .codec = rtp::Codec::kH264};
    options.width = kLayers.back().width;
    options.height = kLayers.back().height;
    constexpr std::array kRids = {"q", "h", "f"};
    for (std::size_t i = 0; i < kLayers.size(); ++i) {
      options.layers.push_back(
          {.rid = kRids[i], .width = kLayers[i].width, .height = kLayers[i].height, .bitrate = 100'000});
    }
    camera_->publish(options);
    simulation_.run_for(1s);
    simulation_.every(kInterval, [this] { return film(); });
  }

  // For three seconds.
  void watch(livekit::VideoQuality quality) {
    livekit::SignalRequest request;
    request.mutable_track_setting()->add_track_sids(receiver_.track_sid);
    request.mutable_track_setting()->set_quality(quality);
    viewer_->request(request);
    simulation_.run_for(3s);
  }
  const std::vector<payload::Frame>& finish() {
    simulation_.run_for(1s);
    receiver_.assembler.flush(receiver_.frames);
    return receiver_.frames;
  }
  std::size_t filmed() const { return picture_; }
  std::size_t given_up() const { return receiver_.assembler.stats().given_up; }

 private:
  bool film() {
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
      if (picture_ >= layers_[layer].size()) return false;
      const auto& payloads = layers_[layer][picture_];
      for (const Bytes& payload : payloads) {
        Bytes packet(1500);
        rtp::PacketWriter writer(packet,
                                 {.marker = &payload == &payloads.back(),
                                  .sequence_number = sequence_numbers_[layer]++,
                                  .timestamp = static_cast<std::uint32_t>(picture_ * 90'000 / kFramesPerSecond)});
        writer.payload(payload);
        packet.resize(writer.size());
        camera_->write("cam", packet, layer);
      }
    }
    ++picture_;
    return true;
  }

  Simulation simulation_{5};
  Receiver receiver_;
  Client* camera_ = nullptr;
  Client* viewer_ = nullptr;
  std::vector<std::vector<std::vector<Bytes>>> layers_;  // payloads, by layer and picture
  std::array<std::uint16_t, 3> sequence_numbers_ = {100, 40'000, 65'500};
  std::size_t picture_ = 0;
};

// The width of each picture that libavcodec makes of the stream; whatever else it says is an error.
std::vector<unsigned> decode(const std::vector<payload::Frame>& frames) {
  const auto file = std::filesystem::temp_directory_path() / ("sfu-h264-" + std::to_string(getpid()) + ".h264");
  std::ofstream out(file, std::ios::binary);
  for (const auto& frame : frames) {
    out.write(reinterpret_cast<const char*>(frame.bytes.data()), static_cast<std::streamsize>(frame.bytes.size()));
  }
  out.close();
  std::istringstream lines(output_of("ffprobe -v error -show_entries frame=width -of csv=p=0 " + file.string()));
  std::filesystem::remove(file);
  std::vector<unsigned> widths;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const bool is_number = line.find_first_not_of("0123456789,") == std::string::npos;
    REQUIRE_MESSAGE(is_number, "libavcodec says: ", line);
    widths.push_back(static_cast<unsigned>(std::stoul(line)));
  }
  return widths;
}

}  // namespace

TEST_CASE("[M-059] H264 whose layers are switched up and down is decoded without an error, however it is packetized") {
  for (const Form form : {Form::kSingle, Form::kAggregate}) {
    for (const double loss : {0.0, 0.02}) {
      CAPTURE(form == Form::kAggregate);
      CAPTURE(loss);
      Studio studio(form, loss);
      std::vector<unsigned> shown;  // without repeats
      std::vector<unsigned> wanted;
      studio.watch(livekit::HIGH);
      for (const auto quality :
           {livekit::LOW, livekit::MEDIUM, livekit::HIGH, livekit::LOW, livekit::HIGH, livekit::MEDIUM}) {
        studio.watch(quality);
        wanted.push_back(kLayers[static_cast<std::size_t>(quality)].width);
      }
      const auto& frames = studio.finish();
      const auto widths = decode(frames);
      CHECK(widths.size() == frames.size());
      for (const unsigned width : widths) {
        if (shown.empty() || shown.back() != width) shown.push_back(width);
      }
      // On its way up it may pass the layer between.
      auto next = wanted.begin();
      for (const unsigned width : shown) {
        if (next != wanted.end() && *next == width) ++next;
      }
      CHECK(next == wanted.end());
      CHECK(shown.size() >= wanted.size());
      // A switch waits for a key picture, and leaves none out.
      if (loss == 0) {
        CHECK(studio.given_up() == 0);
        CHECK(frames.size() + kFramesPerSecond >= studio.filmed());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// What is in the files, without anything of the network: time is as the test says.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "libav.hpp"
#include "opus_packet.hpp"
#include "test_frames.hpp"
#include "timeline.hpp"
#include "track_recorder.hpp"

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;
using Clock = Timeline::Clock;

namespace {

constexpr Clock::time_point kBegin{1000s};

// A folder that is gone afterwards.
struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("sfu_recorder_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string stem() const { return path / "track"; }
  std::filesystem::path path;
};

// What libavformat reads in a file.
struct Found {
  AVCodecID codec = AV_CODEC_ID_NONE;
  int width = 0;
  int height = 0;
  double seconds = 0;
  std::vector<double> times;  // of packets
  std::vector<bool> keys;
};

Found read_file(const std::string& path) {
  Found found;
  AVFormatContext* context = nullptr;
  REQUIRE(avformat_open_input(&context, path.c_str(), nullptr, nullptr) == 0);
  REQUIRE(context->nb_streams == 1);
  const AVStream& stream = *context->streams[0];
  found.codec = stream.codecpar->codec_id;
  found.width = stream.codecpar->width;
  found.height = stream.codecpar->height;
  const libav::Packet packet(av_packet_alloc());
  while (av_read_frame(context, packet.get()) >= 0) {
    found.times.push_back(static_cast<double>(packet->pts) * av_q2d(stream.time_base));
    found.keys.push_back((packet->flags & AV_PKT_FLAG_KEY) != 0);
    av_packet_unref(packet.get());
  }
  avformat_close_input(&context);
  // Of Ogg the duration is known only to who looks for the last page.
  REQUIRE(avformat_open_input(&context, path.c_str(), nullptr, nullptr) == 0);
  REQUIRE(avformat_find_stream_info(context, nullptr) >= 0);
  found.seconds = static_cast<double>(context->duration) / AV_TIME_BASE;
  avformat_close_input(&context);
  return found;
}

// Frames as a publisher sends them: each stands at its time, and arrives at it.
class Publisher {
 public:
  Publisher(TrackRecorder& recorder, sfu::MediaCodec codec, std::uint32_t first = 4'294'900'000)
      : recorder_(recorder), codec_(codec), first_(first) {}

  void send(std::chrono::milliseconds at, const Bytes& bytes, bool is_keyframe = false) {
    const auto ticks = static_cast<std::uint64_t>(at.count()) * sfu::clock_rate(codec_) / 1000;
    recorder_.write(
        codec_, {.bytes = bytes, .timestamp = first_ + static_cast<std::uint32_t>(ticks), .is_keyframe = is_keyframe},
        kBegin + at);
  }

 private:
  TrackRecorder& recorder_;
  sfu::MediaCodec codec_;
  std::uint32_t first_;  // timestamps wrap soon
};

Bytes vp8(bool key, int width = 640, int height = 360) {
  Bytes frame(500, 0);
  frame[0] = key ? 0x10 : 0x11;
  if (!key) return frame;
  const Bytes header = {0x9d,
                        0x01,
                        0x2a,
                        static_cast<std::uint8_t>(width),
                        static_cast<std::uint8_t>(width >> 8),
                        static_cast<std::uint8_t>(height),
                        static_cast<std::uint8_t>(height >> 8)};
  std::ranges::copy(header, frame.begin() + 3);
  return frame;
}

bool near(double one, double other, double tolerance = 0.011) {
  return std::abs(one - other) < tolerance;
}

}  // namespace

TEST_CASE("frames stand where their timestamps say, also when these wrap, whenever they arrive") {
  Timeline timeline(90000);
  CHECK(timeline.place(0xfffffff0, kBegin) == 0);
  CHECK(timeline.place(2984, kBegin + 300ms) == 3000);
  CHECK(timeline.place(5984, kBegin + 301ms) == 6000);
  CHECK(timeline.place(2984 + 60 * 90000, kBegin + 60s) == 3000 + 60 * 90000);  // muted for a minute
  CHECK(timeline.place(2984, kBegin + 60s + 1ms) == 3000 + 60 * 90000 + 90);    // back by a minute: by arrival
}

TEST_CASE("a sender whose timestamps run away is placed by the time of arrival") {
  Timeline timeline(48000);
  std::int64_t position = 0;
  for (int i = 0; i < 100; ++i)
    position = timeline.place(static_cast<std::uint32_t>(i) * 0x40000000, kBegin + i * 20ms);
  CHECK(near(static_cast<double>(position) / 48000, 1.98, 0.1));
}

TEST_CASE("a sender whose clock runs a little wrong is followed for hours") {
  Timeline timeline(48000);
  std::int64_t position = 0;
  for (int i = 0; i < 500'000; ++i) {
    position = timeline.place(static_cast<std::uint32_t>(i) * 960, kBegin + i * 20'004us);  // 200 ppm
  }
  CHECK(position == 960 * 499'999LL);
}

TEST_CASE("where timestamps stood still while a track was muted, the gap is as long as that was") {
  Timeline timeline(48000);
  CHECK(timeline.place(0, kBegin) == 0);
  CHECK(timeline.place(960, kBegin + 20ms) == 960);
  SUBCASE("told") {
    timeline.resume();
    CHECK(timeline.place(1920, kBegin + 1020ms) == 960 + 48000);
  }
  SUBCASE("long") {
    CHECK(timeline.place(1920, kBegin + 5020ms) == 960 + 5 * 48000);
  }
  SUBCASE("not told, and short: it may be the network") {
    CHECK(timeline.place(1920, kBegin + 1020ms) == 1920);
  }
}

TEST_CASE("Opus (RFC 6716 3.1): the duration of a packet") {
  CHECK(opus_duration(Bytes{0xf8, 1}) == 960);         // CELT, 20 ms, one frame
  CHECK(opus_duration(Bytes{0xe1, 1}) == 240);         // CELT, 2.5 ms, two
  CHECK(opus_duration(Bytes{0x18, 1}) == 2880);        // SILK, 60 ms
  CHECK(opus_duration(Bytes{0x60, 1}) == 480);         // hybrid, 10 ms
  CHECK(opus_duration(Bytes{0xfb, 0x03, 1}) == 2880);  // code 3: three frames
  CHECK(opus_duration(Bytes{0xfb, 0x3f, 1}) == 0);     // more than 120 ms
  CHECK(opus_duration(Bytes{0xfb}) == 0);
  CHECK(opus_duration(Bytes{}) == 0);
}

TEST_CASE("Opus (RFC 7845 4.1): a gap is filled to 2.5 ms by packets of one byte") {
  for (const std::uint8_t previous : {0xfc, 0x1b, 0x08, 0xe3}) {
    CAPTURE(previous);
    for (const std::int64_t gap : {0, 119, 120, 960, 1000, 48000, 123456}) {
      std::int64_t filled = 0;
      for (;;) {
        const OpusFiller filler = opus_filler(previous, gap - filled);
        if (filler.duration == 0) break;
        CHECK(opus_duration({&filler.packet, 1}) == filler.duration);
        filled += filler.duration;
      }
      CHECK(filled <= gap);
      CHECK(gap - filled < 120);
    }
  }
}

TEST_CASE("a file of Opus is as long as what was sent, with a gap in it") {
  const Folder folder;
  TrackRecorder recorder(folder.stem());
  Publisher publisher(recorder, sfu::MediaCodec::kOpus);
  for (int i = 0; i < 200; ++i) {
    if (i < 50 || i >= 100) publisher.send(i * 20ms, Bytes(60, 0xf8), true);
  }
  recorder.close();
  const Found found = read_file(folder.stem() + ".ogg");
  CHECK(found.codec == AV_CODEC_ID_OPUS);
  CHECK(near(found.seconds, 4));
  CHECK(found.times.size() == 200);  // fillers among them
}

TEST_CASE("a file of VP8 begins with a key frame, keeps its gap, and goes on when the picture's size changes") {
  const Folder folder;
  TrackRecorder recorder(folder.stem());
  Publisher publisher(recorder, sfu::MediaCodec::kVp8);
  publisher.send(0ms, vp8(false));
  publisher.send(40ms, vp8(true, 320, 180), true);
  for (int i = 2; i < 25; ++i) publisher.send(i * 40ms, vp8(false));
  publisher.send(3000ms, vp8(true, 1280, 720), true);
  for (int i = 1; i < 25; ++i) publisher.send(3000ms + i * 40ms, vp8(false));
  recorder.close();
  const Found found = read_file(folder.stem() + ".webm");
  CHECK(found.codec == AV_CODEC_ID_VP8);
  CHECK(found.width == 320);
  CHECK(found.height == 180);
  REQUIRE(found.times.size() == 24 + 25);
  CHECK(near(found.times[0], 0));
  CHECK(near(found.times[23], 0.92));
  CHECK(near(found.times[24], 2.96));
  CHECK(found.keys[24]);
  CHECK_FALSE(found.keys[25]);
  CHECK(near(found.seconds, 3.96));
}

TEST_CASE("each other codec has its file, of the size that its key frame tells") {
  struct Case {
    sfu::MediaCodec codec;
    Bytes key;
    Bytes other;
    const char* extension;
    AVCodecID id;
  };
  const Case cases[] = {
      {sfu::MediaCodec::kVp9, kVp9Key, kVp9Other, ".webm", AV_CODEC_ID_VP9},
      {sfu::MediaCodec::kAv1, kAv1Key, kAv1Other, ".webm", AV_CODEC_ID_AV1},
      {sfu::MediaCodec::kH264, kH264Key, kH264Other, ".mp4", AV_CODEC_ID_H264},
      {sfu::MediaCodec::kH265, kH265Key, kH265Other, ".mp4", AV_CODEC_ID_HEVC},
  };
  for (const Case& one : cases) {
    CAPTURE(one.extension);
    CAPTURE(one.id);
    const Folder folder;
    TrackRecorder recorder(folder.stem());
    Publisher publisher(recorder, one.codec);
    publisher.send(0ms, one.other);
    publisher.send(40ms, one.key, true);
    for (int i = 2; i < 26; ++i) publisher.send(i * 40ms, one.other);
    recorder.close();
    const Found found = read_file(folder.stem() + one.extension);
    CHECK(found.codec == one.id);
    CHECK(found.width == 64);
    CHECK(found.height == 48);
    CHECK(found.times.size() == 25);
    CHECK(near(found.seconds, 1));
  }
}

TEST_CASE("a track that changes its codec goes on in a second file") {
  const Folder folder;
  TrackRecorder recorder(folder.stem());
  Publisher first(recorder, sfu::MediaCodec::kVp9);
  first.send(0ms, kVp9Key, true);
  first.send(40ms, kVp9Other);
  Publisher second(recorder, sfu::MediaCodec::kVp8);
  second.send(80ms, vp8(false));
  second.send(120ms, vp8(true), true);
  recorder.close();
  CHECK(read_file(folder.stem() + ".webm").codec == AV_CODEC_ID_VP9);
  CHECK(read_file(folder.stem() + "-2.webm").times.size() == 1);
}

TEST_CASE("where nothing can be written, nothing is, and the recorder lives on") {
  TrackRecorder recorder("/nonexistent/folder/track");
  Publisher publisher(recorder, sfu::MediaCodec::kVp8);
  publisher.send(0ms, vp8(true), true);
  publisher.send(40ms, vp8(true), true);
}

TEST_CASE("property: frames of noise from a hostile publisher do no harm") {
  av_log_set_level(AV_LOG_QUIET);
  const unsigned seed = 4711;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const auto codec : {sfu::MediaCodec::kOpus, sfu::MediaCodec::kVp8, sfu::MediaCodec::kVp9, sfu::MediaCodec::kH264,
                           sfu::MediaCodec::kH265, sfu::MediaCodec::kAv1}) {
    for (const Bytes& seedling : {Bytes(40, 0), kVp9Key, kAv1Key, kH264Key, kH265Key, vp8(true)}) {
      const Folder folder;
      TrackRecorder recorder(folder.stem());
      for (int i = 0; i < 50; ++i) {
        Bytes frame = seedling;
        frame.resize(1 + random() % (2 * frame.size()));
        for (int flips = static_cast<int>(random() % 5); flips > 0; --flips) {
          frame[random() % frame.size()] = static_cast<std::uint8_t>(random());
        }
        recorder.write(codec, {.bytes = frame, .timestamp = static_cast<std::uint32_t>(random()), .is_keyframe = true},
                       kBegin + i * 20ms);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// LiveKit's packet trailer on its way to those who know it and those who do not.
#include "codec/packet_trailer.hpp"

#include <doctest/doctest.h>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

const Bytes kTrailer = {1, 2, 3, 8 ^ 0xff, 'L', 'K', 'T', 'S'};  // three bytes, and the length of all

Bytes with(Bytes payload, const Bytes& more) {
  payload.insert(payload.end(), more.begin(), more.end());
  return payload;
}

// A subscriber to whom packets of VP8 with that end go.
struct Call : Studio {
  explicit Call(bool strip) : Studio(video_config(), config_of(strip)) {}
  static ForwarderConfig config_of(bool strip) {
    auto config = Studio::default_subscriber();
    config.strip_trailer = strip;
    return config;
  }
  // True if it arrives as `expected` behind the frame.
  bool arrives(const Bytes& end, bool marker, const Bytes& expected) {
    ++picture;
    const Bytes payload = vp8_payload({.picture_id = picture, .keyframe = true}, true, 0, picture);
    const Bytes plain(payload.begin() + codec::parse_vp8(payload)->size, payload.end());
    receive(rtp_packet({.marker = marker,
                        .payload_type = kVp8,
                        .sequence_number = picture,
                        .timestamp = picture * 3000U,
                        .ssrc = 0x1000},
                       with(payload, end)));
    return body(subscriber.rtp.size() - 1) == with(plain, expected);
  }
  std::uint16_t picture = 100;
};

}  // namespace

TEST_CASE("[M-047] the trailer of a frame's last packet is taken off for those who do not know it, in repeats too") {
  Call call(true);
  CHECK(call.arrives(kTrailer, true, {}));
  call.nack({call.sent(0).sequence_number()});
  const Bytes original = call.payload(0);
  const Bytes repeat = call.payload(1);
  CHECK(repeat.size() == original.size() + 2);  // RTX's number
  CHECK(std::equal(original.begin(), original.end(), repeat.begin() + 2));
  CHECK(call.arrives(kTrailer, false, kTrailer));

  Call knowing(false);
  CHECK(knowing.arrives(kTrailer, true, kTrailer));
}

TEST_CASE("[M-047] a malformed trailer is left as it is") {
  const Bytes malformed[] = {
      {1, 2, 3, 8 ^ 0xff, 'L', 'K', 'T', 'X'},    // not its end
      {1, 2, 3, 4 ^ 0xff, 'L', 'K', 'T', 'S'},    // shorter than what every trailer has
      {1, 2, 3, 255 ^ 0xff, 'L', 'K', 'T', 'S'},  // longer than the packet
      {'L', 'K', 'T', 'S'},
  };
  for (const Bytes& end : malformed) {
    Call call(true);
    CHECK(call.arrives(end, true, end));
    CHECK(codec::without_packet_trailer(end).size() == end.size());
  }
  CHECK(codec::without_packet_trailer({}).empty());
  CHECK(codec::without_packet_trailer(kTrailer).empty());
}

// SPDX-License-Identifier: Apache-2.0
// layers: twirp
// Bodies of calls from strangers: the first byte chooses the encoding. What is read must survive both ways out.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "livekit_room.pb.h"
#include "twirp/twirp.hpp"
#include "wire/wire.hpp"

namespace {

using namespace sfu;

void require(bool condition) {
  if (!condition) std::abort();
}

// Gives back what it was asked for.
const twirp::Dispatcher& dispatcher() {
  static const twirp::Dispatcher made = [] {
    twirp::Dispatcher echo;
    echo.add<livekit::RoomParticipantIdentity, livekit::ParticipantInfo>(
        "livekit.RoomService", "GetParticipant",
        [](const livekit::RoomParticipantIdentity& in) -> twirp::Outcome<livekit::ParticipantInfo> {
          livekit::ParticipantInfo out;
          out.set_identity(in.identity());
          (*out.mutable_attributes())[in.room()] = in.identity();
          return out;
        });
    return echo;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool json = size > 0 && data[0] == '{';
  twirp::Request request{"POST", "/twirp/livekit.RoomService/GetParticipant",
                         json ? "application/json" : "application/protobuf",
                         std::string(reinterpret_cast<const char*>(data), size)};
  livekit::RoomParticipantIdentity read;
  request.claims.emplace().video.emplace().room_admin = true;
  const std::string_view body = json ? wire::first_json_value(request.body) : std::string_view(request.body);
  const bool readable =
      json ? !body.empty() && wire::parse_json_quietly(read, body) : wire::parse_quietly(read, as_bytes(request.body));
  request.claims->video->room = read.room();
  int answers = 0;
  dispatcher().dispatch(request, [&](const twirp::Response& response) {
    ++answers;
    require(response.status == (readable ? 200 : 400));
    if (!readable) return;
    livekit::ParticipantInfo out;
    require(json ? wire::parse_json_quietly(out, response.body) : out.ParseFromString(response.body));
    require(out.identity() == read.identity());
  });
  require(answers == 1);
  return 0;
}

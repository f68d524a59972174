// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/local_participant.h"

#include "capi/claims.hpp"
#include "capi/client.hpp"
#include "capi/engine.hpp"
#include "sfu/local_participant.hpp"

namespace sfu::capi {
namespace {

LocalParticipantOptions from_c(const sfu_local_participant_options* options) {
  const auto in = read(options);
  LocalParticipantOptions made;
  made.claims = capi::from_c(in.claims);
  set(made.auto_subscribe, in.auto_subscribe, "auto_subscribe");
  set(made.receive_frames, in.receive_frames, "receive_frames");
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_room_join(sfu_room* room, const sfu_local_participant_options* options,
                         const sfu_client_callbacks* callbacks, sfu_client** client) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(client);
    const auto host = find(room);
    const auto object = std::make_shared<ClientOf<sfu::LocalParticipant>>(callbacks, host->engine);
    object->set(value(host->room.join(from_c(options), object->observer)));
    *client = add<sfu_client>(object);
    object->observer.taken();
  });
}

// SPDX-License-Identifier: Apache-2.0
// What a token must grant for each method (control-plane spec 2.3), as data.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "sfu/claims.hpp"
#include "twirp/error.hpp"

namespace sfu::twirp {

enum class Grant {
  kNever,  // a method that nobody entered into the table
  kRoomCreate,
  kRoomList,
  kRoomRecord,
  kIngressAdmin,
  kRoomAdmin,        // of the room that the request names
  kRoomAdminOfBoth,  // and of its destination
  kSipAdmin,
  kSipCall,
  kSipCallAndRoomAdmin,
};

Grant grant_for(const google::protobuf::MethodDescriptor& method);
// Errors: kUnauthenticated. `claims` may be null.
Outcome<void> check_grant(Grant grant, const Claims* claims, const google::protobuf::Message& request);

}  // namespace sfu::twirp

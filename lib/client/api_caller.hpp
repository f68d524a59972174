// SPDX-License-Identifier: Apache-2.0
// One call of a Twirp service (Twirp specification v7): signs a token for it, posts the request, waits, and reads the
// answer. A RoomApiClient owns one. Any thread; it waits on the one that calls.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "sfu/claims.hpp"
#include "sfu/room_api_client.hpp"

namespace sfu::client {

class ApiCaller {
 public:
  // Errors: those of RoomApiClient::create().
  static Result<std::unique_ptr<ApiCaller>> create(RoomApiClientOptions options);

  // `method` is one of the descriptors', e.g. "RoomService/ListRooms"; `grant` what it needs. `longer`: time beyond
  // RoomApiClientOptions::timeout.
  ApiResult<void> call(std::string_view method, const VideoGrant& grant, const google::protobuf::Message& request,
                       google::protobuf::Message& response, Duration longer = {}) const;

 private:
  ApiCaller(RoomApiClientOptions options, std::string base, std::unique_ptr<http::Client> http);
  Result<std::string> token_for(const VideoGrant& grant) const;

  const RoomApiClientOptions options_;
  const std::string base_;  // "https://host/twirp/livekit."
  const std::unique_ptr<http::Client> http_;
};

// What has gone wrong before anything was sent.
FailureOf<ApiError> api_failure(Errc kind, std::string message);

}  // namespace sfu::client

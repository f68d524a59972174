// SPDX-License-Identifier: Apache-2.0
// Who may join: turns the token that a client shows into the claims it is given, and decides with a view of the room.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sfu/claims.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

// Somebody with a good token who wants to join a room. Valid for the call.
struct AdmissionRequest {
  const Claims& claims;               // of the token: claims.identity, claims.video->room
  const std::string& client_address;  // as a proxy's headers say, else the socket's; "" if neither is known
  bool room_exists = false;           // false: this join would make it
  std::size_t participants = 0;       // that are in the room, hidden ones, agents and recorders among them
  bool already_there = false;         // one of this identity
  bool checking = false;              // asked by GET .../validate: nobody joins yet
};

struct Admission {
  bool allowed = true;
  std::string reason{};                // of a refusal: the body of the client's answer, with status 403
  std::optional<VideoGrant> grants{};  // in place of the token's, for this session and the tokens that it gets;
                                       // `room` and `room_join` stay what they are

  static Admission allow() { return {}; }
  static Admission deny(std::string reason) { return {.allowed = false, .reason = std::move(reason)}; }
  static Admission allow_with(VideoGrant grants) { return {.grants = std::move(grants)}; }
};

// Implemented by a host that decides joins one by one.
class AdmissionHook {
 public:
  virtual ~AdmissionHook() = default;
  // Asked for each new session after its token and its request were found good, and before the room is made; not when a
  // session is resumed, and not of moved or forwarded participants, which a host asks for itself. Called on the worker
  // of the room, which forwards no media meanwhile: it must not block. Calls for rooms of different workers overlap. It
  // may call what is marked "any thread", but nothing that waits for a worker.
  virtual Admission admit(const AdmissionRequest& request) const = 0;
};

// Implemented by a host with tokens of its own. Called from any thread, also at once; must not block.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // The claims of a valid token. The client reads the error's message, with status 401.
  virtual Result<Claims> authenticate(std::string_view token, WallTime now) const = 0;
  // A token with these claims that is good for `ttl` from now, which clients reconnect with; "" if there are none.
  virtual std::string refresh(const Claims& claims, WallTime now, Duration ttl) const = 0;
  // Who is asked about each join; null: every good token lets in. Always the same.
  virtual const AdmissionHook* admission() const { return nullptr; }
};

// LiveKit's access tokens: signed with the secret of one of these API keys (key to secret). Refreshed ones are signed
// with the first key. `admission` is borrowed and outlives it.
std::unique_ptr<Authenticator> make_token_authenticator(std::map<std::string, std::string> keys,
                                                        const AdmissionHook* admission = nullptr);

}  // namespace sfu

// SPDX-License-Identifier: Apache-2.0
// From a datagram to the request that it makes, and whether that may be made: RFC 8656 5, RFC 8489 9.2.4.
#include <openssl/evp.h>

#include <algorithm>

#include "turn/request.hpp"
#include "turn/turn.hpp"

namespace sfu::turn {
namespace {

using ice::stun::Class;
namespace code {
constexpr int kBadRequest = 400;
constexpr int kUnauthenticated = 401;
constexpr int kUnknownAttribute = 420;
constexpr int kStaleNonce = 438;
}  // namespace code

LongTermKey make_key(std::string_view username, std::string_view password) {
  std::string text(username);
  text.append(":").append(kRealm).append(":").append(password);
  LongTermKey key{};
  EVP_Digest(text.data(), text.size(), key.data(), nullptr, EVP_md5(), nullptr);
  return key;
}

}  // namespace

Server::Server(Config config, const Credentials& credentials, RelayPorts& ports)
    : config_(std::move(config)), credentials_(credentials), ports_(ports), nonces_(config_.nonce_key) {}

Allocation* Server::find(const Path& client) {
  const auto at = by_client_.find(client);
  return at == by_client_.end() ? nullptr : allocations_.find(at->second);
}

void Server::receive(const WallAnchor& now, const Path& client, ByteView bytes, Output& out) {
  if (bytes.size() < kChannelHeader) {
    ++stats_.dropped;
  } else if (is_channel(load_be16(bytes.data()))) {
    receive_channel_data(now.at, client, bytes, out);
  } else {
    receive_message(now, client, bytes, out);
  }
}

void Server::receive_message(const WallAnchor& now, const Path& client, ByteView bytes, Output& out) {
  const auto message = ice::stun::Message::parse(bytes);
  if (!message || message->message_class == Class::kSuccess || message->message_class == Class::kError) {
    ++stats_.dropped;
    return;
  }
  if (message->message_class == Class::kIndication) return receive_indication(now.at, client, *message, out);
  const Attributes attributes = Attributes::read(*message);
  Request request{now, client, *message, attributes, out};
  if (message->method == ice::stun::kBinding) return answer_binding(request);

  void (Server::*handle)(Request&) = nullptr;
  switch (message->method) {
    case method::kAllocate: handle = &Server::allocate; break;
    case method::kRefresh: handle = &Server::refresh; break;
    case method::kCreatePermission: handle = &Server::create_permission; break;
    case method::kChannelBind: handle = &Server::bind_channel; break;
    default: return refuse(request, code::kBadRequest);
  }
  if (!authenticate(request)) return;
  if (attributes.unknown.count != 0) return refuse_unknown(request);
  if (attributes.malformed) return refuse(request, code::kBadRequest);
  (this->*handle)(request);
}

void Server::answer_binding(Request& request) {
  if (request.attributes.unknown.count != 0) return refuse_unknown(request);
  auto writer = request.answer(Class::kSuccess);
  writer.xor_mapped_address(request.client.remote);
  request.finish(writer);
}

// RFC 8489 9.2.4, but that wrong credentials are answered with 400, as LiveKit's server does: with 401 a client would
// only try the same once more.
bool Server::authenticate(Request& request) {
  const auto& attributes = request.attributes;
  if (!request.message.has_integrity) return challenge(request, code::kUnauthenticated), false;
  if (request.message.username.empty() || !attributes.realm || !attributes.nonce) {
    return refuse(request, code::kBadRequest), false;
  }
  if (!nonces_.accepts(request.now.at, request.client.remote, *attributes.nonce)) {
    return challenge(request, code::kStaleNonce), false;
  }
  // Of an allocation that there is, the credential is known.
  const Allocation* allocation = find(request.client);
  Allocation::Owner owner;
  if (allocation != nullptr && allocation->owner().username == request.message.username) {
    owner = allocation->owner();
  } else {
    auto user = credentials_.find(request.message.username);
    if (!user) return refuse(request, code::kBadRequest), false;
    owner.username = request.message.username;
    owner.key = make_key(owner.username, user->password);
    owner.participant = std::move(user->participant);
    request.credential_expires_at = user->expires_at;
  }
  if (!request.message.verify(as_text(owner.key))) return refuse(request, code::kBadRequest), false;
  request.owner = std::move(owner);
  return true;
}

void Server::challenge(Request& request, int error) {
  const auto nonce = nonces_.make(request.now.at, request.client.remote);
  auto writer = request.answer(Class::kError);
  writer.error(error);
  writer.attribute(attribute::kRealm, as_bytes(kRealm));
  writer.attribute(attribute::kNonce, as_bytes({nonce.data(), nonce.size()}));
  request.finish(writer);
}

void Server::refuse(Request& request, int error) {
  ++stats_.refused;
  auto writer = request.answer(Class::kError);
  writer.error(error);
  request.finish(writer);
}

void Server::refuse_unknown(Request& request) {
  ++stats_.refused;
  auto writer = request.answer(Class::kError);
  writer.error(code::kUnknownAttribute);
  writer.unknown_attributes(request.attributes.unknown);
  request.finish(writer);
}

void Server::end(Key key, Output& out) {
  Allocation* allocation = allocations_.find(key);
  if (allocation == nullptr) return;
  out.events.push_back({Event::Kind::kEnded, allocation->client()});
  ports_.close(allocation->relay());
  by_client_.erase(allocation->client());
  by_relay_.erase(allocation->relay());
  const auto count = of_participant_.find(allocation->owner().participant);
  if (--count->second == 0) of_participant_.erase(count);
  timers_.cancel(key.index);
  allocations_.erase(key);
  stats_.allocations = allocations_.size();
}

void Server::disconnected(const Path& client, Output& out) {
  const auto at = by_client_.find(client);
  if (at != by_client_.end()) end(at->second, out);
}

void Server::advance(Instant now, Output& out) {
  std::uint32_t index = 0;
  while (timers_.pop_due(now, index)) {
    if (const Allocation* allocation = allocations_.at(index)) end(by_client_.at(allocation->client()), out);
  }
}

}  // namespace sfu::turn

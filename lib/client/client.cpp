// SPDX-License-Identifier: Apache-2.0
// The public Client: every call is handed to the Driver's thread.
#include "sfu/client.hpp"

#include "auth/auth.hpp"
#include "base/utf8.hpp"
#include "client/driver.hpp"
#include "participant/convert.hpp"

namespace sfu {

using client::Room;
using client::RoomOutput;

class Client::Impl {
 public:
  std::unique_ptr<client::Driver> driver;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() {
  close();
}

Result<std::unique_ptr<Client>> Client::connect(ClientOptions options, ClientObserver& observer) {
  SFU_CHECK_OK(check_utf8("url", options.url));
  SFU_CHECK_OK(check_utf8("token", options.token));
  SFU_CHECK_OK(check_utf8("metadata", options.metadata));
  SFU_CHECK_OK(check_utf8("attributes", options.attributes));
  auto impl = std::make_unique<Impl>();
  SFU_TRY(impl->driver, client::Driver::start(options, observer));
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

void Client::close() {
  impl_->driver->stop();
}

void Client::leave() {
  impl_->driver->post([](Instant now, Room& room, RoomOutput& out) { room.leave(now, out); });
}

void Client::publish(std::string id, PublishTrack track) {
  impl_->driver->post([id = std::move(id), track = std::move(track)](Instant now, Room& room, RoomOutput& out) {
    const auto published = room.publish(now, participant::to_options(id, track), out);
    if (!published) out.events.emplace_back(participant::PublishFailed{id, published.error()});
  });
}

void Client::unpublish(std::string id) {
  impl_->driver->post(
      [id = std::move(id)](Instant now, Room& room, RoomOutput& out) { (void)room.unpublish(now, id, out); });
}

void Client::set_muted(std::string id, bool muted) {
  impl_->driver->post([id = std::move(id), muted](Instant now, Room& room, RoomOutput& out) {
    (void)room.set_muted(now, id, muted, out);
  });
}

void Client::write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer) {
  impl_->driver->post([id, layer, bytes = std::vector<std::uint8_t>(frame.bytes.begin(), frame.bytes.end()),
                       timestamp = frame.timestamp,
                       keyframe = frame.is_keyframe](Instant now, Room& room, RoomOutput& out) {
    room.write_frame(now, id, layer, bytes, timestamp, keyframe, out);
  });
}

void Client::write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer) {
  impl_->driver->post(
      [id, layer, bytes = std::vector<std::uint8_t>(packet.begin(), packet.end())](
          Instant now, Room& room, RoomOutput& out) mutable { room.write_rtp(now, id, layer, bytes, out); });
}

void Client::subscribe(std::string track_sid, bool subscribed) {
  if (!is_utf8(track_sid)) return;  // no track's
  impl_->driver->post([sid = std::move(track_sid), subscribed](Instant, Room& room, RoomOutput& out) {
    room.subscribe(sid, subscribed, out);
  });
}

void Client::set_track_settings(std::string track_sid, TrackSettings settings) {
  if (!is_utf8(track_sid)) return;
  impl_->driver->post([message = participant::to_message(std::move(track_sid), settings)](
                          Instant, Room& room, RoomOutput& out) { room.set_track_settings(message, out); });
}

void Client::request_key_frame(std::string track_sid) {
  impl_->driver->post(
      [sid = std::move(track_sid)](Instant, Room& room, RoomOutput& out) { room.request_key_frame(sid, out); });
}

void Client::update(std::string name, std::string metadata, std::map<std::string, std::string> attributes) {
  if (!is_utf8(name) || !is_utf8(metadata) || !check_utf8("attributes", attributes)) return;
  livekit::UpdateParticipantMetadata message;
  message.set_name(std::move(name));
  message.set_metadata(std::move(metadata));
  for (auto& [key, value] : attributes) (*message.mutable_attributes())[key] = std::move(value);
  impl_->driver->post([message = std::move(message)](Instant, Room& room, RoomOutput& out) mutable {
    room.update_metadata(std::move(message), out);
  });
}

void Client::send_data(std::span<const std::uint8_t> payload, std::string topic, std::vector<std::string> to,
                       bool reliable) {
  impl_->driver->post(
      [bytes = std::vector<std::uint8_t>(payload.begin(), payload.end()), topic = std::move(topic), to = std::move(to),
       reliable](Instant, Room& room, RoomOutput&) { (void)room.messaging().send_data(bytes, topic, to, reliable); });
}

void Client::send_text(std::string text, StreamOptions options) {
  impl_->driver->post(
      [text = std::move(text), info = participant::to_stream(true, options)](Instant now, Room& room, RoomOutput&) {
        (void)room.messaging().send_stream(info, as_bytes(text), room.wall(now));
      });
}

void Client::send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options) {
  impl_->driver->post(
      [bytes = std::move(bytes), info = participant::to_stream(false, options)](Instant now, Room& room, RoomOutput&) {
        (void)room.messaging().send_stream(info, bytes, room.wall(now));
      });
}

void Client::open_stream(std::string id, bool text, StreamOptions options) {
  participant::StreamInfo info = participant::to_stream(text, options);
  info.id = std::move(id);
  impl_->driver->post([info = std::move(info)](Instant now, Room& room, RoomOutput&) {
    (void)room.messaging().open_stream(info, room.wall(now));
  });
}

void Client::write_stream(std::string id, std::vector<std::uint8_t> bytes) {
  impl_->driver->post([id = std::move(id), bytes = std::move(bytes)](Instant, Room& room, RoomOutput&) {
    (void)room.messaging().write_stream(id, bytes);
  });
}

void Client::close_stream(std::string id, std::string reason) {
  impl_->driver->post([id = std::move(id), reason = std::move(reason)](Instant, Room& room, RoomOutput&) {
    (void)room.messaging().close_stream(id, reason);
  });
}

void Client::call(std::string identity, std::string method, std::string payload, std::function<void(RpcResult)> done,
                  Duration timeout) {
  participant::RpcCaller::Call call{.destination = std::move(identity),
                                    .method = std::move(method),
                                    .payload = std::move(payload),
                                    .timeout = timeout};
  impl_->driver->post([driver = impl_->driver.get(), call = std::move(call), done = std::move(done)](
                          Instant now, Room& room, RoomOutput&) mutable {
    if (room.closed())
      return done(participant::to_public(participant::RpcError::of(participant::RpcError::kSendFailed)));
    driver->herald().await_answer(room.messaging().call(now, call, room.wall(now)), std::move(done));
  });
}

void Client::handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler) {
  impl_->driver->post([driver = impl_->driver.get(), method = std::move(method), handler = std::move(handler)](
                          Instant, Room& room, RoomOutput&) {
    (void)room.messaging().add_method(method);  // there already: the handler alone is replaced
    driver->herald().set_handler(method, handler);
  });
}

void Client::stop_handling(std::string method) {
  impl_->driver->post([driver = impl_->driver.get(), method = std::move(method)](Instant, Room& room, RoomOutput&) {
    room.messaging().remove_method(method);
    driver->herald().remove_handler(method);
  });
}

std::string make_access_token(std::string_view api_key, std::string_view api_secret, std::string_view room,
                              std::string_view identity, Duration ttl) {
  Claims claims;
  claims.identity = identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = room;
  claims.video->can_update_own_metadata = true;
  return auth::make_token(claims, api_key, api_secret, SystemClock().wall_now(), ttl);
}

}  // namespace sfu

// SPDX-License-Identifier: Apache-2.0
// A client of a LiveKit server, or of this library's: it joins a room, publishes encoded media, receives that of
// others, and exchanges data, streams and calls with them. It encodes and decodes nothing.
//
// Threads: a Client runs on a thread of its own, on which every call of its observer comes, in order. Its functions may
// be called from any thread, that one included; they hand their work over and do not wait. After close() has returned
// the observer is not called any more.
// Connections that are lost are made again by the client itself; what was published, subscribed and registered stays
// so. Data that was under way when a session had to be replaced (Observer::on_reconnected tells) is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sfu/address.hpp"
#include "sfu/client_events.hpp"
#include "sfu/client_media.hpp"
#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct ClientOptions {
  std::string url{};    // "ws://host:port" or "wss://host"
  std::string token{};  // see make_access_token()
  // One peer connection for both ways. A server that does not know it is joined with two.
  bool single_connection = true;
  bool auto_subscribe = true;  // to every track
  bool adaptive_stream = false;
  // Opus goes and comes as RED (RFC 2198) where the server has it: a packet has the two before it too, so that sound
  // survives the loss of one or two, for about twice the bytes. What is received is Opus again.
  bool audio_redundancy = false;
  // In place of the token's, if it allows; only over one connection for `metadata`.
  std::string metadata{};
  std::map<std::string, std::string> attributes{};

  // Where media comes from and goes to; empty: every interface.
  std::vector<IpAddress> media_addresses{};
  // wss://: PEM file of the authorities that are trusted; empty: the system's.
  std::string ca_file{};
  // False: take any certificate. For tests.
  bool verify_server = true;
  // Put what is received together to frames (Observer::on_frame).
  bool receive_frames = true;
};

class Client {
 public:
  // Begins to connect; on_connected() or on_disconnected() follows: where no server answers, after three more attempts
  // in some seconds. `observer` is borrowed and outlives the client.
  // Errors: kInvalidArgument (the URL), kUnavailable (sockets, certificate).
  static Result<std::unique_ptr<Client>> connect(ClientOptions options, ClientObserver& observer);
  // close()
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Leaves the room and ends the thread; waits for both, up to a second. Not from the observer: there, leave().
  void close();
  // Leaves the room; on_disconnected() follows.
  void leave();

  // --- publishing ---------------------------------------------------------------------------------------------------
  // What is not UTF-8 where a text belongs is not sent; a call is answered with an error (1505).
  //
  // `id` is the caller's name for the track, in all that concerns it; on_published() or on_publish_failed() follows.
  void publish(std::string id, PublishTrack track);
  void unpublish(std::string id);
  void set_muted(std::string id, bool muted);
  // What is written before on_published(), while reconnecting, or while muted, is dropped. `layer`: which of
  // PublishTrack::layers. Bytes are copied.
  void write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer = 0);
  // A whole RTP packet; payload type, SSRC and header extensions are replaced.
  void write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer = 0);

  // --- subscribing --------------------------------------------------------------------------------------------------
  void subscribe(std::string track_sid, bool subscribed);
  // What is wanted of a subscribed track.
  void set_track_settings(std::string track_sid, TrackSettings settings);
  // Asks the publisher of a subscribed track for a key frame; for frames (ClientOptions::receive_frames) that is done
  // where one is needed.
  void request_key_frame(std::string track_sid);

  // --- oneself ------------------------------------------------------------------------------------------------------
  // Empty fields stay as they are; an attribute of empty value is removed. Needs a token that allows it.
  void update(std::string name, std::string metadata, std::map<std::string, std::string> attributes);

  // --- data ---------------------------------------------------------------------------------------------------------
  // Up to 60000 bytes. `to`: identities, empty for everyone. Before on_connected(), and while reconnecting, it waits.
  void send_data(std::span<const std::uint8_t> payload, std::string topic = {}, std::vector<std::string> to = {},
                 bool reliable = true);
  // A whole stream, of any size that memory takes; the id that it will have for its receivers is made here.
  void send_text(std::string text, StreamOptions options = {});
  void send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options = {});
  // A stream that grows. `id` is the caller's, and the receivers'; unique in the room.
  void open_stream(std::string id, bool text, StreamOptions options = {});
  void write_stream(std::string id, std::vector<std::uint8_t> bytes);
  void close_stream(std::string id, std::string reason = {});

  // --- remote procedure calls ---------------------------------------------------------------------------------------
  // `done` is called once, on the client's thread, with the answer or an error; never after close().
  void call(std::string identity, std::string method, std::string payload, std::function<void(RpcResult)> done,
            Duration timeout = std::chrono::seconds(15));
  // Calls of this method come to `handler`, on the client's thread; it answers at once or later. Replaces an earlier
  // one.
  void handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler);
  void stop_handling(std::string method);

 private:
  friend class RpcResponder;
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A token for joining `room` as `identity`, good for `ttl`, for programs that hold the key themselves. Any thread.
std::string make_access_token(std::string_view api_key, std::string_view api_secret, std::string_view room,
                              std::string_view identity, Duration ttl = std::chrono::hours(6));

}  // namespace sfu

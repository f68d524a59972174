// SPDX-License-Identifier: Apache-2.0
// What is behind an sfu_client: a Client, which has a connection, or a LocalParticipant, which needs none. Both can do
// the same, but share no base in C++.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "capi/client_observer.hpp"
#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "sfu/client_events.hpp"

namespace sfu::capi {

struct ClientObject {
  explicit ClientObject(const sfu_client_callbacks* callbacks) : observer(callbacks) {}
  virtual ~ClientObject() = default;
  // Leaves, and waits until the observer is called no more. What is asked for afterwards is not done.
  virtual void close() = 0;
  virtual void leave() = 0;
  virtual void publish(std::string id, PublishTrack track) = 0;
  virtual void unpublish(std::string id) = 0;
  virtual void set_muted(std::string id, bool muted) = 0;
  virtual void write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer) = 0;
  virtual void write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer) = 0;
  virtual void subscribe(std::string track_sid, bool subscribed) = 0;
  virtual void set_track_settings(std::string track_sid, TrackSettings settings) = 0;
  virtual void request_key_frame(std::string track_sid) = 0;
  virtual void update(std::string name, std::string metadata, std::map<std::string, std::string> attributes) = 0;
  virtual void send_data(std::span<const std::uint8_t> payload, std::string topic, std::vector<std::string> to,
                         bool reliable) = 0;
  virtual void send_text(std::string text, StreamOptions options) = 0;
  virtual void send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options) = 0;
  virtual void open_stream(std::string id, bool text, StreamOptions options) = 0;
  virtual void write_stream(std::string id, std::vector<std::uint8_t> bytes) = 0;
  virtual void close_stream(std::string id, std::string reason) = 0;
  virtual void call(std::string identity, std::string method, std::string payload, std::function<void(RpcResult)> done,
                    Duration timeout) = 0;
  virtual void handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler) = 0;
  virtual void stop_handling(std::string method) = 0;

  HostObserver observer;
};

// `Member`: Client or LocalParticipant.
template <typename Member>
class ClientOf final : public ClientObject {
 public:
  // `keeps`: what must be there as long as the member is.
  ClientOf(const sfu_client_callbacks* callbacks, std::shared_ptr<void> keeps)
      : ClientObject(callbacks), keeps_(std::move(keeps)) {}
  // Before anybody else has it.
  void set(std::unique_ptr<Member> member) { member_ = std::move(member); }

  void close() override {
    std::unique_ptr<Member> leaving;
    {
      const std::unique_lock lock(mutex_);
      leaving = std::move(member_);
    }
    // Without the lock: its last callbacks may call us.
  }
  void leave() override {
    with([&](Member& member) { member.leave(); });
  }
  void publish(std::string id, PublishTrack track) override {
    with([&](Member& member) { member.publish(std::move(id), std::move(track)); });
  }
  void unpublish(std::string id) override {
    with([&](Member& member) { member.unpublish(std::move(id)); });
  }
  void set_muted(std::string id, bool muted) override {
    with([&](Member& member) { member.set_muted(std::move(id), muted); });
  }
  void write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer) override {
    with([&](Member& member) { member.write_frame(id, frame, layer); });
  }
  void write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer) override {
    with([&](Member& member) { member.write_rtp(id, packet, layer); });
  }
  void subscribe(std::string track_sid, bool subscribed) override {
    with([&](Member& member) { member.subscribe(std::move(track_sid), subscribed); });
  }
  void set_track_settings(std::string track_sid, TrackSettings settings) override {
    with([&](Member& member) { member.set_track_settings(std::move(track_sid), settings); });
  }
  void request_key_frame(std::string track_sid) override {
    with([&](Member& member) { member.request_key_frame(std::move(track_sid)); });
  }
  void update(std::string name, std::string metadata, std::map<std::string, std::string> attributes) override {
    with([&](Member& member) { member.update(std::move(name), std::move(metadata), std::move(attributes)); });
  }
  void send_data(std::span<const std::uint8_t> payload, std::string topic, std::vector<std::string> to,
                 bool reliable) override {
    with([&](Member& member) { member.send_data(payload, std::move(topic), std::move(to), reliable); });
  }
  void send_text(std::string text, StreamOptions options) override {
    with([&](Member& member) { member.send_text(std::move(text), std::move(options)); });
  }
  void send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options) override {
    with([&](Member& member) { member.send_bytes(std::move(bytes), std::move(options)); });
  }
  void open_stream(std::string id, bool text, StreamOptions options) override {
    with([&](Member& member) { member.open_stream(std::move(id), text, std::move(options)); });
  }
  void write_stream(std::string id, std::vector<std::uint8_t> bytes) override {
    with([&](Member& member) { member.write_stream(std::move(id), std::move(bytes)); });
  }
  void close_stream(std::string id, std::string reason) override {
    with([&](Member& member) { member.close_stream(std::move(id), std::move(reason)); });
  }
  void call(std::string identity, std::string method, std::string payload, std::function<void(RpcResult)> done,
            Duration timeout) override {
    with([&](Member& member) {
      member.call(std::move(identity), std::move(method), std::move(payload), std::move(done), timeout);
    });
  }
  void handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler) override {
    with([&](Member& member) { member.handle(std::move(method), std::move(handler)); });
  }
  void stop_handling(std::string method) override {
    with([&](Member& member) { member.stop_handling(std::move(method)); });
  }

 private:
  // Calls of one handle go on beside each other; what they do waits for nobody.
  template <typename Function>
  void with(Function function) {
    const std::shared_lock lock(mutex_);
    if (member_) function(*member_);
  }

  std::shared_ptr<void> keeps_;
  std::shared_mutex mutex_;
  std::unique_ptr<Member> member_;  // last: it borrows the observer
};

template <>
struct Handle<sfu_client> {
  using Object = ClientObject;
  static constexpr unsigned kKind = kinds::kClient;
  static constexpr const char* kName = "sfu_client";
};

}  // namespace sfu::capi

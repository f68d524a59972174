// SPDX-License-Identifier: Apache-2.0
// What the server and its connections share. Internal; server.cpp alone includes it, and with it Beast.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the sanitizer cannot follow bare fences
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "http/http.hpp"
#include "http/sessions.hpp"

namespace sfu::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

// Counts the bytes that have come; Beast calls it for each read. It limits nothing.
class ReadCounter {
 public:
  std::uint64_t bytes() const { return bytes_; }

 private:
  friend class beast::rate_policy_access;
  static constexpr std::size_t kAll = SIZE_MAX;
  static std::size_t available_read_bytes() { return kAll; }
  static std::size_t available_write_bytes() { return kAll; }
  void transfer_read_bytes(std::size_t size) { bytes_ += size; }
  static void transfer_write_bytes(std::size_t) {}
  static void on_timer() {}

  std::uint64_t bytes_ = 0;
};
using Stream = beast::basic_stream<tcp, asio::any_io_executor, ReadCounter>;

// Kept by the server and by each connection, so that a handle dropped late finds what its connection was made of. The
// sessions are kept here, strongly, until they take themselves out; handles refer to them weakly.
class Core {
 public:
  Core(Config configuration, Handlers callbacks) : config(std::move(configuration)), handlers(std::move(callbacks)) {}

  const Config config;
  Handlers handlers;
  asio::io_context io;

  // From any thread. Nothing is posted once the threads may have gone: it would stay in the queue, holding on to the
  // connection that holds on to us.
  template <typename Executor, typename Function>
  void post(const Executor& executor, Function&& function) {
    const std::lock_guard lock(mutex_);
    if (!stopped_) asio::post(executor, std::forward<Function>(function));
  }

  // False when there are too many and none of them waits for its client, or the server stops.
  bool add(const void* key, std::shared_ptr<Session> session, const IpAddress& remote) {
    std::shared_ptr<Session> crowded_out;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      if (sessions_.size() >= config.connection_limit) {
        crowded_out = sessions_.crowd_out();
        if (crowded_out == nullptr) return false;
      }
      sessions_.add(key, std::move(session), Sessions::origin_of(remote));
    }
    if (crowded_out != nullptr) crowded_out->abort();
    return true;
  }
  void replace(const void* key, const void* successor_key, std::shared_ptr<Session> successor) {
    const std::lock_guard lock(mutex_);
    sessions_.replace(key, successor_key, std::move(successor));
  }
  void set_waiting(const void* key, bool waiting) {
    const std::lock_guard lock(mutex_);
    sessions_.set_waiting(key, waiting);
  }
  void remove(const void* key) {
    std::shared_ptr<Session> last;  // let go of outside the lock
    const std::lock_guard lock(mutex_);
    last = sessions_.remove(key);
    if (last != nullptr && sessions_.empty()) empty_.notify_all();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
  }
  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void shut_down_sessions() {
    for (const auto& session : begin_stop()) session->shut_down();
  }
  void abort_sessions() {
    for (const auto& session : begin_stop()) session->abort();
  }
  bool wait_until_empty(Duration limit) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, limit, [this] { return sessions_.empty(); });
  }
  void set_stopped() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

 private:
  std::vector<std::shared_ptr<Session>> begin_stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    return sessions_.all();
  }

  mutable std::mutex mutex_;
  std::condition_variable empty_;
  bool stopping_ = false;
  bool stopped_ = false;
  Sessions sessions_;
};

inline SocketAddress to_address(const tcp::endpoint& endpoint) {
  if (endpoint.address().is_v4()) return {IpAddress::v4(endpoint.address().to_v4().to_bytes()), endpoint.port()};
  return {IpAddress::v6(endpoint.address().to_v6().to_bytes()), endpoint.port()};
}

}  // namespace sfu::http

// SPDX-License-Identifier: Apache-2.0
// Requests from this side (RFC 9112), with or without TLS: what webhooks and calls of the room API are posted with. One
// thread serves all of a Client's requests; connections are kept for the next request to the same origin. Redirects are
// answers like others. As in http.hpp, Boost.Beast is seen by the implementation alone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/http.hpp"

namespace sfu::http {

struct ClientConfig {
  std::string ca_file{};      // PEM; empty: the system's authorities
  bool verify_server = true;  // certificate and host name
  std::size_t response_limit = 64 << 10;
  Duration timeout = std::chrono::seconds(60);  // of one request, from connecting to the end of the answer
  Duration idle_timeout = std::chrono::seconds(30);
  std::size_t connections_per_origin = 32;  // further requests wait for one of them
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
  bool whole = true;  // false: the body was longer than response_limit, or broke off; this is its beginning

  const std::string* header(std::string_view name) const;  // null when absent
};

class Client {
 public:
  // Errors: kUnavailable (the authorities' file).
  static Result<std::unique_ptr<Client>> create(ClientConfig config);
  // Drops what is under way, whose `done` is not called any more, and joins the thread. Not from a callback.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `done` is called once, on the client's thread. Errors: kInvalidArgument (not an "http://" or "https://" URL),
  // kUnauthenticated (the server's certificate is not good), kTimeout, kUnavailable (no connection, or it broke before
  // the answer; the server may have got the request). Any thread.
  void post(const std::string& url, const Headers& headers, std::string body,
            std::function<void(Result<ClientResponse>)> done,
            std::optional<Duration> timeout = std::nullopt);  // in place of ClientConfig's
  // The same, without headers and body of one's own.
  void get(const std::string& url, std::function<void(Result<ClientResponse>)> done);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::http

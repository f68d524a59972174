// SPDX-License-Identifier: Apache-2.0
// TLS 1.2 and 1.3 (RFC 8446), the server's side, for streams that are not HTTP: bytes in, bytes out, over OpenSSL's
// memory BIOs. Whoever has the sockets owns a Session for each connection. HTTPS is http/'s, by Beast.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace sfu::tls {

// A certificate with its key. Any thread once made; outlives its Sessions.
class ServerContext {
 public:
  // PEM files; the certificate's may go on with those of its authorities. Errors: kUnavailable, also
  // where they do not belong together, with the file in the message.
  static Result<ServerContext> load(const std::string& certificate_file, const std::string& key_file);

 private:
  friend class Session;
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  using Pointer = std::unique_ptr<SSL_CTX, Free>;
  explicit ServerContext(Pointer context) : context_(std::move(context)) {}

  Pointer context_;
};

class Session {
 public:
  explicit Session(const ServerContext& context);

  // Takes what came from the network. Appends what it says to `plain`, and what is to be sent in return to `out`. False
  // when the connection is over, by its end or by an error, which `out` may have an alert for.
  bool receive(ByteView bytes, std::vector<std::uint8_t>& plain, std::vector<std::uint8_t>& out);
  // Appends `plain` to `out`, encrypted. False when the handshake is not done, or the connection is over.
  bool send(ByteView plain, std::vector<std::uint8_t>& out);

 private:
  struct Free {
    void operator()(SSL* session) const;
  };
  void drain(std::vector<std::uint8_t>& out);

  std::unique_ptr<SSL, Free> session_;
};

}  // namespace sfu::tls

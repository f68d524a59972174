// SPDX-License-Identifier: Apache-2.0
// How this folder's clients come to a server: its name is resolved, a connection made, and TLS spoken where the stream
// has it. Internal; their translation units alone include it, and with it Beast.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <type_traits>

#include "base/result.hpp"
#include "http/client_tls.hpp"
#include "http/url.hpp"

namespace sfu::http {

// `Stream` is beast::tcp_stream, or TLS over one.
template <typename Stream>
inline constexpr bool kIsTls = !std::is_same_v<Stream, boost::beast::tcp_stream>;

template <typename Stream>
Error handshake_error(Stream& stream, const Url& url, const boost::beast::error_code& error) {
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict == X509_V_OK) return {Errc::kUnavailable, "TLS with " + url.authority() + ": " + error.message()};
  return {Errc::kUnauthenticated,
          "the certificate of " + url.authority() + " is not good: " + X509_verify_cert_error_string(verdict)};
}

template <typename Stream, typename Wanted, typename Done>
void secure(Stream& stream, const Url& url, bool verify, Wanted wanted, Done done) {
  boost::beast::error_code ignored;
  boost::beast::get_lowest_layer(stream).socket().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  if constexpr (kIsTls<Stream>) {
    if (!expect_host(stream, url.host, verify)) {
      return done(fail(Errc::kInvalidArgument, "TLS refuses the host name " + url.host));
    }
    stream.async_handshake(boost::asio::ssl::stream_base::client,
                           [&stream, &url, wanted, done](const boost::beast::error_code& error) {
                             if (!wanted()) return;
                             if (error) return done(Failure{handshake_error(stream, url, error)});
                             done({});
                           });
  } else {
    done({});
  }
}

// `done(Result<void>)` comes once the server can be spoken to, or cannot; nothing comes when `wanted()` says meanwhile
// that nobody waits any more. Both keep their owner, and with it all that is borrowed here. Errors: kUnavailable,
// kUnauthenticated (the certificate), kInvalidArgument (a host that TLS cannot name).
template <typename Stream, typename Wanted, typename Done>
void reach(boost::asio::ip::tcp::resolver& resolver, Stream& stream, const Url& url, bool verify, Wanted wanted,
           Done done) {
  using boost::asio::ip::tcp;
  using boost::beast::error_code;
  resolver.async_resolve(
      url.host, url.port,
      [&stream, &url, verify, wanted, done](const error_code& error, const tcp::resolver::results_type& found) {
        if (!wanted()) return;
        if (error) return done(fail(Errc::kUnavailable, "cannot resolve " + url.host + ": " + error.message()));
        boost::beast::get_lowest_layer(stream).async_connect(
            found, [&stream, &url, verify, wanted, done](const error_code& failure, const tcp::endpoint&) {
              if (!wanted()) return;
              if (failure) {
                return done(
                    fail(Errc::kUnavailable, "cannot connect to " + url.authority() + ": " + failure.message()));
              }
              secure(stream, url, verify, wanted, done);
            });
      });
}

}  // namespace sfu::http

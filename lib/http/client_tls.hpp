// SPDX-License-Identifier: Apache-2.0
// TLS as this folder's clients speak it. Internal; their translation units alone include it.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl.hpp>
#include <string>

#include "base/result.hpp"

namespace sfu::http {

// Whom the clients of `context` trust: the authorities of `ca_file`, or the system's if that is empty.
inline Result<void> trust_authorities(boost::asio::ssl::context& context, const std::string& ca_file, bool verify) {
  boost::system::error_code error;
  if (!ca_file.empty()) {
    context.load_verify_file(ca_file, error);
    if (error) return fail(Errc::kUnavailable, "cannot read authorities from " + ca_file);
  } else {
    context.set_default_verify_paths(error);
  }
  context.set_verify_mode(verify ? boost::asio::ssl::verify_peer : boost::asio::ssl::verify_none, error);
  return {};
}

// Says for whom the handshake to come is, and whose certificate it must be. False: not a name that TLS can carry.
template <typename TlsStream>
bool expect_host(TlsStream& stream, const std::string& host, bool verify) {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  // An address is not named there (RFC 6066 3); some servers refuse it.
  if (no_address && !SSL_set_tlsext_host_name(stream.native_handle(), host.c_str())) return false;
  if (verify) stream.set_verify_callback(boost::asio::ssl::host_name_verification(host));
  return true;
}

}  // namespace sfu::http

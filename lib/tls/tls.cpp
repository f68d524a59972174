// SPDX-License-Identifier: Apache-2.0
#include "tls/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace sfu::tls {
namespace {

std::string openssl_error() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown error";
}

}  // namespace

void ServerContext::Free::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

void Session::Free::operator()(SSL* session) const {
  SSL_free(session);
}

Result<ServerContext> ServerContext::load(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  Pointer context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(Errc::kInternal, "TLS: " + openssl_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return fail(Errc::kUnavailable, "TLS certificate " + certificate_file + ": " + openssl_error());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(Errc::kUnavailable, "TLS key " + key_file + ": " + openssl_error());
  }
  return ServerContext(std::move(context));
}

Session::Session(const ServerContext& context) : session_(SSL_new(context.context_.get())) {
  if (!session_) return;
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);  // nothing more yet, not the end
  SSL_set_bio(session_.get(), in, out);
  SSL_set_accept_state(session_.get());
}

void Session::drain(std::vector<std::uint8_t>& out) {
  BIO* bio = SSL_get_wbio(session_.get());
  const std::size_t waiting = BIO_ctrl_pending(bio);
  if (waiting == 0) return;
  const std::size_t before = out.size();
  out.resize(before + waiting);
  std::size_t read = 0;
  BIO_read_ex(bio, out.data() + before, waiting, &read);
  out.resize(before + read);
}

bool Session::receive(ByteView bytes, std::vector<std::uint8_t>& plain, std::vector<std::uint8_t>& out) {
  if (!session_) return false;
  ERR_clear_error();
  std::size_t taken = 0;
  if (!bytes.empty() && BIO_write_ex(SSL_get_rbio(session_.get()), bytes.data(), bytes.size(), &taken) != 1) {
    return false;
  }
  bool open = true;
  for (;;) {
    constexpr std::size_t kRecord = 16384;
    const std::size_t before = plain.size();
    plain.resize(before + kRecord);
    std::size_t read = 0;
    const int result = SSL_read_ex(session_.get(), plain.data() + before, kRecord, &read);
    plain.resize(before + (result == 1 ? read : 0));
    if (result == 1) continue;
    open = SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ;
    break;
  }
  drain(out);
  ERR_clear_error();
  return open;
}

bool Session::send(ByteView plain, std::vector<std::uint8_t>& out) {
  if (!session_ || SSL_is_init_finished(session_.get()) == 0) return false;
  ERR_clear_error();
  std::size_t written = 0;
  const bool sent = SSL_write_ex(session_.get(), plain.data(), plain.size(), &written) == 1;
  drain(out);
  return sent;
}

}  // namespace sfu::tls

// SPDX-License-Identifier: Apache-2.0
#include "tls/tls.hpp"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "temporary_folder.hpp"

using namespace sfu;
using namespace sfu::tls;
using Bytes = std::vector<std::uint8_t>;

namespace {

// A folder with a self-signed certificate, and another key.
struct Folder {
  Folder() {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> other(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_sign(made.get(), key.get(), EVP_sha256());
    const auto write = [&](const char* file, auto&& to) {
      std::FILE* opened = std::fopen((path + file).c_str(), "w");
      REQUIRE(opened != nullptr);
      to(opened);
      std::fclose(opened);
    };
    write("/cert.pem", [&](std::FILE* file) { PEM_write_X509(file, made.get()); });
    const auto write_key = [&](const char* file, const EVP_PKEY* one) {
      write(file, [&](std::FILE* to) { PEM_write_PrivateKey(to, one, nullptr, nullptr, 0, nullptr, nullptr); });
    };
    write_key("/key.pem", key.get());
    write_key("/other.pem", other.get());
  }

  const TemporaryFolder temporary;
  const std::string& path = temporary.path();
};

// Another program's end, over memory as well.
struct Caller {
  explicit Caller(int version = TLS1_3_VERSION) : context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    // Versions below 1.2 need it, so that it is the server that refuses them.
    SSL_CTX_set_security_level(context.get(), 0);
    session.reset(SSL_new(context.get()));
    SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(session.get()), -1);
    SSL_set_connect_state(session.get());
  }
  Bytes take() {
    Bytes bytes(BIO_ctrl_pending(SSL_get_wbio(session.get())));
    if (!bytes.empty()) BIO_read(SSL_get_wbio(session.get()), bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
  void give(const Bytes& bytes) {
    if (!bytes.empty()) BIO_write(SSL_get_rbio(session.get()), bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string read() {
    std::string text;
    char buffer[20'000];
    for (int size = 0; (size = SSL_read(session.get(), buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(size));
    }
    return text;
  }
  void write(const std::string& text) { SSL_write(session.get(), text.data(), static_cast<int>(text.size())); }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
  std::unique_ptr<SSL, decltype(&SSL_free)> session{nullptr, &SSL_free};
};

// Shakes hands, `piece` bytes at a time. Whether both agreed.
bool connect(Caller& caller, Session& server, std::size_t piece = 1 << 20) {
  Bytes plain;
  for (int round = 0; round < 10; ++round) {
    SSL_do_handshake(caller.session.get());
    Bytes out;
    const Bytes sent = caller.take();
    for (std::size_t at = 0; at < sent.size(); at += piece) {
      if (!server.receive(ByteView(sent).subspan(at, std::min(piece, sent.size() - at)), plain, out)) return false;
    }
    caller.give(out);
  }
  return SSL_is_init_finished(caller.session.get()) == 1;
}

ByteView view(const std::string& text) {
  return as_bytes(text);
}

}  // namespace

TEST_CASE("[M-013] TLS 1.2 and 1.3 carry bytes both ways, in whatever pieces they come") {
  const Folder folder;
  const auto context = ServerContext::load(folder.path + "/cert.pem", folder.path + "/key.pem");
  REQUIRE(context);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1} << 20}) {
      CAPTURE(version);
      CAPTURE(piece);
      Caller caller(version);
      Session server(*context);
      REQUIRE(connect(caller, server, piece));
      const std::string large(40'000, 'x');
      caller.write("hello");
      caller.write(large);
      Bytes plain;
      Bytes out;
      const Bytes sent = caller.take();
      for (std::size_t at = 0; at < sent.size(); at += piece) {
        CHECK(server.receive(ByteView(sent).subspan(at, std::min(piece, sent.size() - at)), plain, out));
      }
      CHECK(as_text(plain) == "hello" + large);
      out.clear();
      CHECK(server.send(view("world"), out));
      CHECK(server.send(view(large), out));
      caller.give(out);
      CHECK(caller.read() == "world" + large);
    }
  }
}

TEST_CASE("[M-013] TLS 1.1 is refused, and so is what is not TLS") {
  const Folder folder;
  const auto context = ServerContext::load(folder.path + "/cert.pem", folder.path + "/key.pem");
  REQUIRE(context);
  Caller caller(TLS1_1_VERSION);
  Session server(*context);
  CHECK_FALSE(connect(caller, server));
  Session other(*context);
  Bytes plain;
  Bytes out;
  CHECK_FALSE(other.receive(view("GET / HTTP/1.1\r\n\r\n"), plain, out));
  CHECK(plain.empty());
}

TEST_CASE("a connection that its other end closes is over, and nothing is said before the handshake") {
  const Folder folder;
  const auto context = ServerContext::load(folder.path + "/cert.pem", folder.path + "/key.pem");
  Caller caller;
  Session server(*context);
  Bytes plain;
  Bytes out;
  CHECK_FALSE(server.send(view("early"), out));
  REQUIRE(connect(caller, server));
  caller.write("last");
  SSL_shutdown(caller.session.get());
  CHECK_FALSE(server.receive(caller.take(), plain, out));
  CHECK(as_text(plain) == "last");
}

TEST_CASE("files that are not there, are something else or do not belong together are named") {
  const Folder folder;
  const std::string cert = folder.path + "/cert.pem";
  const auto missing = ServerContext::load(folder.path + "/none.pem", folder.path + "/key.pem");
  CHECK(missing.error().code == Errc::kUnavailable);
  CHECK(missing.error().message.find("none.pem") != std::string::npos);
  CHECK(ServerContext::load(cert, cert).error().message.find("TLS key " + cert) == 0);
  const auto wrong = ServerContext::load(cert, folder.path + "/other.pem");
  CHECK(wrong.error().message.find("TLS key " + folder.path + "/other.pem") == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "handshake.hpp"

#include <optional>

#include "baseline.hpp"
#include "cpu_time.hpp"
#include "dtls/dtls.hpp"

namespace sfu::bench {
namespace {

struct Side {
  std::optional<dtls::Session> session;
  SendBatch datagrams;
  dtls::PacketList application;
  Path path;
  dtls::Output out{datagrams, &path, application};
};

double shake_hands(const dtls::Certificate& client_certificate, const dtls::Certificate& server_certificate,
                   Side& client, Side& server) {
  constexpr Instant kNow{std::chrono::seconds(1)};
  double spent = -cpu_ns();
  server.session.emplace(dtls::Role::kServer, server_certificate,
                         std::vector<dtls::Fingerprint>{client_certificate.fingerprint()});
  server.session->start(kNow, server.out);
  spent += cpu_ns();
  client.session.emplace(dtls::Role::kClient, client_certificate,
                         std::vector<dtls::Fingerprint>{server_certificate.fingerprint()});
  client.session->start(kNow, client.out);
  while (!client.datagrams.empty()) {
    spent -= cpu_ns();
    for (const Datagram& datagram : client.datagrams.datagrams()) {
      server.session->receive(kNow, datagram.bytes, server.out);
    }
    spent += cpu_ns();
    client.datagrams.clear();
    for (const Datagram& datagram : server.datagrams.datagrams()) {
      client.session->receive(kNow, datagram.bytes, client.out);
    }
    server.datagrams.clear();
  }
  if (server.session->state() != dtls::State::kConnected) die("a handshake in memory");
  return spent;
}

}  // namespace

double handshake_ns(unsigned count) {
  const auto client_certificate = dtls::Certificate::make();
  const auto server_certificate = dtls::Certificate::make();
  if (!client_certificate || !server_certificate) die("a certificate");
  Side client;
  Side server;
  double sum = 0;
  for (unsigned i = 0; i < count; ++i) sum += shake_hands(*client_certificate, *server_certificate, client, server);
  return sum / count;
}

}  // namespace sfu::bench

// SPDX-License-Identifier: Apache-2.0
// layers: dtls
// Datagrams to a server session: each is two bytes of length and that many of content.
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "dtls/dtls.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu;
  static const dtls::Certificate certificate = dtls::Certificate::make().value();
  SendBatch datagrams;
  dtls::PacketList application;
  const Path path;
  dtls::Output out{datagrams, &path, application};
  dtls::Session session(dtls::Role::kServer, certificate, {certificate.fingerprint()});
  Instant now{};
  session.start(now, out);

  ByteReader reader(ByteView(data, size));
  while (reader.remaining() >= 2) {
    const std::size_t length = std::min<std::size_t>(reader.u16(), reader.remaining());
    session.receive(now, reader.bytes(length), out);
    now += std::chrono::milliseconds(40);
    session.advance(now, out);
    for (const Datagram& datagram : datagrams.datagrams()) {
      if (datagram.bytes.size() > dtls::Session::kMtu) __builtin_trap();
    }
    datagrams.clear();
  }
  if (session.state() == dtls::State::kConnected) __builtin_trap();  // without the announced certificate's key
  return 0;
}

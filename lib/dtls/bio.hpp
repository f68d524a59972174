// SPDX-License-Identifier: Apache-2.0
// An OpenSSL BIO that keeps datagrams apart: one write is one outgoing datagram, one read gives one incoming one.
#pragma once

#include <memory>
#include <span>

#include "base/bytes.hpp"

typedef struct bio_st BIO;

namespace sfu::dtls {

// The other side of the BIO.
class DatagramPort {
 public:
  virtual void transmit(ByteView datagram) = 0;
  // The next incoming datagram; empty if there is none.
  virtual ByteView take_incoming() = 0;

 protected:
  ~DatagramPort() = default;
};

// Borrows `port`, which outlives it. The caller owns the BIO; null when memory is short.
BIO* make_datagram_bio(DatagramPort& port);

}  // namespace sfu::dtls

// SPDX-License-Identifier: Apache-2.0
#include "dtls/bio.hpp"

#include <openssl/bio.h>

#include <algorithm>
#include <cstring>

#include "dtls/dtls.hpp"

namespace sfu::dtls {
namespace {

DatagramPort& port_of(BIO* bio) {
  return *static_cast<DatagramPort*>(BIO_get_data(bio));
}

int write_datagram(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  port_of(bio).transmit({reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
  return size;
}

int read_datagram(BIO* bio, char* buffer, int size) {
  BIO_clear_retry_flags(bio);
  const ByteView datagram = port_of(bio).take_incoming();
  if (datagram.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  // What does not fit the reader's buffer is lost, as with recv().
  const std::size_t count = std::min(datagram.size(), static_cast<std::size_t>(size));
  std::memcpy(buffer, datagram.data(), count);
  return static_cast<int>(count);
}

long control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return static_cast<long>(Session::kMtu);
    default: return 0;
  }
}

// Made once and never changed: the table of the three functions above.
const BIO_METHOD* datagram_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sfu datagrams");
    if (made == nullptr) return made;
    BIO_meth_set_write(made, write_datagram);
    BIO_meth_set_read(made, read_datagram);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

}  // namespace

BIO* make_datagram_bio(DatagramPort& port) {
  const BIO_METHOD* method = datagram_method();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &port);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace sfu::dtls

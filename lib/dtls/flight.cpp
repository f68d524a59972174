// SPDX-License-Identifier: Apache-2.0
#include "dtls/flight.hpp"

namespace sfu::dtls {
namespace {

// RFC 6347 4.1: type 1, version 2, epoch 2, sequence number 6, length 2.
constexpr std::size_t kRecordHeader = 13;
constexpr std::size_t kEpochAt = 3;
constexpr std::size_t kSequenceAt = 5;
constexpr std::size_t kLengthAt = 11;

constexpr std::uint8_t kChangeCipherSpec = 20;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kClientHello = 1;  // RFC 5246 7.4

}  // namespace

void Flight::number(ByteSpan datagram) {
  while (datagram.size() >= kRecordHeader) {
    std::uint8_t* header = datagram.data();
    if (load_be16(header + kEpochAt) == 0) {
      store_be16(header + kSequenceAt, static_cast<std::uint16_t>(next_sequence_ >> 32));
      store_be32(header + kSequenceAt + 2, static_cast<std::uint32_t>(next_sequence_));
      ++next_sequence_;
    }
    const std::size_t size = kRecordHeader + load_be16(header + kLengthAt);
    if (size > datagram.size()) return;
    datagram = datagram.subspan(size);
  }
}

void Flight::add(ByteView datagram) {
  if (fresh_) packets_.clear();
  fresh_ = false;
  packets_.add(datagram);
}

bool is_handshake(ByteView datagram) {
  return datagram.size() >= kRecordHeader && (datagram[0] == kHandshake || datagram[0] == kChangeCipherSpec);
}

bool is_client_hello(ByteView datagram) {
  return datagram.size() > kRecordHeader && datagram[0] == kHandshake && load_be16(datagram.data() + kEpochAt) == 0 &&
         datagram[kRecordHeader] == kClientHello;
}

}  // namespace sfu::dtls

// SPDX-License-Identifier: Apache-2.0
#include "sfu/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sfu {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(kMappedPrefix, address.bytes_.begin());
  std::ranges::copy(bytes, address.bytes_.begin() + 12);
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
  IpAddress address;
  address.bytes_ = bytes;
  return address;
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return fail(Errc::kInvalidArgument, "not an IP address: " + terminated);
}

bool IpAddress::is_v4() const {
  return std::ranges::equal(std::span(bytes_).first(12), kMappedPrefix);
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  static constexpr std::array<std::uint8_t, 16> kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return bytes_ == kLoopback;
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(std::span(bytes_).subspan(is_v4() ? 12 : 0), [](auto byte) { return byte == 0; });
}

std::string IpAddress::to_string() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
  }
  return text;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto failure = [&] {
    return fail(Errc::kInvalidArgument, "not an address range such as 10.0.0.0/8: " + std::string(text));
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return failure();
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return failure();
  const char* end = text.data() + text.size();
  unsigned bits = 0;
  const auto [at, error] = std::from_chars(text.data() + slash + 1, end, bits);
  if (error != std::errc() || at != end || bits > (address->is_v4() ? 32U : 128U)) return failure();
  IpNetwork network;
  network.bits_ = address->is_v4() ? 96 + bits : bits;
  std::array<std::uint8_t, 16> first = address->bytes();
  for (std::size_t bit = network.bits_; bit < 128; ++bit)
    first[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
  network.first_ = IpAddress::v6(first);
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  if (address.is_v4() != first_.is_v4()) return false;
  for (std::size_t bit = 0; bit < bits_; ++bit) {
    const unsigned mask = 0x80U >> bit % 8;
    if (((address.bytes()[bit / 8] ^ first_.bytes()[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::string SocketAddress::to_string() const {
  const std::string host = ip.is_v4() ? ip.to_string() : "[" + ip.to_string() + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace sfu

std::size_t std::hash<sfu::SocketAddress>::operator()(const sfu::SocketAddress& address) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.ip.bytes().data(), 8);
  std::memcpy(&low, address.ip.bytes().data() + 8, 8);
  std::uint64_t mixed = (high ^ (low + address.port)) * 0x9e3779b97f4a7c15;
  mixed ^= mixed >> 32;
  return static_cast<std::size_t>(mixed * 0xd6e8feb86659fd93);
}

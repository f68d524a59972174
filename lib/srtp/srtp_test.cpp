// SPDX-License-Identifier: Apache-2.0
#include "srtp/srtp.hpp"

#include <doctest/doctest.h>
#include <openssl/crypto.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <optional>

#include "base/random.hpp"
#include "srtp/replay_window.hpp"
#include "srtp/ssrc_table.hpp"
#include "srtp/test_bytes.hpp"

// Counts what C++ and OpenSSL allocate. OpenSSL takes other functions only before it has allocated anything.
namespace {
std::size_t srtp_test_allocations = 0;

void* counting_malloc(std::size_t size, const char*, int) {
  ++srtp_test_allocations;
  return std::malloc(size);
}
void* counting_realloc(void* memory, std::size_t size, const char*, int) {
  ++srtp_test_allocations;
  return std::realloc(memory, size);
}
void counting_free(void* memory, const char*, int) {
  std::free(memory);
}
const int srtp_test_counts_openssl = CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free);
}  // namespace

void* operator new(std::size_t size) {
  ++srtp_test_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace sfu::srtp {
namespace {

constexpr Profile kProfiles[] = {Profile::kAeadAes128Gcm, Profile::kAes128CmHmacSha1_80};

Bytes key_bytes() {
  return from_hex("000102030405060708090a0b0c0d0e0f");
}
Bytes salt_bytes(Profile profile) {
  Bytes salt = from_hex("a0a1a2a3a4a5a6a7a8a9aaabacad");
  if (profile == Profile::kAeadAes128Gcm) salt.resize(12);
  return salt;
}

// Both ends of one direction.
struct Pair {
  Session out;
  Session in;

  explicit Pair(Profile profile)
      : out(Session::create(profile, Direction::kOutbound, key_bytes(), salt_bytes(profile)).value()),
        in(Session::create(profile, Direction::kInbound, key_bytes(), salt_bytes(profile)).value()) {}

  Bytes rtp(std::uint16_t sequence_number, std::uint32_t ssrc = 1) { return protect(plain_rtp(sequence_number, ssrc)); }
  static Bytes plain_rtp(std::uint16_t sequence_number, std::uint32_t ssrc = 1) {
    Bytes packet(112, 0x42);
    packet[0] = 0x80;
    packet[1] = 96;
    store_be16(&packet[2], sequence_number);
    store_be32(&packet[4], 1000);
    store_be32(&packet[8], ssrc);
    return packet;
  }
  Bytes protect(Bytes packet) {
    const std::size_t size = packet.size();
    packet.resize(size + kMaxRtpGrowth);
    packet.resize(out.protect_rtp(packet, size).value());
    return packet;
  }
  static Bytes plain_rtcp(std::uint32_t ssrc = 1) {
    Bytes packet = from_hex("80c90001 00000000 81ce0002 00000000 00000007");
    store_be32(&packet[4], ssrc);
    return packet;
  }
  Bytes rtcp(std::uint32_t ssrc = 1) {
    Bytes packet = plain_rtcp(ssrc);
    const std::size_t size = packet.size();
    packet.resize(size + kMaxRtcpGrowth);
    packet.resize(out.protect_rtcp(packet, size).value());
    return packet;
  }
  bool takes_rtp(Bytes packet) { return in.unprotect_rtp(packet).has_value(); }
  bool takes_rtcp(Bytes packet) { return in.unprotect_rtcp(packet).has_value(); }
};

TEST_CASE("packets come back as they were, with CSRCs, extension and no payload too") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    Bytes odd = from_hex("92 60 0007 00000001 00000009 11111111 22222222 bede0001 10aa0000");
    for (const Bytes& plain : {Pair::plain_rtp(1), odd}) {
      Bytes packet = pair.protect(plain);
      CHECK(packet.size() == plain.size() + (profile == Profile::kAeadAes128Gcm ? 16 : 10));
      const auto back = pair.in.unprotect_rtp(packet);
      REQUIRE(back);
      CHECK(std::ranges::equal(*back, plain));
    }
    Bytes packet = pair.rtcp();
    CHECK(packet.size() == Pair::plain_rtcp().size() + (profile == Profile::kAeadAes128Gcm ? 20 : 14));
    const auto back = pair.in.unprotect_rtcp(packet);
    REQUIRE(back);
    CHECK(std::ranges::equal(*back, Pair::plain_rtcp()));
  }
}

TEST_CASE("[M-018] a replayed packet is dropped, SRTP and SRTCP") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    const Bytes rtp = pair.rtp(5);
    CHECK(pair.takes_rtp(rtp));
    CHECK_FALSE(pair.takes_rtp(rtp));
    const Bytes rtcp = pair.rtcp();
    CHECK(pair.takes_rtcp(rtcp));
    CHECK_FALSE(pair.takes_rtcp(rtcp));
    CHECK(pair.in.counters().replayed == 2);
    CHECK(pair.in.counters().auth_failed == 0);
    CHECK(pair.takes_rtcp(pair.rtcp()));
  }
}

TEST_CASE("[M-018] reordering within 1024 packets is accepted, an older packet is not") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    std::vector<Bytes> packets;
    for (std::uint16_t i = 0; i < 2000; ++i) packets.push_back(pair.rtp(static_cast<std::uint16_t>(30'000 + i)));
    CHECK(pair.takes_rtp(packets[500]));
    CHECK(pair.takes_rtp(packets[1500]));
    CHECK_FALSE(pair.takes_rtp(packets[1500 - 1024]));
    CHECK(pair.takes_rtp(packets[1500 - 1023]));
    CHECK(pair.takes_rtp(packets[1499]));
    CHECK_FALSE(pair.takes_rtp(packets[500]));
    CHECK(pair.takes_rtp(packets[501]));
  }
}

TEST_CASE("[M-018] the roll-over counter survives the wrap, with loss and reordering round it") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    std::vector<Bytes> packets;
    for (int i = 0; i < 40; ++i) packets.push_back(pair.rtp(static_cast<std::uint16_t>(65'516 + i)));
    CHECK(pair.takes_rtp(packets[0]));
    CHECK(pair.takes_rtp(packets[25]));  // behind the wrap
    CHECK(pair.takes_rtp(packets[10]));  // before it
    CHECK(pair.takes_rtp(packets[19]));
    CHECK(pair.takes_rtp(packets[20]));
    CHECK_FALSE(pair.takes_rtp(packets[10]));
    CHECK(pair.takes_rtp(packets[39]));
  }
}

TEST_CASE("[M-018] three times round the sequence numbers, with random loss") {
  constexpr std::uint64_t kSeed = 18;
  CAPTURE(kSeed);
  SeededRandom random(kSeed);
  Pair pair(Profile::kAeadAes128Gcm);
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const Bytes packet = pair.rtp(static_cast<std::uint16_t>(60'000 + i));
    if (random.unit() < 0.3) continue;
    if (!pair.takes_rtp(packet)) FAIL("lost at ", i);
  }
}

TEST_CASE("the same packet may be sent twice, and is then the same") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    const Bytes first = pair.rtp(7);
    (void)pair.rtp(8);
    CHECK(pair.rtp(7) == first);
  }
}

TEST_CASE("a changed bit anywhere is noticed, and leaves no trace") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    const Bytes rtp = pair.rtp(5);
    const Bytes rtcp = pair.rtcp();
    for (std::size_t bit = 0; bit < rtp.size() * 8; ++bit) {
      Bytes changed = rtp;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
      CHECK_FALSE(pair.takes_rtp(changed));
    }
    for (std::size_t bit = 0; bit < rtcp.size() * 8; ++bit) {
      Bytes changed = rtcp;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
      CHECK_FALSE(pair.takes_rtcp(changed));
    }
    CHECK(pair.takes_rtp(rtp));
    CHECK(pair.takes_rtcp(rtcp));
  }
}

TEST_CASE("what is not a packet is refused, in and out") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    for (std::size_t size = 0; size < 24; ++size) {
      Bytes bytes(size, 0x80);
      CHECK_FALSE(pair.takes_rtp(bytes));
      CHECK_FALSE(pair.takes_rtcp(bytes));
    }
    Bytes buffer(200, 0);
    CHECK(pair.out.protect_rtp(buffer, 100).error().code == Errc::kMalformed);  // version 0
    buffer[0] = 0x8F;
    CHECK(pair.out.protect_rtp(buffer, 60).error().code == Errc::kMalformed);  // CSRCs beyond the end
    buffer[0] = 0x80;
    CHECK(pair.out.protect_rtp(buffer, 190).error().code == Errc::kInvalidArgument);  // no room for the tag
    CHECK(pair.out.protect_rtcp(buffer, 7).error().code == Errc::kMalformed);
  }
  CHECK(Session::create(Profile::kAeadAes128Gcm, Direction::kInbound, key_bytes(), Bytes(14)).error().code ==
        Errc::kInvalidArgument);
  CHECK(Session::create(static_cast<Profile>(8), Direction::kInbound, key_bytes(), Bytes(12)).error().code ==
        Errc::kUnsupported);
}

TEST_CASE("inbound streams are bounded: the one unused for longest makes room") {
  for (const Profile profile : kProfiles) {
    Pair pair(profile);
    const Bytes first = pair.rtp(1, 1);
    const Bytes second = pair.rtp(1, 2);
    CHECK(pair.takes_rtp(first));
    CHECK(pair.takes_rtp(second));
    for (std::uint32_t ssrc = 3; ssrc <= kMaxInboundStreams; ++ssrc) CHECK(pair.takes_rtp(pair.rtp(1, ssrc)));
    CHECK(pair.takes_rtp(pair.rtp(2, 1)));
    CHECK(pair.takes_rtp(pair.rtp(1, 5000)));  // displaces 2
    CHECK_FALSE(pair.takes_rtp(first));
    CHECK(pair.takes_rtp(second));  // forgotten, so it cannot be told from new
  }
}

TEST_CASE("[M-017] GCM here and in libsrtp understand each other, over the wrap and for SRTCP") {
  constexpr Profile kGcm = Profile::kAeadAes128Gcm;
  Pair starts_libsrtp(Profile::kAes128CmHmacSha1_80);
  Bytes master = key_bytes();
  const Bytes salt = salt_bytes(kGcm);
  master.insert(master.end(), salt.begin(), salt.end());
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
  srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  policy.key = master.data();
  policy.window_size = 1024;
  policy.ssrc.type = ssrc_any_inbound;
  srtp_t their_in = nullptr;
  REQUIRE(srtp_create(&their_in, &policy) == srtp_err_status_ok);
  policy.ssrc.type = ssrc_any_outbound;
  srtp_t their_out = nullptr;
  REQUIRE(srtp_create(&their_out, &policy) == srtp_err_status_ok);

  Pair ours(kGcm);
  for (int i = 0; i < 100; ++i) {
    const auto sequence_number = static_cast<std::uint16_t>(65'500 + i);
    Bytes packet = ours.rtp(sequence_number);
    int size = static_cast<int>(packet.size());
    CHECK(srtp_unprotect(their_in, packet.data(), &size) == srtp_err_status_ok);
    packet.resize(static_cast<std::size_t>(size));
    CHECK(packet == Pair::plain_rtp(sequence_number));
    packet.resize(packet.size() + 16);
    CHECK(srtp_protect(their_out, packet.data(), &size) == srtp_err_status_ok);
    CHECK(ours.takes_rtp(packet));

    packet = ours.rtcp();
    size = static_cast<int>(packet.size());
    CHECK(srtp_unprotect_rtcp(their_in, packet.data(), &size) == srtp_err_status_ok);
    CHECK(srtp_protect_rtcp(their_out, packet.data(), &size) == srtp_err_status_ok);
    CHECK(ours.takes_rtcp(packet));
  }
  srtp_dealloc(their_in);
  srtp_dealloc(their_out);
}

TEST_CASE("GCM allocates nothing per packet") {
  REQUIRE(srtp_test_counts_openssl == 1);
  Pair pair(Profile::kAeadAes128Gcm);
  Bytes rtp = Pair::plain_rtp(0);
  const std::size_t rtp_size = rtp.size();
  rtp.resize(rtp_size + kMaxRtpGrowth);
  Bytes rtcp = Pair::plain_rtcp();
  const std::size_t rtcp_size = rtcp.size();
  rtcp.resize(rtcp_size + kMaxRtcpGrowth);
  const auto run = [&](std::uint16_t begin) {
    bool good = true;
    for (std::uint16_t i = 0; i < 100; ++i) {
      store_be16(&rtp[2], static_cast<std::uint16_t>(begin + i));
      store_be32(&rtp[8], i % 50u);  // the SSRCs of 50 tracks
      const std::size_t size = pair.out.protect_rtp(rtp, rtp_size).value_or(0);
      good = good && pair.in.unprotect_rtp(ByteSpan(rtp).first(size)).has_value();
      const std::size_t control = pair.out.protect_rtcp(rtcp, rtcp_size).value_or(0);
      good = good && pair.in.unprotect_rtcp(ByteSpan(rtcp).first(control)).has_value();
    }
    return good;
  };
  CHECK(run(0));
  const std::size_t before = srtp_test_allocations;
  const bool good = run(100);
  CHECK(srtp_test_allocations == before);
  CHECK(good);
}

TEST_CASE("the SSRC table finds what was added, also among colliding and many") {
  SsrcTable<int> table;
  CHECK(table.find(0) == nullptr);
  for (std::uint32_t i = 0; i < 1000; ++i) table.add(i * 0x10000) = static_cast<int>(i);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    REQUIRE(table.find(i * 0x10000) != nullptr);
    CHECK(*table.find(i * 0x10000) == static_cast<int>(i));
  }
  CHECK(table.find(1) == nullptr);
  table.replace(table.entries()[3], 77) = 5;
  CHECK(table.find(3 * 0x10000) == nullptr);
  CHECK(*table.find(77) == 5);
  CHECK(table.size() == 1000);
}

TEST_CASE("the replay window agrees with a plain set, over random indexes") {
  constexpr std::uint64_t kSeed = 1024;
  CAPTURE(kSeed);
  SeededRandom random(kSeed);
  ReplayWindow window;
  std::vector<bool> seen(200'000);
  std::uint64_t newest = 0;
  std::uint64_t base = 0;
  while (base + 3000 < seen.size()) {
    const std::uint64_t index = base + random.below(random.below(50) == 0 ? 2600 : 1300);
    base += random.below(3);
    const bool expected = window.empty() || index > newest || (newest - index < kReplayWindow && !seen[index]);
    if (window.is_new(index) != expected) FAIL("index ", index, " newest ", newest);
    if (!expected) continue;
    window.add(index);
    seen[index] = true;
    newest = std::max(newest, index);
  }
}

}  // namespace

TEST_CASE("sealed with its batch, a packet is byte for byte what it is when protected at once") {
  const Path path{{IpAddress::v4({127, 0, 0, 1}), 1}, {IpAddress::v4({127, 0, 0, 1}), 2}};
  for (const Profile profile : {Profile::kAeadAes128Gcm, Profile::kAes128CmHmacSha1_80}) {
    CAPTURE(static_cast<int>(profile));
    SeededRandom random(11);
    Pair at_once(profile);
    std::optional<Pair> queued(std::in_place, profile);
    SendBatch batch;
    std::vector<Bytes> expected;
    std::uint16_t sequence_number = 65'400;  // it wraps
    for (int i = 0; i < 500; ++i) {
      sequence_number = static_cast<std::uint16_t>(sequence_number + random.below(3));  // some twice
      Bytes packet = Pair::plain_rtp(sequence_number, static_cast<std::uint32_t>(1 + random.below(3)));
      packet.back() = static_cast<std::uint8_t>(sequence_number);
      std::ranges::copy(packet, batch.open().begin());
      const auto size = queued->out.queue_rtp(batch, packet.size(), path);
      expected.push_back(at_once.protect(std::move(packet)));
      REQUIRE(size.value() == expected.back().size());
    }
    queued.reset();  // the peer has gone; what it sent has not
    REQUIRE(batch.datagrams().size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(std::ranges::equal(batch.datagrams()[i].bytes, expected[i]));
    }
  }
}

TEST_CASE("queueing and sealing allocates nothing once a batch has been as large") {
  const Path path{{IpAddress::v4({127, 0, 0, 1}), 1}, {IpAddress::v4({127, 0, 0, 1}), 2}};
  Pair pair(Profile::kAeadAes128Gcm);
  SendBatch batch;
  std::uint16_t sequence_number = 1;
  const auto turn = [&] {
    for (int i = 0; i < 100; ++i) {
      std::uint8_t* packet = batch.open().data();
      packet[0] = 0x80;
      store_be16(packet + 2, sequence_number++);
      store_be32(packet + 8, 1);
      CHECK(pair.out.queue_rtp(batch, 1000, path).has_value());
    }
    CHECK(batch.datagrams().size() == 100);
    batch.clear();
  };
  turn();
  const std::size_t before = srtp_test_allocations;
  turn();
  CHECK(srtp_test_allocations == before);
}

}  // namespace sfu::srtp

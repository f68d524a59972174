// SPDX-License-Identifier: Apache-2.0
// DTLS 1.2 for one peer (RFC 6347), with use_srtp (RFC 5764): OpenSSL does the handshake and the records, this layer
// gives it datagrams and time. OpenSSL reads the real clock for its own retransmission timer, so that timer is switched
// off and lost flights are sent again here (flight.hpp), in the caller's time. A Peer owns one Session; the Certificate
// belongs to the engine and is shared. Who may reach a Session (an authenticated ICE path) is decided above. Key
// generation and nonces use OpenSSL's generator.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "dtls/bio.hpp"
#include "dtls/certificate.hpp"
#include "dtls/flight.hpp"
#include "dtls/packet_list.hpp"

typedef struct ssl_st SSL;

namespace sfu::dtls {

enum class Role : std::uint8_t {
  kClient,  // a=setup:active
  kServer,  // a=setup:passive
};

enum class State : std::uint8_t {
  kNew,
  kConnecting,
  kConnected,  // handshake done and the certificate is the one that the SDP announced
  kClosed,     // by close()
  kFailed,     // no handshake within 60 s, a fatal alert, or a certificate that nobody announced
};
const char* to_string(State state);

// What one direction of SRTP is keyed with (RFC 5764 4.2).
struct SrtpKey {
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 14> salt{};
  std::uint8_t salt_size = 0;

  ByteView key_bytes() const { return key; }
  ByteView salt_bytes() const { return ByteView(salt).first(salt_size); }
};

struct SrtpKeys {
  std::uint16_t profile = 0;  // the registered number (RFC 5764 4.1.2, RFC 7714 14.2), as srtp::Profile has it
  SrtpKey local;              // for what we send
  SrtpKey remote;             // for what we receive
};

// The caller's sink, reused between calls.
struct Output {
  SendBatch& datagrams;
  // Where to send. Null while no path is authenticated: what should leave is then treated as lost, and sent again
  // later.
  const Path* path = nullptr;
  PacketList& application;  // decrypted application data: SCTP packets, one an entry
};

class Session final : private DatagramPort {
 public:
  static constexpr std::size_t kMtu = 1200;  // no datagram is larger
  // What send() takes. With the record around it (13 + 8 + 16 bytes) it is for the caller to keep to the path's MTU.
  static constexpr std::size_t kMaxApplicationData = 1400;
  static constexpr Duration kFirstTimeout = std::chrono::milliseconds(100);
  static constexpr Duration kMaxTimeout = std::chrono::seconds(2);
  static constexpr Duration kHandshakeTimeout = std::chrono::seconds(60);

  // `remote`: the fingerprints out of the peer's SDP; one that matches is enough. They may come later.
  Session(Role role, const Certificate& certificate, std::vector<Fingerprint> remote = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Until fingerprints are known a finished handshake stays kConnecting: the peer's first flight may overtake its SDP.
  void set_remote_fingerprints(std::vector<Fingerprint> remote);

  // Begins: a client sends its first flight, a server waits. The 60 s count from here.
  void start(Instant now, Output& out);
  void receive(Instant now, ByteView datagram, Output& out);
  // Encrypts one packet of application data. Errors: kFailedPrecondition before kConnected; kInvalidArgument when it
  // is too large for one record.
  Result<void> send(ByteView data, Output& out);
  // Tells the peer with close_notify. Sends and receives nothing afterwards.
  void close(Output& out);

  void advance(Instant now, Output& out);
  Instant deadline() const;

  State state() const { return state_; }
  Role role() const { return role_; }
  // The peer has sent close_notify. It changes nothing here: ICE and signalling decide (media spec 1.4).
  bool remote_closed() const { return remote_closed_; }
  // From kConnected on; empty if the peer offered none of our profiles.
  const std::optional<SrtpKeys>& srtp_keys() const { return srtp_keys_; }

 private:
  void drive(Instant now);
  void read_application();
  void release_buffers();
  void answer_repeat(Instant now, bool was_done, ByteView datagram, Output& out);
  void send_flight_again(Output& out);
  void finish_handshake();
  void drop_flight();
  void check_certificate();
  void fail();
  void emit(ByteView datagram);

  // For OpenSSL, during a call.
  void transmit(ByteView datagram) override;
  ByteView take_incoming() override;

  struct SslFree {
    void operator()(SSL* ssl) const;
  };

  Role role_;
  State state_ = State::kNew;
  bool handshake_done_ = false;
  bool remote_closed_ = false;
  std::unique_ptr<SSL, SslFree> ssl_;
  std::vector<Fingerprint> remote_fingerprints_;
  std::optional<SrtpKeys> srtp_keys_;

  Flight flight_;
  Instant abort_at_ = kNever;
  Instant retransmit_at_ = kNever;
  Duration timeout_ = kFirstTimeout;
  Instant last_flight_at_{};
  int final_repeats_ = 0;

  // Only during a call:
  ByteView incoming_;
  Output* out_ = nullptr;
};

}  // namespace sfu::dtls

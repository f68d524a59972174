// SPDX-License-Identifier: Apache-2.0
#include "clients.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "baseline.hpp"
#include "client/session.hpp"
#include "net/loop.hpp"
#include "net/udp_transport.hpp"

namespace sfu::bench {
namespace {

constexpr const char* kCid = "camera";
// The two peer connections of a client differ by address, and share a port.
const IpAddress kPublisherIp = IpAddress::v4({127, 0, 0, 1});
const IpAddress kSubscriberIp = IpAddress::v4({127, 0, 0, 2});
// How often sockets are read. Nobody waits on them: on loopback the sender's time pays for waking a receiver, and
// nobody waits on the baseline's sockets either.
constexpr Duration kReadInterval = std::chrono::milliseconds(4);
// Of packets that must come before a subscriber counts as served.
constexpr std::uint64_t kServed = 10;

// Frames that look to the SFU as a camera's do: descriptors, key frames, marker; the rest is zeros.
class Camera {
 public:
  void want_keyframe() { keyframe_ = true; }

  // The next packet of the present frame, `last` or not.
  ByteSpan next(bool first, bool last) {
    if (first) {
      ++picture_;
      timestamp_ += 3000;
      showing_keyframe_ = std::exchange(keyframe_, false);
    }
    packet_[0] = 0x80;
    packet_[1] = static_cast<std::uint8_t>(last ? 0x80 : 0);
    store_be16(&packet_[2], ++sequence_number_);
    store_be32(&packet_[4], timestamp_);
    std::uint8_t* payload = &packet_[12];
    payload[0] = first ? 0x90 : 0x80;  // X, S
    payload[1] = 0x80;                 // I
    store_be16(payload + 2, static_cast<std::uint16_t>(0x8000 | (picture_ & 0x7fff)));
    if (first) {
      constexpr std::array<std::uint8_t, 7> kFrameHeader = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80};
      std::ranges::copy(kFrameHeader, payload + 4);
      payload[4] = showing_keyframe_ ? 0x10 : 0x11;
    }
    return packet_;
  }

 private:
  std::array<std::uint8_t, kPacketSize> packet_{};
  std::uint16_t sequence_number_ = 1000;
  std::uint16_t picture_ = 0;
  std::uint32_t timestamp_ = 90000;
  bool keyframe_ = true;
  bool showing_keyframe_ = false;
};

class Client final : public PacketSink, public client::RtpObserver {
 public:
  Client(std::uint32_t number, Channel& channel, const dtls::Certificate& certificate, Random& random,
         const WallAnchor& wall, bool v1)
      : number_(number), v1_(v1), channel_(channel) {
    net::UdpTransportOptions options;
    options.bind_addresses = {kPublisherIp, kSubscriberIp};
    options.socket.joined_reads = false;  // as the sockets of browsers
    auto transport = net::UdpTransport::open(options);
    if (!transport) die("a client's sockets");
    transport_ = *std::move(transport);
    const std::uint16_t port = transport_->candidates()[0].port;
    session_ = std::make_unique<client::Session>(client::SessionConfig{.publisher_addresses = {{kPublisherIp, port}},
                                                                       .subscriber_addresses = {{kSubscriberIp, port}},
                                                                       .certificate = &certificate,
                                                                       .random = &random,
                                                                       .wall = &wall,
                                                                       .single_connection = v1},
                                                 this);
    channel_.send(Word::kConnect, number_);
  }

  void on_signal(Instant now, ByteView bytes) {
    livekit::SignalResponse message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    client::Output out = output();
    session_->on_signal(now, message, out);
  }
  void publish(Instant now) {
    client::Output out = output();
    (void)session_->publish(now, {.cid = kCid, .name = "camera", .width = 1280, .height = 720}, out);
  }
  void write(Instant now, ByteSpan packet) {
    client::Output out = output();
    session_->write(now, kCid, packet, out);
  }
  void receive(Instant now, const Path& path, std::span<std::uint8_t> bytes) override {
    client::Output out = output();
    session_->receive(now, path, bytes, out);
  }

  // Everything that there is to do now. True if the published track is asked for a key frame.
  bool turn(Instant now, bool read) {
    if (read) {
      while (transport_->receive(now, *this)) {
      }
    }
    if (session_->deadline() <= now) {
      client::Output out = output();
      session_->advance(now, out);
    }
    bool keyframe = false;
    for (const client::Event& event : events_) {
      keyframe |= std::holds_alternative<client::KeyframeRequested>(event);
      sending_ |= std::holds_alternative<client::PublishReady>(event);
    }
    events_.clear();
    for (const livekit::SignalRequest& request : requests_) {
      channel_.send(Word::kSignal, number_, as_bytes(request.SerializeAsString()));
    }
    requests_.clear();
    flush();
    return keyframe;
  }
  void flush() {
    if (datagrams_.empty()) return;
    transport_->send(datagrams_.datagrams());
    datagrams_.clear();
  }

  Instant deadline() const { return session_->deadline(); }
  bool connected() const {
    const peer::Peer* publisher = session_->publisher();
    return (v1_ || session_->subscriber_connected()) && publisher != nullptr &&
           publisher->state() == peer::State::kConnected;
  }
  bool sending() const { return sending_; }
  std::uint64_t packets() const { return packets_; }

 private:
  void on_rtp(Instant, const std::string&, const rtp::PacketView&, bool) override { ++packets_; }
  client::Output output() { return {datagrams_, requests_, events_}; }

  std::uint32_t number_;
  bool v1_;
  Channel& channel_;
  std::unique_ptr<net::UdpTransport> transport_;
  std::unique_ptr<client::Session> session_;
  SendBatch datagrams_;
  std::vector<livekit::SignalRequest> requests_;
  std::vector<client::Event> events_;
  std::uint64_t packets_ = 0;
  bool sending_ = false;
};

class Clients {
 public:
  Clients(Channel channel, const ClientOptions& options)
      : options_(options),
        channel_(std::move(channel)),
        certificate_(
            *dtls::Certificate::make(options.cm ? dtls::Certificate::kOnlyAesCm : dtls::Certificate::kSrtpProfiles)),
        loop_(*net::Loop::create()),
        interval_(Duration(std::chrono::seconds(1)) /
                  (options.frames_per_second * (options.paced ? options.packets_per_frame : 1))) {
    if (!loop_->add(channel_.descriptor(), [this] { signalled_ = true; })) die("epoll");
  }

  [[noreturn]] void run() {
    for (;;) {
      Instant wake = std::min(next_write_, next_read_);
      for (const auto& client : clients_) wake = std::min(wake, client->deadline());
      loop_->wait(wake - clock_.now());
      turn(clock_.now());
    }
  }

 private:
  void turn(Instant now) {
    wall_ = {now, clock_.wall_now()};
    if (std::exchange(signalled_, false)) {
      while (const auto message = channel_.receive(0)) handle(now, *message);
    }
    if (now >= next_write_) send_media(now);
    const bool read = now >= next_read_;
    if (read) next_read_ = now + kReadInterval;
    for (const auto& client : clients_) {
      if (client->turn(now, read)) camera_.want_keyframe();
    }
    if (clients_.empty()) return;
    if (clients_[0]->sending() && next_write_ == kNever) next_write_ = now;
    const bool ready = publishing_ ? std::ranges::all_of(clients_.begin() + 1, clients_.end(),
                                                         [](const auto& one) { return one->packets() >= kServed; })
                                   : std::ranges::all_of(clients_, [](const auto& one) { return one->connected(); });
    if (ready && !std::exchange(told_, true)) channel_.send(Word::kReady, 0);
  }

  void handle(Instant now, const Channel::Message& message) {
    switch (message.word) {
      case Word::kSignal: clients_[message.client]->on_signal(now, message.bytes); break;
      case Word::kJoin:
        told_ = false;
        while (clients_.size() < message.client) {
          const auto number = static_cast<std::uint32_t>(clients_.size());
          clients_.push_back(std::make_unique<Client>(number, channel_, certificate_, random_, wall_, options_.v1));
        }
        break;
      case Word::kPublish:
        publishing_ = true;
        told_ = false;
        clients_[0]->publish(now);
        break;
      case Word::kCount: {
        std::uint64_t sum = 0;
        for (const auto& client : clients_) sum += client->packets();
        channel_.send(Word::kCount, 0, as_bytes(std::to_string(sum)));
        break;
      }
      case Word::kRejected: die("a client was rejected");
      default: break;
    }
  }

  void send_media(Instant now) {
    next_write_ = std::max(next_write_ + interval_, now - std::chrono::milliseconds(100));
    const unsigned count = options_.paced ? 1 : options_.packets_per_frame;
    for (unsigned i = 0; i < count; ++i) {
      const bool first = in_frame_ == 0;
      in_frame_ = (in_frame_ + 1) % options_.packets_per_frame;
      clients_[0]->write(now, camera_.next(first, in_frame_ == 0));
    }
    clients_[0]->flush();
  }

  ClientOptions options_;
  Channel channel_;
  SystemClock clock_;
  SystemRandom random_;
  WallAnchor wall_;
  dtls::Certificate certificate_;
  std::unique_ptr<net::Loop> loop_;
  std::vector<std::unique_ptr<Client>> clients_;
  Camera camera_;
  Duration interval_;
  Instant next_write_ = kNever;
  Instant next_read_{};
  unsigned in_frame_ = 0;
  bool signalled_ = false;
  bool publishing_ = false;
  bool told_ = false;
};

}  // namespace

void run_clients(Channel channel, const ClientOptions& options) {
  Clients(std::move(channel), options).run();
}

}  // namespace sfu::bench

// SPDX-License-Identifier: Apache-2.0
#include "client/driver.hpp"

#include <pthread.h>

namespace sfu::client {
namespace {

constexpr int kReadsPerTurn = 8;        // batches, so that media does not hold up the rest
constexpr std::size_t kFlushAt = 1024;  // datagrams

bool is_loopback(const std::string& url) {
  for (const char* host : {"://127.", "://localhost", "://[::1]"}) {
    if (url.find(host) != std::string::npos) return true;
  }
  return false;
}

std::vector<SocketAddress> addresses(const net::UdpTransport& transport) {
  const auto candidates = transport.candidates();
  return {candidates.begin(), candidates.end()};
}

}  // namespace

Result<std::unique_ptr<Driver>> Driver::start(const ClientOptions& options, ClientObserver& observer) {
  auto driver = std::unique_ptr<Driver>(new Driver);
  SFU_CHECK_OK(driver->open(options, observer));
  driver->post([](Instant now, Room& room, RoomOutput& out) { room.connect(now, out); });
  driver->thread_ = std::thread([d = driver.get()] { d->run(); });
  pthread_setname_np(driver->thread_.native_handle(), "sfu-client");
  return driver;
}

Result<void> Driver::open(const ClientOptions& options, ClientObserver& observer) {
  SFU_TRY(loop_, net::Loop::create());
  mailbox_ = std::make_shared<Mailbox>(*loop_);
  // An answer may come when the client is gone: then the mailbox is, or takes nothing any more.
  herald_ = std::make_unique<participant::Herald>(
      observer, [this, weak = std::weak_ptr(mailbox_)](const std::string& call, RpcResult result) {
        const auto mailbox = weak.lock();
        if (!mailbox) return;
        mailbox->post([this, call, answer = std::move(result)](Instant now) mutable {
          RoomOutput out = output();
          room_->answer(now, call, std::move(answer), out);
        });
      });
  SFU_TRY(auto certificate, dtls::Certificate::make());
  certificate_ = std::make_unique<dtls::Certificate>(std::move(certificate));
  SFU_CHECK_OK(open_sockets(options));
  SFU_TRY(websockets_,
          http::WebSocketClient::create({.ca_file = options.ca_file, .verify_server = options.verify_server}));
  wall_ = {clock_.now(), clock_.wall_now()};

  RoomConfig config;
  config.url = options.url;
  config.token = options.token;
  config.single_connection = options.single_connection;
  config.join = {.auto_subscribe = options.auto_subscribe,
                 .adaptive_stream = options.adaptive_stream,
                 .metadata = options.metadata,
                 .attributes = options.attributes,
                 .version = SFU_VERSION};
  config.session.publisher_addresses = addresses(*publisher_);
  config.session.subscriber_addresses = addresses(*subscriber_);
  config.session.certificate = certificate_.get();
  config.session.random = &random_;
  config.session.wall = &wall_;
  config.session.audio_redundancy = options.audio_redundancy;
  config.session.frames = options.receive_frames;
  SFU_TRY(room_, Room::create(std::move(config), this));
  return {};
}

Result<void> Driver::open_sockets(const ClientOptions& options) {
  net::UdpTransportOptions udp;
  udp.bind_addresses = options.media_addresses;
  // A wildcard stands for no loopback address, but a server there may offer nothing else.
  if (udp.bind_addresses.empty() && is_loopback(options.url)) {
    udp.bind_addresses = {IpAddress::v4({0, 0, 0, 0}), IpAddress::v4({127, 0, 0, 1})};
  }
  for (auto* transport : {&publisher_, &subscriber_}) {
    SFU_TRY(*transport, net::UdpTransport::open(udp));
    SFU_CHECK_OK(loop_->add((*transport)->poll_descriptor(), [this] { readable_ = true; }));
  }
  return {};
}

Driver::~Driver() {
  stop();
}

void Driver::stop() {
  if (!thread_.joinable()) return;
  mailbox_->post([this](Instant now) {
    RoomOutput out = output();
    room_->leave(now, out);
    stopping_ = true;
  });
  thread_.join();
  mailbox_->close();
  websockets_.reset();  // gives the farewell its time
}

void Driver::run() {
  while (!stopping_) {
    const Instant deadline = room_->deadline();
    const Instant now = clock_.now();
    loop_->wait(deadline == kNever ? Duration::max() : deadline <= now ? Duration::zero() : deadline - now);
    turn();
  }
}

void Driver::turn() {
  const Instant now = clock_.now();
  wall_ = {now, clock_.wall_now()};  // the turn's time, also for receive()
  RoomOutput out = output();
  mailbox_->take(tasks_);
  for (Mailbox::Task& task : tasks_) task(now);
  tasks_.clear();
  if (std::exchange(readable_, false)) {
    for (net::UdpTransport* transport : {publisher_.get(), subscriber_.get()}) {
      for (int i = 0; i < kReadsPerTurn && transport->receive(now, *this); ++i) {
      }
    }
  }
  room_->flush(now, out);
  if (room_->deadline() <= now) room_->advance(now, out);
  flush();
  perform(actions_);
  herald_->tell(events_, room_->roster());
}

void Driver::flush() {
  if (datagrams_.empty()) return;
  std::vector<Datagram> mine;
  std::vector<Datagram> others;
  for (const Datagram& datagram : datagrams_.datagrams()) {
    const bool publisher = datagram.path.local.port == publisher_->candidates().front().port;
    (publisher ? mine : others).push_back(datagram);
  }
  if (!mine.empty()) publisher_->send(mine);
  if (!others.empty()) subscriber_->send(others);
  datagrams_.clear();
}

void Driver::receive(Instant, const Path& path, std::span<std::uint8_t> bytes) {
  RoomOutput out = output();
  room_->receive(wall_.at, path, bytes, out);
  if (datagrams_.size() >= kFlushAt) flush();
}

void Driver::perform(SignalActions& actions) {
  for (SignalAction& action : std::exchange(actions, {})) {
    if (const auto* wanted = std::get_if<Dial>(&action)) {
      dial(*wanted);
    } else if (auto* message = std::get_if<SendSignal>(&action)) {
      socket_.send_binary(std::move(message->bytes));
    } else {
      socket_.close();
      socket_ = {};
    }
  }
}

void Driver::dial(const Dial& dial) {
  socket_.close();
  const std::uint32_t attempt = dial.attempt;
  http::WebSocketClientCallbacks callbacks;
  callbacks.on_open = [this, attempt] {
    post([attempt](Instant now, Room& room, RoomOutput&) { room.on_opened(now, attempt); });
  };
  callbacks.on_message = [this, attempt](std::string_view message, bool) {
    post([attempt, bytes = std::string(message)](Instant now, Room& room, RoomOutput& out) {
      room.on_message(now, attempt, as_bytes(bytes), out);
    });
  };
  callbacks.on_close = [this, attempt](std::uint16_t) {
    post([attempt](Instant now, Room& room, RoomOutput& out) { room.on_closed(now, attempt, out); });
  };
  callbacks.on_failed = [this, attempt](int status, std::string_view body) {
    post([attempt, status, text = std::string(body)](Instant now, Room& room, RoomOutput& out) {
      room.on_refused(now, attempt, status, text, out);
    });
  };
  socket_ = websockets_->open(dial.url, {{"Authorization", "Bearer " + dial.token}}, std::move(callbacks));
}

void Driver::on_rtp(Instant, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) {
  herald_->observer().on_rtp(track_sid, packet.bytes(), recovered);
}

}  // namespace sfu::client

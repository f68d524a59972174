// SPDX-License-Identifier: Apache-2.0
// How fast the room API is: requests a second and latencies of ListRooms with many rooms, SendData and CreateRoom, over
// connections that are kept. The server is a process of its own whose threads are all held to one core
// (sched_setaffinity before it makes any); whoever asks has the others. GET / is the yardstick: a request that nothing
// is done for but HTTP.
//
//   api [--rooms N] [--connections N] [--seconds S]
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "livekit_room.pb.h"
#include "sfu/access_token.hpp"
#include "sfu/server.hpp"

namespace {

using Steady = std::chrono::steady_clock;

struct Options {
  std::uint32_t rooms = 1000;
  std::uint32_t connections = 8;
  double seconds = 3;
};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

// Holds this thread, and those that it makes from now on, to one core, or to all others.
void hold_to(int core, bool others) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &all) && (i == core) != others) CPU_SET(i, &chosen);
  }
  if (CPU_COUNT(&chosen) == 0) return;  // a machine of one core
  if (sched_setaffinity(0, sizeof chosen, &chosen) != 0) die("sched_setaffinity");
}

// ---- the server -----------------------------------------------------------------------------------------------------

[[noreturn]] void serve(const Options& options, int told, int ended) {
  hold_to(0, false);
  sfu::ServerOptions server_options;
  server_options.bind_addresses = server_options.engine.bind_addresses = {sfu::IpAddress::v4({127, 0, 0, 1})};
  server_options.port = 0;
  server_options.keys = {{"devkey", "secret"}};
  server_options.engine.udp_port_first = server_options.engine.udp_port_last = 17882;
  server_options.engine.room_defaults.empty_timeout = std::chrono::hours(1);
  auto server = sfu::Server::create(std::move(server_options));
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    std::_Exit(1);
  }
  for (std::uint32_t i = 0; i < options.rooms; ++i) (void)(*server)->engine().create_room("room-" + std::to_string(i));
  const std::uint16_t port = (*server)->port();
  if (write(told, &port, sizeof port) != sizeof port) die("write");
  char nothing = 0;
  (void)!read(ended, &nothing, 1);  // until the other end is closed
  std::_Exit(0);
}

// ---- who asks -------------------------------------------------------------------------------------------------------

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("connect");
    const int yes = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int descriptor() const { return socket_; }
  Steady::time_point asked() const { return asked_; }

  void ask(const std::string& request) {
    asked_ = Steady::now();
    head_.clear();
    left_ = 0;
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      die("send");
  }
  // Reads what there is. True when the answer is whole.
  bool read() {
    static char bytes[1 << 18];
    const ssize_t size = recv(socket_, bytes, sizeof bytes, 0);
    if (size <= 0) die("recv");
    received_ += static_cast<std::uint64_t>(size);
    if (left_ > 0) return (left_ -= size) == 0;
    head_.append(bytes, static_cast<std::size_t>(size));
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    if (!head_.starts_with("HTTP/1.1 200 ")) {
      std::fprintf(stderr, "%s\n", head_.c_str());
      std::_Exit(1);
    }
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = head_.find(kLength);
    const long body = at < end ? std::strtol(head_.c_str() + at + kLength.size(), nullptr, 10) : 0;
    left_ = body - static_cast<long>(head_.size() - end - 4);
    return left_ == 0;
  }
  std::uint64_t received() const { return received_; }

 private:
  int socket_;
  std::string head_;
  long left_ = 0;  // of a body whose beginning has come
  std::uint64_t received_ = 0;
  Steady::time_point asked_;
};

struct Figures {
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double bytes = 0;
};

// Each connection has one request under way.
Figures measure(std::uint16_t port, const Options& options, const std::function<std::string()>& next) {
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<pollfd> polled;
  for (std::uint32_t i = 0; i < options.connections; ++i) {
    connections.push_back(std::make_unique<Connection>(port));
    polled.push_back({connections.back()->descriptor(), POLLIN, 0});
    connections.back()->ask(next());
  }
  std::vector<double> latencies;
  const auto warm = Steady::now() + std::chrono::milliseconds(300);
  const auto end = warm + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options.seconds));
  for (auto now = Steady::now(); now < end; now = Steady::now()) {
    if (poll(polled.data(), polled.size(), 1000) < 0) die("poll");
    for (std::size_t i = 0; i < polled.size(); ++i) {
      Connection& connection = *connections[i];
      if ((polled[i].revents & POLLIN) == 0 || !connection.read()) continue;
      const auto answered = Steady::now();
      if (connection.asked() > warm) {
        latencies.push_back(std::chrono::duration<double, std::micro>(answered - connection.asked()).count());
      }
      connection.ask(next());
    }
  }
  std::ranges::sort(latencies);
  const auto at = [&](double part) {
    return latencies.at(static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1)));
  };
  double bytes = 0;
  for (const auto& connection : connections) bytes += static_cast<double>(connection->received());
  return {static_cast<double>(latencies.size()) / options.seconds, at(0.5), at(0.99),
          bytes / static_cast<double>(latencies.size())};
}

std::string get() {
  return "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
}

std::string post(const char* method, const std::string& token, const char* type, const std::string& body) {
  return std::string("POST /twirp/livekit.RoomService/") + method +
         " HTTP/1.1\r\nHost: bench\r\nContent-Type: " + type + "\r\nAuthorization: Bearer " + token +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void run(std::uint16_t port, const Options& options) {
  sfu::Claims claims;
  claims.video = sfu::VideoGrant{.room = "room-0", .room_create = true, .room_list = true, .room_admin = true};
  const std::string token = *sfu::make_access_token(claims, "devkey", "secret");
  const Figures bare = measure(port, options, get);
  std::printf("server on one core, %u connections, %u rooms\n", options.connections, options.rooms);
  std::printf("%-24s %10s %10s %10s %10s %8s\n", "", "a second", "p50 us", "p99 us", "bytes", "GET /");
  const auto print = [&](const std::string& what, const Figures& figures) {
    std::printf("%-24s %10.0f %10.0f %10.0f %10.0f %8.2f\n", what.c_str(), figures.per_second, figures.p50_us,
                figures.p99_us, figures.bytes, bare.per_second / figures.per_second);
    std::fflush(stdout);
  };
  print("GET /", bare);
  std::uint64_t made = 0;
  for (const bool json : {false, true}) {
    const char* type = json ? "application/json" : "application/protobuf";
    const auto body = [json](const google::protobuf::Message& message, const std::string& text) {
      return json ? text : message.SerializeAsString();
    };
    const std::string suffix = json ? " (JSON)" : " (protobuf)";
    const std::string list = post("ListRooms", token, type, body(livekit::ListRoomsRequest(), "{}"));
    print("ListRooms" + suffix, measure(port, options, [&] { return list; }));
    livekit::SendDataRequest data;
    data.set_room("room-0");
    data.set_data("0123456789abcdef");
    const std::string send =
        post("SendData", token, type, body(data, R"({"room":"room-0","data":"MDEyMzQ1Njc4OWFiY2RlZg=="})"));
    print("SendData" + suffix, measure(port, options, [&] { return send; }));
  }
  // Last: it makes more rooms.
  for (const bool json : {false, true}) {
    const auto next = [&] {
      const std::string name = "new-" + std::to_string(made++);
      livekit::CreateRoomRequest request;
      request.set_name(name);
      return post("CreateRoom", token, json ? "application/json" : "application/protobuf",
                  json ? R"({"name":")" + name + "\"}" : request.SerializeAsString());
    };
    print(json ? "CreateRoom (JSON)" : "CreateRoom (protobuf)", measure(port, options, next));
  }
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view argument = argv[i];
    const double number = std::strtod(argv[i + 1], nullptr);
    if (number <= 0) return false;
    if (argument == "--rooms") {
      options.rooms = static_cast<std::uint32_t>(number);
    } else if (argument == "--connections") {
      options.connections = static_cast<std::uint32_t>(number);
    } else if (argument == "--seconds") {
      options.seconds = number;
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: api [--rooms N] [--connections N] [--seconds S]\n");
    return 2;
  }
  int told[2];
  int ended[2];
  if (pipe(told) != 0 || pipe(ended) != 0) die("pipe");
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    close(ended[1]);
    serve(options, told[1], ended[0]);
  }
  close(told[1]);
  hold_to(0, true);
  std::uint16_t port = 0;
  if (read(told[0], &port, sizeof port) != sizeof port) return 1;
  run(port, options);
  close(ended[1]);
  waitpid(child, nullptr, 0);
  return 0;
}

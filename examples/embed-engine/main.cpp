// SPDX-License-Identifier: Apache-2.0
// A web server of your own, here of Boost.Beast, that becomes an SFU: it answers its own paths, hands what comes for
// /rtc to the engine, and lets that work on its own event loop. There is no thread but that of main().
#include <unistd.h>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast.hpp>
#include <boost/url/src.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>

#include "sfu/access_token.hpp"
#include "sfu/engine.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable, asio::ip::tcp;
using WebSocket = beast::websocket::stream<tcp::socket>;

constexpr char kKey[] = "my-key", kSecret[] = "a secret of at least 32 characters";

// Your login belongs here: who gets a token for which room is your decision.
std::string token_for(const std::string& room, const std::string& identity) {
  sfu::Claims claims;
  claims.identity = claims.name = identity;
  claims.video = sfu::VideoGrant{.room_join = true, .room = room};
  const auto token = sfu::make_access_token(claims, kKey, kSecret);
  return token ? *token : "";
}

sfu::ConnectRequest to_connect_request(const http::request<http::string_body>& from) {
  const auto url = boost::urls::parse_origin_form(from.target()).value();
  sfu::ConnectRequest request;
  request.path = url.path();
  for (const auto& [key, value, has_value] : url.params()) request.query[key] = value;
  for (const auto& line : from) request.headers[boost::to_lower_copy(std::string(line.name_string()))] = line.value();
  return request;
}

// What the engine says to one client, on its worker's thread, which is ours. writer() passes it on.
struct Client : sfu::SignalSink {
  explicit Client(const asio::any_io_executor& executor) : changed(executor, asio::steady_timer::time_point::max()) {}
  void accepted() override { status = 101, changed.cancel(); }
  void rejected(int code, std::string_view text) override { status = code, body = text, changed.cancel(); }
  void send(std::span<const std::uint8_t> message, bool text) override {
    messages.emplace_back(std::string(message.begin(), message.end()), text), changed.cancel();
  }
  void close(std::uint16_t code) override { closing = code, changed.cancel(); }
  auto change() { return changed.async_wait(asio::as_tuple(use_awaitable)); }

  asio::steady_timer changed;
  int status = 0;  // 101: the engine takes it
  std::string body;
  std::deque<std::pair<std::string, bool>> messages;
  std::uint16_t closing = 0;
};

asio::awaitable<void> writer(std::shared_ptr<WebSocket> socket, std::shared_ptr<Client> client) {
  for (;; co_await client->change()) {
    for (; !client->messages.empty(); client->messages.pop_front()) {
      socket->text(client->messages.front().second);
      co_await socket->async_write(asio::buffer(client->messages.front().first), use_awaitable);
    }
    if (client->closing != 0) co_return co_await socket->async_close(client->closing, use_awaitable);
  }
}

asio::awaitable<void> respond(tcp::socket& socket, int status, std::string body) {
  http::response<http::string_body> response(http::status(status), 11, std::move(body));
  response.keep_alive(false);
  response.prepare_payload();
  co_await http::async_write(socket, response, use_awaitable);
}

asio::awaitable<void> serve(tcp::socket socket, sfu::Engine& engine) {
  beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  parser.header_limit(256 << 10);  // a client's first offer may stand in its request line
  co_await http::async_read(socket, buffer, parser, use_awaitable);
  sfu::ConnectRequest request = to_connect_request(parser.get());
  if (request.path == "/token") {
    co_return co_await respond(socket, 200, token_for(request.query["room"], request.query["identity"]));
  }
  if (!beast::websocket::is_upgrade(parser.get())) {
    const auto verdict = engine.validate(request);
    co_return co_await respond(socket, verdict.status, verdict.body);
  }
  const auto client = std::make_shared<Client>(socket.get_executor());
  const auto session = engine.connect(request, client);  // whose end tells the engine that the client is gone
  while (client->status == 0) co_await client->change();
  if (client->status != 101) co_return co_await respond(socket, client->status, client->body);
  const auto web_socket = std::make_shared<WebSocket>(std::move(socket));
  co_await web_socket->async_accept(parser.get(), use_awaitable);
  asio::co_spawn(web_socket->get_executor(), writer(web_socket, client), asio::detached);
  for (;; buffer.clear()) {
    const auto [error, size] = co_await web_socket->async_read(buffer, asio::as_tuple(use_awaitable));
    if (error) break;
    session->receive({static_cast<const std::uint8_t*>(buffer.cdata().data()), size}, web_socket->got_text());
  }
  client->close(1000);  // ends writer()
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, sfu::Engine& engine) {
  for (const auto executor = acceptor.get_executor();;) {
    asio::co_spawn(executor, serve(co_await acceptor.async_accept(use_awaitable), engine), asio::detached);
  }
}

// The engine works whenever it has something to do.
asio::awaitable<void> drive(sfu::Engine& engine, asio::posix::stream_descriptor& work, asio::steady_timer& due) {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    engine.run_once();
    due.expires_after(engine.poll_timeout());
    co_await (work.async_wait(work.wait_read, use_awaitable) || due.async_wait(use_awaitable));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: embed-engine <TCP port of HTTP> <UDP port of media>\n"), 2;
  const auto authenticator = sfu::make_token_authenticator({{kKey, kSecret}});
  sfu::EngineOptions options;
  options.authenticator = authenticator.get();
  options.bind_addresses = {sfu::IpAddress::v4({127, 0, 0, 1})};
  options.udp_port_first = options.udp_port_last = static_cast<std::uint16_t>(std::atoi(argv[2]));
  options.host_driven = true;
  auto engine = sfu::Engine::create(std::move(options));
  if (!engine) return std::fprintf(stderr, "%s\n", engine.error().message.c_str()), 1;
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::atoi(argv[1]))});
  asio::posix::stream_descriptor work(io, dup((*engine)->poll_descriptor()));
  asio::steady_timer due(io);
  asio::co_spawn(io, accept(acceptor, **engine), asio::detached);
  asio::co_spawn(io, drive(**engine, work, due), asio::detached);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](beast::error_code, int) { io.stop(); });
  std::printf("listening on http://127.0.0.1:%s\n", argv[1]), std::fflush(stdout);
  io.run();
  (*engine)->stop();  // everybody is told; that goes out now
  acceptor.close(), work.close(), due.cancel(), io.restart();
  io.run_for(std::chrono::seconds(1));
}

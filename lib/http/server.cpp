// SPDX-License-Identifier: Apache-2.0
// The listening side and the handles. The one translation unit that sees Beast, which takes its time to compile.
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <boost/asio/ip/v6_only.hpp>

#include <thread>

#include "http/connection.hpp"

namespace sfu::http {
namespace {

tcp::endpoint to_endpoint(const SocketAddress& address) {
  const auto& bytes = address.ip.bytes();
  if (address.ip.is_v4()) {
    return {asio::ip::address_v4({bytes[12], bytes[13], bytes[14], bytes[15]}), address.port};
  }
  return {asio::ip::address_v6(bytes), address.port};
}

// Leaves some of the descriptors that the process may have to others: to accept needs one more than there are
// connections, and who cannot accept cannot choose whom to close.
std::size_t affordable(std::size_t connections) {
  constexpr rlim_t kOthers = 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return connections;
  const rlim_t others = std::min(limit.rlim_cur / 2, std::max(limit.rlim_cur / 8, kOthers));
  return std::min<std::size_t>(connections, limit.rlim_cur - others);
}

}  // namespace

class Server::Impl {
 public:
  Impl(Config config, Handlers handlers)
      : core_(std::make_shared<Core>(std::move(config), std::move(handlers))),
        work_(asio::make_work_guard(core_->io)) {}
  ~Impl() { stop(Duration::zero()); }

  Result<void> listen() {
    if (core_->config.addresses.empty()) return listen_everywhere(core_->config.port);
    for (const SocketAddress& address : core_->config.addresses) {
      const beast::error_code error = listen_on(address);
      // Development binds both loopback addresses, wherever it is.
      if (!addresses_.empty() && address.ip.is_loopback() && is_without(error)) continue;
      SFU_CHECK_OK(check(error, address));
    }
    return {};
  }

  void run() {
    for (const auto& listener : listeners_) accept(*listener);
    for (int i = 0; i < std::max(1, core_->config.threads); ++i) {
      threads_.emplace_back([core = core_] { core->io.run(); });
    }
  }

  void stop(Duration grace) {
    if (std::exchange(stop_begun_, true)) return;
    core_->shut_down_sessions();
    for (const auto& listener : listeners_) {
      core_->post(listener->acceptor.get_executor(), [listener = listener.get()] {
        beast::error_code ignored;
        listener->acceptor.close(ignored);  // NOLINT(bugprone-unused-return-value)
        listener->retry.cancel();
      });
    }
    if (!threads_.empty() && !core_->wait_until_empty(grace)) {
      core_->abort_sessions();
      core_->wait_until_empty(std::chrono::seconds(5));
    }
    // From here on nothing is queued; what is there runs, and the threads end by themselves.
    core_->set_stopped();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    core_->handlers = {};
  }

  const std::vector<SocketAddress>& addresses() const { return addresses_; }
  std::size_t connections() const { return core_->size(); }

 private:
  struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(asio::make_strand(io)), retry(acceptor.get_executor()) {}
    tcp::acceptor acceptor;
    asio::steady_timer retry;
  };

  Result<void> listen_everywhere(std::uint16_t port) {
    const SocketAddress any_v4{IpAddress::v4({0, 0, 0, 0}), port};
    SFU_CHECK_OK(check(listen_on(any_v4), any_v4));
    const SocketAddress any_v6{IpAddress(), addresses_.front().port};
    const beast::error_code error = listen_on(any_v6);
    return is_without(error) ? Result<void>() : check(error, any_v6);
  }

  // The machine has no IPv6: of containers, mostly.
  static bool is_without(beast::error_code error) {
    return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
  }

  beast::error_code listen_on(const SocketAddress& address) {
    auto listener = std::make_unique<Listener>(core_->io);
    beast::error_code error;
    const tcp::endpoint endpoint = to_endpoint(address);
    tcp::acceptor& acceptor = listener->acceptor;
    // NOLINTBEGIN(bugprone-unused-return-value): they return the error that they also set
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && !address.ip.is_v4()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    // NOLINTEND(bugprone-unused-return-value)
    if (error) return error;
    addresses_.push_back(to_address(acceptor.local_endpoint(error)));
    listeners_.push_back(std::move(listener));
    return error;
  }
  static Result<void> check(beast::error_code error, const SocketAddress& address) {
    if (!error) return {};
    return fail(Errc::kUnavailable, "cannot listen on TCP " + address.to_string() + ": " + error.message());
  }

  void accept(Listener& listener) {
    listener.acceptor.async_accept(asio::make_strand(core_->io),
                                   [this, &listener](beast::error_code error, tcp::socket socket) {
                                     if (!listener.acceptor.is_open()) return;
                                     if (error) return retry(listener, error);
                                     welcome(std::move(socket));
                                     accept(listener);
                                   });
  }

  // Out of descriptors, mostly: to ask again at once would spin.
  void retry(Listener& listener, beast::error_code error) {
    core_->config.log.warn("cannot accept a connection", {{"error", error.message()}});
    listener.retry.expires_after(std::chrono::milliseconds(100));
    listener.retry.async_wait([this, &listener](beast::error_code cancelled) {
      if (!cancelled && listener.acceptor.is_open()) accept(listener);
    });
  }

  void welcome(tcp::socket socket) {
    beast::error_code error;
    const tcp::endpoint remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const auto connection = std::make_shared<Connection>(core_, std::move(socket), to_address(remote));
    if (core_->add(connection.get(), connection, to_address(remote).ip)) connection->run();
  }

  std::shared_ptr<Core> core_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<SocketAddress> addresses_;
  std::vector<std::thread> threads_;
  bool stop_begun_ = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::create(Config config, Handlers handlers) {
  config.connection_limit = affordable(config.connection_limit);
  auto impl = std::make_unique<Impl>(std::move(config), std::move(handlers));
  SFU_CHECK_OK(impl->listen());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::stop(Duration grace) {
  impl_->stop(grace);
}
const std::vector<SocketAddress>& Server::addresses() const {
  return impl_->addresses();
}
std::size_t Server::connections() const {
  return impl_->connections();
}

void Responder::operator()(Response response) const {
  if (const auto connection = state_->take()) connection->answer(std::move(response));
}

void Upgrade::accept(WebSocketCallbacks callbacks, std::function<void(WebSocket)> opened,
                     std::function<void()> failed) const {
  std::shared_ptr<Connection> connection;
  if (!state_->claim(connection)) return;
  if (connection) return connection->accept(std::move(callbacks), std::move(opened), std::move(failed));
  if (failed) failed();
}

void Upgrade::reject(int status, std::string body) const {
  if (const auto connection = state_->take()) connection->answer({.status = status, .body = std::move(body)});
}

void WebSocket::send_text(std::string message) const {
  if (!state_) return;
  if (const auto session = state_->session()) session->send(std::move(message), /*binary=*/false);
}

void WebSocket::send_binary(std::string message) const {
  if (!state_) return;
  if (const auto session = state_->session()) session->send(std::move(message), /*binary=*/true);
}

void WebSocket::close(std::uint16_t code, std::string reason) const {
  if (!state_) return;
  if (const auto session = state_->session()) session->close(code, std::move(reason));
}

}  // namespace sfu::http

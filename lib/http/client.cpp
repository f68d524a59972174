// SPDX-License-Identifier: Apache-2.0
// Requests wait for a connection to their origin, and take one that another left open.
#include "http/client.hpp"

#include <deque>
#include <map>
#include <thread>
#include <vector>

#include "http/client_connection.hpp"

namespace sfu::http {

class Client::Impl {
 public:
  explicit Impl(ClientConfig config)
      : config_(std::move(config)), tls_(asio::ssl::context::tls_client), work_(asio::make_work_guard(io_)) {}
  ~Impl() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> begin() {
    SFU_CHECK_OK(trust_authorities(tls_, config_.ca_file, config_.verify_server));
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }

  void request(wire::verb verb, const std::string& text, const Headers& headers, std::string body,
               std::function<void(Result<ClientResponse>)> done, std::optional<Duration> timeout) {
    auto url = Url::parse(text, "http", "https");
    if (!url) {
      return asio::post(io_, [done = std::move(done), text] {
        done(sfu::fail(Errc::kInvalidArgument, "not an http:// or https:// URL: " + text));
      });
    }
    wire::request<wire::string_body> request(verb, url->target, 11, std::move(body));
    request.set(wire::field::host, url->authority());
    for (const auto& [name, value] : headers) request.set(name, value);
    request.prepare_payload();
    ClientJob waiting{*std::move(url), std::move(request), std::move(done), timeout.value_or(config_.timeout)};
    asio::post(io_, [this, job = std::move(waiting)]() mutable {
      const std::string name = (job.url.tls ? "https://" : "http://") + job.url.authority();
      Origin& origin = origins_[name];
      origin.waiting.push_back(std::move(job));
      serve(name, origin);
    });
  }

 private:
  struct Origin {
    std::vector<std::shared_ptr<ClientConnection>> idle;
    std::size_t busy = 0;
    std::deque<ClientJob> waiting;
  };

  void serve(const std::string& name, Origin& origin) {
    while (!origin.waiting.empty() && origin.busy < config_.connections_per_origin) {
      ClientJob job = std::move(origin.waiting.front());
      origin.waiting.pop_front();
      ++origin.busy;
      auto connection = take_idle(origin);
      if (connection == nullptr) connection = make_connection(name, job.url.tls);
      connection->perform(std::move(job));
    }
    if (origin.busy == 0 && origin.idle.empty()) origins_.erase(name);
  }

  static std::shared_ptr<ClientConnection> take_idle(Origin& origin) {
    while (!origin.idle.empty()) {
      auto connection = std::move(origin.idle.back());
      origin.idle.pop_back();
      if (connection->reusable()) return connection;
      connection->close();
    }
    return nullptr;
  }

  std::shared_ptr<ClientConnection> make_connection(const std::string& name, bool tls) {
    ConnectionFree free = [this, name](std::shared_ptr<ClientConnection> connection, bool reusable) {
      Origin& origin = origins_.at(name);
      --origin.busy;
      if (reusable) rest(name, origin, std::move(connection));
      serve(name, origin);
    };
    if (tls) {
      using Tls = beast::ssl_stream<beast::tcp_stream>;
      return std::make_shared<ConnectionOver<Tls>>(config_, std::move(free), io_, tls_);
    }
    return std::make_shared<ConnectionOver<beast::tcp_stream>>(config_, std::move(free), io_);
  }

  void rest(const std::string& name, Origin& origin, std::shared_ptr<ClientConnection> connection) {
    connection->rest(config_.idle_timeout, [this, name, expired = connection.get()] {
      const auto at = origins_.find(name);
      if (at == origins_.end()) return;
      std::erase_if(at->second.idle, [&](const auto& idle) { return idle.get() == expired; });
      serve(name, at->second);
    });
    origin.idle.push_back(std::move(connection));
  }

  const ClientConfig config_;
  asio::ssl::context tls_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::map<std::string, Origin> origins_;
  std::thread thread_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::create(ClientConfig config) {
  auto impl = std::make_unique<Impl>(std::move(config));
  SFU_CHECK_OK(impl->begin());
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

void Client::post(const std::string& url, const Headers& headers, std::string body,
                  std::function<void(Result<ClientResponse>)> done, std::optional<Duration> timeout) {
  impl_->request(wire::verb::post, url, headers, std::move(body), std::move(done), timeout);
}

void Client::get(const std::string& url, std::function<void(Result<ClientResponse>)> done) {
  impl_->request(wire::verb::get, url, {}, {}, std::move(done), std::nullopt);
}

}  // namespace sfu::http

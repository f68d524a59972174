// SPDX-License-Identifier: Apache-2.0
#include "fleet.hpp"

#include "client/signal_url.hpp"
#include "net/listen_addresses.hpp"
#include "sfu/access_token.hpp"

namespace sfu::load {
namespace {

constexpr Duration kJoinTimeout = std::chrono::seconds(30);
constexpr Bitrate kVideo{1'900'000};
constexpr Bitrate kAudio{32'000};

bool is_loopback(const std::string& base) {
  for (const char* host : {"://127.", "://localhost", "://[::1]"}) {
    if (base.find(host) != std::string::npos) return true;
  }
  return false;
}

Result<IpAddress> own_address(const Options& options, const std::string& base) {
  if (!options.address.empty()) return IpAddress::parse(options.address);
  if (is_loopback(base)) return IpAddress::v4({127, 0, 0, 1});
  SFU_TRY(const auto addresses, net::listen_addresses({}));
  return addresses.front();
}

std::string publisher_name(unsigned number) {
  return "publisher-" + std::to_string(number);
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::create(const Options& options, const Scenario& scenario, const std::string& url) {
  auto fleet = std::unique_ptr<Fleet>(new Fleet(options, scenario));
  SFU_CHECK_OK(fleet->open(url));
  return fleet;
}

Fleet::~Fleet() {
  for (const auto& lane : lanes_) lane->leave_all();
}

Result<void> Fleet::open(const std::string& url) {
  SFU_TRY(const std::string base, client::base_url(url));
  SFU_TRY(auto certificate, dtls::Certificate::make());
  certificate_ = std::make_unique<dtls::Certificate>(std::move(certificate));
  joins_ = std::make_unique<std::counting_semaphore<>>(options_.at_once);
  SFU_TRY(terms_.address, own_address(options_, base));
  terms_.url = url;
  terms_.two_connections = options_.two_connections;
  terms_.joined_reads = options_.joined_reads;
  terms_.codec = options_.codec;
  terms_.simulcast = scenario_.simulcast;
  terms_.messages_per_second = options_.messages_per_second;
  terms_.message_size = options_.message_size;
  terms_.lossy = options_.lossy;
  terms_.certificate = certificate_.get();
  terms_.joins = joins_.get();
  SystemRandom random;
  run_ = "load-" + random.text(6, "abcdefghijklmnopqrstuvwxyz0123456789");
  for (unsigned i = 0; i < options_.threads; ++i) {
    SFU_TRY(auto lane, Lane::start(terms_));
    lanes_.push_back(std::move(lane));
  }
  return {};
}

Role Fleet::role(unsigned room, const std::string& identity) const {
  Role role;
  role.room = run_ + "-" + std::to_string(room);
  role.identity = identity;
  Claims claims;
  claims.identity = identity;
  claims.video = VideoGrant{.room_join = true, .room = role.room};
  if (auto token = make_access_token(claims, options_.api_key, options_.api_secret)) role.token = *std::move(token);
  return role;
}

Result<void> Fleet::take_turn() {
  if (joins_->try_acquire_for(kJoinTimeout)) return {};
  return fail(Errc::kTimeout, "of " + std::to_string(joined_) + " joins none came to an end in 30 s");
}

void Fleet::join(Role role) {
  lanes_[joined_++ % lanes_.size()]->join(std::move(role));
}

Result<void> Fleet::join_publisher(unsigned room, unsigned number) {
  SFU_CHECK_OK(take_turn());
  Role wanted = role(room, publisher_name(number));
  if (scenario_.video) wanted.video = options_.bitrate.value_or(kVideo);
  if (scenario_.audio) wanted.audio = scenario_.video ? kAudio : options_.bitrate.value_or(kAudio);
  wanted.data = scenario_.data;
  wanted.subscribes = scenario_.publishers_subscribe;
  wanted.looks_at_speaker = scenario_.speakers;
  join(std::move(wanted));
  return {};
}

Result<void> Fleet::join_subscriber(unsigned room, unsigned number) {
  SFU_CHECK_OK(take_turn());
  join(role(room, "subscriber-" + std::to_string(number)));
  return {};
}

void Fleet::join_visitor(unsigned number) {
  if (!joins_->try_acquire()) return;  // the server does not keep up, which the figures will tell
  Role wanted = role(0, "visitor-" + std::to_string(number));
  wanted.stay = options_.stay;
  join(std::move(wanted));
}

Result<void> Fleet::wait_for_joins() {
  for (unsigned i = 0; i < options_.at_once; ++i) SFU_CHECK_OK(take_turn());
  joins_->release(options_.at_once);
  return {};
}

void Fleet::set_speaker(unsigned number) {
  for (const auto& lane : lanes_) lane->set_speaker(publisher_name(number));
}

void Fleet::begin_measuring() {
  for (const auto& lane : lanes_) lane->begin_measuring();
}

void Fleet::stop_sending() {
  for (const auto& lane : lanes_) lane->stop_sending();
}

Figures Fleet::figures() {
  Figures sum;
  for (const auto& lane : lanes_) sum += lane->figures();
  return sum;
}

}  // namespace sfu::load

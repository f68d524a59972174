// SPDX-License-Identifier: Apache-2.0
// Reaching the server: URLs, the signalling link, recovery.
#include <doctest/doctest.h>

#include "auth/base64url.hpp"
#include "client/recovery.hpp"
#include "client/signal_link.hpp"
#include "client/signal_url.hpp"

using namespace sfu;
using namespace sfu::client;
using namespace std::chrono_literals;

TEST_CASE("server URLs are taken with or without a path, as ws or http") {
  CHECK(*base_url("ws://host:7880") == "ws://host:7880");
  CHECK(*base_url("https://host/live/") == "wss://host/live");
  CHECK(*base_url("http://[::1]:80") == "ws://[::1]:80");
  CHECK(base_url("host:7880").error().code == Errc::kInvalidArgument);
  CHECK(base_url("ftp://host").error().code == Errc::kInvalidArgument);
  CHECK(base_url("ws://").error().code == Errc::kInvalidArgument);
}

TEST_CASE("signalling 1.3: a resume over /rtc names the session and the reason; a join does not") {
  const std::string join = v0_url("ws://h", {.auto_subscribe = false, .version = "1 2"}, std::nullopt);
  CHECK(join.starts_with("ws://h/rtc?"));
  CHECK(join.find("auto_subscribe=0") != std::string::npos);
  CHECK(join.find("version=1%202") != std::string::npos);
  CHECK(join.find("reconnect") == std::string::npos);
  const std::string resume = v0_url("ws://h", {}, ResumeOf{"PA_x", livekit::RR_PUBLISHER_FAILED});
  CHECK(resume.find("reconnect=1&sid=PA_x&reconnect_reason=2") != std::string::npos);
}

TEST_CASE("signalling 1.4: the join request of /rtc/v1 carries settings and the first offer, padded base64url") {
  livekit::SessionDescription offer;
  offer.set_sdp("v=0");
  offer.set_id(1);
  const std::string url = v1_url("ws://h", {.attributes = {{"a", "b"}}}, std::nullopt, offer);
  const std::string prefix = "ws://h/rtc/v1?join_request=";
  REQUIRE(url.starts_with(prefix));
  std::string value = url.substr(prefix.size());
  while (value.ends_with("%3D")) value.replace(value.size() - 3, 3, "=");
  CHECK(value.size() % 4 == 0);
  const auto bytes = auth::decode_base64url(value, auth::Padding::kOptional);
  REQUIRE(bytes);
  livekit::WrappedJoinRequest wrapped;
  REQUIRE(wrapped.ParseFromString(*bytes));
  livekit::JoinRequest join;
  REQUIRE(join.ParseFromString(wrapped.join_request()));
  CHECK(join.client_info().sdk() == livekit::ClientInfo::CPP);
  CHECK(join.client_info().client_protocol() == 2);
  CHECK(join.connection_settings().auto_subscribe());
  CHECK(join.publisher_offer().sdp() == "v=0");
  CHECK(join.participant_attributes().at("a") == "b");
}

TEST_CASE("[signalling 1.7] both pings go out at the interval; a server that is silent for the timeout is given up") {
  SignalLink link;
  SignalActions actions;
  Instant now{100s};
  link.dial(now, "ws://h", "token", actions);
  REQUIRE(actions.size() == 1);
  const std::uint32_t attempt = std::get<Dial>(actions[0]).attempt;
  CHECK(link.deadline() == now + 15s);
  CHECK(link.opened(now, attempt));
  CHECK(link.deadline() == now + 5s);
  CHECK(link.received(now, attempt));
  link.establish(now, 5s, 15s);
  actions.clear();

  CHECK(link.advance(now += 5s, actions));
  REQUIRE(actions.size() == 2);
  livekit::SignalRequest old_form;
  livekit::SignalRequest new_form;
  REQUIRE(old_form.ParseFromString(std::get<SendSignal>(actions[0]).bytes));
  REQUIRE(new_form.ParseFromString(std::get<SendSignal>(actions[1]).bytes));
  CHECK(old_form.ping() == new_form.ping_req().timestamp());
  livekit::Pong pong;
  pong.set_last_ping_timestamp(new_form.ping_req().timestamp());
  link.on_pong(now + 30ms, pong);
  CHECK(link.round_trip() == 30ms);

  CHECK(link.received(now, attempt));
  CHECK(link.advance(now + 14s, actions));
  CHECK_FALSE(link.advance(now + 15s, actions));
}

TEST_CASE("news of an attempt that was given up is left out") {
  SignalLink link;
  SignalActions actions;
  Instant now{1s};
  link.dial(now, "ws://h", "t", actions);
  const std::uint32_t first = std::get<Dial>(actions.back()).attempt;
  link.dial(now, "ws://h", "t", actions);
  const std::uint32_t second = std::get<Dial>(actions.back()).attempt;
  CHECK(std::holds_alternative<HangUp>(actions[1]));
  CHECK_FALSE(link.opened(now, first));
  CHECK_FALSE(link.ended(first));
  CHECK(link.opened(now, second));
  CHECK_FALSE(link.received(now, first));
  CHECK(link.ended(second));
  CHECK_FALSE(link.open());
}

TEST_CASE("attempts come further and further apart, and end; a rejoin stays a rejoin until something succeeds") {
  SeededRandom random(1);
  Recovery recovery(Recovery::default_delays(), random);
  recovery.succeeded();
  Instant now{10s};
  CHECK(*recovery.schedule(now, Way::kResume) == now);
  CHECK(*recovery.schedule(now, Way::kResume) == now + 300ms);
  CHECK(recovery.way() == Way::kResume);
  CHECK(*recovery.schedule(now, Way::kRejoin) >= now + 1200ms);
  CHECK(recovery.way() == Way::kRejoin);
  CHECK(recovery.schedule(now, Way::kResume).has_value());
  CHECK(recovery.way() == Way::kRejoin);
  for (int i = 0; i < 6; ++i) {
    const auto due = recovery.schedule(now, Way::kResume);
    REQUIRE(due);
    CHECK(*due < now + 8s);
  }
  CHECK_FALSE(recovery.schedule(now, Way::kResume));
  recovery.succeeded();
  CHECK(recovery.way() == Way::kResume);
  CHECK(*recovery.schedule(now, Way::kResume) == now);
}

TEST_CASE("whoever never got in is told after three more attempts") {
  SeededRandom random(1);
  Recovery recovery(Recovery::default_delays(), random);
  const Instant now{10s};
  for (int i = 0; i < 3; ++i) CHECK(recovery.schedule(now, Way::kRejoin).has_value());
  CHECK_FALSE(recovery.schedule(now, Way::kRejoin).has_value());
}

// SPDX-License-Identifier: Apache-2.0
#include "signal/connect.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include "auth/base64url.hpp"
#include "signal/grants.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'700'000'000s};

const Authenticator& authenticator() {
  static const auto made = make_token_authenticator({{"devkey", "secret"}});
  return *made;
}

Claims joining(std::string identity = "alice", std::string room = "stage") {
  Claims claims;
  claims.identity = std::move(identity);
  claims.expires_at = kNow + 1h;
  auto& video = claims.video.emplace();
  video.room_join = true;
  video.room = std::move(room);
  return claims;
}

std::string token_for(const Claims& claims) {
  return authenticator().refresh(claims, kNow, 1h);
}

ConnectRequest request_of(std::string path, std::map<std::string, std::string> query) {
  ConnectRequest request;
  request.path = std::move(path);
  request.query = std::move(query);
  request.remote_address = "192.0.2.7";
  return request;
}

ConnectRequest with_token(const Claims& claims, std::map<std::string, std::string> query = {},
                          std::string path = "/rtc") {
  query["access_token"] = token_for(claims);
  return request_of(std::move(path), std::move(query));
}

// `answer` as "401 text"; "plan" when it is let in.
std::string answer(const Rejection& rejection) {
  return std::to_string(rejection.status) + " " + rejection.body;
}

std::string prepare_answer(const ConnectRequest& request, const RoomAvailable& available = {}) {
  const auto result = prepare(request, authenticator(), kNow, {.available = available});
  if (const auto* rejection = std::get_if<Rejection>(&result)) return answer(*rejection);
  return "plan";
}

std::string validate_answer(const ConnectRequest& request) {
  return answer(validate(request, authenticator(), kNow));
}

ConnectPlan plan_of(const ConnectRequest& request) {
  auto result = prepare(request, authenticator(), kNow);
  REQUIRE_MESSAGE(std::holds_alternative<ConnectPlan>(result), prepare_answer(request));
  return std::get<ConnectPlan>(std::move(result));
}

std::string gzip(const std::string& plain) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string wrap(const std::string& bytes, livekit::WrappedJoinRequest::Compression compression) {
  livekit::WrappedJoinRequest wrapped;
  wrapped.set_compression(compression);
  wrapped.set_join_request(bytes);
  return auth::encode_base64url(wrapped.SerializeAsString());
}

livekit::JoinRequest small_join() {
  livekit::JoinRequest join;
  join.mutable_client_info()->set_sdk(livekit::ClientInfo::JS);
  join.mutable_client_info()->set_protocol(17);
  join.mutable_publisher_offer()->set_type("offer");
  join.mutable_publisher_offer()->set_id(1);
  return join;
}

std::string plain_join(const livekit::JoinRequest& join) {
  return wrap(join.SerializeAsString(), livekit::WrappedJoinRequest::NONE);
}

constexpr auto kNoPermissions = "401 no permissions to access the room";

}  // namespace

TEST_CASE("[S-001][C-024] a request for /rtc that wants no WebSocket is 404 and empty, unless its token is bad") {
  for (const std::string path : {"/rtc", "/rtc/v1"}) {
    CHECK(answer(refuse_plain(request_of(path, {}), authenticator(), kNow)) == "404 ");
    CHECK(answer(refuse_plain(with_token(joining(), {}, path), authenticator(), kNow)) == "404 ");
    CHECK(answer(refuse_plain(request_of(path, {{"access_token", "bad"}}), authenticator(), kNow)) ==
          "401 invalid authorization token");
  }
}

TEST_CASE("[S-002][C-018] validate answers success to a good token on both paths") {
  CHECK(validate_answer(with_token(joining(), {}, "/rtc/validate")) == "200 success");
  CHECK(validate_answer(with_token(joining(), {{"join_request", plain_join(small_join())}}, "/rtc/v1/validate")) ==
        "200 success");
}

TEST_CASE("[S-003][C-019][C-022][C-023] each failing check has its status and text") {
  const auto token_error = [](std::string token) {
    return prepare_answer(request_of("/rtc", {{"access_token", token}}));
  };
  CHECK(token_error("garbage") == "401 invalid authorization token");
  CHECK(prepare_answer(request_of("/rtc", {})) == kNoPermissions);

  const auto stranger = make_token_authenticator({{"stranger", "secret"}});
  CHECK(token_error(stranger->refresh(joining(), kNow, 1h)) == "401 invalid API key");
  const auto forger = make_token_authenticator({{"devkey", "guess"}});
  CHECK(token_error(forger->refresh(joining(), kNow, 1h)).starts_with("401 invalid authorization token: "));
  CHECK(
      token_error(authenticator().refresh(joining(), kNow - 2h, 1h)).starts_with("401 invalid authorization token: "));

  Claims claims = joining();
  claims.video.reset();
  CHECK(prepare_answer(with_token(claims)) == kNoPermissions);

  CHECK(prepare_answer(with_token(joining(), {}, "/rtc/v1")) == "400 join_request is required");
  const auto join_error = [](std::string join) {
    return prepare_answer(with_token(joining(), {{"join_request", std::move(join)}}, "/rtc/v1"));
  };
  using livekit::WrappedJoinRequest;
  CHECK(join_error("***") == "400 cannot base64 decode wrapped join request");
  CHECK(join_error(auth::encode_base64url("\xff\xff")) == "400 cannot unmarshal wrapped join request");
  CHECK(join_error(wrap("no gzip", WrappedJoinRequest::GZIP)) == "400 cannot read decompressed join request");
  CHECK(join_error(wrap("\xff\xff", WrappedJoinRequest::NONE)) == "400 cannot unmarshal join request");

  claims = joining();
  claims.video->room_join = false;
  CHECK(prepare_answer(with_token(claims)) == "401 permissions denied");
  CHECK(prepare_answer(with_token(joining(""))) == "400 identity cannot be empty");
  CHECK(prepare_answer(with_token(joining(std::string(256, 'i')))) == "plan");
  CHECK(prepare_answer(with_token(joining(std::string(257, 'i')))) ==
        "400 participant identity length exceeds limits: max length 256");
  CHECK(prepare_answer(with_token(joining("alice", ""))) == "400 no room name");
  CHECK(prepare_answer(with_token(joining("alice", std::string(257, 'r')))) ==
        "400 room name length exceeds limits: max length 256");

  claims = joining();
  claims.video->can_publish = false;
  CHECK(prepare_answer(with_token(claims, {{"publish", "screen"}})) == kNoPermissions);

  auto join = small_join();
  join.set_metadata("mine");
  CHECK(prepare_answer(with_token(joining(), {{"join_request", plain_join(join)}})) == kNoPermissions);
  const auto attributes = auth::encode_base64url(R"({"a":"b"})");
  CHECK(prepare_answer(with_token(joining(), {{"attributes", attributes}})) == kNoPermissions);
}

TEST_CASE("[S-003] the checks come in the order of the protocol") {
  // Everything is wrong at once; then one after the other is put right.
  Claims claims = joining("", "");
  claims.video->room_join = false;
  claims.video->can_publish = false;
  auto request = with_token(claims, {{"publish", "x"}, {"attributes", "*"}}, "/rtc/validate");
  request.headers["authorization"] = "Basic x";
  CHECK(validate_answer(request) == "401 invalid authorization header. Must start with Bearer ");
  request.headers.clear();
  CHECK(validate_answer(request) == "400 cannot decode attributes");
  request.query["attributes"] = auth::encode_base64url(R"({"a":"b"})");
  CHECK(validate_answer(request) == "401 permissions denied");

  const auto again = [&](auto change) {
    change(claims);
    request.query["access_token"] = token_for(claims);
    return validate_answer(request);
  };
  CHECK(again([](Claims& c) { c.video->room_join = true; }) == "400 identity cannot be empty");
  CHECK(again([](Claims& c) { c.identity = "alice"; }) == "400 no room name");
  CHECK(again([](Claims& c) { c.video->room = "stage"; }) == kNoPermissions);      // publish
  CHECK(again([](Claims& c) { c.video->can_publish = true; }) == kNoPermissions);  // attributes
  CHECK(again([](Claims& c) { c.video->can_update_own_metadata = true; }) == "200 success");
}

TEST_CASE("[C-021] a room that is not there is 404 where joining makes none, before own metadata is looked at") {
  const RoomAvailable nothing = [](const std::string&) { return false; };
  const RoomAvailable everything = [](const std::string&) { return true; };
  const auto attributes = auth::encode_base64url(R"({"a":"b"})");
  Claims claims = joining();
  CHECK(prepare_answer(with_token(claims), everything) == "plan");
  CHECK(prepare_answer(with_token(claims, {{"attributes", attributes}}), nothing) ==
        "404 requested room does not exist");
  claims.video->room_create = true;
  CHECK(prepare_answer(with_token(claims), nothing) == "plan");
  CHECK(plan_of(with_token(claims)).may_create_room);
}

TEST_CASE("attributes that cannot be read are ignored by a join") {
  for (const std::string bad : {"*", "e30", "W10", "eyJhIjp7fX0"}) {
    CAPTURE(bad);
    const auto plan = plan_of(with_token(joining(), {{"attributes", bad}}));
    CHECK(plan.join.attributes.empty());
  }
}

TEST_CASE("metadata over the limit fails the session, which validate does not foresee") {
  Claims claims = joining();
  claims.metadata = std::string(512 * 1024 + 1, 'm');
  CHECK(prepare_answer(with_token(claims)).starts_with("500 connection closed by media"));
  CHECK(validate_answer(with_token(claims)) == "200 success");
}

TEST_CASE("[S-004][C-006] the header's token beats the query's, and its prefix is exact") {
  auto request = with_token(joining("query"));
  request.headers["authorization"] = "Bearer " + token_for(joining("header"));
  CHECK(plan_of(request).join.identity == "header");
  // The query's token, which is good, is not asked.
  for (const std::string prefix : {"bearer ", "BEARER ", "Bearer", "Basic "}) {
    request.headers["authorization"] = prefix + token_for(joining());
    CHECK(prepare_answer(request) == "401 invalid authorization header. Must start with Bearer ");
  }
}

TEST_CASE("[S-006] /rtc/v1 needs a join_request, and /rtc with one runs a single connection") {
  CHECK(prepare_answer(with_token(joining(), {}, "/rtc/v1")) == "400 join_request is required");
  const auto join = plain_join(small_join());
  CHECK(plan_of(with_token(joining(), {{"join_request", join}}, "/rtc/v1")).join.single_peer_connection);
  CHECK(plan_of(with_token(joining(), {{"join_request", join}}, "/rtc")).join.single_peer_connection);
  CHECK_FALSE(plan_of(with_token(joining())).join.single_peer_connection);
}

TEST_CASE("[C-020] an empty join request is one too") {
  CHECK(validate_answer(with_token(joining(), {}, "/rtc/v1/validate")) == "400 join_request is required");
  CHECK(validate_answer(with_token(joining(), {{"join_request", "EgA="}}, "/rtc/v1/validate")) == "200 success");
  CHECK(validate_answer(with_token(joining(), {{"join_request", "E!A="}}, "/rtc/v1/validate")) ==
        "400 cannot base64 decode wrapped join request");
}

TEST_CASE("limits of names are the server's, and 0 is none") {
  JoinRules rules;
  rules.limits.identity = 3;
  rules.limits.room_name = 0;
  rules.limits.metadata = 4;
  const auto told = [&](const Claims& claims) {
    const auto result = prepare(with_token(claims), authenticator(), kNow, rules);
    const auto* rejection = std::get_if<Rejection>(&result);
    return rejection != nullptr ? answer(*rejection) : "plan";
  };
  CHECK(told(joining("bob", std::string(10'000, 'r'))) == "plan");
  CHECK(told(joining("alice")) == "400 participant identity length exceeds limits: max length 3");
  Claims claims = joining("bob");
  claims.metadata = "12345";
  CHECK(told(claims) == "500 connection closed by media: metadata exceeds the limit of 4 bytes");
}

TEST_CASE("[C-095] a server at its limit lets nobody in, after all that is wrong with the request itself") {
  JoinRules rules;
  rules.node_full = [] { return true; };
  const auto told = [&](const Claims& claims) {
    return answer(validate(with_token(claims, {}, "/rtc/validate"), authenticator(), kNow, rules));
  };
  CHECK(told(joining()) == "503 node has exceeded its configured limit");
  CHECK(told(joining("")) == "400 identity cannot be empty");
}

TEST_CASE("[S-007] a join_request may be plain or gzipped, padded or not, and not over 1 MiB inflated") {
  using livekit::WrappedJoinRequest;
  auto join = small_join();
  join.add_add_track_requests()->set_cid("camera");
  const auto plain = join.SerializeAsString();
  for (std::string parameter : {wrap(plain, WrappedJoinRequest::NONE), wrap(gzip(plain), WrappedJoinRequest::GZIP)}) {
    const auto request = [&] { return with_token(joining(), {{"join_request", parameter}}, "/rtc/v1"); };
    const auto plan = plan_of(request());
    REQUIRE(plan.join.offer.has_value());
    CHECK(plan.join.offer->id() == 1);
    REQUIRE(plan.join.add_tracks.size() == 1);
    CHECK(plan.join.add_tracks[0].cid() == "camera");
    CHECK(plan.join.client.protocol() == 17);
    while (parameter.size() % 4 != 0) parameter += '=';
    CHECK(prepare_answer(request()) == "plan");
  }

  join.mutable_publisher_offer()->set_sdp(std::string(1024 * 1024, 's'));
  const auto large = join.SerializeAsString();
  for (const auto& parameter : {wrap(large, WrappedJoinRequest::NONE), wrap(gzip(large), WrappedJoinRequest::GZIP)}) {
    CHECK(prepare_answer(with_token(joining(), {{"join_request", parameter}}, "/rtc/v1")) ==
          "400 join request too large");
  }
  // Cut short, it never ends.
  const auto cut = gzip(plain).substr(0, 12);
  CHECK(prepare_answer(with_token(joining(), {{"join_request", wrap(cut, WrappedJoinRequest::GZIP)}}, "/rtc/v1")) ==
        "400 cannot read decompressed join request");
}

TEST_CASE("v1 subscribes only if it is asked to, v0 unless it is told not to") {
  CHECK(plan_of(with_token(joining())).join.auto_subscribe);
  CHECK(plan_of(with_token(joining(), {{"auto_subscribe", "true"}})).join.auto_subscribe);
  CHECK_FALSE(plan_of(with_token(joining(), {{"auto_subscribe", "0"}})).join.auto_subscribe);
  CHECK_FALSE(plan_of(with_token(joining(), {{"auto_subscribe", "yes"}})).join.auto_subscribe);

  auto join = small_join();
  CHECK_FALSE(plan_of(with_token(joining(), {{"join_request", plain_join(join)}})).join.auto_subscribe);
  join.mutable_connection_settings()->set_auto_subscribe(true);
  join.mutable_connection_settings()->set_adaptive_stream(true);
  const auto plan = plan_of(with_token(joining(), {{"join_request", plain_join(join)}}));
  CHECK(plan.join.auto_subscribe);
  CHECK(plan.join.adaptive_stream);
}

TEST_CASE("[S-061] whether tracks may be paused: v0 may leave it to the server, in v1 unset is no") {
  const auto in_v0 = [](const char* value) {
    return plan_of(with_token(joining(), {{"subscriber_allow_pause", value}})).join.subscriber_allow_pause;
  };
  CHECK_FALSE(plan_of(with_token(joining())).join.subscriber_allow_pause.has_value());
  CHECK(in_v0("1") == true);
  CHECK(in_v0("true") == true);
  CHECK(in_v0("0") == false);
  CHECK(in_v0("false") == false);

  auto join = small_join();
  const auto in_v1 = [&] {
    return plan_of(with_token(joining(), {{"join_request", plain_join(join)}})).join.subscriber_allow_pause;
  };
  CHECK(in_v1() == false);
  join.mutable_connection_settings()->set_adaptive_stream(true);
  CHECK(in_v1() == false);
  join.mutable_connection_settings()->set_subscriber_allow_pause(true);
  CHECK(in_v1() == true);
}

TEST_CASE("[C-013][C-014] the token says who it is and what it may, the client adds what it may add") {
  Claims claims = joining();
  claims.name = "Alice";
  claims.metadata = "token";
  claims.attributes = {{"a", "1"}, {"b", "2"}};
  claims.kind = ParticipantKind::kAgent;
  claims.kind_details = {"forwarded", "nonsense"};
  claims.video->can_update_own_metadata = true;
  claims.video->can_publish_sources = {"microphone", "hologram"};
  auto join = small_join();
  join.set_metadata("client");
  (*join.mutable_participant_attributes())["b"] = "3";
  (*join.mutable_participant_attributes())["a"] = "";  // skipped: a join deletes nothing
  const auto plan = plan_of(with_token(claims, {{"join_request", plain_join(join)}}));
  CHECK(plan.room == "stage");
  CHECK(plan.join.name == "Alice");
  CHECK(plan.join.metadata == "client");
  CHECK(plan.join.attributes == std::map<std::string, std::string>{{"a", "1"}, {"b", "3"}});
  CHECK(plan.join.kind == livekit::ParticipantInfo::AGENT);
  REQUIRE(plan.join.kind_details.size() == 1);
  CHECK(plan.join.kind_details[0] == livekit::ParticipantInfo::FORWARDED);
  const auto& permission = plan.join.permission;
  CHECK(permission.can_publish());
  CHECK(permission.can_subscribe());
  CHECK(permission.can_publish_data());
  CHECK(permission.can_update_metadata());
  CHECK_FALSE(permission.hidden());
  REQUIRE(permission.can_publish_sources_size() == 2);
  CHECK(permission.can_publish_sources(0) == livekit::MICROPHONE);
  CHECK(permission.can_publish_sources(1) == livekit::TrackSource::UNKNOWN);
}

TEST_CASE(
    "[C-014] a source is allowed by its exact name alone, whatever clients are shown, and in renewed tokens too") {
  const auto plan = [](std::vector<std::string> names) {
    Claims claims = joining();
    claims.video->can_publish_sources = std::move(names);
    return plan_of(with_token(claims));
  };
  using Sources = std::vector<livekit::TrackSource>;
  CHECK_FALSE(plan({}).join.publish_sources);
  CHECK_FALSE(plan({"camera", "screen_share_audio", "unknown"}).join.publish_sources);
  CHECK(plan({"hologram"}).join.publish_sources == Sources{});
  CHECK(plan({"microphone", "Camera"}).join.publish_sources == Sources{livekit::MICROPHONE});
  CHECK(plan({"microphone", "Camera"}).join.permission.can_publish_sources(1) == livekit::CAMERA);

  auto odd = plan({"hologram", "Camera"});
  livekit::ParticipantInfo info;
  *info.mutable_permission() = odd.join.permission;
  update_claims(odd.claims, info);
  CHECK(odd.claims.video->can_publish_sources == std::vector<std::string>{"hologram", "Camera"});
  info.mutable_permission()->add_can_publish_sources(livekit::SCREEN_SHARE);
  update_claims(odd.claims, info);
  CHECK(odd.claims.video->can_publish_sources == std::vector<std::string>{"unknown", "camera", "screen_share"});
}

TEST_CASE("[C-013][C-014][C-015] what a token grants becomes the participant's permission") {
  const auto permission = [](const VideoGrant& grant) {
    Claims claims = joining();
    claims.video = grant;
    claims.video->room_join = true;
    claims.video->room = "stage";
    return plan_of(with_token(claims)).join.permission;
  };
  CHECK(permission({}).can_publish_data());
  CHECK_FALSE(permission({.can_publish = false}).can_publish_data());
  CHECK(permission({.can_publish = false, .can_publish_data = true}).can_publish_data());
  CHECK(permission({.can_publish_sources = {}}).can_publish_sources().empty());
  const auto sourced = permission({.can_publish = false, .can_publish_sources = {"camera"}});
  CHECK_FALSE(sourced.can_publish());
  CHECK(sourced.can_publish_sources_size() == 1);
  for (const bool set : {false, true}) {
    const auto marked = permission({.hidden = set, .recorder = set, .agent = set});
    CHECK(marked.hidden() == set);
    CHECK(marked.recorder() == set);
    CHECK(marked.agent() == set);
  }
}

TEST_CASE("[C-023] a publishing side connection has a name of its own and does not subscribe") {
  const auto plan = plan_of(with_token(joining(), {{"publish", "screen"}}));
  CHECK(plan.join.identity == "alice#screen");
  CHECK(plan.claims.identity == "alice#screen");
  CHECK_FALSE(plan.join.permission.can_subscribe());
}

TEST_CASE("a resume carries its reason and the session that it means") {
  const auto plan = plan_of(with_token(joining(), {{"reconnect", "1"}, {"sid", "PA_x"}, {"reconnect_reason", "3"}}));
  CHECK(plan.resume);
  CHECK(plan.reconnect_reason == livekit::RR_SUBSCRIBER_FAILED);
  CHECK(plan.participant_sid == "PA_x");
  CHECK(plan_of(with_token(joining(), {{"reconnect", "1"}, {"reconnect_reason", "99"}})).reconnect_reason ==
        livekit::RR_UNKNOWN);
  const auto fresh = plan_of(with_token(joining(), {{"sid", "PA_x"}}));
  CHECK_FALSE(fresh.resume);
  CHECK(fresh.participant_sid.empty());
}

TEST_CASE("the client describes itself in the query, and its User-Agent fills the gaps") {
  auto request = with_token(joining(), {{"sdk", "js"},
                                        {"version", "2.23.0"},
                                        {"protocol", "17"},
                                        {"client_protocol", "2"},
                                        {"os", "Plan 9"},
                                        {"network", "w\xfflan"},
                                        {"capabilities", "CAP_PACKET_TRAILER,CAP_NONSENSE"}});
  request.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  request.headers["x-forwarded-for"] = "198.51.100.1, 10.0.0.1";
  const auto plan = plan_of(request);
  const auto& client = plan.join.client;
  CHECK(client.sdk() == livekit::ClientInfo::JS);
  CHECK(client.version() == "2.23.0");
  CHECK(client.protocol() == 17);
  CHECK(plan.join.client_protocol == 2);
  CHECK(client.os() == "Plan 9");
  CHECK(client.browser() == "Firefox");
  CHECK(client.browser_version() == "140.0");
  CHECK(client.network().empty());  // not UTF-8
  CHECK(client.address() == "198.51.100.1, 10.0.0.1");
  REQUIRE(client.capabilities_size() == 1);
  CHECK(client.capabilities(0) == livekit::ClientInfo::CAP_PACKET_TRAILER);

  request.query["sdk"] = "go";
  request.headers.erase("x-forwarded-for");
  CHECK(plan_of(request).join.client.browser().empty());
  CHECK(plan_of(request).join.client.address() == "192.0.2.7");
}

// SPDX-License-Identifier: Apache-2.0
#include "twirp/twirp.hpp"

#include <doctest/doctest.h>
#include <livekit_room.pb.h>

#include <boost/json.hpp>

#include "twirp/grants.hpp"

using namespace sfu;
using namespace sfu::twirp;

namespace {

constexpr const char* kService = "livekit.RoomService";

VideoGrant everything() {
  VideoGrant video;
  video.room_create = video.room_list = video.room_admin = video.room_record = video.ingress_admin = true;
  video.room = "hall";
  return video;
}

// A service of two methods; what they got is kept.
struct Service {
  Service() {
    dispatcher.add<livekit::CreateRoomRequest, livekit::Room>(
        kService, "CreateRoom", [this](const livekit::CreateRoomRequest& in) -> Outcome<livekit::Room> {
          created = in;
          if (in.name() == "full") return refuse_inside(Code::kUnavailable, "no response from servers");
          livekit::Room room;
          room.set_name(in.name());
          return room;
        });
    dispatcher.add<livekit::UpdateParticipantRequest, livekit::ParticipantInfo>(
        kService, "UpdateParticipant",
        [](const livekit::UpdateParticipantRequest&) -> Outcome<livekit::ParticipantInfo> {
          return livekit::ParticipantInfo();
        });
    dispatcher.check_first<livekit::UpdateParticipantRequest>(
        kService, "UpdateParticipant", [](const livekit::UpdateParticipantRequest& in) -> Outcome<void> {
          if (in.name().size() > 4) return refuse_argument("name length exceeds limits", "4");
          return {};
        });
  }

  Response call(Request request) const {
    std::optional<Response> response;
    dispatcher.dispatch(request, [&](Response made) { response = std::move(made); });
    REQUIRE(response.has_value());
    return *response;
  }
  Response create(std::string body, std::string type = "application/json") const {
    Claims claims;
    claims.video = everything();
    return call({"POST", "/twirp/livekit.RoomService/CreateRoom", std::move(type), std::move(body), false, claims});
  }

  Dispatcher dispatcher;
  livekit::CreateRoomRequest created;
};

boost::json::object json_of(const Response& response) {
  CHECK(response.content_type == "application/json");
  return boost::json::parse(response.body).as_object();
}
std::string text(const boost::json::object& object, const char* name) {
  return object.at(name).as_string().c_str();
}

}  // namespace

TEST_CASE("[C-026] JSON requests: names in either case, unknown fields, numbers as text, only the first value") {
  Service service;
  CHECK(service.create(R"({"name":"a","emptyTimeout":"7","max_participants":3,"nobodyKnows":{"x":[1]}} trailing)")
            .status == 200);
  CHECK(service.created.name() == "a");
  CHECK(service.created.empty_timeout() == 7);
  CHECK(service.created.max_participants() == 3);
}

TEST_CASE("[C-027] JSON answers are in snake_case, with defaults and null") {
  const auto room = json_of(Service().create(R"({"name":"hall"})"));
  CHECK(text(room, "name") == "hall");
  CHECK(text(room, "creation_time") == "0");
  CHECK(room.at("num_participants") == 0);
  CHECK(room.at("version").is_null());
}

TEST_CASE("[C-028] protobuf bodies, whatever the case and the parameters of their content type") {
  Service service;
  livekit::CreateRoomRequest request;
  request.set_name("hall");
  const Response response = service.create(request.SerializeAsString(), " Application/PROTOBUF ; charset=utf-8");
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/protobuf");
  livekit::Room room;
  REQUIRE(room.ParseFromString(response.body));
  CHECK(room.name() == "hall");
}

TEST_CASE("[C-029] what is no route: other methods, other content types, unknown names, each with its route") {
  const Service service;
  struct Case {
    const char* method;
    const char* path;
    const char* type;
    const char* message;
  };
  constexpr const char* kCreate = "/twirp/livekit.RoomService/CreateRoom";
  constexpr const char* kOther = "/twirp/livekit.RoomService/Destroy";
  for (const Case& wrong :
       {Case{"GET", kCreate, "application/json", R"(unsupported method "GET" (only POST is allowed))"},
        Case{"POST", kOther, "application/json", R"(no handler for path "/twirp/livekit.RoomService/Destroy")"},
        Case{"POST", kCreate, "text/plain", R"(unexpected Content-Type: "text/plain")"},
        Case{"POST", kCreate, "", R"(unexpected Content-Type: "")"}}) {
    CAPTURE(wrong.message);
    const Response response = service.call({wrong.method, wrong.path, wrong.type, "{}"});
    CHECK(response.status == 404);
    const auto error = json_of(response);
    CHECK(text(error, "code") == "bad_route");
    CHECK(text(error, "msg") == wrong.message);
    CHECK(text(error.at("meta").as_object(), "twirp_invalid_route") == std::string(wrong.method) + " " + wrong.path);
  }
}

TEST_CASE("[C-030] a service that is not here is for others to answer") {
  const Service service;
  CHECK(service.dispatcher.serves("/twirp/livekit.RoomService/CreateRoom"));
  CHECK(service.dispatcher.serves("/twirp/livekit.RoomService/Destroy"));
  for (const char* path : {"/twirp/livekit.Connector/X", "/twirp/livekit.RoomService", "/twirp/", "/", ""}) {
    CAPTURE(path);
    CHECK_FALSE(service.dispatcher.serves(path));
  }
}

TEST_CASE("[C-031] an empty JSON body is malformed, an empty protobuf body is an empty message") {
  const Service service;
  for (const char* body : {"", "  ", "{", "[]", R"({"name":3})", R"({"emptyTimeout":-1})"}) {
    CAPTURE(body);
    const Response response = service.create(body);
    CHECK(response.status == 400);
    const auto error = json_of(response);
    CHECK(text(error, "code") == "malformed");
    CHECK(text(error, "msg") == "the json request could not be decoded");
  }
  CHECK(service.create("", "application/protobuf").status == 200);
  const Response broken = service.create("\xff\xff", "application/protobuf");
  CHECK(broken.status == 400);
  CHECK(text(json_of(broken), "msg") == "the protobuf request could not be decoded");
}

TEST_CASE("[C-032] what rooms refuse says that it was unknown at first; what the API refuses does not") {
  const auto error = json_of(Service().create(R"({"name":"full"})"));
  CHECK(text(error, "code") == "unavailable");
  CHECK(text(error, "msg") == "twirp error unknown: no response from servers");
  CHECK_FALSE(error.contains("meta"));
}

TEST_CASE("[C-033] a body that was cut off is malformed, whatever it holds") {
  const Service service;
  Claims claims;
  claims.video = everything();
  for (const char* type : {"application/json", "application/protobuf"}) {
    const Response response =
        service.call({"POST", "/twirp/livekit.RoomService/CreateRoom", type, "{}", /*body_is_cut=*/true, claims});
    CHECK(response.status == 400);
    CHECK(text(json_of(response), "code") == "malformed");
  }
}

TEST_CASE("[C-009] without a token, or without its grant, a call is unauthenticated") {
  const Service service;
  Request request{"POST", "/twirp/livekit.RoomService/CreateRoom", "application/json", "{}"};
  const auto refused = [&] {
    const Response response = service.call(request);
    CHECK(response.status == 401);
    const auto error = json_of(response);
    CHECK(text(error, "code") == "unauthenticated");
    CHECK(text(error, "msg") == "permissions denied");
  };
  refused();
  request.claims.emplace();
  refused();
  request.claims->video.emplace().room_admin = true;
  refused();
  request.claims->video->room_create = true;
  CHECK(service.call(request).status == 200);
}

TEST_CASE("what is checked first is refused before the grant is looked at") {
  const Service service;
  const Response response = service.call(
      {"POST", "/twirp/livekit.RoomService/UpdateParticipant", "application/json", R"({"name":"longer"})"});
  CHECK(response.status == 400);
  const auto error = json_of(response);
  CHECK(text(error, "msg") == "name length exceeds limits 4");
  CHECK(text(error.at("meta").as_object(), "argument") == "name length exceeds limits");
}

TEST_CASE("[C-009] a large body without a token is refused unread, and what is no route before that") {
  const Service service;
  const std::string large(Dispatcher::kMostOfStranger + 1, '{');
  Request request{"POST", "/twirp/livekit.RoomService/CreateRoom", "application/json", large};
  const auto refused = service.dispatcher.refuse_unread(request);
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(text(json_of(*refused), "code") == "unauthenticated");
  CHECK(text(json_of(*refused), "msg") == "permissions denied");

  request.path = "/twirp/livekit.RoomService/Destroy";
  const auto nowhere = service.dispatcher.refuse_unread(request);
  REQUIRE(nowhere);
  CHECK(nowhere->body == service.call(request).body);
  CHECK(text(json_of(*nowhere), "code") == "bad_route");
}

TEST_CASE("a body that is small, or comes with a token, is looked into before the grant is") {
  const Service service;
  Request request{"POST", "/twirp/livekit.RoomService/CreateRoom", "application/json", "{"};
  CHECK_FALSE(service.dispatcher.refuse_unread(request));
  CHECK(service.call(request).status == 400);
  request.body.assign(Dispatcher::kMostOfStranger + 1, '{');
  request.claims.emplace();
  CHECK_FALSE(service.dispatcher.refuse_unread(request));
}

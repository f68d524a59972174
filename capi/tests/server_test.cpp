// SPDX-License-Identifier: Apache-2.0
// A server, and the room API from outside.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

struct Api {
  explicit Api(const TestServer& server, sfu_bool json = 0) {
    const std::string url = server.url("http");
    sfu_room_api_options options;
    SFU_INIT(options);
    options.url = url.c_str();
    options.api_key = kKey.key;
    options.api_secret = kKey.value;
    options.json = json;
    SFU_REQUIRE(sfu_room_api_create(&options, &api));
  }
  ~Api() { SFU_CHECK(sfu_room_api_release(api)); }
  sfu_room_api* api = nullptr;
};

// Takes one request, and answers it.
class Receiver {
 public:
  Receiver() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/hook";
  }
  ~Receiver() { close(listener_); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  const std::string& url() const { return url_; }
  std::string request() const {
    const int connection = accept(listener_, nullptr, nullptr);
    std::string text;
    char bytes[4096];
    while (text.find("\r\n\r\n{") == std::string::npos || !text.ends_with('}')) {
      const ssize_t got = recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0) break;
      text.append(bytes, static_cast<std::size_t>(got));
    }
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    CHECK(send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size()));
    close(connection);
    return text;
  }

 private:
  int listener_ = socket(AF_INET, SOCK_STREAM, 0);
  std::string url_;
};

}  // namespace

TEST_CASE("a server is made of YAML, of what is set over it, or of nothing but keys; and says what is wrong") {
  static const char* const loopback[] = {"127.0.0.1"};
  const std::string yaml = "keys: { devkey: a secret of at least thirty-two characters }\nrtc: { udp_port: " +
                           std::to_string(free_udp_port()) + ", tcp_port: 0 }\nbind_addresses: [127.0.0.1]\nport: 1\n";
  const sfu_pair over = {"region", "there"};
  sfu_server_options options;
  SFU_INIT(options);
  options.yaml = yaml.c_str();
  options.port = SFU_NONE;
  options.overrides = &over;
  options.override_count = 1;
  sfu_server* server = nullptr;
  SFU_REQUIRE(sfu_server_create(&options, &server));
  std::uint16_t port = 0;
  SFU_REQUIRE(sfu_server_get_port(server, &port));
  CHECK(port > 1);
  const sfu_string_list* warnings = nullptr;
  SFU_REQUIRE(sfu_server_get_warnings(server, &warnings));
  CHECK(warnings->count == 0);
  SFU_CHECK(sfu_free(warnings));
  char* metrics = nullptr;
  SFU_REQUIRE(sfu_server_get_metrics(server, &metrics));
  CHECK(std::strstr(metrics, "livekit_") != nullptr);
  SFU_CHECK(sfu_free(metrics));
  const sfu_webhook_counters* webhooks = nullptr;
  SFU_REQUIRE(sfu_server_get_webhook_counters(server, &webhooks));
  CHECK(webhooks->delivered + webhooks->queue_length == 0);
  SFU_CHECK(sfu_free(webhooks));
  std::uint64_t here = 7;
  SFU_CHECK(sfu_server_drain(server, nullptr, nullptr, &here));
  CHECK(here == 0);
  SFU_CHECK(sfu_server_stop(server));
  SFU_CHECK(sfu_server_stop(server));
  SFU_CHECK(sfu_server_release(server));

  sfu_server* none = nullptr;
  options.yaml = "rtc: { udp_prot: 7 }";
  options.yaml_file_name = "my.yaml";
  CHECK(sfu_server_create(&options, &none) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(why().find("my.yaml:1") != std::string::npos);
  SFU_INIT(options);
  CHECK(sfu_server_create(&options, &none) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(why().find("keys") != std::string::npos);
  sfu_engine_options engine;
  SFU_INIT(engine);
  engine.keys = &kKey;
  engine.key_count = 1;
  engine.udp_port_first = free_udp_port();
  options.engine = &engine;
  options.bind_addresses = loopback;
  options.bind_address_count = 1;
  options.port = 70000;
  CHECK(sfu_server_create(&options, &none) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(none == nullptr);
}

TEST_CASE("a server's engine serves as long as a handle to it is there") {
  sfu_engine* engine = nullptr;
  {
    TestServer server;
    SFU_REQUIRE(sfu_server_engine(server.server, &engine));
    SFU_CHECK(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
  }
  CHECK(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr) == SFU_ERROR_CLOSED);
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("the room API from outside: rooms and agents") {
  TestServer server;
  const Api api(server);
  sfu_room_configuration configuration;
  SFU_INIT(configuration);
  configuration.max_participants = 5;
  sfu_create_room_options how;
  SFU_INIT(how);
  how.configuration = &configuration;
  const sfu_room_info* info = nullptr;
  SFU_REQUIRE(sfu_room_api_create_room(api.api, "hall", &how, &info));
  CHECK(info->max_participants == 5);
  SFU_CHECK(sfu_free(info));
  SFU_CHECK(sfu_room_api_create_room(api.api, "attic", nullptr, nullptr));
  const char* const names[] = {"hall"};
  const sfu_room_info_list* rooms = nullptr;
  SFU_REQUIRE(sfu_room_api_list_rooms(api.api, names, 1, &rooms));
  CHECK(rooms->count == 1);
  SFU_CHECK(sfu_free(rooms));
  SFU_REQUIRE(sfu_room_api_update_room_metadata(api.api, "hall", "new", &info));
  CHECK(std::string(info->metadata) == "new");
  SFU_CHECK(sfu_free(info));
  SFU_CHECK(sfu_room_api_send_data(api.api, "hall", reinterpret_cast<const std::uint8_t*>("x"), 1, nullptr));

  sfu_agent_dispatch dispatch;
  SFU_INIT(dispatch);
  dispatch.agent_name = "helper";
  const sfu_agent_dispatch* created = nullptr;
  SFU_REQUIRE(sfu_room_api_create_dispatch(api.api, "hall", &dispatch, &created));
  const sfu_agent_dispatch_list* dispatches = nullptr;
  SFU_REQUIRE(sfu_room_api_list_dispatches(api.api, "hall", created->id, &dispatches));
  REQUIRE(dispatches->count == 1);
  CHECK(std::string(dispatches->items[0]->agent_name) == "helper");
  SFU_CHECK(sfu_free(dispatches));
  const sfu_agent_dispatch* deleted = nullptr;
  SFU_REQUIRE(sfu_room_api_delete_dispatch(api.api, "hall", created->id, &deleted));
  SFU_CHECK(sfu_free(deleted));
  SFU_CHECK(sfu_free(created));

  SFU_CHECK(sfu_room_api_delete_room(api.api, "hall"));
  CHECK(sfu_room_api_delete_room(api.api, "hall") == SFU_ERROR_NOT_FOUND);
  const sfu_api_error* error = nullptr;
  SFU_REQUIRE(sfu_room_api_get_last_error(&error));
  CHECK(error->http_status == 404);
  CHECK(std::string(error->code) == "not_found");
  CHECK(std::string(error->message) == why());
  SFU_CHECK(sfu_free(error));
}

TEST_CASE("the room API from outside: participants") {
  TestServer server;
  const Api api(server, 1);
  TestClient alice(server, "alice", "hall");
  TestClient bob(server, "bob", "hall");
  sfu_rpc_callbacks method;
  SFU_INIT(method);
  method.on_call = [](void*, const sfu_rpc_call*, sfu_rpc_responder* responder) {
    sfu_rpc_result result;
    SFU_INIT(result);
    result.payload = "pong";
    SFU_CHECK(sfu_rpc_responder_answer(responder, &result));
    SFU_CHECK(sfu_rpc_responder_release(responder));
  };
  SFU_REQUIRE(sfu_client_register_rpc(alice.client, "ping", &method));
  sfu_publish_options publish;
  SFU_INIT(publish);
  publish.codec = SFU_CODEC_OPUS;
  publish.source = SFU_TRACK_SOURCE_MICROPHONE;
  SFU_REQUIRE(sfu_client_publish(alice.client, "mic", &publish));
  const std::string published = alice.lines.wait("published mic ");
  const std::string sid = published.substr(published.rfind(' ') + 1);

  const sfu_participant_info_list* everybody = nullptr;
  SFU_REQUIRE(sfu_room_api_list_participants(api.api, "hall", &everybody));
  CHECK(everybody->count == 2);
  SFU_CHECK(sfu_free(everybody));
  const sfu_participant_info* info = nullptr;
  SFU_REQUIRE(sfu_room_api_get_participant(api.api, "hall", "alice", &info));
  REQUIRE(info->track_count == 1);
  CHECK(info->tracks[0]->sid == sid);
  SFU_CHECK(sfu_free(info));
  const sfu_track_info* track = nullptr;
  SFU_REQUIRE(sfu_room_api_mute_published_track(api.api, "hall", "alice", sid.c_str(), 1, &track));
  CHECK(track->muted == 1);
  SFU_CHECK(sfu_free(track));
  sfu_participant_changes changes;
  SFU_INIT(changes);
  changes.name = "Alice";
  SFU_REQUIRE(sfu_room_api_update_participant(api.api, "hall", "alice", &changes, &info));
  CHECK(std::string(info->name) == "Alice");
  SFU_CHECK(sfu_free(info));
  const char* const sids[] = {sid.c_str()};
  SFU_CHECK(sfu_room_api_update_subscriptions(api.api, "hall", "bob", sids, 1, 0));
  sfu_rpc_request request;
  SFU_INIT(request);
  request.method = "ping";
  char* payload = nullptr;
  SFU_REQUIRE(sfu_room_api_perform_rpc(api.api, "hall", "alice", &request, &payload));
  CHECK(std::string(payload) == "pong");
  SFU_CHECK(sfu_free(payload));
  SFU_CHECK(sfu_room_api_forward_participant(api.api, "hall", "bob", "attic"));
  SFU_CHECK(sfu_room_api_remove_participant(api.api, "attic", "bob", 0));
  SFU_CHECK(sfu_room_api_move_participant(api.api, "hall", "bob", "cellar"));
  CHECK(bob.lines.wait("moved cellar") == "moved cellar");
  SFU_CHECK(sfu_room_api_remove_participant(api.api, "hall", "alice", 0));
  CHECK(alice.lines.wait("disconnected").starts_with("disconnected 4"));
  CHECK(sfu_room_api_get_participant(api.api, "hall", "alice", &info) == SFU_ERROR_NOT_FOUND);
}

TEST_CASE("a room API that cannot be, and a server that is not there") {
  sfu_room_api_options options;
  SFU_INIT(options);
  options.url = "nowhere";
  sfu_room_api* api = nullptr;
  CHECK(sfu_room_api_create(&options, &api) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(api == nullptr);
  options.url = "http://127.0.0.1:9";  // discard: nobody listens
  options.token = "x";
  SFU_REQUIRE(sfu_room_api_create(&options, &api));
  const sfu_room_info_list* rooms = nullptr;
  CHECK(sfu_room_api_list_rooms(api, nullptr, 0, &rooms) == SFU_ERROR_UNAVAILABLE);
  const sfu_api_error* error = nullptr;
  SFU_REQUIRE(sfu_room_api_get_last_error(&error));
  CHECK(error->http_status == 0);
  SFU_CHECK(sfu_free(error));
  SFU_CHECK(sfu_room_api_release(api));
}

TEST_CASE("an egress of the host's is told to the webhook that it names") {
  Receiver receiver;
  TestServer server([](sfu_server_options& options, sfu_engine_options&) { options.webhook_api_key = kKey.key; });
  sfu_egress_webhook webhook;
  SFU_INIT(webhook);
  webhook.url = receiver.url().c_str();
  const sfu_egress_webhook* const webhooks[] = {&webhook};
  sfu_egress_file file;
  SFU_INIT(file);
  file.filename = "hall.ogg";
  file.duration_ms = 1500;
  file.bytes = 4711;
  const sfu_egress_file* const files[] = {&file};
  sfu_egress_stream stream;
  SFU_INIT(stream);
  stream.url = "rtmp://example.org/live";
  stream.status = SFU_EGRESS_STREAM_FINISHED;
  const sfu_egress_stream* const streams[] = {&stream};
  sfu_egress_info egress;
  SFU_INIT(egress);
  egress.status = SFU_EGRESS_COMPLETE;
  egress.room_name = "hall";
  egress.started_at_ms = 1'700'000'000'000;
  egress.files = files;
  egress.file_count = 1;
  egress.streams = streams;
  egress.stream_count = 1;
  egress.webhooks = webhooks;
  egress.webhook_count = 1;
  CHECK(sfu_server_announce(server.server, &egress) == SFU_ERROR_INVALID_ARGUMENT);
  egress.egress_id = "EG_1";
  stream.status = 3;
  CHECK(sfu_server_announce(server.server, &egress) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(why() == "the status of a stream: no such number");
  stream.status = SFU_EGRESS_STREAM_FINISHED;
  egress.ended_at_ms = -1;
  CHECK(sfu_server_announce(server.server, &egress) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(why() == "ended_at_ms is out of range");
  egress.ended_at_ms = 0;
  SFU_REQUIRE(sfu_server_announce(server.server, &egress));
  const std::string told = receiver.request();
  for (const char* part : {"egress_ended", "EG_1", "EGRESS_COMPLETE", "hall.ogg", "4711", "1500000000", "FINISHED",
                           "rtmp://example.org/live", "1700000000000000000"}) {
    CHECK_MESSAGE(told.find(part) != std::string::npos, part << " in " << told);
  }
  SFU_CHECK(sfu_server_stop(server.server));
  CHECK(sfu_server_announce(server.server, &egress) == SFU_ERROR_CLOSED);
}

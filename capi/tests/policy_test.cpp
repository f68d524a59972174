// SPDX-License-Identifier: Apache-2.0
// A host decides who joins, what is published, who gets it, and which data passes; at once or later.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <string_view>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// Rules of a host: what they were asked, and decisions that they put off.
struct Rules {
  Lines asked;
  std::atomic<sfu_decision*> later = nullptr;

  static Rules& of(void* user) { return *static_cast<Rules*>(user); }

  static void on_publish(void* user, const sfu_publish_request* request, sfu_decision* decision) {
    const std::string_view name = request->track->name;
    of(user).asked.add(std::string("publish ") + request->room + ' ' + request->publisher->identity + ' ' +
                       request->track->name);
    if (name == "later") {
      of(user).later = decision;
      of(user).asked.add("put off");
      return;
    }
    CHECK(sfu_decision_allow_with(decision, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
    sfu_video_grant grants;
    SFU_INIT(grants);
    CHECK(sfu_decision_allow_with(decision, &grants) == SFU_ERROR_FAILED_PRECONDITION);
    if (name == "forbidden") {
      SFU_CHECK(sfu_decision_deny(decision, "not that one"));
    } else if (name != "ignored") {
      SFU_CHECK(sfu_decision_allow(decision));
    }
    SFU_CHECK(sfu_decision_release(decision));
  }

  static void on_subscribe(void* user, const sfu_subscribe_request* request, sfu_decision* decision) {
    of(user).asked.add(std::string("subscribe ") + request->subscriber->identity + " to " +
                       request->publisher->identity + ' ' + request->track->name);
    if (std::string_view(request->subscriber->identity) == "stranger") {
      SFU_CHECK(sfu_decision_deny(decision, ""));
    } else {
      SFU_CHECK(sfu_decision_allow(decision));
    }
    SFU_CHECK(sfu_decision_release(decision));
  }

  static void on_data(void* user, const sfu_data_request* request, sfu_answer* answer) {
    const std::string payload(reinterpret_cast<const char*>(request->payload), request->payload_length);
    of(user).asked.add(std::string("data ") + request->sender->identity + ' ' + std::to_string(request->kind) + ' ' +
                       request->topic + ' ' + payload + (request->reliable ? " reliable" : " lossy") + " to " +
                       std::to_string(request->to_identity_count));
    if (payload == "secret") {
      const std::string_view shown = "******";
      SFU_CHECK(sfu_answer_payload(answer, reinterpret_cast<const std::uint8_t*>(shown.data()), shown.size()));
    } else if (payload == "rude") {
      SFU_CHECK(sfu_answer_refuse(answer, "be polite"));
    } else if (payload != "unanswered") {
      SFU_CHECK(sfu_answer_pass(answer));
    }
  }
};

struct Ruled {
  explicit Ruled(std::int64_t timeout_ms = 0) {
    sfu_policy_callbacks policy;
    SFU_INIT(policy);
    policy.user = &rules;
    policy.dropped = [](void* user) { Rules::of(user).asked.add("dropped"); };
    policy.on_publish = Rules::on_publish;
    policy.on_subscribe = Rules::on_subscribe;
    policy.on_data = Rules::on_data;
    sfu_engine_options options = null_options();
    options.policy = &policy;
    options.policy_timeout_ms = timeout_ms;
    SFU_REQUIRE(sfu_engine_create(&options, &engine));
    SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  }
  ~Ruled() {
    SFU_CHECK(sfu_room_release(room));
    SFU_CHECK(sfu_engine_release(engine));
    CHECK(rules.asked.all().back() == "dropped");
  }
  Rules rules;
  sfu_engine* engine = nullptr;
  sfu_room* room = nullptr;
};

void publish(TestClient& who, const char* name) {
  sfu_publish_options options;
  SFU_INIT(options);
  options.codec = SFU_CODEC_OPUS;
  options.name = name;
  SFU_REQUIRE(sfu_client_publish(who.client, name, &options));
}

void send(TestClient& who, std::string_view payload) {
  sfu_data_options options;
  SFU_INIT(options);
  options.topic = "t";
  SFU_CHECK(sfu_client_send_data(who.client, reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(),
                                 &options));
}

}  // namespace

TEST_CASE("a host forbids tracks, and keeps some from certain people") {
  Ruled hall;
  {
    TestClient alice(hall.room, "alice");
    TestClient bob(hall.room, "bob");
    TestClient stranger(hall.room, "stranger");
    publish(alice, "forbidden");
    CHECK(alice.lines.wait("publish failed forbidden").find("not that one") != std::string::npos);
    publish(alice, "ignored");
    CHECK(alice.lines.wait("publish failed ignored") != "");
    publish(alice, "voice");
    CHECK(alice.lines.wait("published voice") != "");
    CHECK(bob.lines.wait("subscribed alice") == "subscribed alice opus");
    CHECK(stranger.lines.wait("track alice") == "track alice voice");
    CHECK(hall.rules.asked.wait("subscribe stranger") == "subscribe stranger to alice voice");
    CHECK(hall.rules.asked.wait("publish hall alice voice") != "");
    CHECK(stranger.lines.count("subscribed") == 0);
  }
}

TEST_CASE("a host decides later, on a thread of its own") {
  Ruled hall;
  {
    TestClient alice(hall.room, "alice");
    publish(alice, "later");
    REQUIRE(hall.rules.asked.wait("put off") == "put off");
    publish(alice, "voice");  // is not held up
    CHECK(alice.lines.wait("published voice") != "");
    CHECK(alice.lines.count("published later") == 0);
    SFU_CHECK(sfu_decision_allow(hall.rules.later));
    CHECK(alice.lines.wait("published later") != "");
    SFU_CHECK(sfu_decision_release(hall.rules.later));
  }
}

TEST_CASE("what a host does not decide in time is denied, and its answer then does nothing") {
  Ruled hall(50);
  {
    TestClient alice(hall.room, "alice");
    publish(alice, "later");
    REQUIRE(hall.rules.asked.wait("put off") == "put off");
    CHECK(alice.lines.wait("publish failed later") != "");
  }
  SFU_CHECK(sfu_engine_stop(hall.engine));
  SFU_CHECK(sfu_decision_allow(hall.rules.later));
  SFU_CHECK(sfu_decision_release(hall.rules.later));
}

TEST_CASE("a host drops data and changes it") {
  Ruled hall;
  {
    TestClient alice(hall.room, "alice");
    TestClient bob(hall.room, "bob");
    for (const char* payload : {"rude", "unanswered", "secret", "hello"}) send(alice, payload);
    CHECK(bob.lines.wait("data alice t hello") == "data alice t hello");
    CHECK(bob.lines.wait("data") == "data alice t ******");
    CHECK(bob.lines.count("data") == 2);
    CHECK(hall.rules.asked.wait("data alice 0 t hello") == "data alice 0 t hello reliable to 0");
  }
}

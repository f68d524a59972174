// SPDX-License-Identifier: Apache-2.0
// Twirp (specification v7) over the services of our .proto files: which service and method a request is for, its body
// as protobuf or JSON, what its token must grant, and the answer in the same form. Everything is found in the
// descriptors; a service adds a function for each method. Sans-IO: a request in, a response out. The functions run on
// the thread of dispatch() and may block it; an answer may also come later, from any thread.
// Elsewhere: HTTP and where the token is read (control), what the methods do (services).
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sfu/claims.hpp"
#include "sfu/time.hpp"
#include "twirp/error.hpp"

namespace sfu::twirp {

inline constexpr std::string_view kPrefix = "/twirp/";

struct Request {
  std::string method;  // of HTTP
  std::string path;
  std::string content_type;
  std::string body;
  bool body_is_cut = false;         // longer than what is taken
  std::optional<Claims> claims{};   // of a valid token
  std::optional<Duration> limit{};  // how long the caller waits (X-Twirp-Timeout-Ms)
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  const char* code = "";  // of an error: to_string(Code)
};

class Dispatcher {
 public:
  using Message = google::protobuf::Message;
  using Output = std::variant<std::unique_ptr<Message>, std::string>;  // the response, or its bytes
  using Answer = std::function<void(Outcome<Output>)>;                 // once
  using Respond = std::function<void(Response)>;                       // once

  // `function(request)` gives the response.
  template <typename In, typename Out, typename Function>
  void add(std::string_view service, std::string_view method, Function function) {
    add_later<In, Out>(
        service, method,
        [function = std::move(function)](const In& in, std::optional<Duration>,
                                         const std::function<void(Outcome<Out>)>& answer) { answer(function(in)); });
  }
  // `function(request)` gives the response's bytes, where those are at hand: they are not taken apart for who wants
  // protobuf. It refuses nothing.
  template <typename In, typename Out, typename Function>
  void add_encoded(std::string_view service, std::string_view method, Function function) {
    Entry& entry = make_entry(service, method, *In::descriptor(), *Out::descriptor());
    entry.run = [function = std::move(function)](const Message& in, std::optional<Duration>, const Answer& answer) {
      answer(Output(std::string(function(static_cast<const In&>(in)))));
    };
  }
  // `function(request, limit, answer)` gives the response to `answer`, once, from any thread.
  template <typename In, typename Out, typename Function>
  void add_later(std::string_view service, std::string_view method, Function function) {
    Entry& entry = make_entry(service, method, *In::descriptor(), *Out::descriptor());
    entry.run = [function = std::move(function)](const Message& in, std::optional<Duration> limit, Answer answer) {
      function(static_cast<const In&>(in), limit, [answer = std::move(answer)](Outcome<Out> out) {
        if (!out) return answer(Refusal(std::move(out).error()));
        answer(std::make_unique<Out>(*std::move(out)));
      });
    };
  }
  // What is looked at even before the grant.
  template <typename In, typename Function>
  void check_first(std::string_view service, std::string_view method, Function function) {
    find_entry(service, method).check = [function = std::move(function)](const Message& in) {
      return function(static_cast<const In&>(in));
    };
  }

  // Whether a path leads to a service that is here; if not, it is for others to answer.
  bool serves(std::string_view path) const;
  // "RoomService" and "ListRooms", for who counts calls; the method is empty if there is none of that name.
  std::pair<std::string_view, std::string_view> names_of(std::string_view path) const;
  void dispatch(const Request& request, const Respond& respond) const;
  // What dispatch() would answer without looking into the body, for who would rather not keep it until then: that there
  // is no such route, and that a body beyond kMostOfStranger needs a token. Empty: it has to be looked into, because
  // what is wrong with a request is found before its grant is.
  std::optional<Response> refuse_unread(const Request& request) const;

  // More than any call without a token has that is told more about than that it lacks one.
  static constexpr std::size_t kMostOfStranger = 64 * 1024;

 private:
  struct Entry {
    const google::protobuf::MethodDescriptor* method = nullptr;
    std::function<Outcome<void>(const Message&)> check;
    std::function<void(const Message&, std::optional<Duration>, Answer)> run;
  };
  Entry& make_entry(std::string_view service, std::string_view method, const google::protobuf::Descriptor& in,
                    const google::protobuf::Descriptor& out);
  Entry& find_entry(std::string_view service, std::string_view method);
  struct Route {
    const Entry* entry = nullptr;
    bool json = false;
  };
  Outcome<const Entry*> find_route(const Request& request) const;
  Outcome<Route> route(const Request& request) const;
  static Outcome<void> admit(const Entry& entry, const Request& request, bool json, Message& in);

  std::map<std::string, std::map<std::string, Entry, std::less<>>, std::less<>> services_;  // by full name
};

}  // namespace sfu::twirp

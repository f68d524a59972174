// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy_desk.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/utf8.hpp"

namespace sfu::runtime {
namespace {

// A question until the hook has returned: an answer by then is taken along at once.
struct Asked {
  std::mutex mutex;
  bool left_open = false;
  std::optional<Verdict> verdict;
};

}  // namespace

template <typename Ask>
room::Policy::Answer PolicyDesk::put(std::string_view room, const Ask& ask) {
  const room::QuestionId id = ++last_;
  const auto asked = std::make_shared<Asked>();
  ask(Decision([asked, later = later_, name = std::string(room), id](Verdict verdict) {
    verdict.reason = utf8_or_empty(verdict.reason);
    {
      const std::lock_guard lock(asked->mutex);
      if (!asked->left_open) {
        asked->verdict = std::move(verdict);
        return;
      }
    }
    later(name, id, std::move(verdict));
  }));
  const std::lock_guard lock(asked->mutex);
  if (asked->verdict) return *std::move(asked->verdict);
  asked->left_open = true;
  return id;
}

room::Policy::Answer PolicyDesk::ask(std::string_view room, const JoinRequest& request) {
  return put(room, [&](Decision decision) { hook_.on_join(request, std::move(decision)); });
}

room::Policy::Answer PolicyDesk::ask(const PublishRequest& request) {
  return put(request.room, [&](Decision decision) { hook_.on_publish(request, std::move(decision)); });
}

room::Policy::Answer PolicyDesk::ask(const SubscribeRequest& request) {
  return put(request.room, [&](Decision decision) { hook_.on_subscribe(request, std::move(decision)); });
}

}  // namespace sfu::runtime

// SPDX-License-Identifier: Apache-2.0
#include "capi/answer.hpp"

#include "capi/call.hpp"
#include "capi/claims.hpp"
#include "capi/client_config.hpp"
#include "capi/input.hpp"
#include "sfu-c/policy.h"

using namespace sfu::capi;

namespace {

thread_local sfu_answer* innermost = nullptr;

sfu_answer& find_answer(sfu_answer* answer) {
  for (sfu_answer* open = innermost; open != nullptr; open = open->outer) {
    if (open == answer) return *open;
  }
  refuse(SFU_ERROR_INVALID_HANDLE, "this is no sfu_answer of a callback that runs on this thread");
}

sfu_answer& find_answer(sfu_answer* answer, sfu_answer::Question question) {
  sfu_answer& found = find_answer(answer);
  if (found.question != question) refuse(SFU_ERROR_FAILED_PRECONDITION, "something else was asked");
  return found;
}

}  // namespace

sfu_answer::sfu_answer(Question asked) : question(asked), outer(innermost) {
  innermost = this;
}
sfu_answer::~sfu_answer() {
  innermost = outer;
}

sfu_status sfu_answer_refuse(sfu_answer* answer, const char* reason) {
  return enter([&] {
    sfu_answer& found = find_answer(answer);
    found.text = text(reason, "reason");
    found.accepted = false;
  });
}

sfu_status sfu_answer_claims(sfu_answer* answer, const sfu_claims* claims) {
  return enter([&] {
    sfu_answer& found = find_answer(answer, sfu_answer::Question::kAuthenticate);
    found.claims = from_c(claims);
    found.accepted = true;
  });
}

sfu_status sfu_answer_token(sfu_answer* answer, const char* token) {
  return enter([&] {
    sfu_answer& found = find_answer(answer, sfu_answer::Question::kRefresh);
    found.text = text(token, "token");
    found.accepted = true;
  });
}

sfu_status sfu_answer_configuration(sfu_answer* answer, const sfu_client_configuration* configuration) {
  return enter([&] {
    sfu_answer& found = find_answer(answer, sfu_answer::Question::kConfigure);
    found.configuration = from_c(configuration);
    found.accepted = true;
  });
}

sfu_status sfu_answer_pass(sfu_answer* answer) {
  return enter([&] {
    sfu_answer& found = find_answer(answer, sfu_answer::Question::kData);
    found.payload.reset();
    found.accepted = true;
  });
}

sfu_status sfu_answer_payload(sfu_answer* answer, const uint8_t* payload, size_t length) {
  return enter([&] {
    sfu_answer& found = find_answer(answer, sfu_answer::Question::kData);
    const auto in = bytes(payload, length);
    found.payload.emplace(in.begin(), in.end());
    found.accepted = true;
  });
}

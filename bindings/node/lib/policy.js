// SPDX-License-Identifier: Apache-2.0
// Decisions that JavaScript takes when it has its turn: the library waits for them without holding up anything else.
import { call } from "./native.js";

const names = ["onJoin", "onPublish", "onSubscribe"];

function settle(decision, verdict) {
  if (verdict === true) call("sfu_decision_allow", decision);
  else if (verdict?.allow && verdict.grants) call("sfu_decision_allow_with", decision, verdict.grants);
  else if (verdict?.allow) call("sfu_decision_allow", decision);
  else call("sfu_decision_deny", decision, verdict?.reason ?? "");
}

/** What is not overridden is allowed; what throws is denied. */
export function callbacksOf(policy) {
  return {
    provides: names.filter((name) => typeof policy[name] === "function"),
    call: async (name, { request, decision }) => {
      try {
        settle(decision, await policy[name](request));
      } catch (error) {
        process.emitWarning(error);
      } finally {
        call("sfu_decision_release", decision); // without an answer it is no
      }
    },
  };
}

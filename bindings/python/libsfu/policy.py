# SPDX-License-Identifier: Apache-2.0
"""The host's say in its rooms, beyond what tokens grant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from . import _callbacks
from ._call import call
from .errors import Error
from .values import DataRequest, JoinRequest, PublishRequest, SubscribeRequest, VideoGrant


@dataclass(frozen=True, slots=True)
class Deny:
    """No. `reason`: for the client, where the protocol has a place for it."""

    reason: str = ""


# Of a join, a grant is a yes with these rights in place of the token's.
Verdict = bool | Deny | VideoGrant


class Policy:
    """Override what you want a say in; all else is allowed. A `def` answers at once, on the worker of the room, which
    forwards no media meanwhile: keep it short. An `async def` is run by the loop that the engine was started on, and
    holds up the one matter alone; what it has not decided within EngineOptions.policy_timeout_ms is denied, and so is
    what raises."""

    def on_join(self, request: JoinRequest) -> Verdict | Awaitable[Verdict]:
        """Each new session, before the room is made. Denied: the client is answered 403 and the reason."""
        return True

    def on_publish(self, request: PublishRequest) -> Verdict | Awaitable[Verdict]:
        """Once for each track. Until it is decided, what the client sends goes nowhere."""
        return True

    def on_subscribe(self, request: SubscribeRequest) -> Verdict | Awaitable[Verdict]:
        """For each subscriber of each track."""
        return True

    def on_data(self, request: DataRequest) -> bool | bytes:
        """Each packet of data, in the order in which its sender sent it: True lets it pass, bytes do so in place of the
        sender's, False drops it. Cannot be a coroutine function."""
        return True


def _settle(decision: int, verdict: Verdict) -> None:
    try:
        if isinstance(verdict, VideoGrant):
            call("sfu_decision_allow_with", decision, verdict)
        elif isinstance(verdict, Deny):
            call("sfu_decision_deny", decision, verdict.reason)
        elif verdict is True:
            call("sfu_decision_allow", decision)
        else:
            call("sfu_decision_deny", decision, "")
    finally:
        call("sfu_decision_release", decision)  # without an answer it is no


class _PolicyTarget:
    def __init__(self, policy: Policy, loop: _callbacks.Loop | None) -> None:
        self._policy = policy
        self._loop = loop
        names = ("on_join", "on_publish", "on_subscribe", "on_data")
        self.provides = [name for name in names if getattr(type(policy), name) is not getattr(Policy, name)]

    def _decide(self, ask: Callable[[Any], Any], request: Any, decision: int) -> None:
        def settle(verdict: Verdict) -> None:
            try:
                _settle(decision, verdict)
            except (Error, TypeError):
                _callbacks.logger.exception("a policy's verdict that is none")

        def failed(error: Exception) -> None:
            _callbacks.logger.error("a policy raised", exc_info=error)
            settle(Deny())

        _callbacks.now_or_later(self._loop, lambda: ask(request), settle, failed)

    def on_join(self, request: JoinRequest, decision: int) -> None:
        self._decide(self._policy.on_join, request, decision)

    def on_publish(self, request: PublishRequest, decision: int) -> None:
        self._decide(self._policy.on_publish, request, decision)

    def on_subscribe(self, request: SubscribeRequest, decision: int) -> None:
        self._decide(self._policy.on_subscribe, request, decision)

    def on_data(self, request: DataRequest, answer: int) -> None:
        verdict = self._policy.on_data(request)
        if isinstance(verdict, bytes):
            call("sfu_answer_payload", answer, verdict)
        elif verdict is True:
            call("sfu_answer_pass", answer)


_callbacks.adapters["sfu_policy_callbacks"] = _PolicyTarget

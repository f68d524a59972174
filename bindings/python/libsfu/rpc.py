# SPDX-License-Identifier: Apache-2.0
"""Remote procedure calls: answers that come, and methods that are called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from . import _callbacks
from ._call import call
from ._waiting import Answered, Waiting
from .errors import RpcError
from .values import RpcCall, RpcRequest, RpcResult

# Gives the answer, now or later, or raises RpcError; all else that it raises is code 1500.
Method = Callable[[RpcCall], str | Awaitable[str]]


class _Answer:
    def __init__(self) -> None:
        self.future: Future[str] = Future()

    def done(self, result: RpcResult) -> None:
        if result.error_code == 0:
            self.future.set_result(result.payload)
        else:
            self.future.set_exception(RpcError(result.error_code, result.error_message, result.error_data))


def perform(function: str, *given: object) -> Waiting[str]:
    """`function` takes `given`, and an sfu_rpc_done."""

    def begin() -> Future[str]:
        answer = _Answer()
        call(function, *given, answer)
        return answer.future

    return Answered(begin)


def request(method: str, payload: str, timeout_ms: int) -> RpcRequest:
    return RpcRequest(method=method, payload=payload, response_timeout_ms=timeout_ms)


class MethodTarget:
    provides = ("on_call",)

    def __init__(self, method: Method, loop: _callbacks.Loop | None) -> None:
        self._method = method
        self._loop = loop

    def on_call(self, call: RpcCall, responder: int) -> None:
        def answer(payload: str) -> None:
            _respond(responder, RpcResult(payload=payload))

        def failed(error: Exception) -> None:
            if isinstance(error, RpcError):
                result = RpcResult(error_code=error.code, error_message=error.message, error_data=error.data)
            else:
                _callbacks.logger.error("a method that was called raised", exc_info=error)
                result = RpcResult(error_code=1500, error_message="the method failed")
            _respond(responder, result)

        _callbacks.now_or_later(self._loop, lambda: self._method(call), answer, failed)


def _respond(responder: int, result: RpcResult) -> None:
    try:
        call("sfu_rpc_responder_answer", responder, result)
    finally:
        call("sfu_rpc_responder_release", responder)

# SPDX-License-Identifier: Apache-2.0
"""What is raised when a call fails: a class for each status. All are libsfu.Error."""

from __future__ import annotations

import builtins

from .values import ApiError, Status


__all__ = [
    "AlreadyExistsError",
    "ClosedError",
    "Error",
    "FailedPreconditionError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "LimitExceededError",
    "MalformedError",
    "NotFoundError",
    "OutOfMemoryError",
    "PermissionDeniedError",
    "RpcError",
    "TimeoutError",
    "TruncatedError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnsupportedError",
    "WrongThreadError",
]


class Error(Exception):
    """`status` says what kind it is, str() what went wrong. `api`: what a server said of a call of a RoomApi."""

    status: Status = Status.INTERNAL

    def __init__(self, message: str, status: Status | None = None, api: ApiError | None = None) -> None:
        super().__init__(message)
        self.api = api
        if status is not None:
            self.status = status


class InvalidArgumentError(Error, ValueError):
    status = Status.INVALID_ARGUMENT


class TruncatedError(Error, ValueError):
    status = Status.TRUNCATED


class MalformedError(Error, ValueError):
    status = Status.MALFORMED


class UnsupportedError(Error):
    status = Status.UNSUPPORTED


class NotFoundError(Error, LookupError):
    status = Status.NOT_FOUND


class AlreadyExistsError(Error):
    status = Status.ALREADY_EXISTS


class PermissionDeniedError(Error, PermissionError):
    status = Status.PERMISSION_DENIED


class UnauthenticatedError(Error):
    status = Status.UNAUTHENTICATED


class LimitExceededError(Error):
    status = Status.LIMIT_EXCEEDED


class FailedPreconditionError(Error):
    status = Status.FAILED_PRECONDITION


class ClosedError(Error):
    status = Status.CLOSED


class TimeoutError(Error, builtins.TimeoutError):
    status = Status.TIMEOUT


class UnavailableError(Error):
    status = Status.UNAVAILABLE


class InternalError(Error):
    status = Status.INTERNAL


class InvalidHandleError(Error):
    """What it was called on is closed."""

    status = Status.INVALID_HANDLE


class WrongThreadError(Error):
    """A call that waits, from within a callback."""

    status = Status.WRONG_THREAD


class OutOfMemoryError(Error, MemoryError):
    status = Status.OUT_OF_MEMORY


class RpcError(Exception):
    """How a remote procedure call failed; raised by a method that is called, it is the answer. Codes 1001 to 1999 are
    LiveKit's (1400: no such method; 1500: it failed; 1502: no answer in time), others your own."""

    def __init__(self, code: int, message: str = "", data: str = "") -> None:
        super().__init__(message or f"code {code}")
        self.code = code
        self.message = message
        self.data = data


_CLASSES = {each.status: each for each in Error.__subclasses__()}


def error_of(status: int, message: str, api: ApiError | None = None) -> Error:
    known = Status(status)
    return _CLASSES.get(known, Error)(message, known, api)

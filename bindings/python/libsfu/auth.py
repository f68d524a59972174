# SPDX-License-Identifier: Apache-2.0
"""Who somebody is, for programs with tokens of their own. Whether he may come in is policy.py."""

from __future__ import annotations

from collections.abc import Callable

from . import _callbacks
from ._call import call
from .values import Claims, ClientConfiguration, ClientDescription


class Refused(Exception):
    """No; the text is what the client reads."""


class Auth:
    """Override authenticate(). Both come on any thread of the library, also at once, and must not wait."""

    def authenticate(self, token: str, now_ms: int) -> Claims:
        """Returns the claims of a valid token, or raises Refused: the client is answered 401."""
        raise NotImplementedError

    def refresh(self, claims: Claims, now_ms: int, ttl_ms: int) -> str | None:
        """A token with these claims, good for `ttl_ms` from now, which clients reconnect with. None: there is none."""
        return None


class _AuthTarget:
    provides = ("authenticate", "refresh")

    def __init__(self, auth: Auth, _: object) -> None:
        self._auth = auth

    def authenticate(self, token: str, now_ms: int, answer: int) -> None:
        try:
            claims = self._auth.authenticate(token, now_ms)
        except Refused as refused:
            call("sfu_answer_refuse", answer, str(refused))
        else:
            call("sfu_answer_claims", answer, claims)

    def refresh(self, claims: Claims, now_ms: int, ttl_ms: int, answer: int) -> None:
        token = self._auth.refresh(claims, now_ms, ttl_ms)
        if token is not None:
            call("sfu_answer_token", answer, token)


class _ClientConfigTarget:
    provides = ("configure",)

    def __init__(self, configure: Callable[[ClientDescription], ClientConfiguration | None], _: object) -> None:
        self._configure = configure

    def configure(self, client: ClientDescription, answer: int) -> None:
        configuration = self._configure(client)
        if configuration is not None:
            call("sfu_answer_configuration", answer, configuration)


_callbacks.adapters["sfu_auth_callbacks"] = _AuthTarget
_callbacks.adapters["sfu_client_config_callbacks"] = _ClientConfigTarget

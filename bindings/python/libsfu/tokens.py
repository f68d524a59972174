# SPDX-License-Identifier: Apache-2.0
"""Access tokens, and webhooks that are received: both are signed with an API key's secret."""

from __future__ import annotations

from collections.abc import Mapping

from ._call import call
from ._handle import Name
from .values import AccessTokenOptions, Claims, WebhookEvent


def create_token(claims: Claims, options: AccessTokenOptions) -> str:
    """A token with all that `claims` say, but for api_key and the three times, which follow from `options`."""
    return str(call("sfu_access_token_create", claims, options))


class TokenVerifier(Name):
    """Verifies tokens that were signed with the secret of one of `keys`, API key to secret. `leeway_ms`: clocks differ; 0
    is a minute, NONE none."""

    _release = "sfu_token_verifier_release"

    def __init__(self, keys: Mapping[str, str], leeway_ms: int = 0) -> None:
        super().__init__(call("sfu_token_verifier_create", keys, leeway_ms))

    def verify(self, token: str, now_ms: int = 0) -> Claims:
        """Raises MalformedError (not a token), NotFoundError (not one of the keys), UnauthenticatedError."""
        claims: Claims = call("sfu_token_verifier_verify", self._handle, token, now_ms)
        return claims


class WebhookReceiver(Name):
    """Tells whether a webhook comes from a server that knows one of `keys`, and what it says. Works with LiveKit's servers
    too. Answer with 200 once you have stored the event; with 500 it comes again."""

    _release = "sfu_webhook_receiver_release"

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__(call("sfu_webhook_receiver_create", keys))

    def receive(self, body: bytes, authorization: str, now_ms: int = 0) -> WebhookEvent:
        """`body` as it came, `authorization` the header of that name. Raises UnauthenticatedError, MalformedError."""
        event: WebhookEvent = call("sfu_webhook_receiver_receive", self._handle, body, authorization, now_ms)
        return event

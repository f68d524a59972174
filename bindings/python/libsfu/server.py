# SPDX-License-Identifier: Apache-2.0
"""An engine with the HTTP port that clients and server SDKs of LiveKit speak to."""

from __future__ import annotations

from collections.abc import Sequence

from ._call import call
from ._handle import Opening, Owner, loop_here
from ._waiting import Waiting
from .engine import Engine, drain
from .values import EgressInfo, ServerOptions, WebhookCounters


class Server(Owner):
    """close() stops taking connections, tells the clients and ends the rooms."""

    _release = "sfu_server_release"

    def __init__(self, handle: int) -> None:
        super().__init__(handle)
        self.engine = Engine(call("sfu_server_engine", handle))

    @classmethod
    def start(cls, options: ServerOptions) -> Opening[Server]:
        """Opens the port and starts the engine. Raises UnavailableError (a port in use: the message names it),
        InvalidArgumentError (of YAML: the line and what is wrong there)."""
        loop = loop_here()
        return Opening(lambda: cls(call("sfu_server_create", options, loop=loop)))

    def _end(self) -> None:
        self.engine._end()
        super()._end()

    @property
    def port(self) -> int:
        return int(call("sfu_server_get_port", self._handle))

    def stop(self) -> Waiting[None]:
        """As close(), but it can still be asked afterwards."""
        return Waiting(lambda: call("sfu_server_stop", self._handle))

    def drain(self) -> Waiting[None]:
        """Engine.drain()."""
        return drain("sfu_server_drain", self)

    def announce(self, egress: EgressInfo) -> None:
        """Tells the webhooks of a recording or a stream of your own, as it is now: "egress_started", "egress_updated",
        "egress_ended". Raises InvalidArgumentError (no egress_id, a URL that cannot be posted to), ClosedError."""
        call("sfu_server_announce", self._handle, egress)

    def metrics(self) -> str:
        """What Prometheus reads."""
        return str(call("sfu_server_get_metrics", self._handle))

    def warnings(self) -> Sequence[str]:
        """Keys of the YAML that are understood but have no effect here."""
        warnings: Sequence[str] = call("sfu_server_get_warnings", self._handle)
        return warnings

    def webhook_counters(self) -> WebhookCounters:
        counters: WebhookCounters = call("sfu_server_get_webhook_counters", self._handle)
        return counters

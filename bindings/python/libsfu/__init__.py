# SPDX-License-Identifier: Apache-2.0
"""A WebRTC SFU inside your program, which clients and SDKs of LiveKit speak to.

async with libsfu.Server.start(libsfu.ServerOptions(engine=libsfu.EngineOptions(keys={"key": secret}))) as server:
    print(server.port)

What waits for another thread or the network is a Waiting: `await` it, or call its wait(). README.md has threads and
lifetimes.
"""

from . import _generated as _generated
from ._events import Events as Events
from ._handle import Opening as Opening
from ._library import live_count as live_count
from ._library import protocol_server_version as protocol_server_version
from ._library import version as version
from ._waiting import Waiting as Waiting
from .auth import Auth as Auth
from .auth import Refused as Refused
from .client import Client as Client
from .client import LocalTrack as LocalTrack
from .client import Stream as Stream
from .engine import Engine as Engine
from .errors import *  # noqa: F403
from .media import MediaFile as MediaFile
from .media import codec_clock_rate as codec_clock_rate
from .media import codec_name as codec_name
from .packet_filter import OnPacket as OnPacket
from .packet_filter import PacketFilter as PacketFilter
from .policy import Deny as Deny
from .policy import Policy as Policy
from .policy import Verdict as Verdict
from .room import Participant as Participant
from .room import Room as Room
from .room import Track as Track
from .room_api import RoomApi as RoomApi
from .server import Server as Server
from .signalling import SignalListener as SignalListener
from .signalling import SignalSession as SignalSession
from .tokens import TokenVerifier as TokenVerifier
from .tokens import WebhookReceiver as WebhookReceiver
from .tokens import create_token as create_token
from .values import *  # noqa: F403

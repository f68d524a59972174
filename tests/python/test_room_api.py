# SPDX-License-Identifier: Apache-2.0
"""The room API by livekit-api, and what people in the rooms see of it."""
import unittest

from livekit import api, rtc
from livekit.api.twirp_client import ServerError

from support import Person, Server

server = None


def setUpModule():
    global server
    server = Server("{room: {enable_remote_unmute: true}}")


def tearDownModule():
    server.stop()


class RoomApi(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.api = server.api()
        self.addAsyncCleanup(self.api.aclose)

    async def join(self, room, identity, **grants):
        person = await Person(server, room, identity, **grants).join()
        self.addAsyncCleanup(person.leave)
        return person

    async def refused(self, call, status, code):
        with self.assertRaises(ServerError) as refusal:
            await call
        self.assertEqual((refusal.exception.status, refusal.exception.code), (status, code))

    async def test_rooms_are_made_listed_and_deleted(self):
        made = await self.api.room.create_room(
            api.CreateRoomRequest(name="made", empty_timeout=60, max_participants=5, metadata="first"))
        self.assertRegex(made.sid, r"^RM_\w{12}$")
        self.assertEqual((made.empty_timeout, made.max_participants, made.metadata), (60, 5, "first"))
        listed = await self.api.room.list_rooms(api.ListRoomsRequest(names=["made", "none"]))
        self.assertEqual([(room.name, room.sid) for room in listed.rooms], [("made", made.sid)])
        ada = await self.join("made", "ada")
        await self.api.room.delete_room(api.DeleteRoomRequest(room="made"))
        reason, _ = await ada.hears("disconnected")
        self.assertEqual(reason, rtc.DisconnectReason.ROOM_DELETED)
        listed = await self.api.room.list_rooms(api.ListRoomsRequest(names=["made"]))
        self.assertEqual(list(listed.rooms), [])
        await self.refused(self.api.room.delete_room(api.DeleteRoomRequest(room="made")), 404, "not_found")

    async def test_participants_are_listed_and_removed(self):
        ada = await self.join("people", "ada")
        ben = await self.join("people", "ben")
        listed = await self.api.room.list_participants(api.ListParticipantsRequest(room="people"))
        self.assertEqual(sorted(person.identity for person in listed.participants), ["ada", "ben"])
        self.assertEqual({person.name for person in listed.participants}, {"ada's name", "ben's name"})
        one = await self.api.room.get_participant(api.RoomParticipantIdentity(room="people", identity="ben"))
        self.assertEqual(one.sid, ben.room.local_participant.sid)
        await ada.hears("participant_connected", lambda person: person.identity == "ben")
        await self.api.room.remove_participant(api.RoomParticipantIdentity(room="people", identity="ben"))
        reason, _ = await ben.hears("disconnected")
        self.assertEqual(reason, rtc.DisconnectReason.PARTICIPANT_REMOVED)
        await ada.hears("participant_disconnected", lambda person: person.identity == "ben")
        gone = api.RoomParticipantIdentity(room="people", identity="ben")
        await self.refused(self.api.room.get_participant(gone), 404, "not_found")
        await self.refused(self.api.room.remove_participant(gone), 404, "not_found")

    async def test_a_track_is_muted_and_unmuted(self):
        ada = await self.join("mute", "ada")
        ben = await self.join("mute", "ben")
        published = await ada.publish_microphone()
        await ben.hears("track_subscribed")
        request = api.MuteRoomTrackRequest(room="mute", identity="ada", track_sid=published.sid, muted=True)
        answer = await self.api.room.mute_published_track(request)
        self.assertTrue(answer.track.muted)
        await ben.hears("track_muted", lambda person, publication: publication.sid == published.sid)
        await ada.hears("track_muted", lambda person, publication: publication.sid == published.sid)
        request.muted = False
        answer = await self.api.room.mute_published_track(request)
        self.assertFalse(answer.track.muted)
        await ben.hears("track_unmuted", lambda person, publication: publication.sid == published.sid)

    async def test_a_participant_is_updated(self):
        ada = await self.join("update", "ada")
        ben = await self.join("update", "ben")
        await self.api.room.update_participant(api.UpdateParticipantRequest(
            room="update", identity="ada", name="Ada L.", metadata="engine", attributes={"hand": "up", "seat": "1"}))
        await ben.hears("participant_metadata_changed", lambda person, *_: person.metadata == "engine")
        await ben.hears("participant_name_changed", lambda person, *_: person.name == "Ada L.")
        await ben.until("attributes", lambda: dict(ben.room.remote_participants["ada"].attributes) == {"hand": "up", "seat": "1"})
        await self.api.room.update_participant(api.UpdateParticipantRequest(
            room="update", identity="ada", attributes={"hand": ""},
            permission=api.ParticipantPermission(can_subscribe=True, can_publish=False, can_publish_data=True)))
        await ben.until("an attribute less", lambda: dict(ben.room.remote_participants["ada"].attributes) == {"seat": "1"})
        with self.assertRaises(Exception):
            await ada.publish_microphone()

    async def test_subscriptions_are_changed(self):
        ada = await self.join("subscribe", "ada")
        ben = await self.join("subscribe", "ben")
        published = await ada.publish_camera()
        track, *_ = await ben.hears("track_subscribed")
        # The SDK tells nothing of a subscription that others end; but a new one is a new event.
        change = api.UpdateSubscriptionsRequest(room="subscribe", identity="ben", track_sids=[published.sid], subscribe=False)
        await self.api.room.update_subscriptions(change)
        ben.heard.clear()
        change.subscribe = True
        await self.api.room.update_subscriptions(change)
        again, *_ = await ben.hears("track_subscribed")
        self.assertEqual(again.sid, track.sid)
        change.identity = "nobody"
        await self.refused(self.api.room.update_subscriptions(change), 503, "unavailable")

    async def test_data_reaches_whom_it_names(self):
        people = {name: await self.join("data", name) for name in ("ada", "ben", "cleo")}

        async def send(text, **to):
            await self.api.room.send_data(api.SendDataRequest(
                room="data", data=text.encode(), kind=api.DataPacket.Kind.RELIABLE, topic="news", **to))
        await send("for ben", destination_identities=["ben"])
        await send("for all")
        for name, person in people.items():
            await person.hears("data_received", lambda packet: packet.data == b"for all" and packet.topic == "news")
            got = [about[0].data for event, about in person.heard if event == "data_received"]
            self.assertEqual(got, [b"for ben", b"for all"] if name == "ben" else [b"for all"])

    async def test_room_metadata_is_told(self):
        ada = await self.join("metadata", "ada")
        room = await self.api.room.update_room_metadata(api.UpdateRoomMetadataRequest(room="metadata", metadata="new"))
        self.assertEqual(room.metadata, "new")
        await ada.hears("room_metadata_changed", lambda old, new: new == "new")
        self.assertEqual(ada.room.metadata, "new")

    async def test_someone_is_moved_with_their_tracks(self):
        ada = await self.join("from", "ada")
        ben = await self.join("from", "ben")
        cleo = await self.join("to", "cleo")
        published = await ada.publish_camera()
        await ben.hears("track_subscribed")
        await self.api.room.move_participant(api.MoveParticipantRequest(room="from", identity="ada", destination_room="to"))
        await ben.hears("participant_disconnected", lambda person: person.identity == "ada")
        await cleo.hears("track_subscribed", lambda track, publication, person: person.identity == "ada")
        await ada.hears("moved")
        self.assertEqual(ada.room.name, "to")
        there = await self.api.room.list_participants(api.ListParticipantsRequest(room="to"))
        self.assertEqual(sorted(person.identity for person in there.participants), ["ada", "cleo"])
        self.assertIn(published.name, [track.name for person in there.participants for track in person.tracks])

    async def test_someone_is_seen_in_another_room_too(self):
        ada = await self.join("stage", "ada")
        ben = await self.join("stage", "ben")
        cleo = await self.join("overflow", "cleo")
        await ada.publish_camera()
        await ben.hears("track_subscribed")
        await self.api.room.forward_participant(
            api.ForwardParticipantRequest(room="stage", identity="ada", destination_room="overflow"))
        await cleo.hears("track_subscribed", lambda track, publication, person: person.identity == "ada")
        self.assertEqual(list(ben.room.remote_participants), ["ada"])

    async def test_agents_are_dispatched(self):
        await self.api.room.create_room(api.CreateRoomRequest(name="agents"))
        made = await self.api.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(room="agents", agent_name="helper", metadata="do"))
        listed = await self.api.agent_dispatch.list_dispatch("agents")
        # Beside it is the one of workers without a name, whom every room asks for.
        self.assertEqual([(one.id, one.metadata) for one in listed if one.agent_name == "helper"], [(made.id, "do")])
        await self.api.agent_dispatch.delete_dispatch(made.id, "agents")
        left = await self.api.agent_dispatch.list_dispatch("agents")
        self.assertNotIn(made.id, [one.id for one in left])

    async def test_a_wrong_secret_is_refused(self):
        stranger = api.LiveKitAPI(server.url, "devkey", "guessed" * 8)
        self.addAsyncCleanup(stranger.aclose)
        # Said in plain text, as by LiveKit's server: the SDK finds no code in it.
        await self.refused(stranger.room.list_rooms(api.ListRoomsRequest()), 401, "unknown")


if __name__ == "__main__":
    unittest.main()

// SPDX-License-Identifier: Apache-2.0
// The room API by livekit-server-sdk, and what people in the rooms see of it (control-plane spec 2.4 to 2.6). They speak
// bare signalling here; those who exchange data are in room_api_data.test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AddTrackRequest, TrackSource, TrackType } from '@livekit/protocol';
import {
  AgentDispatchClient, EgressClient, IngressClient, IngressInput, RoomServiceClient, SipClient, TwirpError,
} from 'livekit-server-sdk';
import { makeToken, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';
import { adminOf, apiToken, call, refusal, refusalOf } from './twirp.mjs';

const kNoResponse = [503, 'unavailable', 'twirp error unknown: no response from servers'];
const kNoRoom = [404, 'not_found', 'twirp error unknown: requested room does not exist'];
const kNobody = [404, 'not_found', 'twirp error unknown: participant does not exist'];

const inside = (status, code, message) => [status, code, `twirp error unknown: ${message}`];

let server;
let api;
before(async () => {
  server = await startServer({ args: ['--config-body', `
room:
  room_configurations:
    webinar: {max_participants: 2, metadata: preset, empty_timeout: 60}
`] });
  api = new RoomServiceClient(server.url, 'devkey', 'secret', { failover: false });
});
after(() => server?.stop());

// Someone in a room, by signalling alone.
async function join(t, room, identity, options = {}) {
  const client = await SignalClient.join(server, makeToken({ room, identity, ...options }));
  t.after(() => client.leave());
  await client.receive('join');
  return client;
}

// The next message of this kind that `accept` takes.
async function hears(client, kind, accept = () => true) {
  while (true) {
    const value = await client.receive(kind);
    client.messages.splice(client.messages.findIndex((message) => message.value === value), 1);
    if (accept(value)) return value;
  }
}
const hearsOf = (client, identity, accept = () => true) => hears(client, 'update', ({ participants }) =>
  participants.some((participant) => participant.identity === identity && accept(participant)));

async function publish(client, source = TrackSource.CAMERA, cid = 'cid') {
  const type = source === TrackSource.MICROPHONE ? TrackType.AUDIO : TrackType.VIDEO;
  client.request({ case: 'addTrack', value: new AddTrackRequest({ cid, name: cid, type, source }) });
  return (await hears(client, 'trackPublished', (published) => published.cid === cid)).track;
}

test('[C-037] CreateRoom gives a sid, the defaults, ten codecs and a TURN password', async () => {
  const room = await api.createRoom({ name: 'new' });
  assert.match(room.sid, /^RM_[0-9A-Za-z]{12}$/);
  assert.deepEqual([room.name, room.emptyTimeout, room.departureTimeout, room.maxParticipants], ['new', 300, 20, 0]);
  assert.equal(room.enabledCodecs.length, 10);
  assert.ok(room.turnPassword.length > 20);
  assert.equal(Number(room.creationTimeMs / 1000n), Number(room.creationTime));
});

test('[C-038] CreateRoom of a room that is there changes nothing', async () => {
  const first = await api.createRoom({ name: 'twice', metadata: 'first', maxParticipants: 4 });
  const second = await api.createRoom({ name: 'twice', metadata: 'second', maxParticipants: 9 });
  assert.deepEqual(second.toJson(), first.toJson());
});

test('[C-039] a preset fills what is not given, and an unknown one is refused', async () => {
  const token = adminOf('');
  const room = (await call(server, 'CreateRoom', { name: 'preset', room_preset: 'webinar', metadata: 'own' }, { token })).json;
  assert.deepEqual([room.metadata, room.max_participants, room.empty_timeout, room.departure_timeout], ['own', 2, 60, 20]);
  assert.deepEqual(await refusal(server, 'CreateRoom', { name: 'odd', room_preset: 'nobody' }, { token }),
    inside(400, 'invalid_argument', 'unknown room configuration in create room request'));
  assert.deepEqual(await api.listRooms(['odd']), []);
});

test('[C-040] names and metadata have limits', async () => {
  const long = [400, 'invalid_argument', 'twirp error unknown: room name length exceeds limits: max length 256'];
  assert.deepEqual(await refusalOf(api.createRoom({ name: 'x'.repeat(257) })), long);
  assert.equal((await api.createRoom({ name: 'x'.repeat(256) })).name.length, 256);
  const metadata = 'm'.repeat(512 * 1024 + 1);
  const { status, json } = await call(server, 'CreateRoom', { name: 'large', metadata }, { token: adminOf('') });
  assert.deepEqual([status, json], [400, { code: 'invalid_argument', msg: 'metadata size exceeds limits 524288', meta: { argument: 'metadata size exceeds limits' } }]);
  const agent = { name: 'large', agents: [{ attributes: { a: 'x'.repeat(64 * 1024) } }] };
  assert.deepEqual(await refusal(server, 'CreateRoom', agent, { token: adminOf('') }),
    [400, 'invalid_argument', 'attribute size exceeds limits 65536']);
});

test('[C-041] ListRooms skips names that it does not know, and nothing is an empty list', async () => {
  await api.createRoom({ name: 'one' });
  await api.createRoom({ name: 'two' });
  assert.deepEqual((await api.listRooms(['two', 'nowhere', 'one'])).map((room) => room.name).sort(), ['one', 'two']);
  assert.ok((await api.listRooms()).length >= 2);
  assert.deepEqual((await call(server, 'ListRooms', { names: ['nowhere'] }, { token: adminOf('') })).json, { rooms: [] });
});

test('[C-042] DeleteRoom tells everyone, and of an unknown room says so', async (t) => {
  const ada = await join(t, 'doomed', 'ada');
  await api.deleteRoom('doomed');
  assert.equal((await ada.receive('leave')).reason, 5);  // ROOM_DELETED
  await ada.closed;
  assert.deepEqual(await api.listRooms(['doomed']), []);
  assert.deepEqual(await refusalOf(api.deleteRoom('doomed')), kNoRoom);
});

test('[C-043] ListParticipants shows all who are there, hidden ones too, and nobody in an unknown room', async (t) => {
  await join(t, 'people', 'ada', { name: 'Ada', claims: { metadata: 'm', attributes: { seat: '3' }, kind: 'agent' } });
  await join(t, 'people', 'ghost', { video: { hidden: true } });
  const people = await api.listParticipants('people');
  assert.deepEqual(people.map((person) => person.identity).sort(), ['ada', 'ghost']);
  const ada = people.find((person) => person.identity === 'ada');
  assert.deepEqual([ada.name, ada.metadata, ada.attributes.seat, ada.kind], ['Ada', 'm', '3', 4]);
  assert.ok(ada.permission.canPublish && ada.sid.startsWith('PA_') && ada.joinedAtMs > 0n);
  assert.equal((await api.getParticipant('people', 'ghost')).permission.hidden, true);
  assert.deepEqual(await api.listParticipants('nowhere'), []);
});

test('[C-044] what is asked of somebody who is not there', async () => {
  await api.createRoom({ name: 'empty' });
  for (const room of ['empty', 'nowhere']) {
    assert.deepEqual(await refusalOf(api.getParticipant(room, 'nobody')), kNobody);
    assert.deepEqual(await refusalOf(api.removeParticipant(room, 'nobody')), kNobody);
    assert.deepEqual(await refusalOf(api.updateParticipant(room, 'nobody', { metadata: 'x' })), kNobody);
  }
  assert.deepEqual(await refusalOf(api.updateRoomMetadata('nowhere', 'x')), kNoRoom);
});

test('[C-032] [C-045] what must be live and is not does not respond', async () => {
  const begin = Date.now();
  assert.deepEqual(await refusalOf(api.mutePublishedTrack('nowhere', 'a', 'TR_x', true)), kNoResponse);
  assert.deepEqual(await refusalOf(api.mutePublishedTrack('empty', 'nobody', 'TR_x', true)), kNoResponse);
  assert.deepEqual(await refusalOf(api.updateSubscriptions('empty', 'nobody', ['TR_x'], true)), kNoResponse);
  assert.deepEqual(await refusalOf(api.sendData('nowhere', new Uint8Array(1), 0)), kNoResponse);
  const token = adminOf('nowhere');
  assert.deepEqual(await refusal(server, 'PerformRpc', { room: 'nowhere', destination_identity: 'a', method: 'm' }, { token }), kNoResponse);
  assert.deepEqual(await refusalOf(new AgentDispatchClient(server.url, 'devkey', 'secret', { failover: false }).listDispatch('nowhere')), kNoResponse);
  assert.ok(Date.now() - begin < 3000, 'it is known at once');
});

test('RemoveParticipant sends someone away, who may come back', async (t) => {
  const ada = await join(t, 'removal', 'ada');
  await api.removeParticipant('removal', 'ada');
  assert.equal((await ada.receive('leave')).reason, 4);  // PARTICIPANT_REMOVED
  assert.deepEqual(await api.listParticipants('removal'), []);
  await join(t, 'removal', 'ada');
});

test('[C-046] a track is muted by the API, but not unmuted; one that is not there is null', async (t) => {
  const ada = await join(t, 'mute', 'ada');
  const track = await publish(ada);
  assert.equal((await api.mutePublishedTrack('mute', 'ada', track.sid, true)).muted, true);
  assert.deepEqual([(await hears(ada, 'mute')).sid, (await api.getParticipant('mute', 'ada')).identity], [track.sid, 'ada']);
  assert.deepEqual(await refusalOf(api.mutePublishedTrack('mute', 'ada', track.sid, false)),
    inside(412, 'failed_precondition', 'remote unmute not enabled'));
  const missing = { room: 'mute', identity: 'ada', track_sid: 'TR_none', muted: true };
  assert.deepEqual((await call(server, 'MutePublishedTrack', missing, { token: adminOf('mute') })).json, { track: null });
});

test('[C-046] where the room allows it, a track is unmuted by the API', async (t) => {
  const lenient = await startServer({ args: ['--room.enable_remote_unmute'] });
  t.after(() => lenient.stop());
  const ada = await SignalClient.join(lenient, makeToken({ room: 'unmute', identity: 'ada' }));
  const track = await publish(ada);
  const room = new RoomServiceClient(lenient.url, 'devkey', 'secret', { failover: false });
  for (const muted of [true, false]) {
    assert.equal((await room.mutePublishedTrack('unmute', 'ada', track.sid, muted)).muted, muted);
    assert.equal((await hears(ada, 'mute', (mute) => mute.muted === muted)).sid, track.sid);
  }
  await ada.leave();
});

test('[C-047] UpdateParticipant: empty changes nothing, "" deletes an attribute, permission replaces all', async (t) => {
  const ben = await join(t, 'update', 'ben');
  const ada = await join(t, 'update', 'ada', { claims: { metadata: 'old', attributes: { a: '1', b: '2' } } });
  const first = await api.updateParticipant('update', 'ada', { name: 'Ada', attributes: { a: '', c: '3' } });
  assert.deepEqual([first.name, first.metadata, { ...first.attributes }], ['Ada', 'old', { b: '2', c: '3' }]);
  await hearsOf(ben, 'ada', (info) => info.name === 'Ada' && info.attributes.c === '3');
  const second = await api.updateParticipant('update', 'ada', { permission: { canPublish: true, canSubscribe: true } });
  assert.deepEqual([second.permission.canPublish, second.permission.canPublishData, second.permission.canUpdateMetadata], [true, false, false]);
  assert.ok(second.version > first.version);
  const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  await hears(ada, 'refreshToken', (token) => claims(token).video.canPublishData === false);
  assert.deepEqual(await refusalOf(api.updateParticipant('update', 'ada', { name: 'n'.repeat(257) })),
    [400, 'invalid_argument', 'name length exceeds limits 256']);
  assert.deepEqual(await refusal(server, 'UpdateParticipant', { room: 'update', name: 'n'.repeat(257) }),
    [400, 'invalid_argument', 'name length exceeds limits 256'], 'a limit is seen before the missing grant');
});

test('[C-048] a revoked source takes its tracks', async (t) => {
  const ada = await join(t, 'revoke', 'ada');
  const camera = await publish(ada, TrackSource.CAMERA, 'camera');
  const microphone = await publish(ada, TrackSource.MICROPHONE, 'microphone');
  const info = await api.updateParticipant('revoke', 'ada', {
    permission: { canPublish: true, canSubscribe: false, canPublishSources: [TrackSource.MICROPHONE] } });
  assert.deepEqual(info.permission.canPublishSources, [TrackSource.MICROPHONE]);
  assert.equal((await hears(ada, 'trackUnpublished')).trackSid, camera.sid);
  assert.equal((await api.mutePublishedTrack('revoke', 'ada', microphone.sid, true)).sid, microphone.sid);
});

test('UpdateSubscriptions takes tracks by sid and by participant, and skips what it does not know', async (t) => {
  const ada = await join(t, 'subscriptions', 'ada');
  const track = await publish(ada);
  await join(t, 'subscriptions', 'ben');
  const body = { room: 'subscriptions', identity: 'ben', track_sids: [track.sid, 'TR_none'], subscribe: true,
    participant_tracks: [{ participant_sid: 'PA_x', track_sids: ['TR_other'] }] };
  assert.deepEqual((await call(server, 'UpdateSubscriptions', body, { token: adminOf('subscriptions') })).json, {});
});

test('[C-051] UpdateRoomMetadata is told to all, and "" clears it', async (t) => {
  const ada = await join(t, 'metadata', 'ada');
  assert.equal((await api.updateRoomMetadata('metadata', 'something')).metadata, 'something');
  await hears(ada, 'roomUpdate', ({ room }) => room.metadata === 'something');
  assert.equal((await api.updateRoomMetadata('metadata', '')).metadata, '');
  await hears(ada, 'roomUpdate', ({ room }) => room.metadata === '');
  assert.deepEqual(await refusalOf(api.updateRoomMetadata('metadata', 'm'.repeat(512 * 1024 + 1))),
    [400, 'invalid_argument', 'metadata size exceeds limits 524288']);
});

test('[C-052] MoveParticipant and ForwardParticipant need the destination, and work', async (t) => {
  const ada = await join(t, 'here', 'ada');
  assert.deepEqual(await refusal(server, 'MoveParticipant', { room: 'here', identity: 'ada', destination_room: 'there' }, { token: adminOf('here') }),
    [401, 'unauthenticated', 'permissions denied']);
  assert.deepEqual(await refusalOf(api.moveParticipant('here', 'ada', 'here')),
    [400, 'invalid_argument', 'destination room cannot be the same as source room ']);
  assert.deepEqual(await refusalOf(api.moveParticipant('here', 'nobody', 'there')), kNoResponse);
  await api.forwardParticipant('here', 'ada', 'beside');
  assert.deepEqual((await api.listParticipants('beside')).map((person) => person.identity), ['ada']);
  assert.deepEqual((await api.listParticipants('here')).map((person) => person.identity), ['ada']);
  await api.moveParticipant('here', 'ada', 'there');
  assert.equal((await hears(ada, 'roomMoved')).room.name, 'there');
  assert.deepEqual((await api.listParticipants('there')).map((person) => person.identity), ['ada']);
  assert.deepEqual(await api.listParticipants('here'), []);
});

test('[C-054] num_participants counts people, not agents and recorders', async (t) => {
  const ada = await join(t, 'counted', 'ada');
  await join(t, 'counted', 'helper', { claims: { kind: 'agent' } });
  await join(t, 'counted', 'recorder', { video: { recorder: true } });
  await join(t, 'counted', 'ben', { video: { hidden: true } });
  await hears(ada, 'roomUpdate', ({ room }) => room.numParticipants === 2);
  const [room] = await api.listRooms(['counted']);
  assert.deepEqual([room.numParticipants, room.activeRecording], [2, true]);
});

test('[C-055] a room ends when its time without people has passed, and takes an agent with it', async (t) => {
  await api.createRoom({ name: 'brief', emptyTimeout: 1, departureTimeout: 1 });
  const helper = await join(t, 'brief', 'helper', { claims: { kind: 'agent' } });
  const leave = await helper.receive('leave');
  assert.equal(leave.reason, 10);  // ROOM_CLOSED
  assert.deepEqual(await api.listRooms(['brief']), []);
  await api.createRoom({ name: 'left', emptyTimeout: 60, departureTimeout: 1 });
  const other = await join(t, 'left', 'helper', { claims: { kind: 'agent' } });
  const ada = await join(t, 'left', 'ada');
  await ada.leave();
  assert.equal((await other.receive('leave')).reason, 10);
});

test('[C-085] agents are asked for, listed and sent away', async () => {
  const agents = new AgentDispatchClient(server.url, 'devkey', 'secret', { failover: false });
  const made = await agents.createDispatch('assisted', 'scribe', { metadata: 'fast' });
  assert.match(made.id, /^AD_[0-9A-Za-z]{12}$/);
  assert.deepEqual([made.agentName, made.room, made.metadata], ['scribe', 'assisted', 'fast']);
  assert.ok(made.state.createdAt > 0n);
  assert.deepEqual((await agents.listDispatch('assisted')).map((dispatch) => dispatch.agentName).sort(), ['', 'scribe']);
  const prefix = { token: adminOf('assisted'), prefix: '/twirp/livekit.AgentDispatchService/' };
  assert.deepEqual((await call(server, 'ListDispatch', { room: 'assisted', dispatch_id: 'AD_none' }, prefix)).json, { agent_dispatches: [] });
  assert.deepEqual(await refusal(server, 'CreateDispatch', { room: 'assisted', deployment: 'a_b' }, prefix),
    inside(400, 'invalid_argument', "deployment contains reserved character '_'"));
  await agents.deleteDispatch(made.id, 'assisted');
  assert.deepEqual(await refusalOf(agents.deleteDispatch(made.id, 'assisted')), inside(404, 'not_found', 'dispatch ID not found'));
  await api.createRoom({ name: 'staffed', agents: [{ agentName: 'one' }, { agentName: 'two', metadata: 'm' }] });
  assert.deepEqual((await agents.listDispatch('staffed')).map((dispatch) => dispatch.agentName), ['one', 'two']);
});

test('[C-056] [C-057] egress without a worker, and without a store', async () => {
  const egress = new EgressClient(server.url, 'devkey', 'secret', { failover: false });
  const output = { file: { filepath: 'x.mp4' } };
  assert.deepEqual(await refusalOf(egress.startRoomCompositeEgress('nowhere', output)), kNoRoom);
  await api.createRoom({ name: 'filmed' });
  assert.deepEqual(await refusalOf(egress.startRoomCompositeEgress('filmed', output)), kNoResponse);
  const unconnected = inside(500, 'internal', 'egress not connected (redis required)');
  assert.deepEqual(await refusalOf(egress.listEgress()), unconnected);
  assert.deepEqual(await refusalOf(egress.stopEgress('EG_x')), unconnected);
});

test('[C-057] [C-058] ingress without a store, and of an unknown type', async () => {
  const ingress = new IngressClient(server.url, 'devkey', 'secret', { failover: false });
  const unconnected = inside(500, 'internal', 'ingress not connected (redis required)');
  assert.deepEqual(await refusalOf(ingress.listIngress()), unconnected);
  assert.deepEqual(await refusalOf(ingress.createIngress(IngressInput.RTMP_INPUT, { name: 'x', roomName: 'r', participantIdentity: 'p' })), unconnected);
  assert.deepEqual(await refusalOf(ingress.deleteIngress('IN_x')), unconnected);
  const prefix = { token: apiToken({ ingressAdmin: true }), prefix: '/twirp/livekit.Ingress/' };
  assert.deepEqual(await refusal(server, 'CreateIngress', { input_type: 9 }, prefix), inside(400, 'invalid_argument', 'invalid ingress type'));
});

test('[C-057] SIP without a store', async (t) => {
  const sip = new SipClient(server.url, 'devkey', 'secret', { failover: false });
  const unconnected = inside(500, 'internal', 'sip not connected (redis required)');
  assert.deepEqual(await refusalOf(sip.listSipInboundTrunk()), unconnected);
  assert.deepEqual(await refusalOf(sip.listSipDispatchRule()), unconnected);
  await join(t, 'phone', 'ada');
  assert.deepEqual(await refusalOf(sip.transferSipParticipant('phone', 'nobody', 'tel:+1')), kNobody);
  assert.deepEqual(await refusalOf(sip.transferSipParticipant('phone', 'ada', 'tel:+1')),
    inside(400, 'invalid_argument', 'no SIP session associated with participant'));
  const prefix = { prefix: '/twirp/livekit.SIP/' };
  assert.deepEqual(await refusal(server, 'TransferSIPParticipant', {}, prefix), inside(400, 'invalid_argument', 'Missing room name'));
});

test('errors of the API are the SDK\'s own', async () => {
  const error = await api.deleteRoom('nowhere').catch((reason) => reason);
  assert.ok(error instanceof TwirpError);
});

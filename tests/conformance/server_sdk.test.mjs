// SPDX-License-Identifier: Apache-2.0
// sfu::RoomApiClient beside livekit-server-sdk: for the same calls both send the same bytes, with tokens that grant the
// same.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import * as protocol from '@livekit/protocol';
import { AgentDispatchClient, DataPacket_Kind, RoomServiceClient, TokenVerifier, TrackSource } from 'livekit-server-sdk';
import { root } from '../support/server.mjs';
import { Program } from './program.mjs';

const kNonce = 'sixteen bytes ..';
const kKey = ['devkey', 'a secret of at least 32 characters'];
const kMessages = {
  CreateRoom: 'CreateRoomRequest', ListRooms: 'ListRoomsRequest', DeleteRoom: 'DeleteRoomRequest',
  UpdateRoomMetadata: 'UpdateRoomMetadataRequest', SendData: 'SendDataRequest', ListParticipants: 'ListParticipantsRequest',
  GetParticipant: 'RoomParticipantIdentity', RemoveParticipant: 'RoomParticipantIdentity', MutePublishedTrack: 'MuteRoomTrackRequest',
  UpdateParticipant: 'UpdateParticipantRequest', UpdateSubscriptions: 'UpdateSubscriptionsRequest',
  ForwardParticipant: 'ForwardParticipantRequest', MoveParticipant: 'MoveParticipantRequest', PerformRpc: 'PerformRpcRequest',
  CreateDispatch: 'CreateAgentDispatchRequest', DeleteDispatch: 'DeleteAgentDispatchRequest', ListDispatch: 'ListAgentDispatchRequest',
};

// Answers everything with an empty message, and keeps what it was asked.
let listener;
let requests = [];
before(async () => {
  listener = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ path: request.url, method: request.method, type: request.headers['content-type'], body: Buffer.concat(chunks),
      token: request.headers.authorization.replace(/^Bearer /, '') });
    const type = request.headers['content-type'].split(';')[0];
    response.writeHead(200, { 'Content-Type': type }).end(type === 'application/json' ? '{}' : '');
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
});
after(() => listener.close());
const url = () => `http://127.0.0.1:${listener.address().port}`;

// In the order of tests/support/api.cpp.
async function callByTheirs() {
  requests = [];
  const rooms = new RoomServiceClient(url(), ...kKey, { failover: false });
  const agents = new AgentDispatchClient(url(), ...kKey, { failover: false });
  await rooms.createRoom({
    name: 'hall', roomPreset: 'wide', nodeId: 'ND_1', emptyTimeout: 60, departureTimeout: 7, maxParticipants: 12,
    metadata: '<"Aula"> & \\ Größe 5\n\x7f', minPlayoutDelay: 100, maxPlayoutDelay: 2000, syncStreams: true, tags: { kind: 'lecture' },
    agents: [new protocol.RoomAgentDispatch({ agentName: 'clerk', metadata: 'm', attributes: { a: 'b' } })],
  });
  await rooms.createRoom({ name: '' });
  await rooms.listRooms();
  await rooms.listRooms(['hall', 'yard']);
  await rooms.deleteRoom('hall');
  await rooms.updateRoomMetadata('hall', 'new');
  await rooms.updateRoomMetadata('hall', '');
  await rooms.listParticipants('hall');
  await rooms.getParticipant('hall', 'ada');
  await rooms.removeParticipant('hall', 'ada');
  await rooms.removeParticipant('hall', 'ada', { revokeTokenTs: 1_700_000_000n });
  await rooms.mutePublishedTrack('hall', 'ada', 'TR_1', true);
  await rooms.mutePublishedTrack('hall', 'ada', 'TR_1', false);
  const update = { name: 'Ada', metadata: 'm', attributes: { seat: '3' } };
  await rooms.updateParticipant('hall', 'ada', update);
  const sources = [TrackSource.CAMERA, TrackSource.SCREEN_SHARE_AUDIO];
  await rooms.updateParticipant('hall', 'ada', { ...update,
    permission: { canSubscribe: true, canPublish: true, canPublishData: false, canPublishSources: sources, hidden: true } });
  await rooms.updateSubscriptions('hall', 'ada', ['TR_1', 'TR_2'], true);
  await rooms.updateSubscriptions('hall', 'ada', ['TR_1'], false);
  const payload = Buffer.concat([Buffer.from([1, 255]), Buffer.from(' hello')]);
  await rooms.sendData('hall', payload, DataPacket_Kind.LOSSY, { topic: 'news', destinationIdentities: ['ada', 'ben'], destinationSids: ['PA_1'] });
  await rooms.sendData('hall', new Uint8Array(), DataPacket_Kind.RELIABLE);
  await rooms.forwardParticipant('hall', 'ada', 'yard');
  await rooms.moveParticipant('hall', 'ada', 'yard');
  await agents.createDispatch('hall', 'clerk', { metadata: 'm', deployment: 'blue', restartPolicy: protocol.JobRestartPolicy.JRP_NEVER });
  await agents.deleteDispatch('AD_1', 'hall');
  await agents.listDispatch('hall');
  await agents.getDispatch('AD_1', 'hall');
  // Which this SDK does not offer.
  const rpc = new protocol.PerformRpcRequest({ room: 'hall', destinationIdentity: 'ada', method: 'echo', payload: 'hi', responseTimeoutMs: 2500 });
  const theirs = requests;
  theirs.push({ ...theirs.at(-1), path: '/twirp/livekit.RoomService/PerformRpc', body: Buffer.from(JSON.stringify(rpc.toJson())) });
  // Each of their data has a nonce of its own.
  const nonce = Buffer.from(kNonce).toString('base64');
  for (const request of theirs) request.body = Buffer.from(request.body.toString().replace(/"nonce":"[^"]*"/, `"nonce":"${nonce}"`));
  return theirs;
}

async function callByOurs(encoding) {
  requests = [];
  const program = new Program(`${root}build/bin/sfu-test-api`, [url(), ...kKey, encoding, kNonce]);
  assert.equal(await program.exit, 0, program.lines.join('\n'));
  return requests;
}

const methodOf = (request) => request.path.split('/').at(-1);

test('the C++ server SDK sends the bytes that livekit-server-sdk sends, as JSON and as protobuf', async () => {
  const theirs = await callByTheirs();
  const json = await callByOurs('json');
  const protobuf = await callByOurs('protobuf');
  for (const ours of [json, protobuf]) {
    assert.deepEqual(ours.map(({ path, method }) => [method, path]), theirs.map(({ path, method }) => [method, path]));
  }
  assert.deepEqual(new Set(json.map(methodOf)), new Set(Object.keys(kMessages)), 'every method is compared');
  for (const [at, their] of theirs.entries()) {
    const message = protocol[kMessages[methodOf(their)]];
    assert.equal(json[at].type, 'application/json');
    assert.equal(json[at].body.toString(), their.body.toString(), their.path);
    assert.equal(protobuf[at].type, 'application/protobuf');
    assert.equal(protobuf[at].body.toString('hex'), Buffer.from(message.fromJsonString(their.body.toString()).toBinary()).toString('hex'), their.path);
  }
  console.log(`${theirs.length} calls of ${Object.keys(kMessages).length} methods compared`);
});

test('the C++ server SDK signs tokens that grant what those of livekit-server-sdk grant, and nothing else', async () => {
  const theirs = await callByTheirs();
  const ours = await callByOurs('protobuf');
  const verifier = new TokenVerifier(...kKey);
  for (const [at, their] of theirs.entries()) {
    const [expected, claims] = await Promise.all([their.token, ours[at].token].map((token) => verifier.verify(token)));
    assert.deepEqual(claims.video, expected.video, their.path);
    assert.equal(claims.sub, undefined);
    assert.equal(claims.exp - claims.nbf, 600);
  }
});

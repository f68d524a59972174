// SPDX-License-Identifier: Apache-2.0
// What strangers, broken clients and mistaken operators do to a server with a call in progress: each gets the clear
// error that is due, or is counted and dropped, and the two people in the call notice nothing.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { freeTcpPort, freeUdpPort, makeToken, runToEnd, startServer } from '../support/server.mjs';
import { Call } from './call.mjs';
import { SignalClient } from './signal_client.mjs';
import { SignalProxy } from './signal_proxy.mjs';
import { bindingRequest, clientHello, rtpLike, stunLookalikes, Stranger } from './stranger.mjs';

const kRoom = 'call';
const kUnauthorized = 401;

let server;
let proxy;
let call;
const sent = { malformed: 0, unknown: 0, any: 0 };  // datagrams that the server must have counted in the end

before(async () => {
  server = await startServer();
  assert.ok(server.ours, 'what is done here is no way to treat a server of others');
  proxy = await SignalProxy.start(server);
  call = await Call.start(proxy.url, kRoom);
});
after(endAll);

// Once; after a failure before it came to that, too.
async function endAll() {
  const [ending, stopping] = [call, server];
  call = server = undefined;
  await ending?.end();
  await proxy?.stop();
  await stopping?.stop();
}

// A test during which, and after which, the call goes on.
const trial = (name, body) => test(name, (t) => call.goesOn(() => body(t)));

// Sends all of these in bursts that the server's socket holds, and waits until it has taken them in.
async function flood(strangers, makeDatagrams, kind) {
  for (const stranger of strangers) {
    const datagrams = makeDatagrams();
    for (const bytes of datagrams) await stranger.send(bytes);
    sent[kind] += datagrams.length;
    assert.ok(await stranger.ask(wrongPassword()), 'the server answers no more');
  }
}

const liveUfrag = () => proxy.ufrags()[0];
const wrongPassword = () => bindingRequest({ username: `${liveUfrag()}:stranger`, password: 'guessed' });

function openStrangers(t, count, address) {
  return Promise.all(Array.from({ length: count }, async () => {
    const stranger = await Stranger.open(server, address);
    t.after(() => stranger.close());
    return stranger;
  }));
}

trial('random datagrams are dropped', async (t) => {
  for (const address of ['127.0.0.1', '127.0.0.2']) {
    const strangers = await openStrangers(t, 10, address);
    await flood(strangers, () => Array.from({ length: 100 }, (_, i) => randomBytes(1 + ((i * 97) % 1400))), 'any');
    assert.deepEqual(strangers.map(({ other }) => other), strangers.map(() => 0), 'something was answered');
  }
});

trial('datagrams that look like STUN are dropped', async (t) => {
  const strangers = await openStrangers(t, 10);
  await flood(strangers, stunLookalikes, 'malformed');
  for (const { answers } of strangers) assert.equal(answers.length, 1, 'something was answered');
});

trial('STUN for a participant that does not exist is dropped', async (t) => {
  const [stranger] = await openStrangers(t, 1);
  const requests = ['nobody:stranger', '00000001:stranger', ':', 'x'.repeat(500)].map((username) => bindingRequest({ username, password: 'x' }));
  const answers = [0x0101, 0x0111].map((type) => bindingRequest({ username: 'a:b', type }));
  await flood([stranger], () => [...requests, ...answers], 'unknown');
  assert.equal(stranger.answers.length, 1);
});

trial('[M-002] a check with a wrong password is answered 401 and changes nothing', async (t) => {
  assert.ok(proxy.ufrags().length >= 2, 'no live ufrags were seen');
  const [stranger] = await openStrangers(t, 1);
  for (const ufrag of proxy.ufrags()) {
    for (let i = 0; i < 20; ++i) {
      const answer = await stranger.ask(bindingRequest({ username: `${ufrag}:stranger`, password: randomBytes(12).toString('base64') }));
      assert.equal(answer?.error, kUnauthorized);
      assert.equal(answer.sealed, false, 'an answer to a stranger is sealed with the password that it does not have');
    }
    const unsealed = await stranger.ask(bindingRequest({ username: `${ufrag}:stranger` }));
    assert.equal(unsealed?.error, 400);
  }
  // It has become nobody's path: what it sends now is a stranger's still.
  await flood([stranger], () => [clientHello(), rtpLike(), rtpLike(200)], 'unknown');
  assert.equal(stranger.other, 0);
});

trial('a DTLS flood from many ports is dropped without an answer', async (t) => {
  const strangers = await openStrangers(t, 250);
  await flood(strangers, () => Array.from({ length: 20 }, clientHello), 'unknown');
  assert.deepEqual(strangers.filter(({ other }) => other > 0), []);
});

trial('media of strangers is dropped', async (t) => {
  const strangers = await openStrangers(t, 10, '127.0.0.3');
  await flood(strangers, () => Array.from({ length: 100 }, (_, i) => rtpLike(i % 2 ? 111 : 200)), 'unknown');
});

// ---- signalling -----------------------------------------------------------------------------------------------------

const kFrame = {
  // RFC 6455 5.2: FIN and kind, mask bit and size, mask, payload.
  textOfNoUtf8: Buffer.from('8184' + '00000000' + 'fffefdfc', 'hex'),
  unknownKind: Buffer.from('8380' + '00000000', 'hex'),
  withoutMask: Buffer.from('8205' + 'aabbccddee', 'hex'),
  none: randomBytes(2000).fill(0xff, 0, 4),
};
// What is sent, through the framing of `ws` or past it, and the code that the connection is closed with.
const kGarbage = {
  'binary that is no message': ['send', randomBytes(300).fill(0xff, 0, 8), 1000],
  'text that is no JSON': ['send', '{"offer": {"sdp": 12', 1000],
  'JSON that is no message': ['send', '[1, 2, 3]', 1000],
  'a frame of 3 MB': ['send', randomBytes(3 << 20), 1009],
  'text that is no UTF-8': ['sendRaw', kFrame.textOfNoUtf8, 1007],
  'a frame of an unknown kind': ['sendRaw', kFrame.unknownKind, 1002],
  'a frame without a mask': ['sendRaw', kFrame.withoutMask, 1002],
  'bytes that are no frame': ['sendRaw', kFrame.none, 1002],
};

for (const [what, [how, bytes, code]] of Object.entries(kGarbage)) {
  trial(`${what} ends that connection with ${code}`, async () => {
    const client = await SignalClient.join(server, makeToken({ room: kRoom, identity: 'mallory' }));
    await client.receive('join');
    client[how](bytes);
    assert.equal(await client.closed, code);
  });
}

trial('an offer that is no SDP is ignored', async () => {
  const client = await SignalClient.join(server, makeToken({ room: kRoom, identity: 'mallory' }));
  await client.receive('join');
  const nonsense = ['', 'nonsense', '\0'.repeat(1000), 'v=0\r\nm=audio', `v=0\r\n${'m=audio 9 RTP/AVP 0\r\n'.repeat(20_000)}`];
  for (const sdp of nonsense) {
    client.request({ case: 'offer', value: { type: 'offer', sdp, id: 1 } });
    client.request({ case: 'trickle', value: { candidateInit: sdp, target: 0 } });
  }
  assert.ok(await client.ping());
  assert.equal(client.messages.some(({ case: kind }) => kind === 'answer'), false);
  await client.close();
});

trial('an offer that cannot be applied asks its sender to start over', async () => {
  const client = await SignalClient.join(server, makeToken({ room: kRoom, identity: 'mallory' }));
  await client.receive('join');
  const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=mid:0',
    'a=rtpmap:111 opus/48000/2', 'a=sendonly', ''].join('\r\n');  // neither credentials nor a fingerprint
  client.request({ case: 'offer', value: { type: 'offer', sdp, id: 1 } });
  const leave = await client.receive('leave');
  assert.equal(leave.reason, 6, 'STATE_MISMATCH');
  assert.equal(leave.action, 2, 'RECONNECT');
  assert.equal(await client.closed, 1000);
});

// ---- tokens ---------------------------------------------------------------------------------------------------------

const refusal = (token, query) => SignalClient.join(server, token, query).then(() => undefined, (error) => error);

trial('[S-005] an expired token is refused with 401, wherever it is shown', async () => {
  const token = makeToken({ room: kRoom, identity: 'mallory', now: Math.floor(Date.now() / 1000) - 3600 });
  const joining = await refusal(token);
  assert.equal(joining?.status, 401);
  assert.match(joining.body, /^invalid authorization token: .*expired/);
  const validation = await fetch(`${server.url}/rtc/validate?access_token=${token}`);
  assert.equal(validation.status, 401);
  assert.match(await validation.text(), /expired/);
});

trial('a forged token is refused with 401', async () => {
  const [head, body, seal] = makeToken({ room: kRoom, identity: 'alice' }).split('.');
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url')), sub: 'mallory' })).toString('base64url');
  for (const token of [`${head}.${forged}.${seal}`, `${head}.${body}.`, `${head}.${body}`, 'garbage', '']) {
    assert.equal((await refusal(token))?.status, 401, token);
  }
});

trial('a token for another room shows nothing of this one', async () => {
  const alice = call.people[0].room.localParticipant;
  const client = await SignalClient.join(server, makeToken({ room: 'elsewhere', identity: 'mallory' }), { room: kRoom });
  const join = await client.receive('join');
  assert.equal(join.room.name, 'elsewhere');
  assert.deepEqual(join.otherParticipants, []);
  const tracks = [...alice.trackPublications.keys()];
  assert.equal(tracks.length, 1);
  client.request({ case: 'subscription', value: { trackSids: tracks, subscribe: true } });
  client.request({ case: 'mute', value: { sid: tracks[0], muted: true } });
  const answer = await client.receive('requestResponse');
  assert.equal(answer.reason, 1, 'NOT_FOUND');
  assert.ok(await client.ping());
  assert.equal(client.messages.some(({ case: kind }) => kind === 'update'), false);
  await client.close();

  // Nor does it take over the session of somebody there.
  const thief = await SignalClient.join(server, makeToken({ room: 'elsewhere', identity: 'alice' }), { reconnect: '1', sid: alice.sid });
  const leave = await thief.receive('leave');
  assert.equal(leave.reason, 6, 'STATE_MISMATCH');
  assert.equal(await thief.closed, 1000);
});

trial('a request that is none, or for what is not there, is refused', async () => {
  for (const [bytes, answer] of [[randomBytes(2000).fill(0xff, 0, 4), /^$|^HTTP\/1.1 400 /], [Buffer.from('GET / HTTP/9.9\r\n\r\n'), /^HTTP\/1.1 [45]/]]) {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.end(bytes);
    let said = '';
    for await (const chunk of socket) said += chunk;
    assert.match(said, answer);
  }
  for (const path of ['/nothing', '/..%2f..%2fetc/passwd', `/${'x'.repeat(5000)}`, '/rtc', '/rtc/v1']) {
    const response = await fetch(server.url + path, { method: 'POST', body: randomBytes(1000) });
    assert.equal(response.status, 404, path.slice(0, 40));
  }
});

// ---- a second server ------------------------------------------------------------------------------------------------

trial('a second server on the same TCP port ends with an error that names it', async () => {
  const { how, log } = await runToEnd(['--dev', '--bind', '127.0.0.1', '--port', `${server.port}`, '--udp-port', `${await freeUdpPort()}`,
    '--rtc.tcp_port', '0']);
  assert.equal(how, 1);
  assert.match(log, new RegExp(`TCP 127\\.0\\.0\\.1:${server.port}: .*in use`, 'i'));
  assert.equal((await fetch(server.url)).status, 200);
});

trial('a second server on the same UDP port ends with an error that names it', async () => {
  for (const workers of ['1', '2']) {
    const { how, log } = await runToEnd(['--dev', '--bind', '127.0.0.1', '--port', `${await freeTcpPort()}`, '--udp-port', `${server.udpPort}`,
      '--rtc.tcp_port', '0', '--workers', workers]);
    assert.equal(how, 1);
    assert.match(log, new RegExp(`UDP 127\\.0\\.0\\.1:${server.udpPort}: .*in use`, 'i'));
  }
});

// ---- the count ------------------------------------------------------------------------------------------------------

test('what was dropped is told when the server stops', async () => {
  const { log } = server;
  await endAll();
  const counted = Object.fromEntries([...log().matchAll(/(\w+)="(\d+)"/g)].map(([, key, value]) => [key, Number(value)]));
  assert.ok(counted.dropped_unknown_source >= sent.unknown, JSON.stringify({ counted, sent }));
  assert.ok(counted.dropped_malformed >= sent.malformed, JSON.stringify({ counted, sent }));
  assert.ok(counted.dropped_unknown_source + counted.dropped_malformed >= sent.unknown + sent.malformed + sent.any);
  assert.ok(counted.packets_received > counted.dropped_unknown_source + counted.dropped_malformed);
});

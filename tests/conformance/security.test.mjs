// SPDX-License-Identifier: Apache-2.0
// What strangers try: tokens that are none, calls without their grant, other files than the page's, requests that never
// end; and what the log tells of all that. Limits of sizes are in gateway.test.mjs and twirp.test.mjs.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freeTcpPort, freeUdpPort, makeToken, root, runToEnd, startServer } from '../support/server.mjs';
import { Hook } from './hook.mjs';
import { Program } from './program.mjs';
import { SignalClient } from './signal_client.mjs';
import { apiToken, call, refusal } from './twirp.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'sfu-security-'));
let server;
before(async () => {
  mkdirSync(join(scratch, 'page', 'inner'), { recursive: true });
  writeFileSync(join(scratch, 'page', 'index.html'), 'the page');
  writeFileSync(join(scratch, 'page', 'inner', 'style.css'), 'the style');
  writeFileSync(join(scratch, 'private.txt'), 'not for you');
  server = await startServer({ args: ['--meet-dir', join(scratch, 'page')] });
});
after(async () => {
  await server?.stop();
  rmSync(scratch, { recursive: true });
});

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const everything = { roomJoin: true, room: 'hall', roomCreate: true, roomList: true, roomAdmin: true };
const claims = (more = {}) => ({ iss: 'devkey', sub: 'mallory', exp: now() + 600, video: everything, ...more });
const hmac = (hash, secret) => (text) => createHmac(hash, secret).update(text).digest('base64url');
const seal = (header, body, signer) => `${encode(header)}.${encode(body)}.${signer(`${encode(header)}.${encode(body)}`)}`;

// What a request with this token is answered: by a join, by the room API, by a page.
async function answers(token) {
  const statuses = [];
  for (const path of ['/rtc/validate', '/rtc/v1/validate?join_request=EgA=', '/', '/meet/']) {
    statuses.push((await fetch(`${server.url}${path}`, { headers: { Authorization: `Bearer ${token}` } })).status);
  }
  statuses.push((await call(server, 'ListRooms', {}, { token })).status);
  statuses.push(await SignalClient.join(server, token).then((client) => client.close().then(() => 101), ({ status }) => status));
  return statuses;
}

test('[C-001] [C-003] [C-005] no token but one of ours, of now, opens anything', async () => {
  const hs256 = { alg: 'HS256', typ: 'JWT' };
  const ours = hmac('sha256', 'secret');
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey: ec, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const nothing = () => '';
  const bad = {
    'alg none': seal({ alg: 'none' }, claims(), nothing),
    'alg None': seal({ alg: 'None' }, claims(), nothing),
    'alg none, signed all the same': seal({ alg: 'none' }, claims(), ours),
    'alg empty': seal({ alg: '' }, claims(), ours),
    'no alg': seal({ typ: 'JWT' }, claims(), ours),
    'alg of a wrong type': seal({ alg: ['HS256'] }, claims(), ours),
    'alg in lower case': seal({ alg: 'hs256' }, claims(), ours),
    HS384: seal({ alg: 'HS384' }, claims(), hmac('sha384', 'secret')),
    HS512: seal({ alg: 'HS512' }, claims(), hmac('sha512', 'secret')),
    RS256: seal({ alg: 'RS256' }, claims(), (text) => sign('sha256', Buffer.from(text), rsa).toString('base64url')),
    ES256: seal({ alg: 'ES256' }, claims(), (text) => sign('sha256', Buffer.from(text), ec).toString('base64url')),
    'a public key as the secret': seal({ ...hs256, kid: pem }, claims(), hmac('sha256', pem)),
    'no signature': seal(hs256, claims(), nothing),
    'half a signature': seal(hs256, claims(), (text) => ours(text).slice(0, 20)),
    'another secret': seal(hs256, claims(), hmac('sha256', 'Secret')),
    'an empty secret': seal(hs256, claims(), hmac('sha256', '')),
    'another key': seal(hs256, claims({ iss: 'other' }), ours),
    'no key': seal(hs256, claims({ iss: undefined }), ours),
    'a changed body': seal(hs256, claims(), () => ours(`${encode(hs256)}.${encode(claims({ sub: 'ada' }))}`)),
    expired: seal(hs256, claims({ exp: now() - 61 }), ours),
    'without an end': seal(hs256, claims({ exp: undefined }), ours),
    'not yet valid': seal(hs256, claims({ nbf: now() + 70 }), ours),
    'of four parts': `${seal(hs256, claims(), ours)}.x`,
  };
  for (const [what, token] of Object.entries(bad)) assert.deepEqual(await answers(token), Array(6).fill(401), what);
  assert.deepEqual(await answers(seal(hs256, claims(), ours)), [200, 200, 200, 200, 200, 101]);
});

test('[C-010] a token for one room opens no other', async () => {
  const token = makeToken({ room: 'hall', identity: 'mallory', video: { roomAdmin: true } });
  const client = await SignalClient.join(server, token, { room: 'vault' });
  assert.equal((await client.receive('join')).room.name, 'hall', 'a room in the query is not looked at');
  await client.leave();
  for (const room of ['vault', 'Hall', 'hall ', '']) {
    assert.deepEqual(await refusal(server, 'ListParticipants', { room }, { token }), [401, 'unauthenticated', 'permissions denied'], room);
  }
});

// ---- grants ---------------------------------------------------------------------------------------------------------

// Each method of each service, as the protocol's files have them.
function methods() {
  const all = [];
  for (const file of readdirSync(`${root}proto`).filter((name) => name.endsWith('.proto'))) {
    const text = readFileSync(`${root}proto/${file}`, 'utf8');
    for (const [, service, body] of text.matchAll(/^service (\w+) \{(.*?)^\}/gms)) {
      for (const [, method] of body.matchAll(/rpc (\w+)\(/g)) all.push({ service, method });
    }
  }
  return all;
}

// What one of them needs (control-plane spec 2.3); the others are what is left.
const grants = {
  'RoomService/CreateRoom': { roomCreate: true }, 'RoomService/DeleteRoom': { roomCreate: true }, 'RoomService/ListRooms': { roomList: true },
  'RoomService/ForwardParticipant': { roomAdmin: true, room: 'hall', destinationRoom: 'yard' },
  'RoomService/MoveParticipant': { roomAdmin: true, room: 'hall', destinationRoom: 'yard' },
  RoomService: { roomAdmin: true, room: 'hall' }, AgentDispatchService: { roomAdmin: true, room: 'hall' },
  Egress: { roomRecord: true }, Ingress: { ingressAdmin: true },
  'SIP/CreateSIPParticipant': { sip: { call: true } }, 'SIP/TransferSIPParticipant': { roomAdmin: true, room: 'hall', sip: { call: true } },
  SIP: { sip: { admin: true } },
};
const all = { roomCreate: true, roomList: true, roomRecord: true, ingressAdmin: true, roomAdmin: true, room: 'hall', destinationRoom: 'yard',
  sip: { admin: true, call: true } };
const tokenOf = ({ sip, ...video }) => apiToken(video, sip ? { sip } : {});

// All grants but one of those that are needed, one token for each.
function withoutOne(needed) {
  return Object.keys(needed).map((grant) => {
    if (grant === 'room' || grant === 'destinationRoom') return { ...all, [grant]: 'vault' };
    if (grant === 'sip') return { ...all, sip: Object.fromEntries(Object.keys(all.sip).map((one) => [one, !needed.sip[one]])) };
    return { ...all, [grant]: false };
  });
}

test('[C-009] [C-059] each method of each service asks for its grant', async () => {
  const denied = [401, 'unauthenticated', 'permissions denied'];
  const body = { room: 'hall', name: 'hall', identity: 'ada', destination_room: 'yard', destination_identity: 'ada', room_name: 'hall',
    participant_identity: 'ada', transfer_to: 'tel:+1', dispatch_id: 'AD_1' };
  const found = methods();
  for (const { service, method } of found) {
    const needed = grants[`${service}/${method}`] ?? grants[service];
    assert.ok(needed, `the table has no line for ${service}`);
    const ask = (token) => refusal(server, method, body, { token, prefix: `/twirp/livekit.${service}/` });
    const name = `${service}/${method}`;
    assert.deepEqual(await ask(undefined), denied, `${name} without a token`);
    assert.deepEqual(await ask(makeToken({ room: 'hall', identity: 'ada' })), denied, `${name} with a token for joining`);
    for (const fewer of withoutOne(needed)) assert.deepEqual(await ask(tokenOf(fewer)), denied, `${name} with ${JSON.stringify(fewer)}`);
    assert.notEqual((await ask(tokenOf(needed)))[0], 401, `${name} with what it needs`);
  }
  console.log(`${found.length} methods of ${new Set(found.map(({ service }) => service)).size} services`);
  assert.ok(found.length >= 47);
});

// ---- files ----------------------------------------------------------------------------------------------------------

// The path as it is: fetch would tidy it.
function getRaw(path) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port: server.port, path }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve([response.statusCode, body]);
    }).on('error', reject);
  });
}

test('the page has its own files, and no path leads to others', async () => {
  assert.deepEqual(await getRaw('/meet/'), [200, 'the page']);
  assert.deepEqual(await getRaw('/meet/inner/style.css'), [200, 'the style']);
  const up = ['..', '%2e%2e', '%2E.', '..;', '..%00', '....'];
  const separators = ['/', '%2f', '%5c', '\\', '//'];
  const paths = up.flatMap((dots) => separators.flatMap((slash) => [
    `/meet/${dots}${slash}private.txt`,
    `/meet/inner${slash}${dots}${slash}${dots}${slash}private.txt`,
    `/meet/${`${dots}${slash}`.repeat(8)}etc${slash}passwd`,
  ]));
  paths.push(`/meet/${join(scratch, 'private.txt')}`, '/meet//etc/passwd', '/meet/%2fetc%2fpasswd', '/meet/file:///etc/passwd',
    '/meet/index.html%00.css', '/meet/%c0%ae%c0%ae/private.txt', '/meet/inner', '/meet/inner/', '/../private.txt', '/meet/%252e%252e/private.txt');
  for (const path of paths) {
    const [status, body] = await getRaw(path);
    assert.equal(status, 404, path);
    assert.doesNotMatch(body, /not for you|root:|the (page|style)/, path);
  }
  console.log(`${paths.length} paths`);
});

// ---- time and connections -------------------------------------------------------------------------------------------

test('a stranger with unfinished requests keeps nobody out, and is cut off in time', async (t) => {
  // So few descriptors that the stranger could take them all.
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()]);
  const arguments_ = ['--dev', '--bind', '127.0.0.1', '--port', `${port}`, '--udp-port', `${udpPort}`, '--rtc.tcp_port', '0'];
  const poor = new Program('/bin/sh', ['-c', 'ulimit -n 160; exec "$0" "$@"', process.env.SFU_SERVER ?? `${root}build/bin/sfu-server`, ...arguments_]);
  t.after(() => poor.stop());
  await poor.line(/listening on/);
  const beginnings = ['', 'G', 'GET /rtc/validate HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\n',
    'GET /rtc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'];
  const strangers = [];
  for (let i = 0; i < 300; ++i) {
    const socket = net.connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
    socket.on('error', () => {});
    strangers.push({ socket, silent: beginnings[i % 5] === '', closed: new Promise((resolve) => { socket.on('close', resolve); }) });
    await once(socket, 'connect');
    if (beginnings[i % 5]) socket.write(beginnings[i % 5]);
  }
  t.after(() => strangers.forEach(({ socket }) => socket.destroy()));
  // One byte a second, to look busy.
  const drip = setInterval(() => strangers.forEach(({ socket, silent }) => silent || socket.destroyed || socket.write('x')), 1000);
  t.after(() => clearInterval(drip));
  const own = { url: `http://127.0.0.1:${port}` };
  for (let i = 0; i < 5; ++i) {
    const client = await SignalClient.join(own, makeToken({ room: 'hall', identity: `friend-${i}` }));
    await client.receive('join');
    assert.equal((await fetch(`${own.url}/`)).status, 200);
    t.after(() => client.close());
  }
  const begun = Date.now();
  await Promise.all(strangers.filter(({ silent }) => !silent).map(({ closed }) => closed));
  console.log(`all unfinished requests were cut off after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  assert.equal((await fetch(`${own.url}/`)).status, 200);
});

// ---- secrets --------------------------------------------------------------------------------------------------------

test('no secret and no token is ever logged, or told in an error', async (t) => {
  const secret = 'hush-of-the-api-key-0123456789abcdef';
  const turn = 'hush-of-the-turn-server-0123456789abcdef';
  const query = 'hush-of-the-webhook-0123456789abcdef';
  const [port, udpPort, hook] = await Promise.all([freeTcpPort(), freeUdpPort(), Hook.start({ answer: () => 404 })]);
  t.after(() => hook.stop());
  const configuration = `
keys: {hushkey: ${secret}}
logging: {level: debug}
webhook: {api_key: hushkey, urls: ['${hook.url}?key=${query}']}
rtc:
  turn_servers: [{host: 127.0.0.1, port: 3478, protocol: udp, secret: ${turn}}]
`;
  const program = new Program(process.env.SFU_SERVER ?? `${root}build/bin/sfu-server`,
    ['--config-body', configuration, '--bind', '127.0.0.1', '--port', `${port}`, '--udp-port', `${udpPort}`, '--rtc.tcp_port', '0']);
  t.after(() => program.stop());
  await program.line(/listening on/);
  const own = { url: `http://127.0.0.1:${port}` };
  const answers = [];
  const tokens = [];
  const token = (more = {}) => {
    tokens.push(makeToken({ key: 'hushkey', secret, room: 'hall', identity: 'ada', ...more }));
    return tokens.at(-1);
  };
  const say = async (path, options) => answers.push(await (await fetch(`${own.url}${path}`, options)).text());
  for (const bad of [token({ now: now() - 10_000 }), token({ now: now() + 10_000 }), token({ secret: 'wrong' }), token({ key: 'nokey' }),
    token({ claims: { video: { roomJoin: 'yes' } } }), token({ claims: { roomConfig: { emptyTimeout: 'soon' } } }), `${token()}x`, token({ room: '' })]) {
    await say(`/rtc/validate?access_token=${bad}`);
    await say('/rtc/validate', { headers: { Authorization: `Bearer ${bad}` } });
    await say('/rtc/validate', { headers: { Authorization: `Basic ${bad}` } });
    await say('/twirp/livekit.RoomService/ListRooms', { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${bad}` }, body: '{' });
    answers.push(await SignalClient.join(own, bad).then((client) => client.close(), ({ body }) => body));
  }
  const client = await SignalClient.join(own, token());
  await client.receive('join');
  tokens.push(await client.receive('refreshToken'));
  client.send('{ no JSON');
  await client.closed;
  const again = await SignalClient.join(own, token());
  await again.receive('join');
  const api = { token: token({ identity: '', video: { roomAdmin: true, roomJoin: false } }) };
  for (const method of ['RemoveParticipant', 'RemoveParticipant', 'UpdateParticipant', 'Nothing']) {
    answers.push((await call(own, method, { room: 'hall', identity: 'ada', revoke_token_ts: now() + 5 }, api)).text);
  }
  await again.closed;
  await program.line(/a webhook was delivered/);
  await program.stop();

  const said = [...program.lines, ...answers].join('\n');
  assert.ok(program.lines.length > 5, 'the log is no empty one');
  for (const hushed of [secret, turn, query, ...tokens]) {
    assert.ok(!said.includes(hushed), `it told ${hushed}`);
    const signature = hushed.split('.')[2];
    if (signature) assert.ok(!said.includes(signature), 'it told a signature');
  }
  console.log(`${program.lines.length} lines of log and ${answers.length} answers searched for ${tokens.length} tokens`);
});

test('a wrong configuration is refused without telling the secrets in it', async () => {
  const hush = 'hush-0123456789abcdef0123456789abcdef';
  const file = join(scratch, 'keys.yaml');
  writeFileSync(file, `key: [${hush}]\n`, { mode: 0o600 });
  for (const wrong of [
    ['--keys', `devkey:${hush}`], ['--keys', hush], ['--keys', `devkey: [${hush}]`], ['--key-file', file],
    ['--config-body', `keys: {a: {b: ${hush}}}`], ['--config-body', `keys: [${hush}]`], ['--config-body', `keys: ${hush}`],
    ['--config-body', `rtc: {turn_servers: [{host: h, secret: [${hush}]}]}`], ['--config-body', `keys: {a: ${hush}}\nport: x`],
  ]) {
    const { how, log } = await runToEnd(['--bind', '127.0.0.1', ...wrong]);
    assert.notEqual(how, 'SIGKILL', `${wrong[0]} ${wrong[1]} was taken`);
    assert.ok(log.length > 0);
    assert.ok(!log.includes(hush), log);
  }
});

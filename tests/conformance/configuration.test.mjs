// SPDX-License-Identifier: Apache-2.0
// The server's command line, environment and configuration, as an operator gives them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, test } from 'node:test';
import { freeTcpPort, freeUdpPort, makeToken, root, runToEnd, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';

const kSecret = '0123456789abcdef0123456789abcdef';
const kTooBig = 1009;

const folder = mkdtempSync(joinPath(tmpdir(), 'sfu-configuration-'));
after(() => rmSync(folder, { recursive: true }));

function fileWith(name, content, mode = 0o600) {
  const path = joinPath(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

async function started(t, options) {
  const server = await startServer(options);
  t.after(() => server.stop());
  return server;
}

// The status and body that /rtc/validate answers.
async function validate(server, token) {
  const response = await fetch(`${server.url}/rtc/validate?access_token=${token}`);
  return `${response.status} ${await response.text()}`;
}

// How long rooms last that nobody comes to: a setting that a client is told of.
async function emptyTimeout(server, identity) {
  const client = await SignalClient.join(server, makeToken({ room: 'settings', identity }));
  const { room } = await client.receive('join');
  await client.leave();
  return room.emptyTimeout;
}

async function refusal(args, env) {
  const { how, log } = await runToEnd(args, env);
  assert.equal(how, 1, log);
  return log;
}

test('[C-073] an unknown key is fatal with its place, and a warning with --disable-strict-config', async (t) => {
  const config = fileWith('unknown.yaml', 'rtc:\n  udp_prot: 7882\n');
  assert.match(await refusal(['--dev', '--config', config]), /unknown\.yaml:2: unknown key rtc\.udp_prot; did you mean rtc\.udp_port\?/);
  const server = await started(t, { args: ['--config', config, '--disable-strict-config'] });
  assert.match(server.log(), /unknown key rtc\.udp_prot/);
});

test('[C-074] a flag beats a variable, a variable beats the file, and --config-body beats --config', async (t) => {
  const config = fileWith('precedence.yaml', 'room: {empty_timeout: 60}\n');
  const args = ['--config', config];
  const env = { LIVEKIT_ROOM_EMPTY_TIMEOUT: '70' };
  assert.equal(await emptyTimeout(await started(t, { args }), 'file'), 60);
  assert.equal(await emptyTimeout(await started(t, { args, env }), 'variable'), 70);
  assert.equal(await emptyTimeout(await started(t, { args: [...args, '--room.empty_timeout', '80'], env }), 'flag'), 80);
  const body = ['--config-body', 'room: {empty_timeout: 90}'];
  assert.equal(await emptyTimeout(await started(t, { args: [...args, ...body] }), 'body'), 90);
  assert.equal(await emptyTimeout(await started(t, { args, env: { LIVEKIT_CONFIG: 'room: {empty_timeout: 91}' } }), 'body'), 91);
});

test('[C-074] a wrong flag or variable is named, and a time there is a number of nanoseconds', async () => {
  assert.match(await refusal(['--dev'], { LIVEKIT_RTC_TCP_PORT: 'many' }), /LIVEKIT_RTC_TCP_PORT: rtc\.tcp_port must be a number from 0 to 65535, not many/);
  assert.match(await refusal(['--dev', '--video.dynacast_pause_delay', '5s']), /--video\.dynacast_pause_delay: .* must be a whole number of nanoseconds/);
});

test('[C-074] a flag of a key that is true or false means true when it stands alone', async (t) => {
  const warning = /--redis\.use_tls: redis\.use_tls is not built yet/;
  assert.match((await started(t, { args: ['--redis.use_tls', '--room.empty_timeout', '60'] })).log(), warning);
  assert.match((await started(t, { args: ['--redis.use_tls=true'] })).log(), warning);
  assert.doesNotMatch((await started(t, { args: ['--redis.use_tls=false'] })).log(), warning);
});

test('[C-075] --dev without keys has devkey on the loopback addresses, and shows its rooms', async (t) => {
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()]);
  const server = await started(t, { args: [], ports: [port, udpPort] });
  assert.equal(await validate(server, makeToken({ room: 'dev', identity: 'alice' })), '200 success');
  const client = await SignalClient.join(server, makeToken({ room: 'dev', identity: 'alice' }));
  const { room } = await client.receive('join');
  const rooms = await (await fetch(`${server.url}/debug/rooms`)).json();
  assert.deepEqual(rooms.map(({ Name, Sid }) => [Name, Sid]), [['dev', room.sid]]);
  assert.deepEqual(Object.keys(rooms[0].Participants), ['alice']);
  await client.leave();
});

test('[C-075] without --dev there is no page for debugging, and a key is needed', async (t) => {
  assert.match(await refusal([]), /no API keys/);
  const server = await started(t, { development: false, args: ['--keys', `mine: ${kSecret}`] });
  assert.equal((await fetch(`${server.url}/debug/rooms`)).status, 404);
});

test('[C-076] generate-keys prints a pair that a server takes', async (t) => {
  const { how, log } = await runToEnd(['generate-keys']);
  assert.equal(how, 0);
  const [, key, secret] = /^API Key: {2}(API[0-9A-Za-z]{12})\nAPI Secret: {2}([0-9A-Za-z]{43})\n$/.exec(log);
  const again = await runToEnd(['generate-keys']);
  assert.notEqual(again.log, log);
  const server = await started(t, { development: false, args: ['--keys', `${key}: ${secret}`] });
  assert.equal(await validate(server, makeToken({ room: 'r', identity: 'a', key, secret })), '200 success');
});

test('[C-076] create-join-token prints a token for thirty days that a server takes, for a recorder too', async (t) => {
  const server = await started(t);
  const claimsOf = async (...more) => {
    const { how, log } = await runToEnd(['--dev', 'create-join-token', '--room', 'hall', '--identity', 'alice', ...more]);
    assert.equal(how, 0, log);
    const [, token] = /^Token: (\S+)\n$/.exec(log);
    assert.equal(await validate(server, token), '200 success');
    return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  };
  const claims = await claimsOf();
  assert.deepEqual(claims.video, { roomJoin: true, room: 'hall' });
  assert.equal(claims.sub, 'alice');
  assert.equal(claims.exp - claims.nbf, 30 * 24 * 3600);
  const { video } = await claimsOf('--recorder');
  assert.deepEqual(video, { roomJoin: true, room: 'hall', hidden: true, recorder: true, canPublish: false, canPublishData: false });
});

test('[C-076] ports, list-nodes and help-verbose say what they are asked', async () => {
  const ports = await runToEnd(['ports', '--dev', '--port', '7990', '--udp-port', '7991-7999']);
  assert.equal(ports.how, 0);
  assert.match(ports.log, /TCP Ports\n7990 - HTTP service\n7881 - ICE\/TCP\n\nUDP Ports\n7991-7999 - ICE\/UDP\n/);
  assert.equal((await runToEnd(['list-nodes', '--dev'])).how, 0);
  const { how, log } = await runToEnd(['help-verbose']);
  assert.equal(how, 0);
  for (const flag of ['--config-body', '--room.empty_timeout', '--redis.address', '--rtc.congestion_control.enabled']) {
    assert.ok(log.includes(flag), flag);
  }
  const { log: brief } = await runToEnd(['--help']);
  assert.ok(!brief.includes('--room.empty_timeout'));
});

test('[C-017] every configured key is accepted, from a key file too, which others may not reach', async (t) => {
  const path = fileWith('keys.yaml', `one: ${kSecret}\ntwo: ${kSecret}2\n`, 0o640);
  const server = await started(t, { development: false, args: ['--key-file', '$SFU_TEST_FOLDER/keys.yaml'], env: { SFU_TEST_FOLDER: folder } });
  const token = (key, secret) => makeToken({ room: 'r', identity: 'a', key, secret });
  assert.equal(await validate(server, token('one', kSecret)), '200 success');
  assert.equal(await validate(server, token('two', `${kSecret}2`)), '200 success');
  assert.equal(await validate(server, token('two', kSecret)), '401 invalid authorization token: signature is not valid');
  assert.equal(await validate(server, token('three', kSecret)), '401 invalid API key');
  for (const mode of [0o644, 0o641, 0o602]) {
    chmodSync(path, mode);
    assert.match(await refusal(['--key-file', path]), /others may access this key file/);
  }
});

test('[C-077] what cannot be is fatal, and said', async (t) => {
  const cases = [
    ['port: [1', /--config-body:1: /],
    ['port: http', /--config-body:1: port must be a number from 0 to 65535, not http/],
    ['rtc: {port_range_start: 2000, port_range_end: 1000}', /rtc\.port_range_end must not be below rtc\.port_range_start/],
    ['rtc: {node_ip: nowhere}', /rtc\.node_ip must be an IP address/],
    ['rtc: {turn_servers: [{host: a}]}', /rtc\.turn_servers\[0\] must have a secret or secret_file, or both/],
    ['rtc: {force_tcp: true, tcp_port: 0}', /rtc\.force_tcp needs a port/],
    ['prometheus: {port: 9, username: me}', /prometheus\.username and prometheus\.password must both be set/],
    ['node_selector: {kind: best}', /node_selector\.kind must be one of any, random/],
    ['region: a\nnode_selector: {regions: [{name: b, lat: 0, lon: 0}]}', /region must be one of node_selector\.regions/],
    ['turn: {enabled: true}', /turn\.enabled needs a port/],
    ['turn: {enabled: true, tls_port: 443, domain: x}', /turn\.domain is no domain name: x/],
    ['turn: {enabled: true, tls_port: 443, domain: x.test}', /turn\.tls_port needs turn\.cert_file/],
    ['turn: {deny_peer_cidrs: [all]}', /turn\.deny_peer_cidrs\[0\] must be an address range/],
  ];
  for (const [yaml, message] of cases) assert.match(await refusal(['--dev', '--config-body', yaml]), message);
  assert.match(await refusal(['--keys', 'just text']), /--keys: keys must be a map/);
  assert.match(await refusal(['--config', `${folder}/none.yaml`]), /cannot read configuration file/);

  const holder = net.createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address();
  assert.match(await refusal(['--dev', '--bind', '127.0.0.1', '--port', `${port}`, '--udp-port', `${await freeUdpPort()}`, '--rtc.tcp_port', '0']),
    new RegExp(`TCP 127\\.0\\.0\\.1:${port}`));
});

test('[C-078] deprecated limits of rooms win over the new ones, and log_level counts', async (t) => {
  const server = await started(t, { args: ['--config-body', `
log_level: info
room: {max_room_name_length: 4, max_participant_identity_length: 3}
limit: {max_room_name_length: 100}
`] });
  assert.equal(await validate(server, makeToken({ room: 'five5', identity: 'bob' })), '400 room name length exceeds limits: max length 4');
  assert.equal(await validate(server, makeToken({ room: 'four', identity: 'dave' })), '400 participant identity length exceeds limits: max length 3');
  assert.equal(await validate(server, makeToken({ room: 'four', identity: 'bob' })), '200 success');
  assert.match(server.log(), /log_level is deprecated/);
});

test('[C-098] a signalling message over limit.signal_message_size_limit closes the connection', async (t) => {
  const server = await started(t, { args: ['--config-body', 'limit: {signal_message_size_limit: 5000}'] });
  const client = await SignalClient.join(server, makeToken({ room: 'r', identity: 'alice' }));
  await client.receive('join');
  assert.ok(await client.ping());
  client.send(randomBytes(5001));  // such bytes cannot be compressed
  assert.equal(await client.closed, kTooBig);
});

test('a request body over limit.max_api_request_body_size is answered 413', async (t) => {
  const server = await started(t, { args: ['--config-body', 'limit: {max_api_request_body_size: 1000}'] });
  const post = (size) => fetch(`${server.url}/`, { method: 'POST', body: Buffer.alloc(size) });
  assert.equal((await post(1000)).status, 200);
  assert.equal((await post(1001)).status, 413);
});

test('[C-071] an operator tells certain clients of codecs to leave alone', async (t) => {
  const server = await started(t, { args: ['--config-body', `
client_configuration:
  - when: c.browser == "edge" && c.browser_version < "120"
    disabled_codecs: [video/AV1]
`] });
  const configuration = async (browser, version) => {
    const client = await SignalClient.join(server, makeToken({ room: 'r', identity: `${browser}${version}` }),
      { browser, browser_version: version, os: 'Windows' });
    const { clientConfiguration } = await client.receive('join');
    await client.leave();
    return clientConfiguration?.disabledCodecs?.codecs.map(({ mime }) => mime);
  };
  assert.deepEqual(await configuration('Edge', '119.0.1'), ['video/AV1']);
  assert.equal(await configuration('Edge', '120.0'), undefined);
  assert.deepEqual(await configuration('Safari', '18.4'), ['video/AV1']);
  assert.match(await refusal(['--dev', '--config-body', 'client_configuration: [{when: c.planet == 1}]']), /there is no field c\.planet/);
});

test('our sample file starts without a warning', async (t) => {
  const server = await started(t, { development: false, args: ['--config', `${root}examples/server/sample.yaml`] });
  assert.doesNotMatch(server.log(), /warn/i);
  const token = makeToken({ room: 'r', identity: 'a', key: 'sample-key', secret: 'this-secret-is-for-trying-things-out-only' });
  assert.equal(await validate(server, token), '200 success');
});

// With what LiveKit's own sample sets.
test('a file that sets what LiveKit servers are mostly told starts, with warnings for what is not built', async (t) => {
  const first = await freeUdpPort();
  const server = await started(t, { development: false, args: ['--config', fileWith('usual.yaml', `
port: 7880
redis: {address: redis.test:6379}
rtc: {port_range_start: ${first}, port_range_end: ${first + 1}, use_external_ip: true}
keys: {one: ${kSecret}, two: ${kSecret}2}
`)] });
  for (const key of ['redis.address', 'rtc.use_external_ip']) assert.match(server.log(), new RegExp(`${key} is not built yet`));
  assert.equal(await validate(server, makeToken({ room: 'r', identity: 'a', key: 'one', secret: kSecret })), '200 success');
});

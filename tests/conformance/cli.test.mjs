// SPDX-License-Identifier: Apache-2.0
// sfu-cli against the real server: two of them in a room over real sockets, on both paths. What they print is what
// happened.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { h264, ivf, ogg } from './media_files.mjs';
import { freeTcpPort, freeUdpPort } from '../support/server.mjs';
import { Program } from './program.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kServer = process.env.SFU_SERVER ?? `${root}build/bin/sfu-server`;
const kCli = process.env.SFU_CLI ?? `${root}build/bin/sfu-cli`;

let ports;
let server;
const scratch = mkdtempSync(join(tmpdir(), 'sfu-cli-'));
const programs = [];

async function startServer() {
  server = new Program(kServer, ['--dev', '--bind', '127.0.0.1', '--port', String(ports.port), '--udp-port', String(ports.udpPort),
    '--rtc.tcp_port', '0']);
  await server.line(/listening on/);
}

function cliAt(url, room, identity, ...more) {
  const program = new Program(kCli, ['join', '--url', url, '--api-key', 'devkey', '--api-secret', 'secret', '--room', room,
    '--identity', identity, ...more]);
  programs.push(program);
  return program;
}
const cli = (...args) => cliAt(`ws://127.0.0.1:${ports.port}`, ...args);

before(async () => {
  ports = { port: await freeTcpPort(), udpPort: await freeUdpPort() };
  await startServer();
});
after(async () => {
  for (const program of programs) program.child.kill('SIGKILL');
  await server.stop();
  rmSync(scratch, { recursive: true });
});

for (const path of [[], ['--two-connections']]) {
  const name = path.length === 0 ? '/rtc/v1' : '/rtc';

  test(`media, data, streams and calls between two clients over ${name}`, async () => {
    const room = `talk${path.length}`;
    const bob = cli(room, 'bob', '--subscribe', '--answer', 'echo', '--answer', 'name=Bob', ...path);
    await bob.line(/^ready$/);
    const alice = cli(room, 'alice', '--publish', 'synthetic', '--publish', 'synthetic-audio', '--send', 'hello there', '--data',
      'a packet', '--attribute', 'mood=good', '--to', 'bob', '--rpc', 'echo', '--payload', 'ping', ...path);
    await bob.line(/^participant_joined identity=alice/);
    const video = await bob.line(/^subscribed track=TR_\S+ from=alice codec=VP8/);
    const audio = await bob.line(/^subscribed track=TR_\S+ from=alice codec=opus/);
    for (const line of [video, audio]) await bob.line(new RegExp(`^first_frame ${line.match(/track=\S+/)[0]} `));
    await bob.line(/^text from=alice topic="lk.chat" bytes=11 text="hello there"/);
    await bob.line(/^data from=alice topic="cli" reliable=true payload="a packet"/);
    await bob.line(/^participant_changed identity=alice .*attribute.mood="good"/);
    await bob.line(/^rpc_call from=alice method=echo bytes=4/);
    await alice.line(/^rpc_answer payload="ping"/);

    const carol = cli(room, 'carol', '--to', 'bob', '--rpc', 'unheard-of', ...path);
    await carol.line(/^rpc_error code=1400 /);
    assert.equal(await carol.stop(), 0);

    assert.equal(await alice.stop(), 0);
    await bob.line(/^participant_left identity=alice/);
    await bob.line(/^track_unpublished identity=alice/);
    assert.equal(await bob.stop(), 0);
    const received = await bob.line(new RegExp(`^received ${video.match(/track=\S+/)[0]} .*codec=VP8`));
    assert.ok(Number(received.match(/keyframes=(\d+)/)[1]) >= 1, received);
  });

  test(`the server is restarted in between: both are back by themselves over ${name}`, async () => {
    const room = `restart${path.length}`;
    const bob = cli(room, 'bob', '--subscribe', ...path);
    await bob.line(/^ready$/);
    const alice = cli(room, 'alice', '--publish', 'synthetic', ...path);
    await bob.line(/^first_frame/);
    const [bobSaid, aliceSaid] = [bob.lines.length, alice.lines.length];
    await server.stop('SIGKILL');
    await startServer();
    for (const [who, from] of [[bob, bobSaid], [alice, aliceSaid]]) {
      await who.line(/^reconnecting way=/, from);
      await who.line(/^reconnected way=rejoin/, from);
    }
    await alice.line(/^published id=track-0/, aliceSaid);
    await bob.line(/^first_frame/, bobSaid);
    assert.equal(await alice.stop(), 0);
    assert.equal(await bob.stop(), 0);
  });
}

test('files are published over and over: IVF, H264 and Ogg Opus', async () => {
  const files = { 'a.ivf': ivf(), 'b.h264': h264(), 'c.ogg': ogg() };
  const args = Object.entries(files).flatMap(([name, bytes]) => {
    writeFileSync(join(scratch, name), bytes);
    return ['--publish', join(scratch, name)];
  });
  const bob = cli('files', 'bob', '--subscribe');
  await bob.line(/^ready$/);
  const alice = cli('files', 'alice', ...args);
  const sizes = { VP8: 400, H264: undefined, opus: 4 };
  for (const codec of Object.keys(sizes)) {
    const subscribed = await bob.line(new RegExp(`^subscribed track=TR_\\S+ from=alice codec=${codec}`));
    const first = await bob.line(new RegExp(`^first_frame ${subscribed.match(/track=\S+/)[0]} `));
    if (sizes[codec]) assert.match(first, new RegExp(`bytes=${sizes[codec]}$`));
  }
  assert.equal(await alice.stop(), 0);
  assert.equal(await bob.stop(), 0);
  assert.equal(await cli('files', 'eve', '--publish', join(scratch, 'none.ivf')).exit, 2);
});

test('what the server refuses is said, and is a failure', async () => {
  const wrong = new Program(kCli, ['join', '--url', `ws://127.0.0.1:${ports.port}`, '--api-key', 'devkey', '--api-secret',
    'another', '--room', 'r']);
  await wrong.line(/^disconnected reason=join_failed error="invalid authorization token/);
  assert.equal(await wrong.exit, 1);
});

test('wss:// is spoken to servers whose certificate is trusted, and to no others', async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(scratch, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
    '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
  const proxy = tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    const inner = net.connect(ports.port, '127.0.0.1');
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await once(proxy.listen(0, 'localhost'), 'listening');
  const url = `wss://localhost:${proxy.address().port}`;
  try {
    const trusting = cliAt(url, 'tls', 'alice', '--ca-file', cert);
    await trusting.line(/^ready$/);
    assert.equal(await trusting.stop(), 0);
    const strict = cliAt(url, 'tls', 'bob');
    await once(proxy, 'tlsClientError');  // it broke the handshake off, and would try again: a server may be repaired
    assert.equal(await strict.stop('SIGINT'), 0);
    assert.ok(!strict.lines.some((line) => line.startsWith('connected')), strict.lines.join('\n'));
  } finally {
    proxy.close();
  }
});

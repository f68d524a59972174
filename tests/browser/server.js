// SPDX-License-Identifier: Apache-2.0
// The server under test: started here on ports of its own, or, with SFU_TEST_URL, one that runs already.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const meetFolder = `${root}examples/meet/dist`;
const kStartTimeout = 10_000;

// Of two sockets bound and closed again the kernel hands out other ports than these for a good while.
function freePort(open) {
  return new Promise((resolve, reject) => {
    const socket = open();
    socket.on('error', reject);
    socket.on('listening', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
const freeTcpPort = () => freePort(() => net.createServer().listen(0, '127.0.0.1'));
const freeUdpPort = () => freePort(() => {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  return socket;
});

export async function startServer() {
  if (process.env.SFU_TEST_URL) {
    return { url: process.env.SFU_TEST_URL.replace(/\/$/, ''), ours: false, stop: async () => {} };
  }
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()]);
  const program = process.env.SFU_SERVER ?? `${root}build/bin/sfu-server`;
  const child = spawn(program, ['--dev', '--bind', '127.0.0.1', '--port', String(port), '--udp-port', String(udpPort),
    '--meet-dir', meetFolder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const exited = new Promise((resolve) => { child.on('exit', (code, signal) => resolve(signal ?? code)); });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`sfu-server was not listening after ${kStartTimeout} ms:\n${log}`)), kStartTimeout);
    const settle = (action) => {
      clearTimeout(timer);
      action();
    };
    const read = (chunk) => {
      log = (log + chunk).slice(-20_000);
      if (/listening on https?:\/\//.test(log)) settle(resolve);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => settle(() => reject(new Error(`${program}: ${error.message}`))));
    exited.then((how) => settle(() => reject(new Error(`sfu-server ended at once (${how}):\n${log}`))));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    ours: true,
    log: () => log,
    // A server that crashed during the call fails the run here, whatever the pages made of it.
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`sfu-server ended during the tests (${child.signalCode ?? child.exitCode}):\n${log}`);
      }
      child.kill('SIGTERM');
      const how = await exited;
      if (how !== 0 && how !== 'SIGTERM') throw new Error(`sfu-server ended with ${how}:\n${log}`);
    },
  };
}

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// An access token of the development key pair.
export function makeToken({ room, identity, name = identity }) {
  const key = process.env.SFU_TEST_KEY ?? 'devkey';
  const secret = process.env.SFU_TEST_SECRET ?? 'secret';
  const now = Math.floor(Date.now() / 1000);
  const head = encode({ alg: 'HS256', typ: 'JWT' });
  const body = encode({ iss: key, sub: identity, name, nbf: now - 5, exp: now + 600, video: { room, roomJoin: true } });
  const seal = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${seal}`;
}

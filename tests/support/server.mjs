// SPDX-License-Identifier: Apache-2.0
// sfu-server under test: started on ports of its own, or, with SFU_TEST_URL, one that runs already.
import { spawn } from 'node:child_process';
import { createHmac, randomInt, webcrypto } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const meetFolder = `${root}examples/meet/dist`;
const kStartTimeout = 10_000;

globalThis.crypto ??= webcrypto;  // for the SDKs: Debian's Node.js 18 has it elsewhere

// Ports of below the range that the kernel takes those of outgoing connections from: what a test finds free, no connection
// takes before the server listens there, on whatever address.
const kFirstPort = 10_000;
const kPastLastPort = 32_768;
const kAttempts = 50;
async function freePort(open) {
  for (let attempt = 1; ; ++attempt) {
    const port = randomInt(kFirstPort, kPastLastPort);
    try {
      return await new Promise((resolve, reject) => {
        const socket = open(port);
        socket.on('error', reject);
        socket.on('listening', () => socket.close(() => resolve(port)));
      });
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || attempt === kAttempts) throw error;
    }
  }
}
export const freeTcpPort = () => freePort((port) => net.createServer().listen(port));
export const freeUdpPort = () => freePort((port) => {
  const socket = dgram.createSocket('udp4');
  socket.bind(port);
  return socket;
});

// Runs the program; `exited` tells its exit code or the signal that ended it.
function run(args, env = {}, kept = 20_000) {
  const program = process.env.SFU_SERVER ?? `${root}build/bin/sfu-server`;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const running = { child, log: '', onLog: () => {} };
  const read = (chunk) => {
    running.log = (running.log + chunk).slice(-kept);
    running.onLog();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  running.exited = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${program}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  return running;
}

// On 127.0.0.1, in development mode (key devkey, secret: secret) unless told otherwise; `args` are added to the command line, and
// `env` to the environment. `ports` are those of a server that was killed, to be there in its place.
export async function startServer({ args = [], ports, development = true, env } = {}) {
  if (process.env.SFU_TEST_URL) {
    return { url: process.env.SFU_TEST_URL.replace(/\/$/, ''), ours: false, stop: async () => {} };
  }
  const [port, udpPort, tcpPort] = ports ?? await Promise.all([freeTcpPort(), freeUdpPort(), freeTcpPort()]);
  const server = run([...(development ? ['--dev'] : []), '--bind', '127.0.0.1', '--port', `${port}`, '--udp-port', `${udpPort}`,
    ...(args.includes('--rtc.tcp_port') ? [] : ['--rtc.tcp_port', `${tcpPort ?? 0}`]), ...args], env);
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`sfu-server was not listening after ${kStartTimeout} ms:\n${server.log}`)), kStartTimeout);
    const settle = (action) => {
      clearTimeout(timer);
      server.onLog = () => {};
      action();
    };
    server.onLog = () => {
      if (/listening on https?:\/\//.test(server.log)) settle(resolve);
    };
    server.exited.then((how) => settle(() => reject(new Error(`sfu-server ended at once (${how}):\n${server.log}`))),
      (error) => settle(() => reject(error)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    udpPort,
    tcpPort,
    ours: true,
    pid: server.child.pid,
    log: () => server.log,
    signal: (name) => server.child.kill(name),
    exited: server.exited,  // the exit code, or the signal that ended it
    // Without a farewell, as when it crashes.
    kill: () => {
      server.child.kill('SIGKILL');
      return server.exited;
    },
    // A server that crashed during the call fails the run here, whatever the clients made of it.
    stop: async () => {
      const { exitCode, signalCode } = server.child;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(`sfu-server ended during the tests (${signalCode ?? exitCode}):\n${server.log}`);
      }
      // The first drains, the second does not wait for those who are still there. Two of a kind might become one.
      server.child.kill('SIGTERM');
      server.child.kill('SIGINT');
      const how = await server.exited;
      if (how !== 0) throw new Error(`sfu-server ended with ${how}:\n${server.log}`);
    },
  };
}

// For a server that is expected to refuse its command line or the machine: how it ended, and all that it said.
export async function runToEnd(args, env) {
  const server = run(args, env, Infinity);
  const timer = setTimeout(() => server.child.kill('SIGKILL'), kStartTimeout);
  const how = await server.exited;
  clearTimeout(timer);
  return { how, log: server.log };
}

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// An access token, of the development key pair unless told otherwise, good for the ten minutes around `now` (seconds since 1970). `video` and
// `claims` are added to it.
export function makeToken({ room, identity, name = identity, now = Math.floor(Date.now() / 1000), video = {}, claims = {},
  key = process.env.SFU_TEST_KEY ?? 'devkey', secret = process.env.SFU_TEST_SECRET ?? 'secret' }) {
  const head = encode({ alg: 'HS256', typ: 'JWT' });
  const grants = { room, roomJoin: true, ...video };
  const body = encode({ iss: key, sub: identity, name, nbf: now - 5, exp: now + 600, video: grants, ...claims });
  const seal = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${seal}`;
}

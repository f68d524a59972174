// SPDX-License-Identifier: Apache-2.0
// What tests share: a server on loopback, tokens, people in rooms, and waiting for what happens.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import * as sfu from "../lib/index.js";

export { sfu };
export const KEY = "devkey";
export const SECRET = "a secret of at least thirty-two characters";
export const VOICE = { name: "voice", codec: "opus", source: "microphone" };

export async function freePort() {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

export async function engineOptions(more = {}) {
  return {
    workers: 1,
    udpPortFirst: await freePort(),
    bindAddresses: ["127.0.0.1"],
    keys: { [KEY]: SECRET },
    roomDefaults: { remoteUnmute: true },
    ...more,
  };
}

/** Closed when the test ends. */
export async function startServer(test, more = {}) {
  const server = await sfu.Server.start({ port: sfu.NONE, bindAddresses: ["127.0.0.1"], engine: await engineOptions(more) });
  test.after(() => server.close());
  return server;
}

export function token(identity, grants = {}) {
  const video = { roomJoin: true, room: "hall", canUpdateOwnMetadata: true, ...grants };
  return sfu.createToken({ identity, video }, { apiKey: KEY, apiSecret: SECRET });
}

export async function connect(test, server, identity, { rtp, ...more } = {}) {
  const options = { url: `ws://127.0.0.1:${server.port}`, token: token(identity), mediaAddresses: ["127.0.0.1"], ...more };
  const client = await sfu.Client.connect(options, { rtp });
  test.after(() => client.close());
  return client;
}

export async function join(test, engine, identity, more) {
  const client = await engine.room("hall").join({ claims: { identity } }, more);
  test.after(() => client.close());
  return client;
}

/** The next event of that name for which `such` holds. */
export function heard(emitter, name, such = () => true) {
  return new Promise((resolve, reject) => {
    const listener = (what) => {
      if (!such(what)) return;
      clearTimeout(timer);
      emitter.off(name, listener);
      resolve(what);
    };
    const timer = setTimeout(() => {
      emitter.off(name, listener);
      reject(new Error(`no ${name} in 20 s`));
    }, 20000);
    emitter.on(name, listener);
  });
}

/** Writes a frame each 20 ms, as an encoder does, until what it returns is called. */
export function talk(track, text = "sound") {
  let n = 0;
  const bytes = Buffer.concat([Buffer.from([0xfc]), Buffer.from(text)]);
  const timer = setInterval(() => track.writeFrame({ timestamp: 960 * n++, bytes, isKeyframe: true }), 20);
  return () => clearInterval(timer);
}

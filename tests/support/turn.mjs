// SPDX-License-Identifier: Apache-2.0
// A TURN client (RFC 8656) for tests: one 5-tuple over UDP, TCP or TLS, with long-term credentials (RFC 8489 9.2).
import { createHash, createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';

const kCookie = 0x2112a442;
const kMethod = { allocate: 0x0003, refresh: 0x0004, createPermission: 0x0008, channelBind: 0x0009 };
const kAttribute = {
  username: 0x0006, integrity: 0x0008, error: 0x0009, channel: 0x000c, lifetime: 0x000d, peer: 0x0012, realm: 0x0014, nonce: 0x0015,
  relayed: 0x0016, transport: 0x0019,
};
const kTries = 20;
const kInterval = 500;  // ms between them: datagrams may be lost, or come before the server listens

const padding = (length) => Buffer.alloc((4 - (length % 4)) % 4);

function attribute(type, value) {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes, padding(bytes.length)]);
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

// XOR-PEER-ADDRESS of an IPv4 address (RFC 8489 14.2).
function peerAddress({ host, port }) {
  const bytes = Buffer.alloc(8);
  bytes[1] = 1;
  bytes.writeUInt16BE(port ^ (kCookie >>> 16), 2);
  const cookie = u32(kCookie);
  host.split('.').forEach((part, at) => { bytes[4 + at] = Number(part) ^ cookie[at]; });
  return attribute(kAttribute.peer, bytes);
}

function readAddress(bytes) {
  const cookie = u32(kCookie);
  return { host: [...bytes.subarray(4, 8)].map((byte, at) => byte ^ cookie[at]).join('.'), port: bytes.readUInt16BE(2) ^ (kCookie >>> 16) };
}

// `key` seals it with MESSAGE-INTEGRITY.
function message(type, attributes, key) {
  const id = randomBytes(12);
  const write = (body, length) => {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(length, 2);
    head.writeUInt32BE(kCookie, 4);
    return Buffer.concat([head, id, body]);
  };
  const body = Buffer.concat(attributes);
  if (!key) return { id, bytes: write(body, body.length) };
  const seal = createHmac('sha1', key).update(write(body, body.length + 24)).digest();
  return { id, bytes: write(Buffer.concat([body, attribute(kAttribute.integrity, seal)]), body.length + 24) };
}

function read(bytes) {
  const attributes = new Map();
  for (let at = 20; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length + padding(length).length;
  }
  const error = attributes.get(kAttribute.error);
  return { id: bytes.subarray(8, 20), attributes, code: error ? error[2] * 100 + error[3] : 0 };
}

// What carries messages, whole: `onMessage` gets each.
async function openTransport({ host, port, transport = 'udp', ca }) {
  const link = { onMessage: () => {} };
  if (transport === 'udp') {
    const socket = dgram.createSocket('udp4');
    socket.on('message', (bytes) => link.onMessage(bytes));
    socket.on('error', () => {});
    return Object.assign(link, { repeats: true, send: (bytes) => socket.send(bytes, port, host), close: () => socket.close() });
  }
  const socket = transport === 'tls' ? tls.connect({ host, port, ca, servername: 'turn.localhost' }) : net.connect(port, host);
  await new Promise((resolve, reject) => {
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4) {
      const length = rest.readUInt16BE(2);
      const size = rest[0] < 0x40 ? 20 + length : 4 + length + padding(length).length;
      if (rest.length < size) return;
      link.onMessage(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  });
  return Object.assign(link, { repeats: false, send: (bytes) => socket.write(bytes), close: () => socket.destroy(), pause: () => socket.pause(), resume: () => socket.resume() });
}

export class TurnClient {
  #link;
  #key;
  #proof = [];
  #waiting = new Map();
  #data = [];
  #onData = () => {};

  // `server` has host, port, transport (udp, tcp, tls) and, for tls, the authority; the others are of the credential.
  static async open(server, { username, credential }) {
    const client = new TurnClient();
    Object.assign(client, { username, credential });
    client.#link = await openTransport(server);
    client.#link.onMessage = (bytes) => client.#receive(bytes);
    return client;
  }

  #receive(bytes) {
    if (bytes[0] >= 0x40) {
      this.#data.push(bytes.subarray(4, 4 + bytes.readUInt16BE(2)).toString());
      this.#onData();
      return;
    }
    const response = read(bytes);
    this.#waiting.get(response.id.toString('hex'))?.(response);
  }

  #ask(method, attributes) {
    const { id, bytes } = message(method, [...attributes, ...this.#proof], this.#key);
    const name = id.toString('hex');
    return new Promise((resolve, reject) => {
      let left = kTries;
      const done = (action) => {
        clearInterval(timer);
        this.#waiting.delete(name);
        action();
      };
      const send = () => {
        if (left-- === 0) done(() => reject(new Error('the TURN server does not answer')));
        else if (this.#link.repeats || left === kTries - 1) this.#link.send(bytes);
      };
      const timer = setInterval(send, kInterval);
      this.#waiting.set(name, (response) => done(() => resolve(response)));
      send();
    });
  }

  // Each gives the error's code, or 0.
  async allocate() {
    const transport = attribute(kAttribute.transport, [17, 0, 0, 0]);
    if (!this.#key) {
      const challenge = await this.#ask(kMethod.allocate, [transport]);
      if (challenge.code !== 401) throw new Error(`an Allocate without credentials was answered with ${challenge.code}`);
      const realm = challenge.attributes.get(kAttribute.realm);
      this.realm = realm.toString();
      this.#key = createHash('md5').update(`${this.username}:${realm}:${this.credential}`).digest();
      this.#proof = [attribute(kAttribute.username, this.username), attribute(kAttribute.realm, realm),
        attribute(kAttribute.nonce, challenge.attributes.get(kAttribute.nonce))];
    }
    const { code, attributes } = await this.#ask(kMethod.allocate, [transport]);
    if (code === 0) this.relayed = readAddress(attributes.get(kAttribute.relayed));
    return code;
  }

  async refresh(seconds) {
    return (await this.#ask(kMethod.refresh, [attribute(kAttribute.lifetime, u32(seconds))])).code;
  }

  async permit(peer) {
    return (await this.#ask(kMethod.createPermission, [peerAddress(peer)])).code;
  }

  async bind(channel, peer) {
    return (await this.#ask(kMethod.channelBind, [attribute(kAttribute.channel, u32(channel << 16)), peerAddress(peer)])).code;
  }

  send(channel, text) {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(channel, 0);
    head.writeUInt16BE(text.length, 2);
    this.#link.send(Buffer.concat([head, Buffer.from(text), padding(text.length)]));
  }

  // The next text that came over a channel.
  async receive() {
    while (this.#data.length === 0) await new Promise((resolve) => { this.#onData = resolve; });
    return this.#data.shift();
  }

  // Of a stream: reads nothing, until it does again.
  pause() {
    this.#link.pause();
  }

  resume() {
    this.#link.resume();
  }

  close() {
    this.#link.close();
  }
}

// Asks for an allocation over UDP, and gives it back when it was granted: 0, or the error's code.
export async function allocate({ host, port, username, credential }) {
  const client = await TurnClient.open({ host, port }, { username, credential });
  try {
    const code = await client.allocate();
    if (code === 0) await client.refresh(0);
    return code;
  } finally {
    client.close();
  }
}

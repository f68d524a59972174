// SPDX-License-Identifier: Apache-2.0
// The client's side of one TURN allocation over UDP (RFC 8656 7), with long-term credentials (RFC 8489 9.2).
import { createHash, createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';

const kCookie = 0x2112a442;
const kAllocate = 0x0003;
const kRefresh = 0x0004;
const kAttribute = { username: 0x0006, integrity: 0x0008, error: 0x0009, lifetime: 0x000d, realm: 0x0014, nonce: 0x0015, transport: 0x0019 };

function attribute(type, value) {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

// `key` seals it with MESSAGE-INTEGRITY.
function message(type, attributes, key) {
  const write = (body, length) => {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(length, 2);
    head.writeUInt32BE(kCookie, 4);
    return Buffer.concat([head, id, body]);
  };
  const id = randomBytes(12);
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
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  const error = attributes.get(kAttribute.error);
  return { id: bytes.subarray(8, 20), attributes, code: error ? error[2] * 100 + error[3] : 0 };
}

// Asks for an allocation, and gives it back when it was granted: 0, or the error's code.
export async function allocate({ host, port, username, credential }) {
  const socket = dgram.createSocket('udp4');
  // Datagrams may be lost, or come before the server listens: repeated as RFC 8489 6.2.1 has it.
  const ask = ({ id, bytes }) => new Promise((resolve, reject) => {
    let left = 20;
    const send = () => (left-- > 0 ? socket.send(bytes, port, host) : done(() => reject(new Error('the TURN server does not answer'))));
    const timer = setInterval(send, 500);
    const done = (action) => {
      clearInterval(timer);
      socket.off('message', receive);
      action();
    };
    const receive = (answer) => {
      const response = read(answer);
      if (response.id.equals(id)) done(() => resolve(response));
    };
    socket.on('message', receive);
    socket.on('error', () => {});
    send();
  });
  try {
    const transport = attribute(kAttribute.transport, [17, 0, 0, 0]);
    const challenge = await ask(message(kAllocate, [transport]));
    if (challenge.code !== 401) throw new Error(`an Allocate without credentials was answered with ${challenge.code}`);
    const realm = challenge.attributes.get(kAttribute.realm);
    const nonce = challenge.attributes.get(kAttribute.nonce);
    const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest();
    const proof = [attribute(kAttribute.username, username), attribute(kAttribute.realm, realm), attribute(kAttribute.nonce, nonce)];
    const { code } = await ask(message(kAllocate, [transport, ...proof], key));
    if (code === 0) await ask(message(kRefresh, [attribute(kAttribute.lifetime, [0, 0, 0, 0]), ...proof], key));
    return code;
  } finally {
    socket.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Someone whom the server does not know, with a UDP socket, and the datagrams that such people send.
import { createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';

const kCookie = 0x2112a442;
const kBindingRequest = 0x0001;
const kUsername = 0x0006;
const kIntegrity = 0x0008;
const kErrorCode = 0x0009;
const kPriority = 0x0024;
const kUseCandidate = 0x0025;
const kFingerprint = 0x8028;
const kControlling = 0x802a;

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function attribute(type, value) {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

// The header's length counts attributes that are still to be added where their sums need it (RFC 8489 14.5, 14.7).
function message(type, transaction, attributes, coming = 0) {
  const body = Buffer.concat(attributes);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length + coming, 2);
  header.writeUInt32BE(kCookie, 4);
  transaction.copy(header, 8);
  return Buffer.concat([header, body]);
}

// A connectivity check as a controlling agent sends it (RFC 8445 7.2.4): whole, but for the password.
export function bindingRequest({ username, password, transaction = randomBytes(12), type = kBindingRequest }) {
  const attributes = [
    attribute(kUsername, Buffer.from(username)), attribute(kPriority, u32(0x7e0000ff)), attribute(kUseCandidate, Buffer.alloc(0)),
    attribute(kControlling, randomBytes(8)),
  ];
  if (password) {
    const sum = createHmac('sha1', password).update(message(type, transaction, attributes, 24)).digest();
    attributes.push(attribute(kIntegrity, sum));
  }
  attributes.push(attribute(kFingerprint, u32(crc32(message(type, transaction, attributes, 8)) ^ 0x5354554e)));
  return message(type, transaction, attributes);
}

// What an answer says: { transaction, success, error } or undefined for what is no answer.
export function readAnswer(bytes) {
  if (bytes.length < 20 || bytes.readUInt32BE(4) !== kCookie || !(bytes.readUInt16BE(0) & 0x0100)) return undefined;
  const answer = { transaction: bytes.subarray(8, 20), success: !(bytes.readUInt16BE(0) & 0x0010), types: [] };
  for (let at = 20; at + 4 <= bytes.length; at += 4 + Math.ceil(bytes.readUInt16BE(at + 2) / 4) * 4) {
    answer.types.push(bytes.readUInt16BE(at));
    if (bytes.readUInt16BE(at) === kErrorCode) answer.error = bytes[at + 6] * 100 + bytes[at + 7];
  }
  answer.sealed = answer.types.includes(kIntegrity);
  return answer;
}

// STUN that is none: cut off, attributes beyond the end, a length that is no multiple of 4, a wrong fingerprint, ...
export function stunLookalikes() {
  const whole = bindingRequest({ username: 'nobody:stranger', password: 'password' });
  const changed = (change) => {
    const bytes = Buffer.from(whole);
    change(bytes);
    return bytes;
  };
  return [
    whole.subarray(0, 12), whole.subarray(0, 19), whole.subarray(0, whole.length - 4), Buffer.concat([whole, Buffer.alloc(8)]),
    changed((bytes) => bytes.writeUInt32BE(kCookie + 1, 4)), changed((bytes) => bytes.writeUInt16BE(3, 2)),
    changed((bytes) => bytes.writeUInt16BE(0xfffc, 2)), changed((bytes) => bytes.writeUInt16BE(0xffff, 22)),
    changed((bytes) => { bytes[bytes.length - 1] ^= 1; }),
  ];
}

// DTLS 1.2 (RFC 6347 4.2): one record with a ClientHello that asks for AES_128_GCM, and for SRTP.
export function clientHello() {
  const extensions = Buffer.from('000e00070004000700010000170000000d000400020403', 'hex');
  const body = Buffer.concat([
    Buffer.from('fefd', 'hex'), randomBytes(32), Buffer.from([0, 0]),  // version, random, no session id, no cookie
    Buffer.from('0002c02b0100', 'hex'),                                // one cipher suite, no compression
    u32(extensions.length).subarray(2), extensions,
  ]);
  const size = u32(body.length).subarray(1);
  const handshake = Buffer.concat([Buffer.from([1]), size, Buffer.alloc(2), Buffer.alloc(3), size, body]);
  return Buffer.concat([Buffer.from('16feff0000000000000000', 'hex'), u32(handshake.length).subarray(2), handshake]);
}

// RTP or RTCP by its first two bytes (RFC 7983, RFC 5761), sealed with no key of anyone's.
export function rtpLike(second = 111) {
  return Buffer.concat([Buffer.from([0x80, second]), randomBytes(160)]);
}

export class Stranger {
  // From an address of its own on this machine.
  static async open(server, address = '127.0.0.1') {
    const stranger = new Stranger();
    stranger.port = server.udpPort;
    stranger.answers = [];
    stranger.other = 0;  // datagrams that are no STUN answers
    stranger.socket = dgram.createSocket('udp4');
    stranger.socket.on('message', (bytes) => {
      const answer = readAnswer(bytes);
      if (answer) stranger.answers.push(answer);
      else stranger.other += 1;
      stranger.socket.emit('answer');
    });
    stranger.socket.bind(0, address);
    await once(stranger.socket, 'listening');
    return stranger;
  }

  send(bytes) {
    return new Promise((resolve, reject) => {
      this.socket.send(bytes, this.port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }

  // Sends a request until it is answered. The server takes in what comes to its socket in order: with the answer, all
  // that was sent before has been dealt with.
  async ask(request) {
    const answered = () => this.answers.find(({ transaction }) => transaction.equals(request.subarray(8, 20)));
    for (let attempt = 0; attempt < 20 && !answered(); ++attempt) {
      await this.send(request);
      await Promise.race([once(this.socket, 'answer'), new Promise((resolve) => { setTimeout(resolve, 500); })]);
    }
    return answered();
  }

  close() {
    this.socket.close();
  }
}

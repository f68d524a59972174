// SPDX-License-Identifier: Apache-2.0
// Media files, as small as they may be.

// Three frames of VP8 (RFC 6386 9.1), 320 by 180. Behind the headers there are only zeros, which every flag of the format
// takes for "no": the picture is one grey.
export const kGrey = 128;
export function ivf() {
  const header = Buffer.alloc(32);
  header.write('DKIF', 0);
  header.writeUInt16LE(32, 6);
  header.write('VP80', 8);
  header.writeUInt16LE(320, 12);
  header.writeUInt16LE(180, 14);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  const kShown = 0x10 | (100 << 5);  // and so many bytes for the first partition
  const frames = [0, 1, 2].map((number) => {
    const frame = Buffer.alloc(12 + 400);
    frame.writeUInt32LE(400, 0);
    frame.writeUInt32LE(number, 4);
    frame.writeUIntLE(kShown | (number === 0 ? 0 : 1), 12, 3);
    if (number === 0) Buffer.from([0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]).copy(frame, 15);
    return frame;
  });
  return Buffer.concat([header, ...frames]);
}

export function h264() {
  const unit = (bytes, size) => Buffer.concat([Buffer.from([0, 0, 0, 1, ...bytes]), Buffer.alloc(size, 0x55)]);
  const sps = [0x67, 0x42, 0xe0, 0x1f, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0x80];
  return Buffer.concat([unit(sps, 0), unit([0x68, 0xce, 0x3c, 0x80], 0), unit([0x65, 0x88], 3000), unit([0x41, 0x9a], 500)]);
}

// Of these packets of Opus.
export function ogg(packets = [1, 2, 3].map((n) => Buffer.from([0xf8, n, n, n]))) {
  const page = (flags, packet) => {
    const header = Buffer.alloc(28);
    header.write('OggS', 0);
    header[5] = flags;
    header.writeUInt32LE(7, 14);
    header[26] = 1;
    header[27] = packet.length;
    return Buffer.concat([header, packet]);
  };
  const all = [Buffer.from('OpusHead'), Buffer.from('OpusTags'), ...packets];
  return Buffer.concat(all.map((packet, index) => page(index === 0 ? 2 : 0, packet)));
}

// 20 ms each of Opus (RFC 6716 3.1: CELT, the full band) that is loud noise: any bits are valid.
export function noise() {
  let state = 0x5f0;
  const byte = () => (state = (state * 1664525 + 1013904223) >>> 0) >>> 24;
  return Array.from({ length: 50 }, () => Buffer.from([0xf8, ...Array.from({ length: 120 }, byte)]));
}

// SPDX-License-Identifier: Apache-2.0
// What Chromium's fake camera shows and its fake microphone hears.
// Its own test picture is so plain that an encoder never needs 1 Mbit/s of it, and then no estimate climbs: Chrome does
// not probe for more than it has use for. Ours has grain. Its own sound is a short beep a second, which is no speaker to
// anybody. Ours is a vowel with the rhythm of speech, so that noise suppression lets it pass.
import { writeFileSync } from 'node:fs';

const kFrames = 40;

// xorshift32: the same film in every run.
function makeNoise(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const wave = (phase) => Math.sin(2 * Math.PI * phase);

// Somebody who sways before a soft wall. The film ends as it begins; `grain` is the height of the noise over it.
export function writeFilm(path, { grain = 10, hue = 0, width = 640, height = 360, frameRate = 20 } = {}) {
  const noise = makeNoise(0x5f0);
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${frameRate}:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < kFrames; ++frame) {
    const sway = 0.05 * wave(frame / kFrames);
    const luma = Buffer.alloc(width * height);
    const chroma = [Buffer.alloc(luma.length / 4), Buffer.alloc(luma.length / 4)];
    for (let y = 0, at = 0; y < height; ++y) {
      for (let x = 0; x < width; ++x, ++at) {
        const figure = isFigure(x / height - width / height / 2 - sway, y / height);
        const light = figure ? 62 + 26 * (1 - y / height) : 150 - 60 * (y / height) + 18 * wave(x / width + 0.1);
        luma[at] = light + (grain ? (noise() % (2 * grain + 1)) - grain : 0);
        if (x % 2 || y % 2) continue;
        const tint = hue + (figure ? 0.5 : 0.12 * (x / width));
        const small = (y / 2) * (width / 2) + x / 2;
        chroma[0][small] = 128 + 30 * wave(tint);
        chroma[1][small] = 128 + 30 * wave(tint + 0.25);
      }
    }
    parts.push(Buffer.from('FRAME\n'), luma, ...chroma);
  }
  writeFileSync(path, Buffer.concat(parts));
}

// Head and shoulders; x from the middle, both in heights of the picture.
function isFigure(x, y) {
  const head = (x / 0.16) ** 2 + ((y - 0.42) / 0.2) ** 2 < 1;
  const shoulders = (x / 0.38) ** 2 + ((y - 1.05) / 0.43) ** 2 < 1;
  return head || shoulders;
}

const kSampleRate = 48_000;
const kSeconds = 2;

export function writeSound(path) {
  const samples = kSampleRate * kSeconds;
  const data = Buffer.alloc(2 * samples);
  for (let index = 0; index < samples; ++index) {
    const time = index / kSampleRate;
    const syllable = 0.55 + 0.45 * wave(4 * time);
    const pitch = 140 * time + 2 * wave(time / kSeconds);
    let vowel = 0;
    for (let harmonic = 1; harmonic <= 12; ++harmonic) vowel += wave(harmonic * pitch) / harmonic;
    data.writeInt16LE(Math.round(9000 * syllable * vowel), 2 * index);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);  // PCM
  head.writeUInt16LE(1, 22);  // mono
  head.writeUInt32LE(kSampleRate, 24);
  head.writeUInt32LE(2 * kSampleRate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  writeFileSync(path, Buffer.concat([head, data]));
}

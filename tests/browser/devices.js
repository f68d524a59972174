// SPDX-License-Identifier: Apache-2.0
// What Chromium's fake camera shows and its fake microphone hears.
// Its own test picture is so plain that an encoder never needs 1 Mbit/s of it, and then no estimate climbs: Chrome does
// not probe for more than it has use for. Ours has grain. Its own sound is a short beep a second, which is no speaker to
// anybody. Ours is a vowel with the rhythm of speech, so that noise suppression lets it pass.
import { writeFileSync } from 'node:fs';

const kWidth = 640;
const kHeight = 360;
const kRate = 20;
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

// Soft bands that drift (and meet their start again when the film does), under grain of +-`grain` steps.
export function writeFilm(path, { grain = 10, hue = 0 } = {}) {
  const noise = makeNoise(0x5f0);
  const parts = [Buffer.from(`YUV4MPEG2 W${kWidth} H${kHeight} F${kRate}:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < kFrames; ++frame) {
    const time = frame / kFrames;
    const luma = Buffer.alloc(kWidth * kHeight);
    for (let y = 0, at = 0; y < kHeight; ++y) {
      const row = 120 + 30 * wave(y / kHeight / 2 + time);
      for (let x = 0; x < kWidth; ++x, ++at) {
        luma[at] = row + 30 * wave(x / kWidth - time) + (grain ? (noise() % (2 * grain + 1)) - grain : 0);
      }
    }
    const chroma = [Buffer.alloc(luma.length / 4), Buffer.alloc(luma.length / 4)];
    for (let y = 0, at = 0; y < kHeight / 2; ++y) {
      for (let x = 0; x < kWidth / 2; ++x, ++at) {
        chroma[0][at] = 128 + 36 * wave(hue + x / kWidth + time);
        chroma[1][at] = 128 + 36 * wave(hue + 0.25 + y / kHeight - time);
      }
    }
    parts.push(Buffer.from('FRAME\n'), luma, ...chroma);
  }
  writeFileSync(path, Buffer.concat(parts));
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

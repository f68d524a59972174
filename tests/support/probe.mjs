// SPDX-License-Identifier: Apache-2.0
// What ffprobe says of a media file: it reads and decodes all of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export function probe(file) {
  const entries = 'stream=codec_name,width,height,nb_read_frames,nb_read_packets:format=format_name,duration';
  const { status, stdout, stderr } = spawnSync('ffprobe',
    ['-v', 'error', '-count_frames', '-count_packets', '-show_entries', entries, '-of', 'json', file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { streams, format } = JSON.parse(stdout);
  assert.equal(streams.length, 1, stdout);
  const [stream] = streams;
  return {
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
    frames: Number(stream.nb_read_frames),
    packets: Number(stream.nb_read_packets),
    format: format.format_name,
    seconds: Number(format.duration),
    complaints: stderr,
  };
}

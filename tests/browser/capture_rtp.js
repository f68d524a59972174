// SPDX-License-Identifier: Apache-2.0
// Makes the captures of tests/data/rtp, which says what they are: `node capture_rtp.js [name...]`. Browsers write what
// they send to their logs before it is encrypted; here one page sends to itself, as livekit-client asks for it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { launchBrowser, launchFirefox } from './browser.js';

const kFolder = fileURLToPath(new URL('../data/rtp/', import.meta.url));
const kChromium = process.env.SFU_TEST_CHROMIUM ?? '/usr/bin/chromium';
const kMaxBytes = 38_000;
const kMaxPackets = 120;
const kMaxRepeats = 6;
const kSeconds = 3;

// Three layers inside a stream take 960x540: encoders leave out what would be smaller than 240x135.
const simulcast = { width: 320, height: 180, encodings: [['q', 4, 40_000], ['h', 2, 60_000], ['f', 1, 100_000]] };
const layered = { width: 960, height: 540, scalabilityMode: 'L3T3_KEY', bitrate: 900_000 };
const kCaptures = [
  { name: 'chromium_vp8_simulcast', codec: 'video/VP8', ...simulcast },
  { name: 'chromium_vp8_picture_ids', codec: 'video/VP8', without: 'dependency-descriptor', ...simulcast },
  { name: 'chromium_h264_simulcast', codec: 'video/H264', ...simulcast },
  { name: 'chromium_vp9_svc', codec: 'video/VP9', ...layered },
  { name: 'chromium_av1_svc', codec: 'video/AV1', ...layered },
  { name: 'chromium_opus', codec: 'audio/opus' },
  { name: 'chromium_red', codec: 'audio/red' },
  { name: 'firefox_vp8_simulcast', codec: 'video/VP8', ...simulcast },
  { name: 'firefox_vp9', codec: 'video/VP9', width: 320, height: 180, bitrate: 100_000 },
  { name: 'firefox_h264_simulcast', codec: 'video/H264', width: 320, height: 180, encodings: [['q', 4, 20_000], ['h', 2, 30_000], ['f', 1, 40_000]] },
  { name: 'firefox_av1', codec: 'video/AV1', width: 320, height: 180, bitrate: 100_000 },
  { name: 'firefox_opus', codec: 'audio/opus' },
];

async function launch(name, log) {
  if (name.startsWith('firefox')) {
    Object.assign(process.env, { MOZ_LOG: 'timestamp,RtpLogger:5', MOZ_LOG_FILE: log });
    // H264 is a plugin's, which MOZ_GMP_PATH names.
    return launchFirefox({ 'media.gmp-gmpopenh264.visible': true, 'media.gmp-gmpopenh264.enabled': true, 'media.gmp-gmpopenh264.version': '2.6.0' });
  }
  // Renderers log to standard error alone.
  const wrapper = `${log}.sh`;
  await writeFile(wrapper, `#!/bin/sh\nexec ${kChromium} "$@" 2>${log}\n`, { mode: 0o755 });
  process.env.SFU_TEST_CHROMIUM = wrapper;
  return launchBrowser(undefined, [
    '--disable-features=WebRtcHideLocalIpsWithMdns', '--enable-logging=stderr', '--vmodule=*/webrtc/*=3',
    // The second lets small pictures have three encodings.
    '--force-fieldtrials=WebRTC-Debugging-RtpDump/Enabled/WebRTC-LegacySimulcastLayerLimit/Disabled/',
  ]);
}

// In the page.
async function send(capture, milliseconds) {
  const [kind] = capture.codec.split('/');
  const sender = new RTCPeerConnection();
  const receiver = new RTCPeerConnection();
  sender.onicecandidate = ({ candidate }) => candidate && receiver.addIceCandidate(candidate);
  receiver.onicecandidate = ({ candidate }) => candidate && sender.addIceCandidate(candidate);

  const makePicture = () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: capture.width, height: capture.height });
    document.body.append(canvas);
    const context = canvas.getContext('2d');
    let turn = 0;
    setInterval(() => {
      const { width, height } = canvas;
      const wall = context.createLinearGradient(0, 0, 0, height);
      wall.addColorStop(0, '#8090a0');
      wall.addColorStop(1, '#304050');
      context.fillStyle = wall;
      context.fillRect(0, 0, width, height);
      context.strokeStyle = '#c0a080';
      const middle = width / 2 + width / 8 * Math.sin(turn++ / 8);
      for (let radius = height / 4; radius > 0; radius -= height / 12) {
        context.beginPath();
        context.arc(middle, height / 2, radius, 0, 7);
        context.stroke();
      }
    }, 66);
    return canvas.captureStream().getVideoTracks()[0];
  };
  const openMicrophone = async () => (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];

  // With what repairs or makes it up; one of H264's profiles and modes.
  const pickCodecs = (codecs) => {
    const find = (type) => codecs.filter(({ mimeType, sdpFmtpLine }) => mimeType.toLowerCase() === type.toLowerCase()
      && !/packetization-mode=0|profile-id=[1-3]$/.test(sdpFmtpLine)).slice(0, 1);
    const [codec] = find(capture.codec);
    const beside = kind === 'video' ? find('video/rtx') : capture.codec === 'audio/red' ? find('audio/opus') : [];
    return codec && [codec, ...beside];
  };

  const toEncoding = ([rid, scaleResolutionDownBy, maxBitrate]) => ({ rid, scaleResolutionDownBy, maxBitrate });
  const encodings = capture.encodings?.map(toEncoding) ?? [{ maxBitrate: capture.bitrate, scalabilityMode: capture.scalabilityMode }];
  const transceiver = sender.addTransceiver(kind === 'video' ? makePicture() : await openMicrophone(),
    { direction: 'sendonly', sendEncodings: kind === 'video' ? encodings : undefined });
  const wanted = pickCodecs(RTCRtpSender.getCapabilities(kind).codecs);
  if (!wanted) return undefined;
  transceiver.setCodecPreferences(wanted);

  await sender.setLocalDescription();
  await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  // Browsers do not receive simulcast, nor take all extensions: the answer is what a server would say, and the rate at
  // which livekit-client has SVC begin.
  const rids = capture.encodings?.map(([rid]) => rid) ?? [];
  const extensions = sender.localDescription.sdp.match(/a=extmap:.*\r\n/g)
    .filter((line) => !capture.without || !line.includes(capture.without));
  let answer = receiver.localDescription.sdp.replace(/a=(rid|simulcast|extmap):.*\r\n/g, '')
    + extensions.join('').replaceAll('/sendonly', '/recvonly');
  if (rids.length) {
    answer += rids.map((rid) => `a=rid:${rid} recv\r\n`).join('') + `a=simulcast:recv ${rids.join(';')}\r\n`;
  }
  if (capture.scalabilityMode) {
    const [, payloadType] = answer.match(/m=video \S+ \S+ (\d+)/);
    answer = answer.replace(new RegExp(`a=fmtp:${payloadType} .*`), `$&;x-google-start-bitrate=${0.0007 * capture.bitrate}`);
  }
  await sender.setRemoteDescription({ type: 'answer', sdp: answer });
  // Meanwhile the receiver, to which a simulcast looks broken, asks for key frames twice a second.
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return answer;
}

// What goes out: seconds and bytes in text2pcap's form. Firefox's own time there has no leading zeros, the log's has.
const kLines = {
  chromium: /^O \d\d:\d\d:(\d\d\.\d+) 0+((?: [0-9a-f]{2})+)/gm,
  firefox: /:(\d\d\.\d+) UTC .*_PACKET\|>> O \S+ +0+((?: [0-9a-f]{2})+)/g,
};
function readLog(text, lines) {
  const packets = [];
  for (const [, seconds, hex] of text.matchAll(lines)) {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    // Of RTCP the sender reports: the rest is the receiver's, or about it.
    const isControl = bytes[1] >= 192 && bytes[1] <= 223;
    if (!isControl || bytes[1] === 200) packets.push({ seconds: Number(seconds), bytes, isControl });
  }
  return packets;
}

// Until a path is known it is probed, with far more repeats than there is media: of each RTX stream the first are kept.
function leaveOutProbes(packets, sdp) {
  const rtx = new Set([...sdp.matchAll(/a=rtpmap:(\d+) rtx/g)].map(([, payloadType]) => Number(payloadType)));
  const seen = new Map();
  return packets.filter(({ bytes }) => {
    if (!rtx.has(bytes[1] & 0x7f)) return true;
    const ssrc = bytes.readUInt32BE(8);
    seen.set(ssrc, (seen.get(ssrc) ?? 0) + 1);
    return seen.get(ssrc) <= kMaxRepeats;
  });
}

// As many as there is room for. Video ends with a picture, whose last packet has the marker bit.
function shorten(packets, isVideo) {
  let size = 0;
  let count = 0;
  let end = 0;
  for (const { bytes, isControl } of packets) {
    size += 8 + bytes.length;
    if (size > kMaxBytes || ++count > kMaxPackets) break;
    if (!isVideo || (!isControl && bytes[1] & 0x80)) end = count;
  }
  return packets.slice(0, end);
}

// rtptools' form: a line, a header of 16 bytes, and each packet behind its length with this, its length (0 of RTCP), and
// milliseconds.
function toDump(packets) {
  const parts = [Buffer.from('#!rtpplay1.0 127.0.0.1/5004\n'), Buffer.alloc(16)];
  for (const { seconds, bytes, isControl } of packets) {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(8 + bytes.length, 0);
    head.writeUInt16BE(isControl ? 0 : bytes.length, 2);
    head.writeUInt32BE(Math.round(1000 * ((seconds - packets[0].seconds + 60) % 60)), 4);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}

// What a reader needs to know of the section: payload types and extensions.
const toSection = (sdp) => sdp.match(/^m=(?:audio|video).*\r\n|^a=(?:mid|extmap|rtpmap|fmtp|rid|simulcast):.*\r\n/gm).join('');

const server = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<body>'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const folder = await mkdtemp(`${tmpdir()}/sfu-capture-`);
for (const capture of kCaptures) {
  if (process.argv.length > 2 && !process.argv.includes(capture.name)) continue;
  const log = `${folder}/${capture.name}`;
  const browser = await launch(capture.name, log);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const sdp = await page.evaluate(`(${send})(${JSON.stringify(capture)}, ${1000 * kSeconds})`);
  const version = browser.version();
  await browser.close();
  if (!sdp) {
    console.log(`${capture.name}: ${version} does not send ${capture.codec}`);
    continue;
  }
  const isFirefox = capture.name.startsWith('firefox');
  const text = await readFile(isFirefox ? `${log}.child-1.moz_log` : log, 'utf8');
  const packets = leaveOutProbes(readLog(text, isFirefox ? kLines.firefox : kLines.chromium), sdp);
  const dump = toDump(shorten(packets, capture.codec.startsWith('video')));
  await writeFile(`${kFolder}${capture.name}.rtpdump`, dump);
  await writeFile(`${kFolder}${capture.name}.sdp`, toSection(sdp));
  console.log(`${capture.name}: ${version}, ${dump.length} bytes`);
}
await rm(folder, { recursive: true, force: true });
server.close();

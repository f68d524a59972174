// SPDX-License-Identifier: Apache-2.0
// The meeting page: the form, the way into the room, and the wiring of the parts. Each part owns one area of the
// page and hears of the room through its events only.
import { DisconnectReason, Room, RoomEvent } from 'livekit-client';
import { Chat } from './chat.js';
import { Controls } from './controls.js';
import { openDevices } from './devices.js';
import { element } from './dom.js';
import { Stage } from './stage.js';
import { StatsOverlay } from './stats.js';

const query = new URLSearchParams(location.search);
const flag = (name) => query.get(name) === '1' || query.get(name) === 'true';

element('name').value = query.get('name') ?? '';
element('room').value = query.get('room') ?? '';

// Exists in dev mode only: a server with real keys hands tokens out through its own application.
async function fetchToken(room, name) {
  const identity = query.get('identity') ?? `${name.toLowerCase().replace(/\W+/g, '-')}-${crypto.randomUUID().slice(0, 6)}`;
  const answer = await fetch(`token?${new URLSearchParams({ room, identity, name })}`);
  if (!answer.ok) throw new Error(`The server gave no token (${answer.status}). Tokens are handed out in --dev mode only.`);
  return (await answer.json()).token;
}

function makeRoom() {
  return new Room({
    adaptiveStream: true,
    dynacast: true,
    singlePeerConnection: !flag('v0'),
    publishDefaults: { videoCodec: query.get('codec') ?? 'vp8' },
  });
}

function say(message) {
  const toast = element('call-message');
  toast.textContent = message;
  toast.hidden = !message;
  clearTimeout(say.timer);
  if (message) say.timer = setTimeout(() => say(''), 8000);
}

function showConnection(room) {
  const words = { connected: '', connecting: 'Connecting', reconnecting: 'Reconnecting', signalReconnecting: 'Reconnecting' };
  element('connection').textContent = words[room.state] ?? '';
  const count = room.remoteParticipants.size + 1;
  element('people').textContent = count === 1 ? 'Only you' : `${count} people`;
}

function enterCall(room) {
  element('lobby').hidden = true;
  element('call').hidden = false;
  element('room-name').textContent = room.name || element('room').value;
  document.title = `${element('room-name').textContent} · Meet`;

  const stage = new Stage(room, element('stage'));
  const chat = new Chat(room, say);
  const controls = new Controls(room, say);
  const stats = new StatsOverlay(stage);
  element('devices-open').onclick = () => openDevices(room, say);
  element('start-audio').onclick = () => room.startAudio();

  const refresh = () => showConnection(room);
  for (const event of [RoomEvent.ConnectionStateChanged, RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected]) {
    room.on(event, refresh);
  }
  const showBlockedAudio = () => { element('start-audio').hidden = room.canPlaybackAudio; };
  room.on(RoomEvent.AudioPlaybackStatusChanged, showBlockedAudio);
  showBlockedAudio();
  refresh();

  room.once(RoomEvent.Disconnected, (reason) => {
    for (const part of [stage, chat, controls, stats]) part.close();
    element('devices').close();
    say('');
    element('call').hidden = true;
    element('lobby').hidden = false;
    document.title = 'Meet · libsfu';
    const byChoice = reason === undefined || reason === DisconnectReason.CLIENT_INITIATED;
    element('lobby-message').textContent = byChoice ? '' : `The call ended: ${DisconnectReason[reason].toLowerCase().replaceAll('_', ' ')}.`;
    element('join').focus();
  });
}

async function join() {
  const button = element('join');
  button.disabled = true;
  element('lobby-message').textContent = '';
  const room = makeRoom();
  try {
    const token = await fetchToken(element('room').value.trim(), element('name').value.trim());
    await room.connect(location.origin.replace(/^http/, 'ws'), token);
    enterCall(room);
    const wishes = [
      ['with-microphone', 'microphone', () => room.localParticipant.setMicrophoneEnabled(true)],
      ['with-camera', 'camera', () => room.localParticipant.setCameraEnabled(true)],
    ];
    // One after the other, so that the browser asks for one permission at a time.
    for (const [box, device, enable] of wishes) {
      if (element(box).checked) await enable().catch((error) => say(`No ${device}: ${error.message}`));
    }
  } catch (error) {
    await room.disconnect();
    element('lobby-message').textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

element('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
if (flag('autojoin') && element('join-form').reportValidity()) join();

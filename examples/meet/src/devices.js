// SPDX-License-Identifier: Apache-2.0
// The device dialog: lists what the browser has, marks what is in use, and switches at once.
import { Room } from 'livekit-client';
import { element, make } from './dom.js';

export async function openDevices(room, say) {
  const refresh = () => Promise.all(['audioinput', 'videoinput', 'audiooutput'].map((kind) => fill(room, kind, say)));
  await refresh();
  const dialog = element('devices');
  navigator.mediaDevices.addEventListener('devicechange', refresh);
  dialog.addEventListener('close', () => navigator.mediaDevices.removeEventListener('devicechange', refresh), { once: true });
  dialog.showModal();
}

async function fill(room, kind, say) {
  const select = element(`device-${kind}`);
  const devices = await Room.getLocalDevices(kind, false).catch(() => []);
  const current = room.getActiveDevice(kind);
  select.replaceChildren(...devices.map((device, index) =>
    make('option', { value: device.deviceId }, device.label || `${kind} ${index + 1}`)));
  select.disabled = devices.length === 0;
  if (!devices.length) select.append(make('option', {}, kind === 'audiooutput' ? 'Chosen by the browser' : 'None found'));
  if (devices.some((device) => device.deviceId === current)) select.value = current;
  select.onchange = () => room.switchActiveDevice(kind, select.value).catch((error) => say(error.message));
}

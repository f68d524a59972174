// SPDX-License-Identifier: Apache-2.0
// What the console asks of the server: the room API (Twirp over JSON) and the metrics, each call with a token that allows it.
import { parseSamples } from './exposition.js';

const kTimeout = 10_000;
const kRoot = '../';  // of the server, seen from /console/

export class ApiError extends Error {
  constructor(message, { status = 0, code = '' } = {}) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const toBase64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export class Api {
  constructor(access, fetching = (...parameters) => fetch(...parameters)) {
    Object.assign(this, { access, fetching });
  }

  async listRooms() {
    return (await this.call('ListRooms', {}, { list: true })).rooms ?? [];
  }
  async listParticipants(room) {
    return (await this.call('ListParticipants', { room }, { room })).participants ?? [];
  }
  createRoom(settings) { return this.call('CreateRoom', settings, { create: true }); }
  deleteRoom(room) { return this.call('DeleteRoom', { room }, { create: true }); }
  updateRoomMetadata(room, metadata) { return this.call('UpdateRoomMetadata', { room, metadata }, { room }); }
  updateParticipant(room, identity, changes) { return this.call('UpdateParticipant', { room, identity, ...changes }, { room }); }
  removeParticipant(room, identity) { return this.call('RemoveParticipant', { room, identity }, { room }); }
  muteTrack(room, identity, track, muted) {
    return this.call('MutePublishedTrack', { room, identity, track_sid: track, muted }, { room });
  }
  updateSubscriptions(room, identity, tracks, subscribe) {
    return this.call('UpdateSubscriptions', { room, identity, track_sids: tracks, subscribe }, { room });
  }
  // To everybody where nobody is named.
  sendData(room, text, { topic, reliable, identities }) {
    const request = { room, data: toBase64(text), kind: reliable ? 'RELIABLE' : 'LOSSY', destination_identities: identities };
    return this.call('SendData', topic ? { ...request, topic } : request, { room });
  }
  // `how` is 'MoveParticipant' or 'ForwardParticipant'.
  relocate(how, room, identity, destination) {
    return this.call(how, { room, identity, destination_room: destination }, { room, destination });
  }
  async performRpc(room, identity, method, payload, milliseconds) {
    const request = { room, destination_identity: identity, method, payload, response_timeout_ms: milliseconds };
    return (await this.call('PerformRpc', request, { room }, kTimeout + milliseconds)).payload ?? '';
  }

  // Samples of the node or, where it is named, of the room.
  async metrics(room) {
    const need = room === undefined ? { list: true } : { room };
    const query = room === undefined ? '' : `?${new URLSearchParams({ room })}`;
    return parseSamples(await this.fetch(`metrics${query}`, {}, need));
  }

  async call(method, request, need, timeout) {
    const text = await this.fetch(`twirp/livekit.RoomService/${method}`,
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request) }, need, timeout);
    return JSON.parse(text);
  }

  async fetch(path, { headers, ...rest }, need, timeout = kTimeout) {
    const token = await this.access.tokenFor(need);
    let answer;
    let text;
    try {
      answer = await this.fetching(kRoot + path,
        { ...rest, headers: { ...headers, Authorization: `Bearer ${token}` }, cache: 'no-store', signal: AbortSignal.timeout(timeout) });
      text = await answer.text();
    } catch (error) {
      throw new ApiError(error.name === 'TimeoutError' ? 'The server did not answer in time.' : 'The server cannot be reached.');
    }
    if (answer.ok) return text;
    throw errorOf(answer.status, text);
  }
}

// Twirp's errors are JSON, those of the HTTP port are text.
function errorOf(status, text) {
  try {
    const { code, msg } = JSON.parse(text);
    return new ApiError(msg || code, { status, code });
  } catch {
    return new ApiError(text.trim() || `The server answered ${status}.`, { status });
  }
}

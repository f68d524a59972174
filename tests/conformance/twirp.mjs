// SPDX-License-Identifier: Apache-2.0
// Calls of the room API as raw as a test wants them.
import http from 'node:http';
import { makeToken } from '../support/server.mjs';

// A token of the API's own: it names nobody.
export const apiToken = (video, claims = {}) => makeToken({ room: video.room, identity: '', video: { roomJoin: false, ...video }, claims });
export const adminOf = (room) => apiToken({ room, roomAdmin: true, roomCreate: true, roomList: true });

// Gives the status, the content type, and the body, read as JSON where it is that.
export async function call(server, method, body, { token, type = 'application/json', headers = {}, verb = 'POST', prefix = '/twirp/livekit.RoomService/' } = {}) {
  const content = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}${prefix}${method}`, {
    method: verb,
    headers: { ...(type && { 'Content-Type': type }), ...(token && { Authorization: `Bearer ${token}` }), ...headers },
    ...(verb === 'POST' && { body: content }),
  });
  const answer = { status: response.status, type: response.headers.get('content-type'), headers: response.headers };
  answer.bytes = new Uint8Array(await response.arrayBuffer());
  answer.text = Buffer.from(answer.bytes).toString();
  if (answer.type === 'application/json') answer.json = JSON.parse(answer.text);
  return answer;
}

// What a call was refused with: [status, code, message].
export async function refusal(...args) {
  const { status, json, text } = await call(...args);
  return [status, json?.code, json?.msg ?? text];
}

// The same of a call by the SDK.
export async function refusalOf(promise) {
  const error = await promise.then(() => { throw new Error('it was not refused'); }, (reason) => reason);
  if (error.status === undefined) throw error;
  return [error.status, error.code, error.message];
}

// Sends the body in chunks, without saying how long it is.
export function sendChunked(server, path, headers, chunks) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${server.url}${path}`, { method: 'POST', headers: { ...headers, 'Transfer-Encoding': 'chunked' } }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      request.destroy();
      resolve({ status: response.statusCode, text });
    });
    request.on('error', reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}

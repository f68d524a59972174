// SPDX-License-Identifier: Apache-2.0
// A signalling connection as rude as a test wants it: any query, any frame, any bytes.
import { once } from 'node:events';
import { LeaveRequest, SignalRequest, SignalResponse } from '@livekit/protocol';
import { WebSocket } from 'ws';

const kLimit = 10_000;

export class SignalClient {
  // Joins over `/rtc`. Throws with the status and body of a refusal.
  static async join(server, token, query = {}) {
    const client = new SignalClient();
    const parameters = new URLSearchParams({ access_token: token, protocol: '16', sdk: 'js', ...query });
    client.socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/rtc?${parameters}`);
    client.messages = [];
    client.closed = new Promise((resolve) => { client.socket.on('close', (code) => resolve(code)); });
    client.socket.on('message', (bytes, isBinary) => {
      client.messages.push(isBinary ? SignalResponse.fromBinary(bytes).message : SignalResponse.fromJsonString(bytes.toString()).message);
      client.socket.emit('signal');
    });
    await new Promise((resolve, reject) => {
      client.socket.on('open', resolve);
      client.socket.on('error', (error) => client.socket.readyState === WebSocket.OPEN || reject(error));
      client.socket.on('unexpected-response', async (request, response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        reject(Object.assign(new Error(`refused: ${response.statusCode} ${body}`), { status: response.statusCode, body }));
      });
    });
    return client;
  }

  request(message) {
    this.send(new SignalRequest({ message }).toBinary());
  }

  // One WebSocket message.
  send(content) {
    this.socket.send(content);
  }

  // The first message of this kind, when it has come.
  async receive(kind) {
    const found = () => this.messages.find((message) => message.case === kind);
    const end = AbortSignal.timeout(kLimit);
    while (!found()) {
      await once(this.socket, 'signal', { signal: end }).catch(() => {
        throw new Error(`no ${kind} within ${kLimit} ms, only ${this.messages.map((message) => message.case).join(', ')}`);
      });
    }
    return found().value;
  }

  // What comes back for a ping that is sent now: whatever was sent before has then been dealt with.
  async ping() {
    const timestamp = BigInt(Date.now());
    this.messages = this.messages.filter((message) => message.case !== 'pongResp');
    this.request({ case: 'pingReq', value: { timestamp, rtt: 0n } });
    return (await this.receive('pongResp')).lastPingTimestamp === timestamp;
  }

  // Bytes on the TCP connection, past any framing.
  sendRaw(bytes) {
    this.socket._socket.write(bytes);
  }

  close() {
    this.socket.close();
    return this.closed;
  }

  // The server has forgotten the session when this is done.
  leave() {
    if (this.socket.readyState === WebSocket.OPEN) this.request({ case: 'leave', value: new LeaveRequest() });
    return this.closed;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Stands between a client and the server's WebSocket and reads along, as someone on the wire would: SDKs tell their
// users nothing of what was negotiated.
import { once } from 'node:events';
import { SignalRequest, SignalResponse } from '@livekit/protocol';
import { WebSocket, WebSocketServer } from 'ws';

export class SignalProxy {
  static async start(server) {
    const proxy = new SignalProxy();
    proxy.messages = [];  // { identity of the token, from: 'client' or 'server', message }
    proxy.listener = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    proxy.listener.on('connection', (client, request) => proxy.#join(client, request, server));
    await once(proxy.listener, 'listening');
    proxy.url = `ws://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  #join(client, request, server) {
    const authorization = request.headers.authorization;
    const upstream = new WebSocket(server.url.replace(/^http/, 'ws') + request.url, { headers: authorization ? { authorization } : {} });
    const waiting = [];
    const relay = (from, type, to) => (bytes, isBinary) => {
      if (isBinary) this.messages.push({ from, message: type.fromBinary(bytes).message });
      if (to.readyState === WebSocket.OPEN) to.send(bytes, { binary: isBinary });
      else waiting.push([bytes, isBinary]);
    };
    client.on('message', relay('client', SignalRequest, upstream));
    upstream.on('message', relay('server', SignalResponse, client));
    upstream.on('open', () => { for (const [bytes, binary] of waiting) upstream.send(bytes, { binary }); });
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      one.on('close', () => other.close());
      one.on('error', () => other.terminate());
    }
  }

  // The ufrags that the server gave out in its offers and answers.
  ufrags() {
    const descriptions = this.messages.filter(({ from, message }) => from === 'server' && ['offer', 'answer'].includes(message.case));
    return [...new Set(descriptions.flatMap(({ message }) => [...message.value.sdp.matchAll(/^a=ice-ufrag:(.*?)\r?$/gm)].map(([, ufrag]) => ufrag)))];
  }

  async stop() {
    for (const client of this.listener.clients) client.terminate();
    await new Promise((resolve) => { this.listener.close(resolve); });
  }
}

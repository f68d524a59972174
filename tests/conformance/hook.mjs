// SPDX-License-Identifier: Apache-2.0
// A receiver of webhooks that keeps what it got, and fails when a test wants it.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { WebhookReceiver } from 'livekit-server-sdk';

const kLimit = 20_000;

export class Hook {
  // `answer` gives the status for a request, which has its event, headers and body. `tls`: key and certificate.
  static async start({ answer = () => 200, tls } = {}) {
    const hook = new Hook();
    hook.requests = [];
    hook.receiver = new WebhookReceiver('devkey', 'secret');
    const listener = async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const entry = { at: Date.now(), method: request.method, url: request.url, headers: request.headers, body, event: JSON.parse(body) };
      entry.status = answer(entry, hook);
      entry.verified = await hook.receiver.receive(body, request.headers.authorization).catch((error) => error);
      hook.requests.push(entry);
      response.writeHead(entry.status, entry.answerHeaders).end();
      hook.server.emit('hook');
    };
    hook.server = (tls ? https.createServer(tls, listener) : http.createServer(listener)).listen(0, '127.0.0.1');
    hook.server.setMaxListeners(0);
    await once(hook.server, 'listening');
    hook.url = `${tls ? 'https' : 'http'}://127.0.0.1:${hook.server.address().port}/hook`;
    return hook;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  // What was taken, in the order in which it was.
  get taken() {
    return this.requests.filter(({ status }) => status < 400);
  }
  of(room) {
    return this.taken.filter(({ event }) => event.room?.name === room);
  }

  // Waits until `probe` gives something.
  async until(what, probe) {
    const end = AbortSignal.timeout(kLimit);
    for (;;) {
      const found = probe(this);
      if (found) return found;
      await once(this.server, 'hook', { signal: end }).catch(() => {
        throw new Error(`${what}: not within ${kLimit} ms; got ${this.requests.map(({ event, status }) => `${event.event} ${status}`).join(', ')}`);
      });
    }
  }
  // The first event of that name in the room.
  event(name, room) {
    return this.until(`${name} of ${room}`, () => this.of(room).find(({ event }) => event.event === name));
  }
}

// The configuration that posts there. `more` is YAML of the webhook section, `rest` of others.
export const hookConfig = (urls, { more = '', rest = '' } = {}) => ['--config-body', `
webhook:
  api_key: devkey
  urls: [${urls.map((url) => JSON.stringify(url)).join(', ')}]
${more}
${rest}
`];

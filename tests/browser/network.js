// SPDX-License-Identifier: Apache-2.0
// What may happen to a client's network between it and the server: connections that break, addresses that change.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { Impairment, makeRandom } from './impairment.js';

// Carries TCP connections to this port of 127.0.0.1, until cut() breaks all of them at once.
export async function startProxy(target) {
  const carried = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(target, '127.0.0.1');
    const pair = [near, far];
    const drop = () => {
      for (const socket of pair) socket.destroy();
      carried.delete(drop);
    };
    carried.add(drop);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('error', drop);
      from.on('close', drop);
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const drop of [...carried]) drop();
  };
  return {
    port: server.address().port,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}

async function udpSocket(onMessage) {
  const socket = dgram.createSocket('udp4', onMessage);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

// Does things in the order in which they were added, each at its time; what is due at once is done at once.
class DelayQueue {
  constructor() {
    this.waiting = [];
  }

  add(at, action) {
    this.waiting.push({ at, action });
    if (this.waiting.length === 1) this.work();
  }

  work() {
    while (this.waiting.length > 0 && this.waiting[0].at <= performance.now()) this.waiting.shift().action();
    if (this.waiting.length > 0) setTimeout(() => this.work(), Math.ceil(this.waiting[0].at - performance.now()));
  }
}

// Which RTP packets were lost: SRTP leaves their headers to be read.
class LostRtp {
  constructor() {
    this.numbers = new Map();  // by SSRC
  }

  note(message) {
    const isRtp = message[0] >> 6 === 2 && !(message[1] >= 192 && message[1] < 224);  // RFC 7983, 5761
    if (!isRtp) return;
    const ssrc = message.readUInt32BE(8);
    if (!this.numbers.has(ssrc)) this.numbers.set(ssrc, new Set());
    this.numbers.get(ssrc).add(message.readUInt16BE(2));
  }

  // Those whose next one was lost too: what has a copy in the next packet only is gone.
  withNext(ssrc) {
    const numbers = this.numbers.get(ssrc) ?? new Set();
    return [...numbers].filter((number) => numbers.has((number + 1) % 65536)).length;
  }
}

// Carries datagrams to this port of 127.0.0.1 as a NAT does: each address of the client has one of its own outside, and
// after move() another one. The former are deaf from then on. `up` and `down` say what happens to datagrams on the way to the
// port and back (impairment.js), and are told back with what they count; `lostRtp` tells what of the way up was lost.
export async function startRelay(target, { up = {}, down = {}, seed = 0x5f0 } = {}) {
  const random = makeRandom(seed);  // the same in every run, as far as datagrams are
  const paths = { up: new Impairment(up, random), down: new Impairment(down, random) };
  const queues = { up: new DelayQueue(), down: new DelayQueue() };
  const lostRtp = new LostRtp();
  const through = (way, message, deliver) => {
    const exit = paths[way].pass(performance.now(), message.length);
    if (exit !== undefined) queues[way].add(exit, deliver);
    else if (way === 'up') lostRtp.note(message);
  };
  let outside = new Map();
  let open = true;
  const inside = await udpSocket(async (message, { port }) => {
    const here = outside;
    const answers = (answer) => through('down', answer, () => here === outside && open && inside.send(answer, port, '127.0.0.1'));
    if (!here.has(port)) here.set(port, udpSocket(answers));
    const socket = await here.get(port);
    through('up', message, () => here === outside && open && socket.send(message, target, '127.0.0.1'));
  });
  const move = async () => {
    const former = outside;
    outside = new Map();
    for (const socket of former.values()) (await socket).close();
  };
  return {
    ...paths,
    lostRtp,
    port: inside.address().port,
    move,
    close: async () => {
      open = false;
      await move();
      inside.close();
    },
  };
}

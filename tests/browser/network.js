// SPDX-License-Identifier: Apache-2.0
// What may happen to a client's network between it and the server: connections that break, addresses that change.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

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

// Carries datagrams to this port of 127.0.0.1 as a NAT does: each address of the client has one of its own outside, and
// after move() another one. The former are deaf from then on. `loss` is the share of datagrams that vanish, either way.
export async function startRelay(target, { loss = 0 } = {}) {
  let state = 0x5f0;
  const arrives = () => {
    state = (state * 1664525 + 1013904223) >>> 0;  // the same in every run, as far as datagrams are
    return state / 2 ** 32 >= loss;
  };
  let outside = new Map();
  const inside = await udpSocket(async (message, { port }) => {
    const here = outside;
    if (!here.has(port)) here.set(port, udpSocket((answer) => arrives() && inside.send(answer, port, '127.0.0.1')));
    const socket = await here.get(port);
    if (here === outside && arrives()) socket.send(message, target, '127.0.0.1');
  });
  const move = async () => {
    const former = outside;
    outside = new Map();
    for (const socket of former.values()) (await socket).close();
  };
  return {
    port: inside.address().port,
    move,
    close: async () => {
      await move();
      inside.close();
    },
  };
}

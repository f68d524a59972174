// SPDX-License-Identifier: Apache-2.0
// A server like that of server.mjs, whose operator changes what participants may do while they are in a room.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freeTcpPort, freeUdpPort, root } from './server.mjs';

export async function startOperator() {
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()]);
  const child = spawn(`${root}build/bin/sfu-test-operator`, [port, udpPort].map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: first } = await lines.next();
  assert.match(first ?? 'nothing', /^listening on /);
  return {
    url: first.replace('listening on ', ''),
    port,
    udpPort,
    ours: true,
    // All that this participant may from now on; see operator.cpp.
    permit: async (room, identity, ...rights) => {
      child.stdin.write(`${[room, identity, ...rights].join(' ')}\n`);
      assert.equal((await lines.next()).value, 'done');
    },
    stop: async () => {
      child.stdin.end();
      assert.deepEqual(await ended, [0, null]);
    },
  };
}

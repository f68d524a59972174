// SPDX-License-Identifier: Apache-2.0
// How the real server ends: after the first signal when nobody is left, after the second at once; and what those who
// bill by its events hear of that.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DisconnectReason, LeaveRequest_Action } from '@livekit/protocol';
import { dispose } from '@livekit/rtc-node';
import { makeToken, startServer } from '../support/server.mjs';
import { Hook, hookConfig } from './hook.mjs';
import { NativeClient } from './native.mjs';
import { SignalClient } from './signal_client.mjs';

const kSoon = 20_000;
after(dispose);

async function untilLogged(server, pattern) {
  const end = Date.now() + kSoon;
  while (!pattern.test(server.log())) {
    assert.ok(Date.now() < end, `no ${pattern} in\n${server.log()}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

async function serve(t) {
  const hook = await Hook.start();
  const server = await startServer({ args: hookConfig([hook.url]) });
  t.after(() => hook.stop());
  return { hook, server };
}

// Each who joined left once, and no event of the room is missing.
function checkBill(hook, room, identities) {
  const requests = hook.of(room);
  for (const identity of identities) {
    const sids = (name) => requests.filter(({ event }) => event.event === name && event.participant.identity === identity)
      .map(({ event }) => event.participant.sid);
    assert.equal(sids('participant_joined').length, 1, identity);
    assert.deepEqual(sids('participant_left'), sids('participant_joined'));
  }
  assert.deepEqual(requests.map(({ headers }) => Number(headers['sfu-sequence'])), requests.map((_, at) => at + 1));
  assert.equal(requests.at(-1).event.event, 'room_finished');
}

test('[C-097] SIGTERM drains: all goes on, also for newcomers, until the last participant leaves', { timeout: 120_000 }, async (t) => {
  const { hook, server } = await serve(t);
  const [ada, ben] = ['ada', 'ben'].map((name) => new NativeClient(server, name));
  await ada.join('hall');
  await ben.join('hall');
  await Promise.all([ada.seesAndHearsMore('ben', kSoon), ben.seesAndHearsMore('ada', kSoon)]);

  server.signal('SIGTERM');
  await untilLogged(server, /draining.* participants="2"/);
  assert.equal(await (await fetch(server.url)).text(), 'OK');
  await ben.seesAndHearsMore('ada', kSoon);
  const late = await SignalClient.join(server, makeToken({ room: 'annex', identity: 'late' }));
  await late.receive('join');
  await ben.leave();
  await ada.leave();
  assert.equal(await late.ping(), true);
  assert.equal(await (await fetch(server.url)).text(), 'OK');

  await late.leave();
  assert.equal(await server.exited, 0);
  checkBill(hook, 'hall', ['ada', 'ben']);
  checkBill(hook, 'annex', []);
});

test('[C-097] the second signal tells everybody that the server shuts down', { timeout: 60_000 }, async (t) => {
  const { hook, server } = await serve(t);
  const ada = new NativeClient(server, 'ada');
  await ada.join('hall');
  await hook.event('participant_joined', 'hall');
  const ben = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'ben' }));
  await ben.receive('join');

  server.signal('SIGTERM');
  await untilLogged(server, /draining.* participants="2"/);
  server.signal('SIGTERM');
  const leave = await ben.receive('leave');
  assert.equal(leave.reason, DisconnectReason.SERVER_SHUTDOWN);
  assert.equal(leave.action, LeaveRequest_Action.DISCONNECT);
  assert.equal(await ben.closed, 1000);
  assert.equal(await server.exited, 0);
  await ada.hears('Disconnected', {}, kSoon);
  await ada.leave();
  checkBill(hook, 'hall', ['ada']);
  const aborted = hook.of('hall').find(({ event }) => event.event === 'participant_connection_aborted');
  assert.equal(aborted.event.participant.identity, 'ben');
});

test('[C-097] a server without participants stops at the first signal, whichever it is', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) {
    const server = await startServer();
    server.signal(signal);
    assert.equal(await server.exited, 0, signal);
    assert.doesNotMatch(server.log(), /draining/);
  }
});

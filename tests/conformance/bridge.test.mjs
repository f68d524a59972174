// SPDX-License-Identifier: Apache-2.0
// examples/bridge: two of rtc-node in different rooms, who see and hear each other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { freeTcpPort, freeUdpPort, root } from '../support/server.mjs';
import { NativeClient, dispose } from './native.mjs';
import { Program } from './program.mjs';

const kSoon = 15_000;

let server;
let host;
before(async () => {
  const port = await freeTcpPort();
  host = new Program(`${root}build/bin/bridge`, [`${port}`, `${await freeUdpPort()}`, 'hall', 'lounge']);
  await host.line(/^listening on/);
  server = { url: `http://127.0.0.1:${port}` };
});
after(async () => {
  await dispose();
  await host.stop('SIGKILL');
});

test('who is in one of two rooms is seen, heard and read in the other', { timeout: 120_000 }, async (t) => {
  const ada = new NativeClient(server, 'ada');
  const ben = new NativeClient(server, 'ben');
  t.after(() => Promise.all([ada.leave(), ben.leave()]));
  await ada.join('hall');
  await ben.join('lounge');
  for (const client of [ada, ben]) client.listen();
  const [adas, bens] = ['hall/ada', 'lounge/ben'];

  await t.test('picture and sound, both ways', async () => {
    await Promise.all([ben.until('ada', () => ben.sound.has(adas), kSoon), ada.until('ben', () => ada.sound.has(bens), kSoon)]);
    await Promise.all([ben.seesAndHearsMore(adas, kSoon), ada.seesAndHearsMore(bens, kSoon)]);
  });
  await t.test('nobody meets a double of their own, or the bridge itself', () => {
    assert.deepEqual([...ada.room.remoteParticipants.keys()], [bens]);
    assert.deepEqual([...ben.room.remoteParticipants.keys()], [adas]);
  });
  await t.test('names and attributes, as they change', async () => {
    assert.equal(ben.room.remoteParticipants.get(adas).name, 'ada');
    await ada.me.updateName('Ada L.');
    await ada.me.setAttributes({ mood: 'fine' });
    await ben.until('the new name', () => {
      const { name, attributes } = ben.room.remoteParticipants.get(adas);
      return name === 'Ada L.' && attributes.mood === 'fine';
    }, kSoon);
  });
  await t.test('data and texts', async () => {
    await ada.me.publishData(new TextEncoder().encode('a packet'), { reliable: true, topic: 'test' });
    await ben.hears('Data', { text: 'a packet', identity: adas, topic: 'test' }, kSoon);
    await ben.me.sendText('hello', { topic: 'text', attributes: { mark: 'one' } });
    await ada.hears('Text', { text: 'hello', identity: bens, mark: 'one' }, kSoon);
  });
  await t.test('who comes late sees a picture: the key frame is asked for across the bridge', async () => {
    const carol = new NativeClient(server, 'carol');
    await carol.join('lounge', { publish: false });
    await carol.until('ada', () => carol.sound.has(adas), kSoon);
    await carol.seesAndHearsMore(adas, kSoon);
    await carol.leave();
  });
  await t.test('a mute', async () => {
    const tone = ({ trackPublications }) => [...trackPublications.values()].find(({ name }) => name === 'tone');
    const api = new RoomServiceClient(server.url, 'devkey', 'secret', { failover: false });
    await api.mutePublishedTrack('hall', 'ada', tone(ada.me).sid, true);
    await ben.until('the mute', () => tone(ben.room.remoteParticipants.get(adas)).muted, kSoon);
  });
  await t.test('who leaves is gone in the other room', async () => {
    await ada.leave();
    await ben.hears('ParticipantDisconnected', { identity: adas }, kSoon);
  });
  assert.equal(await host.stop(), 0);
});

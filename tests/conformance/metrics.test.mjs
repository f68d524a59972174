// SPDX-License-Identifier: Apache-2.0
// What Prometheus and the console read of the real server, while people of @livekit/rtc-node are in a call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dispose } from '@livekit/rtc-node';
import { Metrics, readUntil } from '../support/metrics.mjs';
import { freeTcpPort, makeToken, startServer } from '../support/server.mjs';
import { Hook, hookConfig } from './hook.mjs';
import { NativeClient } from './native.mjs';
import { SignalClient } from './signal_client.mjs';
import { adminOf, apiToken, call } from './twirp.mjs';

const kSoon = 20_000;
const kCredentials = { Authorization: `Basic ${Buffer.from('scraper:a password').toString('base64')}` };

// Of control-plane spec 7.3, without those of Go, and of LiveKit's internal bus.
const kNames = `
  node_messages node_service_operation node_twirp_request_status node_twirp_request_latency_ms node_packet_total
  packet_total packet_bytes nack_total pli_total fir_total packet_loss_total packet_loss_percent packet_out_of_order_total
  packet_out_of_order_percent jitter_us rtt_ms participant_join_total forward_latency forward_jitter forward_latency_ns
  room_total room_duration_seconds participant_total track_published_total track_subscribed_total track_publish_counter
  track_subscribe_counter session_join_latency_ms session_start_time_ms session_duration_ms pubsubtime_ms
  peer_connection_state quality_rating quality_score datapacket_stream_dest_count datapacket_stream_bytes
  webhook_dispatch_total webhook_queue_length connection_total`.trim().split(/\s+/).map((name) => `livekit_${name}`);

let hook;
let server;
let prometheus;
let ada;
let ben;
before(async () => {
  hook = await Hook.start();
  const port = await freeTcpPort();
  prometheus = `http://127.0.0.1:${port}`;
  server = await startServer({
    args: hookConfig([hook.url], { rest: `prometheus: {port: ${port}, username: scraper, password: a password}` }),
  });
  [ada, ben] = ['ada', 'ben'].map((name) => new NativeClient(server, name));
  await ada.join('hall', { single: true });
  await ben.join('hall', { single: false });
  ben.listen();
  await Promise.all([ada.seesAndHearsMore('ben', kSoon), ben.seesAndHearsMore('ada', kSoon)]);
});
after(async () => {
  await Promise.all([ada?.leave(), ben?.leave()]);
  await dispose();
  await server?.stop();
  hook?.stop();
});

const scrape = async () => (await fetch(`${prometheus}/metrics`, { headers: kCredentials })).text();
const ask = (query, token) => fetch(`${server.url}/metrics${query}`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });

test('[C-093] the port of Prometheus lets in who knows the name and the password, on any path', async () => {
  const wrong = `Basic ${Buffer.from('scraper:another').toString('base64')}`;
  for (const headers of [{}, { Authorization: wrong }, { Authorization: 'Basic' }, { Authorization: `Bearer ${adminOf('hall')}` }]) {
    const refused = await fetch(`${prometheus}/metrics`, { headers });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Basic realm="Protected Area"');
    assert.doesNotMatch(await refused.text(), /livekit_/);
  }
  for (const path of ['/metrics', '/', '/anything']) {
    const answer = await fetch(`${prometheus}${path}`, { headers: kCredentials });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(await answer.text(), /^livekit_room_total\{/m);
  }
});

test('[C-093] after a call every name is there, with figures', { timeout: 60_000 }, async () => {
  await call(server, 'ListRooms', {}, { token: apiToken({ roomList: true }) });
  await call(server, 'ListRooms', {});
  await ada.me.sendText('to ben', { topic: 'text', destinationIdentities: ['ben'] });
  await ben.hears('Text', { text: 'to ben' }, kSoon);
  const visitor = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'visitor' }));
  await visitor.leave();
  await assert.rejects(SignalClient.join(server, makeToken({ room: 'hall', identity: 'nobody', video: { roomJoin: false } })));

  const metrics = await readUntil(scrape, 'two windows of five seconds', (found) =>
    found.sum('livekit_rtt_ms_count', { direction: 'outgoing' }) > 0 && found.sum('livekit_jitter_us_count', { direction: 'incoming' }) > 0 &&
    ['incoming', 'outgoing'].every((direction) => found.sum('livekit_packet_total', { direction, transmission: 'initial' }) > 100 &&
      found.sum('livekit_packet_loss_percent_count', { direction, source: 'CAMERA', type: 'VIDEO' }) > 0) &&
    found.sum('livekit_node_twirp_request_status', { status: '4xx' }) > 0, kSoon);
  const families = new Set(metrics.samples.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
  const missing = kNames.filter((name) => !metrics.types.has(name) ||
    !(families.has(name) || name === 'livekit_session_duration_ms'));
  assert.deepEqual(missing, []);
  for (const { name, labels } of metrics.samples.filter((sample) => sample.name.startsWith('livekit_'))) {
    assert.match(labels.node_id, /^ND_/, name);
    assert.equal(labels.node_type, 'SERVER', name);
  }

  const at = (name, labels) => metrics.sum(`livekit_${name}`, labels);
  assert.equal(at('room_total'), 1);
  assert.equal(at('participant_total'), 2);
  assert.equal(at('track_published_total', { kind: 'VIDEO' }), 2);
  assert.equal(at('track_subscribed_total', { kind: 'AUDIO' }), 2);
  assert.equal(at('track_publish_counter', { state: 'success' }), 4);
  assert.equal(at('track_subscribe_counter', { state: 'success' }), 4);
  for (const direction of ['incoming', 'outgoing']) {
    assert.ok(at('packet_total', { direction, transmission: 'initial' }) > 100);
    assert.ok(at('packet_bytes', { direction, transmission: 'initial' }) > 10_000);
    assert.ok(at('packet_loss_percent_count', { direction, source: 'CAMERA', type: 'VIDEO' }) > 0);
  }
  assert.equal(at('participant_join_total', { state: 'rtc_active', warp: 'false' }), 2);
  assert.equal(at('participant_join_total', { state: 'signal_connected' }), 3);
  assert.equal(at('participant_join_total', { state: 'signal_validation_failed' }), 1);
  assert.equal(at('participant_join_total', { state: 'rtc_canceled' }), 1);
  assert.equal(at('session_start_time_ms_count'), 2);
  assert.equal(at('node_twirp_request_status', { service: 'RoomService', method: 'ListRooms', status: '200', code: '' }), 1);
  assert.equal(at('node_twirp_request_status', { method: 'ListRooms', status: '4xx', code: 'unauthenticated' }), 1);
  assert.equal(at('peer_connection_state', { transport: 'SUBSCRIBER', state: 'connected' }), 1);
  assert.ok(at('node_messages', { type: 'signal', status: 'success', direction: 'request' }) > 5);
  assert.ok(at('quality_score_count') > 0);
  assert.equal(at('datapacket_stream_dest_count_sum', { type: 'text', mime_type: 'text' }), 1);
  assert.ok(at('forward_latency_ns_count') > 0);
  assert.ok(at('forward_latency') > 0);
  assert.ok(at('webhook_dispatch_total', { status: 'success' }) > 0);
  assert.ok(metrics.sum('sfu_datagrams_received_total') > 100);
  assert.ok(metrics.sum('process_resident_memory_bytes') > 1e6);
});

test('[C-093] /metrics on the main port wants roomList, or roomAdmin of the room', async () => {
  for (const [query, token] of [['', undefined], ['', adminOf('other') && apiToken({ room: 'hall', roomAdmin: true })],
    ['?room=hall', undefined], ['?room=hall', apiToken({ roomList: true })], ['?room=hall', apiToken({ room: 'other', roomAdmin: true })]]) {
    assert.equal((await ask(query, token)).status, 401, query);
  }
  assert.equal((await ask('?room=hall', 'no token')).status, 401);
  assert.equal((await ask('?room=cellar', apiToken({ room: 'cellar', roomAdmin: true }))).status, 404);
  const all = await ask('', apiToken({ roomList: true }));
  assert.equal(all.status, 200);
  assert.ok(new Metrics(await all.text()).sum('livekit_participant_total') >= 2);
});

test('a room tells of each participant, track and subscription, and its counters grow', { timeout: 60_000 }, async () => {
  const read = async () => (await ask('?room=hall', apiToken({ room: 'hall', roomAdmin: true }))).text();
  const end = await ada.shareScreen();
  const metrics = await readUntil(read, 'the layers of the screen, and round trips', (found) =>
    found.all('sfu_track_receive_packets_total', { source: 'SCREEN_SHARE', layer: 'h' }).length > 0 &&
    found.all('sfu_participant_rtt_seconds').length === 2 && found.sum('sfu_subscription_layer', { participant: 'ben', publisher: 'ada' }) >= 0, kSoon);
  assert.equal(metrics.sum('sfu_room_participants', { room: 'hall' }), 2);
  for (const [publisher, subscriber] of [['ada', 'ben'], ['ben', 'ada']]) {
    for (const [kind, source, mime] of [['AUDIO', 'MICROPHONE', /^audio\/(opus|red)$/i], ['VIDEO', 'CAMERA', /^video\//]]) {
      const about = { room: 'hall', participant: publisher, kind, source };
      const [bytes] = metrics.all('sfu_track_receive_bytes_total', about);
      const { track, name, layer } = bytes.labels;
      assert.match(bytes.labels.mime, mime);
      assert.match(track, /^TR_/);
      assert.equal(name, kind === 'AUDIO' ? 'tone' : 'film');
      assert.equal(layer, kind === 'AUDIO' ? undefined : 'q');
      assert.ok(bytes.value > 1000);
      assert.ok(metrics.sum('sfu_track_receive_packets_total', about) > 10);
      assert.ok(metrics.sum('sfu_track_receive_lost_total', about) >= 0);
      assert.ok(metrics.sum('sfu_track_receive_jitter_seconds', about) < 1);
      const sent = { room: 'hall', participant: subscriber, publisher, track };
      assert.ok(metrics.sum('sfu_subscription_send_bytes_total', sent) > 1000);
      assert.ok(metrics.sum('sfu_subscription_send_packets_total', sent) > 10);
      assert.ok(metrics.sum('sfu_subscription_lost_total', sent) >= 0);
      assert.equal(metrics.sum('sfu_subscription_paused', sent), 0);
      assert.equal(metrics.sum('sfu_subscription_layer', sent), 0);
    }
    assert.ok(metrics.sum('sfu_participant_rtt_seconds', { participant: publisher }) < 1);
    assert.ok([0, 1, 2].includes(metrics.sum('sfu_participant_connection_quality', { participant: publisher })));
    assert.ok(metrics.sum('sfu_participant_connection_score', { participant: publisher }) >= 1);
  }
  await readUntil(read, 'more packets of each series', (later) => metrics.all('sfu_track_receive_packets_total', { source: 'CAMERA' })
    .every(({ labels, value }) => later.sum('sfu_track_receive_packets_total', labels) > value), kSoon);
  await end();
  await readUntil(read, 'no screen', (found) => found.all('sfu_track_receive_packets_total', { source: 'SCREEN_SHARE' }).length === 0, kSoon);
});

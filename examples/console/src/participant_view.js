// SPDX-License-Identifier: Apache-2.0
// A participant's card: who it is and how it is connected, what it sends, what it receives, and what can be done with it.
import { Chart } from './chart.js';
import { draw, icon, make, makeButton, setText, Views } from './dom.js';
import { formatBitrate, formatDuration, formatMilliseconds, formatShare, hueOf, initialsOf } from './format.js';
import { PublishedRow, ReceivedRow } from './tracks_view.js';

const kQualities = ['poor', 'good', 'excellent', 'lost'];
const kStates = { JOINING: 'joining', JOINED: 'joined', ACTIVE: 'active', DISCONNECTED: 'disconnected' };

export class ParticipantView {
  // `open`: its card begins unfolded. `actions` does what the buttons say.
  constructor({ identity }, actions, open) {
    this.actions = actions;
    this.avatar = make('span', { className: 'avatar', 'aria-hidden': 'true' });
    this.avatar.style.setProperty('--hue', String(hueOf(identity)));
    this.name = make('h3', {});
    this.identity = make('span', { className: 'muted small' });
    this.state = make('span', { className: 'mark' });
    this.quality = draw('svg', { class: 'quality', viewBox: '0 0 18 14', role: 'img' },
      ...[0, 1, 2].map((bar) => draw('rect', { x: 1 + bar * 6, y: 9 - bar * 4, width: 4, height: 4 + bar * 4, rx: 1 })));
    this.traffic = make('span', { className: 'traffic figure' });
    this.fold = make('button', { type: 'button', className: 'fold', onclick: () => this.open(this.body.hidden) },
      this.avatar, make('span', { className: 'who' }, make('span', { className: 'first' }, this.name, this.state), this.identity),
      this.traffic, this.quality, icon('open'));
    this.facts = make('dl', { className: 'facts' });
    this.bitrate = new Chart('Bitrate', formatBitrate, 10_000);
    this.loss = new Chart('Loss', formatShare, 0.01);
    this.published = make('ul', { className: 'tracks' });
    this.received = make('ul', { className: 'tracks' });
    this.noneOut = make('p', { className: 'none' }, 'Nothing.');
    this.noneIn = make('p', { className: 'none' }, 'Nobody else publishes anything.');
    this.body = make('div', { className: 'body' }, this.facts, this.makeTools(),
      make('div', { className: 'plots' }, this.bitrate.node, this.loss.node),
      make('h4', {}, 'Sends'), this.published, this.noneOut, make('h4', {}, 'Receives'), this.received, this.noneIn);
    this.node = make('article', { className: 'participant', dataset: { identity }, 'aria-label': identity }, this.fold, this.body);
    this.publications = new Views(this.published, ({ sid }) => sid,
      (track) => new PublishedRow(track, { onMute: (each) => actions.setMuted(this.item, each) }));
    this.subscriptions = new Views(this.received, ({ track }) => track.sid,
      (item) => new ReceivedRow(item, { onSubscribe: (each) => actions.setSubscribed(this.item, each) }));
    this.open(open);
  }

  makeTools() {
    const tool = (name, words, action, className = '') => makeButton(name, words, () => action(this.item), { className });
    this.tools = [
      tool('edit', 'Edit', (item) => this.actions.editParticipant(item)),
      tool('eye', 'Subscriptions', (item) => this.actions.editSubscriptions(item, this.others)),
      tool('send', 'Send data', (item) => this.actions.sendData([item.identity])),
      tool('call', 'Call', (item) => this.actions.performRpc(item)),
      tool('move', 'Move', (item) => this.actions.relocate(item, 'MoveParticipant')),
      tool('forward', 'Forward', (item) => this.actions.relocate(item, 'ForwardParticipant')),
      tool('remove', 'Remove', (item) => this.actions.removeParticipant(item), 'danger'),
    ];
    return make('div', { className: 'toolbar', role: 'group', 'aria-label': 'Actions' }, ...this.tools);
  }

  open(wanted) {
    this.body.hidden = !wanted;
    this.fold.setAttribute('aria-expanded', String(wanted));
    if (wanted && this.item) this.update(this.item, ...this.rest);
  }

  // `others`: all participants of the room. `allowed`: the token may act in it.
  update(item, others, figures, range, allowed) {
    this.item = item;
    this.rest = [others, figures, range, allowed];
    this.others = others.filter(({ identity }) => identity !== item.identity);
    const { quality, score, roundTrip, estimate } = figures.participants.get(item.identity) ?? {};
    const name = item.name || item.identity;
    setText(this.avatar, initialsOf(name));
    setText(this.name, name);
    setText(this.identity, [item.identity === name ? '' : item.identity, `${formatDuration(Date.now() / 1000 - Number(item.joined_at))} here`].filter(Boolean).join(' · '));
    setText(this.state, kStates[item.state ?? 'JOINING'] ?? item.state);
    this.state.dataset.tone = item.state === 'ACTIVE' ? 'on' : 'warn';
    this.showQuality(kQualities[quality] ?? 'unknown', score);
    const up = figures.ofParticipant('bitrate', item.identity, 'up');
    const down = figures.ofParticipant('bitrate', item.identity, 'down');
    setText(this.traffic, `↑ ${formatBitrate(up.last)}  ↓ ${formatBitrate(down.last)}`);
    if (this.body.hidden) return;
    for (const tool of this.tools) tool.disabled = !allowed;
    this.showFacts({ item, roundTrip, estimate, score });
    const lines = [{ name: 'sends', tone: 0, series: up }, { name: 'receives', tone: 1, series: down }];
    if (estimate !== undefined) lines.push({ name: 'could receive', tone: 2, series: figures.estimateOf(item.identity) });
    this.bitrate.update(lines, range);
    this.loss.update(['up', 'down'].map((direction, tone) =>
      ({ name: tone ? 'receives' : 'sends', tone, series: figures.ofParticipant('loss', item.identity, direction) })), range);
    const tracks = item.tracks ?? [];
    this.publications.update(tracks, figures, range, allowed);
    this.noneOut.hidden = tracks.length > 0;
    const incoming = this.others.flatMap((publisher) => (publisher.tracks ?? []).map((track) =>
      ({ publisher, track, subscription: figures.subscription(item.identity, track.sid) })));
    this.subscriptions.update(incoming, figures, range, allowed, item.identity);
    this.noneIn.hidden = incoming.length > 0;
  }

  showQuality(quality, score) {
    if (this.quality.dataset.quality === quality && this.score === score) return;
    this.score = score;
    this.quality.dataset.quality = quality;
    this.quality.setAttribute('aria-label', `connection ${quality}`);
    this.quality.replaceChildren(draw('title', {}), ...this.quality.querySelectorAll('rect'));
    this.quality.firstChild.textContent = `Connection: ${quality}${score === undefined ? '' : `, score ${score.toFixed(1)}`}`;
  }

  showFacts({ item, roundTrip, estimate, score }) {
    const attributes = Object.entries(item.attributes ?? {});
    const facts = [
      ['Sid', item.sid],
      ['Kind', (item.kind ?? 'STANDARD').toLowerCase() + (item.client_protocol ? `, client protocol ${item.client_protocol}` : '')],
      ['Joined', new Date(Number(item.joined_at_ms) || Number(item.joined_at) * 1000).toLocaleString()],
      ['Round trip', formatMilliseconds(roundTrip)],
      ['Estimate', estimate === undefined ? 'nothing limits it' : formatBitrate(estimate)],
      ['Score', score === undefined ? '–' : score.toFixed(1)],
      ['May', describePermission(item.permission ?? {})],
      ['Region', item.region],
      ['Data tracks', (item.data_tracks ?? []).map(({ name, sid }) => name || sid).join(', ')],
      ['Metadata', item.metadata],
      ['Attributes', attributes.map(([key, value]) => `${key}=${value}`).join('\n')],
    ].filter(([, value]) => value);
    const text = JSON.stringify(facts);
    if (text === this.shownFacts) return;
    this.shownFacts = text;
    this.facts.replaceChildren(...facts.map(([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value))));
  }

  close() {
    for (const part of [this.bitrate, this.loss]) part.close();
    this.publications.update([]);
    this.subscriptions.update([]);
  }
}

function describePermission(permission) {
  const sources = permission.can_publish_sources ?? [];
  const rights = [
    permission.can_publish && (sources.length ? `publish ${sources.map((source) => source.toLowerCase().replaceAll('_', ' ')).join(', ')}` : 'publish'),
    permission.can_subscribe && 'subscribe', permission.can_publish_data && 'send data', permission.can_update_metadata && 'change its metadata',
  ].filter(Boolean);
  return (rights.join(', ') || 'nothing') + (permission.hidden ? '; hidden' : '');
}

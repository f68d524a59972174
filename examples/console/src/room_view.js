// SPDX-License-Identifier: Apache-2.0
// The room that is open: its figures, and a card for each participant.
import { Chart } from './chart.js';
import { make, makeButton, setText, Views } from './dom.js';
import { formatBitrate, formatCount, formatDuration, formatShare } from './format.js';
import { ParticipantView } from './participant_view.js';
import { RoomFigures } from './room_figures.js';

const kFewPeople = 4;  // up to so many, cards begin unfolded
const kTones = 8;

export class RoomView {
  constructor(name, actions, access) {
    Object.assign(this, { name, access, figures: new RoomFigures(), people: [], tones: new Map() });
    this.title = make('h2', {}, name || 'without a name');
    this.facts = make('p', { className: 'muted small' });
    this.metadata = make('pre', { className: 'metadata', hidden: true });
    this.buttons = [
      [makeButton('send', 'Send data', () => actions.sendData([])), { room: name }],
      [makeButton('edit', 'Metadata', () => actions.editMetadata(this.info)), { room: name }],
      [makeButton('trash', 'Delete room', () => actions.deleteRoom(name), { className: 'danger' }), { create: true }],
    ];
    this.problem = make('p', { className: 'trouble', role: 'alert', hidden: true });
    this.incoming = new Chart('Sent by participants', formatBitrate, 10_000);
    this.loss = new Chart('Loss', formatShare, 0.01);
    this.cards = make('div', { className: 'cards' });
    this.none = make('p', { className: 'none', hidden: true }, 'Nobody is in this room.');
    this.node = make('div', { className: 'room-body' },
      make('a', { href: '#', className: 'button back', 'aria-label': 'All rooms' }, '‹ Rooms'),
      make('header', { className: 'head' }, make('div', { className: 'titles' }, this.title, this.facts),
        make('div', { className: 'toolbar', role: 'group', 'aria-label': 'Actions in the room' }, ...this.buttons.map(([button]) => button))),
      this.metadata, this.problem, make('div', { className: 'plots wide' }, this.incoming.node, this.loss.node), this.cards, this.none);
    this.views = new Views(this.cards, ({ identity }) => identity,
      (person) => new ParticipantView(person, actions, this.people.length <= kFewPeople));
  }

  // What the list of rooms says of it; undefined where it is not there.
  setInfo(info) {
    if (!info) return setText(this.facts, this.info ? 'This room has ended.' : 'There is no room of this name yet.');
    this.info = info;
    const created = (Number(info.creation_time_ms) || Number(info.creation_time) * 1000) / 1000;
    const limit = info.max_participants ? ` of ${formatCount(info.max_participants)}` : '';
    setText(this.facts, [info.sid, `${formatCount(info.num_participants ?? 0)}${limit} in it`, `${formatCount(info.num_publishers ?? 0)} publishing`,
      `${formatDuration(Date.now() / 1000 - created)} old`, info.active_recording ? 'recorded' : ''].filter(Boolean).join(' · '));
    setText(this.metadata, info.metadata ?? '');
    this.metadata.hidden = !info.metadata;
  }

  setProblem(text) {
    setText(this.problem, text);
    this.problem.hidden = !text;
  }

  setPeople(people) {
    this.people = [...people].sort((a, b) => Number(a.joined_at_ms) - Number(b.joined_at_ms) || a.identity.localeCompare(b.identity));
    this.none.hidden = people.length > 0;
  }

  show(range) {
    for (const [button, need] of this.buttons) button.disabled = !this.access.can(need);
    this.incoming.update(this.linesOfPeople(), range);
    this.loss.update(['up', 'down'].map((direction, tone) =>
      ({ name: tone ? 'to participants' : 'from participants', tone, series: this.figures.ofRoom('loss', direction) })), range);
    this.views.update(this.people, this.people, this.figures, range, this.access.can({ room: this.name }));
  }

  // Those who send most, each with the same colour as long as it is in the room.
  linesOfPeople() {
    for (const identity of this.tones.keys()) {
      if (!this.people.some((person) => person.identity === identity)) this.tones.delete(identity);
    }
    for (const { identity } of this.people) {
      const taken = new Set(this.tones.values());
      const free = Array.from({ length: kTones }, (_, tone) => tone).find((tone) => !taken.has(tone));
      if (!this.tones.has(identity)) this.tones.set(identity, free ?? this.tones.size % kTones);
    }
    return this.people.map(({ identity, name }) => ({ name: name || identity, tone: this.tones.get(identity), series: this.figures.ofParticipant('bitrate', identity, 'up') }))
      .sort((a, b) => (b.series.last ?? 0) - (a.series.last ?? 0)).slice(0, kTones);
  }

  close() {
    for (const chart of [this.incoming, this.loss]) chart.close();
    this.views.update([]);
    this.node.remove();
  }
}

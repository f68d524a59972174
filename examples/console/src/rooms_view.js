// SPDX-License-Identifier: Apache-2.0
// The list of rooms: searched, sorted, and followed as rooms come and go.
import { element, icon, make, setText, Views } from './dom.js';
import { formatCount, formatDuration } from './format.js';

export const roomAddress = (name) => `#${new URLSearchParams({ room: name })}`;

const createdAt = (room) => Number(room.creation_time_ms ?? 0) || Number(room.creation_time ?? 0) * 1000;
const byName = (a, b) => a.name.localeCompare(b.name);
const kOrders = {
  people: (a, b) => (b.num_participants ?? 0) - (a.num_participants ?? 0) || byName(a, b),
  name: byName,
  new: (a, b) => createdAt(b) - createdAt(a) || byName(a, b),
  old: (a, b) => createdAt(a) - createdAt(b) || byName(a, b),
};

// Those whose name, sid or metadata has all of the words.
export function selectRooms(rooms, search, order) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rooms.filter(({ name, sid, metadata }) => {
    const text = `${name} ${sid} ${metadata ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }).sort(kOrders[order]);
}

class RoomRow {
  constructor({ name }) {
    this.people = make('span', { className: 'figure' });
    this.age = make('span', { className: 'muted small' });
    this.link = make('a', { href: roomAddress(name), className: 'room-row' },
      make('span', { className: 'name' }, name || 'without a name'), make('span', { className: 'people' }, icon('people'), this.people), this.age);
    this.node = make('li', {}, this.link);
  }

  update(room, open) {
    const people = room.num_participants ?? 0;
    setText(this.people, formatCount(people));
    this.link.classList.toggle('empty', people === 0);
    const publishing = room.num_publishers ? `${room.num_publishers} publishing · ` : '';
    setText(this.age, `${publishing}${formatDuration((Date.now() - createdAt(room)) / 1000)}${room.active_recording ? ' · recorded' : ''}`);
    if (room.name === open) this.link.setAttribute('aria-current', 'true');
    else this.link.removeAttribute('aria-current');
  }
}

export class RoomsView {
  constructor() {
    this.rooms = [];
    this.list = element('rooms-list');
    this.views = new Views(this.list, ({ name }) => name, (room) => new RoomRow(room));
    element('rooms-search').oninput = () => this.show();
    element('rooms-sort').onchange = () => this.show();
    this.list.onkeydown = (event) => this.key(event);
  }

  update(rooms, open) {
    Object.assign(this, { rooms, open });
    this.show();
  }

  show() {
    const shown = selectRooms(this.rooms, element('rooms-search').value, element('rooms-sort').value);
    this.views.update(shown, this.open);
    setText(element('rooms-count'), shown.length === this.rooms.length ? formatCount(shown.length) : `${formatCount(shown.length)} of ${formatCount(this.rooms.length)}`);
    const none = element('rooms-none');
    none.hidden = shown.length > 0;
    setText(none, this.rooms.length ? 'No room has these words.' : 'There are no rooms yet. One is made when somebody joins, or by the button above.');
  }

  key(event) {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    const next = step && document.activeElement.closest('li')?.[step]?.firstElementChild;
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

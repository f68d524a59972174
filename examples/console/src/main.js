// SPDX-License-Identifier: Apache-2.0
// The console: looks at the server and at the room that is open every other second, and hands what it sees to the views.
import { Access, askDevelopmentServer } from './access.js';
import { Door, openAccess } from './access_view.js';
import { RoomActions, RoomsActions } from './actions.js';
import { Api } from './api.js';
import { element, icon, make, setText } from './dom.js';
import { NodeFigures } from './node_figures.js';
import { NodeView } from './node_view.js';
import { Poller } from './poller.js';
import { RoomView } from './room_view.js';
import { roomAddress, RoomsView } from './rooms_view.js';

const kPeriod = 2000;

const access = new Access(sessionStorage, askDevelopmentServer);
const api = new Api(access);
const seconds = () => performance.now() / 1000;
const range = () => ({ now: seconds(), span: Number(element('span').value) });

class Desk {
  constructor() {
    this.figures = new NodeFigures();
    this.node = new NodeView(element('node'));
    this.list = new RoomsView();
    this.rooms = [];
    this.actions = new RoomsActions(api, () => this.look());
    element('room-create').onclick = async () => {
      const name = await this.actions.createRoom();
      if (name !== undefined) location.hash = roomAddress(name);
    };
    element('access').onclick = () => openAccess(access, { changed: () => this.look(), leave: () => this.close('') });
    element('span').onchange = () => this.draw();
    this.onhashchange = () => this.follow();
    addEventListener('hashchange', this.onhashchange);
    element('desk').hidden = false;
    this.poller = new Poller(() => this.readNode(), kPeriod);
    this.follow();
  }

  // Opens the room that the address names.
  follow() {
    const name = new URLSearchParams(location.hash.slice(1)).get('room');  // null: no room
    if (name === this.shown) return;
    this.shown = name;
    this.roomPoller?.stop();
    this.room?.close();
    this.room = undefined;
    element('desk').classList.toggle('in-room', name !== null);
    document.title = name === null ? 'Console · libsfu' : `${name} · Console`;
    if (name === null) {
      element('room').replaceChildren(make('div', { className: 'blank' }, icon('empty'), make('p', {}, 'Choose a room to see who is in it.')));
    } else {
      this.openRoom(name);
    }
    this.list.update(this.rooms, this.room?.name);
  }

  openRoom(name) {
    const actions = new RoomActions(api, name, {
      changed: () => this.look(), people: () => this.room?.people ?? [], rooms: () => this.rooms.map((room) => room.name),
    });
    const room = this.room = new RoomView(name, actions, access);
    const info = this.rooms.find((each) => each.name === name);
    if (info) room.setInfo(info);
    element('room').replaceChildren(room.node);
    this.roomPoller = new Poller(() => this.readRoom(room), kPeriod);
  }

  look() {
    this.poller.now();
    this.roomPoller?.now();
  }

  async readNode() {
    const [rooms, samples] = await Promise.allSettled([api.listRooms(), api.metrics()]);
    if (this.closed) return;
    if (rooms.reason?.status === 401 && !access.development) return this.close(rooms.reason.message);
    if (rooms.reason?.status === 401) access.forgetAll();  // another server is there now, and gives others
    if (rooms.status === 'fulfilled') {
      this.rooms = rooms.value;
      this.list.update(this.rooms, this.room?.name);
      this.room?.setInfo(this.rooms.find(({ name }) => name === this.room.name));
    }
    if (samples.status === 'fulfilled') this.figures.update(seconds(), samples.value);
    this.node.update(this.figures, range());
    this.tell(rooms.reason ?? samples.reason, Boolean(rooms.reason));
  }

  tell(problem, isDown) {
    element('trouble').hidden = !problem;
    setText(element('trouble'), problem ? `${isDown ? '' : 'No figures of the server: '}${problem.message.replace(/\.?$/, '.')} Trying again.` : '');
    element('pulse').dataset.state = problem ? 'bad' : 'good';
    setText(element('pulse'), isDown ? 'not connected' : problem ? 'no figures' : 'live');
  }

  async readRoom(room) {
    const [people, samples] = await Promise.allSettled([api.listParticipants(room.name), api.metrics(room.name)]);
    if (this.room !== room) return;
    if (people.status === 'fulfilled') room.setPeople(people.value);
    if (samples.status === 'fulfilled') room.figures.update(seconds(), samples.value);
    const gone = !this.rooms.some(({ name }) => name === room.name);
    room.setProblem(people.reason ? people.reason.message : samples.reason && !gone ? `No figures of this room: ${samples.reason.message}` : '');
    room.show(range());
  }

  draw() {
    this.node.update(this.figures, range());
    this.room?.show(range());
  }

  // Back to the door, with nothing left here of what was seen.
  close(problem) {
    this.closed = true;
    access.forgetAll();
    this.poller.stop();
    this.roomPoller?.stop();
    this.room?.close();
    removeEventListener('hashchange', this.onhashchange);
    element('desk').hidden = true;
    for (const id of ['node', 'rooms-list', 'room']) element(id).replaceChildren();
    door.show(problem);
  }
}

const enter = () => new Desk();
const door = new Door(access, api, enter);

async function start() {
  const address = location.pathname + location.search;
  try {
    const rest = access.takeFrom(location.hash).toString();
    history.replaceState(null, '', rest ? `${address}#${rest}` : address);
  } catch (error) {
    history.replaceState(null, '', address);
    return door.show(error.message);
  }
  if (access.tokens.length || await access.tryDevelopment()) return enter();
  return door.show();
}
start();

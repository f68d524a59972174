// SPDX-License-Identifier: Apache-2.0
// What the buttons do: each asks for what the call needs, makes the call, and says how it went. `changed` is called after
// each that succeeded, so that the page shows it at once.
import { ask, confirmation, show, toast } from './dialogs.js';
import { sourceOf } from './tracks_view.js';

const kSources = [
  { value: 'CAMERA', label: 'Camera' }, { value: 'MICROPHONE', label: 'Microphone' },
  { value: 'SCREEN_SHARE', label: 'Screen' }, { value: 'SCREEN_SHARE_AUDIO', label: 'Screen sound' },
];
const kRights = {
  can_publish: 'May publish', can_subscribe: 'May subscribe', can_publish_data: 'May send data', can_update_metadata: 'May change its own metadata',
  can_subscribe_metrics: 'May see metrics', hidden: 'Hidden from the others',
};

// "key=value", one a line. Throws where a line is none.
export function readAttributes(text) {
  return Object.fromEntries(text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`“${line}” is not key=value.`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

// What makes `wanted` of `present`: an empty value takes an attribute away.
export function attributeChanges(present, wanted) {
  const gone = Object.keys(present).filter((key) => !(key in wanted)).map((key) => [key, '']);
  return Object.fromEntries([...gone, ...Object.entries(wanted).filter(([key, value]) => present[key] !== value)]);
}

const nameOf = (person) => person.name || person.identity;

export class RoomsActions {
  constructor(api, changed) {
    Object.assign(this, { api, changed });
  }

  // Gives the new room's name.
  createRoom() {
    return ask({
      title: 'New room', submit: 'Create',
      fields: [
        { name: 'name', label: 'Name', required: true },
        { name: 'max_participants', label: 'Most participants', type: 'number', placeholder: 'no limit' },
        { name: 'empty_timeout', label: 'Seconds it waits for the first one', type: 'number', placeholder: 'as the server says' },
        { name: 'departure_timeout', label: 'Seconds it stays after the last one', type: 'number', placeholder: 'as the server says' },
        { name: 'metadata', label: 'Metadata', type: 'area' },
      ],
      action: async (settings) => {
        const { name } = await this.api.createRoom(settings);
        toast(`The room ${name} is there.`);
        this.changed();
        return name;
      },
    });
  }
}

// For one room. `people` and `rooms` give those that there are now.
export class RoomActions {
  constructor(api, room, { changed, people, rooms }) {
    Object.assign(this, { api, room, changed, people, rooms });
  }

  // `said` is told when it is done.
  async run(said, call) {
    try {
      await call();
      toast(said);
      this.changed();
    } catch (error) {
      toast(`${error.message}${error.code ? ` (${error.code})` : ''}`, { problem: true });
    }
  }

  // For dialogs, which show errors themselves.
  done(said) {
    toast(said);
    this.changed();
    return true;
  }

  setMuted(person, track) {
    const muted = !track.muted;
    const what = `${sourceOf(track)} of ${nameOf(person)}`;
    return this.run(muted ? `${what} is muted.` : `${what} is on again.`,
      () => this.api.muteTrack(this.room, person.identity, track.sid, muted));
  }

  setSubscribed(person, { publisher, track, subscription }) {
    const what = `${nameOf(person)} and ${sourceOf(track)} of ${nameOf(publisher)}`;
    return this.run(subscription ? `${what}: unsubscribed.` : `${what}: subscribed.`,
      () => this.api.updateSubscriptions(this.room, person.identity, [track.sid], !subscription));
  }

  deleteRoom(room) {
    const count = this.people().length;
    const people = count === 1 ? 'Whoever is in it is' : `All ${count} who are in it are`;
    return confirmation(`Delete the room ${room}?`, count ? `${people} disconnected.` : 'Nobody is in it.', 'Delete room', async () => {
      await this.api.deleteRoom(room);
      location.hash = '';
      return this.done(`The room ${room} is deleted.`);
    });
  }

  removeParticipant(person) {
    return confirmation(`Remove ${nameOf(person)}?`, 'The client is disconnected. With a token that is still good it can come back.', 'Remove', async () => {
      await this.api.removeParticipant(this.room, person.identity);
      return this.done(`${nameOf(person)} is removed.`);
    });
  }

  editMetadata(info) {
    return ask({
      title: 'Metadata of the room', submit: 'Save',
      fields: [{ name: 'metadata', label: 'Metadata', type: 'area', rows: 6, value: info?.metadata }],
      action: async ({ metadata }) => {
        await this.api.updateRoomMetadata(this.room, metadata);
        return this.done('The metadata are saved.');
      },
    });
  }

  // To these identities; to everybody if there are none.
  sendData(identities) {
    return ask({
      title: 'Send data', submit: 'Send',
      fields: [
        { name: 'text', label: 'Text', type: 'area', required: true },
        { name: 'topic', label: 'Topic', placeholder: 'none' },
        { name: 'reliable', label: 'Reliable', type: 'check', value: true },
        { name: 'identities', label: 'To (nobody marked: to everybody)', type: 'checks', value: identities, none: 'Nobody is in this room.',
          options: this.people().map((person) => ({ value: person.identity, label: nameOf(person) })) },
      ],
      action: async ({ text, ...options }) => {
        await this.api.sendData(this.room, text, options);
        return this.done(`Sent to ${options.identities.length ? options.identities.join(', ') : 'everybody'}.`);
      },
    });
  }

  // Only what was changed is sent.
  editParticipant(person) {
    const permission = person.permission ?? {};
    const attributes = person.attributes ?? {};
    const lines = Object.entries(attributes).map(([key, value]) => `${key}=${value}`).join('\n');
    return ask({
      title: `Edit ${nameOf(person)}`, submit: 'Save',
      fields: [
        { name: 'name', label: 'Name', value: person.name, hint: person.name ? 'It can be changed, not emptied.' : undefined },
        { name: 'metadata', label: 'Metadata', type: 'area', value: person.metadata, hint: person.metadata ? 'They can be changed, not emptied.' : undefined },
        { name: 'attributes', label: 'Attributes', type: 'area', value: lines, hint: 'key=value, one a line' },
        ...Object.entries(kRights).map(([name, label]) => ({ name, label, type: 'check', value: permission[name] })),
        { name: 'can_publish_sources', label: 'May publish only (nothing marked: anything)', type: 'checks', options: kSources,
          value: permission.can_publish_sources ?? [] },
      ],
      action: async ({ name, metadata, attributes: text, ...rights }) => {
        const changes = {};
        if (name !== (person.name ?? '')) changes.name = name;
        if (metadata !== (person.metadata ?? '')) changes.metadata = metadata;
        const attributesChanged = attributeChanges(attributes, readAttributes(text));
        if (Object.keys(attributesChanged).length) changes.attributes = attributesChanged;
        const before = Object.fromEntries(Object.keys(rights).map((key) => [key, permission[key] ?? (key === 'can_publish_sources' ? [] : false)]));
        if (JSON.stringify(rights) !== JSON.stringify(before)) changes.permission = { ...permission, ...rights };
        if (Object.keys(changes).length) await this.api.updateParticipant(this.room, person.identity, changes);
        return this.done(`${nameOf(person)} is saved.`);
      },
    });
  }

  editSubscriptions(person, others) {
    const options = others.flatMap((publisher) => (publisher.tracks ?? []).map((track) =>
      ({ value: track.sid, label: `${nameOf(publisher)} · ${sourceOf(track)}` })));
    return ask({
      title: `Subscriptions of ${nameOf(person)}`, submit: 'Apply',
      fields: [
        { name: 'subscribe', label: 'What shall be done', type: 'select', value: 'yes',
          options: [{ value: 'yes', label: 'Subscribe to the marked tracks' }, { value: 'no', label: 'Unsubscribe from the marked tracks' }] },
        { name: 'tracks', label: 'Tracks', type: 'checks', value: [], options, none: 'Nobody else publishes anything.' },
      ],
      action: async ({ subscribe, tracks }) => {
        if (!tracks.length) throw new Error('No track is marked.');
        await this.api.updateSubscriptions(this.room, person.identity, tracks, subscribe === 'yes');
        return this.done(`The subscriptions of ${nameOf(person)} are changed.`);
      },
    });
  }

  relocate(person, how) {
    const moves = how === 'MoveParticipant';
    return ask({
      title: `${moves ? 'Move' : 'Forward'} ${nameOf(person)}`, submit: moves ? 'Move' : 'Forward',
      text: moves ? 'It leaves this room for the other one, with all that it publishes.'
        : 'It stays here, and what it publishes is seen in the other room too.',
      fields: [{ name: 'destination', label: 'Other room', required: true, choices: this.rooms().filter((name) => name !== this.room) }],
      action: async ({ destination }) => {
        await this.api.relocate(how, this.room, person.identity, destination);
        return this.done(`${nameOf(person)} is ${moves ? 'moved' : 'forwarded'} to ${destination}.`);
      },
    });
  }

  async performRpc(person) {
    const answer = await ask({
      title: `Call ${nameOf(person)}`, submit: 'Call', text: 'Calls a method that its client has registered, and shows what it answers.',
      fields: [
        { name: 'method', label: 'Method', required: true },
        { name: 'payload', label: 'Payload', type: 'area' },
        { name: 'seconds', label: 'Seconds to wait', type: 'number', value: 10, min: 1, max: 60 },
      ],
      action: async ({ method, payload, seconds }) => ({ text: await this.api.performRpc(this.room, person.identity, method, payload, 1000 * (seconds ?? 10)) }),
    });
    if (answer) show(`${nameOf(person)} answered`, answer.text || '(nothing)');
  }
}

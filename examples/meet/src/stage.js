// SPDX-License-Identifier: Apache-2.0
// The picture: one tile a participant, one more for each screen share, laid out as large as the space allows.
import { ParticipantEvent, RoomEvent, Track } from 'livekit-client';
import { Tile } from './tile.js';

const kAspect = 16 / 9;
const kGap = 10;

export class Stage {
  constructor(room, container) {
    this.room = room;
    this.container = container;
    this.tiles = new Map();  // "identity/source" -> Tile
    this.listeners = [];

    const person = (participant) => this.refresh(participant);
    const owner = (publication, participant) => this.refresh(participant);
    this.on(RoomEvent.ParticipantConnected, person);
    this.on(RoomEvent.ParticipantDisconnected, (participant) => this.remove(participant));
    this.on(RoomEvent.ParticipantNameChanged, (_, participant) => this.refresh(participant));
    this.on(RoomEvent.ConnectionQualityChanged, (_, participant) => this.refresh(participant));
    this.on(RoomEvent.TrackSubscribed, (_, publication, participant) => this.refresh(participant));
    this.on(RoomEvent.TrackUnsubscribed, (_, publication, participant) => this.refresh(participant));
    for (const event of [RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.TrackUnpublished,
      RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished, RoomEvent.TrackStreamStateChanged]) {
      this.on(event, owner);
    }
    this.on(RoomEvent.ActiveSpeakersChanged, () => this.participants().forEach(person));
    // The server ranks speakers; the local participant hears of itself through its own event as well.
    this.showMe = () => this.refresh(room.localParticipant);
    room.localParticipant.on(ParticipantEvent.IsSpeakingChanged, this.showMe);

    this.observer = new ResizeObserver(() => this.layout());
    this.observer.observe(container);
    this.participants().forEach(person);
  }

  on(event, listener) {
    this.room.on(event, listener);
    this.listeners.push([event, listener]);
  }

  participants() {
    return [this.room.localParticipant, ...this.room.remoteParticipants.values()];
  }

  // Brings the participant's tiles in line with what it is and publishes now.
  refresh(participant) {
    const sources = [Track.Source.Camera];
    if (participant.getTrackPublication(Track.Source.ScreenShare)) sources.push(Track.Source.ScreenShare);
    let changed = false;
    for (const source of [Track.Source.Camera, Track.Source.ScreenShare]) {
      const key = `${participant.identity}/${source}`;
      let tile = this.tiles.get(key);
      if (!sources.includes(source)) {
        if (tile) {
          this.drop(key, tile);
          changed = true;
        }
        continue;
      }
      if (!tile) {
        tile = new Tile(participant, source);
        this.tiles.set(key, tile);
        this.container.append(tile.node);
        changed = true;
      }
      tile.refresh();
    }
    if (changed) this.layout();
  }

  remove(participant) {
    for (const [key, tile] of this.tiles) {
      if (tile.participant === participant) this.drop(key, tile);
    }
    this.layout();
  }

  drop(key, tile) {
    tile.close();
    this.tiles.delete(key);
  }

  // Tries every number of columns and keeps the one with the largest tiles. A shared screen takes the big place, and
  // the people go to a strip (style.css does that one).
  layout() {
    const tiles = [...this.tiles.values()];
    const presenting = tiles.some((tile) => tile.isScreen);
    this.container.classList.toggle('presenting', presenting);
    const width = this.container.clientWidth;
    const height = this.container.clientHeight;
    let best = { columns: 1, width: 0 };
    for (let columns = 1; columns <= tiles.length; ++columns) {
      const rows = Math.ceil(tiles.length / columns);
      const across = (width - kGap * (columns - 1)) / columns;
      const down = ((height - kGap * (rows - 1)) / rows) * kAspect;
      const size = Math.min(across, down);
      if (size > best.width) best = { columns, width: size };
    }
    this.container.style.setProperty('--tile-width', `${Math.floor(best.width)}px`);
  }

  close() {
    this.observer.disconnect();
    for (const [event, listener] of this.listeners) this.room.off(event, listener);
    this.room.localParticipant.off(ParticipantEvent.IsSpeakingChanged, this.showMe);
    for (const [key, tile] of this.tiles) this.drop(key, tile);
  }
}

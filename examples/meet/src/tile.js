// SPDX-License-Identifier: Apache-2.0
// One participant's camera, or one screen share: picture or initials, name, microphone, connection quality, figures.
import { ConnectionQuality, Track } from 'livekit-client';
import { icon, make } from './dom.js';

const kQualityWords = {
  [ConnectionQuality.Excellent]: 'excellent',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
  [ConnectionQuality.Unknown]: 'not known yet',
};

export class Tile {
  constructor(participant, source) {
    this.participant = participant;
    this.source = source;
    this.isScreen = source === Track.Source.ScreenShare;
    this.attached = {};  // 'video' or 'audio' -> { track, media element }

    this.initials = make('span', { className: 'initials' });
    this.label = make('span', { className: 'name' });
    this.muted = make('span', { className: 'muted-mark', title: 'Microphone off' }, icon('mic-off'));
    this.quality = make('span', { className: 'quality' });
    this.quality.setAttribute('role', 'img');
    this.figures = make('pre', { className: 'figures', hidden: true });
    this.node = make('article', { className: this.isScreen ? 'tile screen' : 'tile', dataset: { identity: participant.identity, source } },
      this.initials, make('footer', {}, this.muted, this.label, this.quality), this.figures);
  }

  publication(kind) {
    if (kind === 'video') return this.participant.getTrackPublication(this.source);
    return this.participant.getTrackPublication(this.isScreen ? Track.Source.ScreenShareAudio : Track.Source.Microphone);
  }

  refresh() {
    const name = this.participant.name || this.participant.identity;
    const shown = this.participant.isLocal ? `${name} (you)` : name;
    this.label.textContent = this.isScreen ? `${shown}: screen` : shown;
    this.initials.textContent = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();
    this.initials.style.setProperty('--hue', String(hueOf(this.participant.identity)));
    this.node.setAttribute('aria-label', this.label.textContent);

    this.attach('video');
    if (!this.participant.isLocal) this.attach('audio');
    this.node.classList.toggle('speaking', this.participant.isSpeaking && !this.isScreen);
    this.muted.hidden = this.isScreen || this.participant.isMicrophoneEnabled;
    const quality = this.participant.connectionQuality;
    this.quality.dataset.quality = quality;
    this.quality.title = `Connection: ${kQualityWords[quality]}`;
    this.quality.setAttribute('aria-label', this.quality.title);
  }

  attach(kind) {
    const publication = this.publication(kind);
    const track = publication?.isMuted && kind === 'video' ? undefined : publication?.track;
    const current = this.attached[kind];
    if (current?.track !== track) {
      this.detach(kind);
      if (track) {
        const media = track.attach();
        media.muted = this.participant.isLocal || kind === 'video';
        if (kind === 'video') media.classList.toggle('mirrored', this.participant.isLocal && !this.isScreen);
        this.node.prepend(media);
        this.attached[kind] = { track, media };
      }
    }
    if (kind === 'video') this.node.classList.toggle('has-video', Boolean(track));
  }

  detach(kind) {
    const current = this.attached[kind];
    if (!current) return;
    current.track.detach(current.media);
    current.media.remove();
    delete this.attached[kind];
  }

  close() {
    this.detach('video');
    this.detach('audio');
    this.node.remove();
  }
}

// The same person has the same colour on every screen.
function hueOf(text) {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  return hash;
}

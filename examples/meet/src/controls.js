// SPDX-License-Identifier: Apache-2.0
// The buttons under the picture: microphone, camera, screen share, leave. Their look always follows what the local
// participant really publishes, never what was last clicked.
import { ParticipantEvent } from 'livekit-client';
import { element, setIcon } from './dom.js';

const kChanges = [
  ParticipantEvent.TrackMuted, ParticipantEvent.TrackUnmuted,
  ParticipantEvent.LocalTrackPublished, ParticipantEvent.LocalTrackUnpublished,
];

export class Controls {
  constructor(room, say) {
    this.me = room.localParticipant;
    this.say = say;
    this.switches = [
      { button: element('microphone'), icon: 'mic', iconOff: 'mic-off', on: 'Mute', off: 'Unmute',
        state: () => this.me.isMicrophoneEnabled, set: (value) => this.me.setMicrophoneEnabled(value) },
      { button: element('camera'), icon: 'camera', iconOff: 'camera-off', on: 'Turn camera off', off: 'Turn camera on',
        state: () => this.me.isCameraEnabled, set: (value) => this.me.setCameraEnabled(value) },
      { button: element('screen'), icon: 'screen', iconOff: 'screen', on: 'Stop sharing', off: 'Share screen',
        state: () => this.me.isScreenShareEnabled, set: (value) => this.me.setScreenShareEnabled(value) },
    ];
    for (const each of this.switches) each.button.onclick = () => this.toggle(each);
    element('leave').onclick = () => room.disconnect();
    this.refresh = () => this.switches.forEach((each) => this.show(each));
    for (const event of kChanges) this.me.on(event, this.refresh);
    this.refresh();
  }

  async toggle(each) {
    each.button.disabled = true;
    try {
      await each.set(!each.state());
    } catch (error) {
      // Closing the browser's own picker is an answer, not a failure.
      if (error.name !== 'NotAllowedError' || each.icon !== 'screen') this.say(error.message);
    } finally {
      each.button.disabled = false;
      each.button.focus();
      this.show(each);
    }
  }

  show({ button, icon, iconOff, on, off, state }) {
    const enabled = state();
    setIcon(button, enabled ? icon : iconOff);
    button.classList.toggle('off', !enabled && icon !== 'screen');
    button.classList.toggle('active', enabled && icon === 'screen');
    button.title = enabled ? on : off;
    button.setAttribute('aria-label', button.title);
  }

  close() {
    for (const event of kChanges) this.me.off(event, this.refresh);
  }
}

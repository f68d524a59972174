// SPDX-License-Identifier: Apache-2.0
// Chat over reliable data, on the topic that LiveKit's own applications use, so that they meet each other.
import { element, make } from './dom.js';

const kTopic = 'lk.chat';

export class Chat {
  constructor(room, say) {
    this.room = room;
    this.say = say;
    this.unread = 0;
    element('messages').replaceChildren();
    room.registerTextStreamHandler(kTopic, async (reader, { identity }) => {
      const from = room.remoteParticipants.get(identity);
      this.add(from?.name || identity, await reader.readAll(), false);
    });
    element('chat-toggle').onclick = () => this.open(element('chat').hidden);
    element('chat-close').onclick = () => this.open(false);
    element('chat').onkeydown = (event) => { if (event.key === 'Escape') this.open(false); };
    element('chat-form').onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.open(false);
  }

  async send() {
    const input = element('chat-text');
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    try {
      await this.room.localParticipant.sendText(text, { topic: kTopic });
      this.add('You', text, true);
    } catch (error) {
      input.value = text;
      this.say(`Not sent: ${error.message}`);
    }
  }

  add(name, text, mine) {
    const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    const line = make('li', { className: mine ? 'mine' : '' },
      make('span', { className: 'who' }, `${name} · ${time}`), make('p', {}, text));
    element('messages').append(line);
    line.scrollIntoView({ block: 'end' });
    if (element('chat').hidden) this.unread += 1;
    this.showUnread();
  }

  open(visible) {
    element('chat').hidden = !visible;
    element('chat-toggle').setAttribute('aria-expanded', String(visible));
    if (visible) {
      this.unread = 0;
      element('chat-text').focus();
    }
    this.showUnread();
  }

  showUnread() {
    element('unread').hidden = this.unread === 0;
    element('unread').textContent = String(this.unread);
    element('chat-toggle').setAttribute('aria-label', this.unread ? `Chat, ${this.unread} unread` : 'Chat');
  }

  close() {
    this.room.unregisterTextStreamHandler(kTopic);
    element('chat').hidden = true;
  }
}

// SPDX-License-Identifier: Apache-2.0
// The door, where a person gives the first token, and the dialog that shows what tokens there are.
import { element, make, makeButton } from './dom.js';
import { formatDuration } from './format.js';

const kGrants = { roomlist: 'roomList', roomcreate: 'roomCreate', roomadmin: 'roomAdmin' };

// `enter` is called with no parameters once a token has opened the server.
export class Door {
  constructor(access, api, enter) {
    Object.assign(this, { access, api, enter });
    element('door-form').onsubmit = (event) => {
      event.preventDefault();
      this.tryToken();
    };
  }

  show(problem = '') {
    element('door').hidden = false;
    element('door-problem').textContent = problem;
    element('door-token').focus();
  }

  async tryToken() {
    const button = element('door-form').querySelector('button');
    button.disabled = true;
    let token;
    try {
      token = this.access.add(element('door-token').value);
      await this.api.listRooms();
      element('door-token').value = '';
      element('door').hidden = true;
      this.enter();
    } catch (error) {
      if (token) this.access.remove(token);
      element('door-problem').textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }
}

function describe({ grants, expires }) {
  const names = Object.entries(kGrants).filter(([key]) => grants[key] === true).map(([, name]) => name);
  const room = grants.room ? ` for the room ${grants.room}` : '';
  const far = grants.destinationroom ? `, to ${grants.destinationroom}` : '';
  return `${names.join(', ') || 'nothing'}${room}${far} · ${formatDuration(expires - Date.now() / 1000)} left`;
}

// `leave` goes back to the door.
export function openAccess(access, { changed, leave }) {
  const list = make('ul', { className: 'tokens' });
  const area = make('textarea', { id: 'more-token', rows: 4, spellcheck: false, required: true, placeholder: 'eyJhbGciOiJIUzI1NiIs…' });
  const problem = make('p', { className: 'problem', role: 'alert' });
  const showList = () => list.replaceChildren(...access.tokens.map((token) => make('li', {}, make('span', {}, describe(token)),
    ...(access.tokens.length > 1 ? [makeButton('close', 'Forget this token', () => { access.remove(token); showList(); changed(); }, { small: true, className: 'quiet' })] : []))));
  showList();
  const form = make('form', {}, make('label', { htmlFor: area.id }, 'Another token, for another room'), area, problem,
    make('div', { className: 'choices' }, make('button', { type: 'button', className: 'button danger', onclick: () => { dialog.close(); leave(); } }, 'Forget all'),
      make('button', { type: 'button', className: 'button', onclick: () => dialog.close() }, 'Close'), make('button', { type: 'submit', className: 'primary' }, 'Add')));
  form.onsubmit = (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      access.add(area.value);
      area.value = '';
      showList();
      changed();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const dialog = make('dialog', { 'aria-label': 'Access' }, make('h2', {}, 'Access'), ...(access.development
    ? [make('p', { className: 'muted' }, 'This server runs in development mode: it gives the console every token that it needs.'),
      make('form', { method: 'dialog' }, make('div', { className: 'choices' }, make('button', { type: 'submit', className: 'primary' }, 'Close')))]
    : [make('p', { className: 'muted' }, 'Each call takes the token that allows it. They stay in this tab.'), list, form]));
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

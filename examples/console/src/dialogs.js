// SPDX-License-Identifier: Apache-2.0
// Questions to the person at the page. A dialog stays, with what was typed, until its action has succeeded; an error is shown
// in it. What cannot be undone is asked for in words, and Cancel has the focus then.
import { element, make } from './dom.js';

let count = 0;

// `fields`: { name, label, type, value, ... } each; see kinds below. `action` gets their values; what it gives is given here,
// or undefined if the person cancelled.
export function ask({ title, text, fields = [], submit, danger = false, action }) {
  return new Promise((resolve) => {
    const controls = fields.map((field) => ({ field, ...controlOf(field) }));
    const problem = make('p', { className: 'problem', role: 'alert' });
    const confirm = make('button', { type: 'submit', className: danger ? 'primary danger' : 'primary' }, submit);
    const cancel = make('button', { type: 'button', className: 'button', onclick: () => dialog.close() }, 'Cancel');
    const titleId = `dialog-${++count}`;
    const form = make('form', { noValidate: false }, make('h2', { id: titleId }, title),
      text ? make('p', { className: 'muted' }, text) : undefined,
      ...controls.map(({ node }) => node), problem, make('div', { className: 'choices' }, cancel, confirm));
    const dialog = make('dialog', { 'aria-labelledby': titleId }, form);
    let answer;
    form.onsubmit = async (event) => {
      event.preventDefault();
      problem.textContent = '';
      confirm.disabled = true;
      try {
        answer = { value: await action(Object.fromEntries(controls.map(({ field, read }) => [field.name, read()]))) };
        dialog.close();
      } catch (error) {
        problem.textContent = `${error.message}${error.code ? ` (${error.code})` : ''}`;
        confirm.disabled = false;
      }
    };
    dialog.onclose = () => {
      dialog.remove();
      resolve(answer?.value);
    };
    document.body.append(dialog);
    dialog.showModal();
    if (danger) cancel.focus();
  });
}

export const confirmation = (title, text, submit, action) => ask({ title, text, submit, danger: true, action });

// What came back, to be read and copied.
export function show(title, text) {
  const close = make('button', { className: 'primary', type: 'submit' }, 'Done');
  const dialog = make('dialog', { 'aria-label': title }, make('form', { method: 'dialog' }, make('h2', {}, title),
    make('pre', { className: 'answer', tabIndex: 0 }, text), make('div', { className: 'choices' }, close)));
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

function labelled(field, control, id) {
  control.id = id;
  return make('div', { className: 'field' }, make('label', { htmlFor: id }, field.label), control,
    field.hint ? make('p', { className: 'hint' }, field.hint) : undefined);
}

// The node, and what reads its value.
function controlOf(field) {
  const id = `field-${++count}`;
  switch (field.type) {
    case 'check': {
      const box = make('input', { type: 'checkbox', checked: Boolean(field.value) });
      return { node: make('label', { className: 'check' }, box, field.label), read: () => box.checked };
    }
    // Several of `options`, { value, label } each; `value` has those that are on.
    case 'checks': {
      const boxes = field.options.map(({ value, label }) => {
        const box = make('input', { type: 'checkbox', value, checked: field.value.includes(value) });
        return { box, node: make('label', { className: 'check' }, box, label) };
      });
      const none = boxes.length ? [] : [make('p', { className: 'hint' }, field.none)];
      return {
        node: make('fieldset', { className: 'field' }, make('legend', {}, field.label), ...none, ...boxes.map(({ node }) => node)),
        read: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
      };
    }
    case 'select': {
      const select = make('select', {}, ...field.options.map(({ value, label }) => make('option', { value, selected: value === field.value }, label)));
      return { node: labelled(field, select, id), read: () => select.value };
    }
    case 'area': {
      const area = make('textarea', { rows: field.rows ?? 3, value: field.value ?? '', required: Boolean(field.required), spellcheck: false });
      return { node: labelled(field, area, id), read: () => area.value };
    }
    case 'number': {
      const input = make('input', { type: 'number', min: field.min ?? 0, max: field.max ?? '', step: 1, value: field.value ?? '', placeholder: field.placeholder ?? '' });
      return { node: labelled(field, input, id), read: () => (input.value === '' ? undefined : Number(input.value)) };
    }
    default: {
      const input = make('input', { type: 'text', value: field.value ?? '', required: Boolean(field.required), autocomplete: 'off', spellcheck: false, placeholder: field.placeholder ?? '' });
      if (field.choices) {
        input.setAttribute('list', `${id}-list`);
        const list = make('datalist', { id: `${id}-list` }, ...field.choices.map((value) => make('option', { value })));
        return { node: make('div', {}, labelled(field, input, id), list), read: () => input.value.trim() };
      }
      return { node: labelled(field, input, id), read: () => input.value.trim() };
    }
  }
}

// A word that goes by itself; errors stay longer. Older ones make place.
export function toast(text, { problem = false } = {}) {
  const node = make('p', { className: problem ? 'toast bad' : 'toast', role: problem ? 'alert' : 'status' }, text);
  const toasts = element('toasts');
  toasts.append(node);
  while (toasts.children.length > 2) toasts.firstChild.remove();
  setTimeout(() => node.remove(), problem ? 9000 : 4000);
}

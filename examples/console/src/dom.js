// SPDX-License-Identifier: Apache-2.0
// The few DOM helpers that every part uses.
export const element = (id) => document.getElementById(id);

const kSvg = 'http://www.w3.org/2000/svg';

// A name with a hyphen is an attribute, `dataset` goes to the dataset, all else is a property of the node.
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'dataset') Object.assign(node.dataset, value);
    else if (name.includes('-') || name === 'role') node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(kSvg, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const icon = (name) => draw('svg', { class: 'icon', 'aria-hidden': 'true' }, draw('use', { href: `#i-${name}` }));

export function setIcon(node, name) {
  node.querySelector('use').setAttribute('href', `#i-${name}`);
}

// Text is only set where it differs: what a person has selected stays so.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A button with a picture, and words where it is not `small`.
export function makeButton(name, words, onclick, { className = '', small = false } = {}) {
  return make('button', { type: 'button', className: `button ${className} ${small ? 'small' : ''}`, title: small ? words : '', 'aria-label': words, onclick },
    icon(name), small ? undefined : make('span', {}, words));
}

// Children of `container` for `items`, in their order: a view (an object with `node`) is made once for each key, and updated
// with its item each time. A node that is in its place already is left there, or it would lose the focus.
export class Views {
  constructor(container, keyOf, makeView) {
    Object.assign(this, { container, keyOf, makeView, views: new Map() });
  }

  update(items, ...more) {
    const present = new Set(items.map(this.keyOf));
    for (const [key, view] of this.views) {
      if (present.has(key)) continue;
      view.node.remove();
      view.close?.();
      this.views.delete(key);
    }
    let place = this.container.firstChild;
    for (const item of items) {
      const key = this.keyOf(item);
      if (!this.views.has(key)) this.views.set(key, this.makeView(item));
      const view = this.views.get(key);
      view.update(item, ...more);
      if (view.node === place) place = place.nextSibling;
      else this.container.insertBefore(view.node, place);
    }
  }
}

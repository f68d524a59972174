// SPDX-License-Identifier: Apache-2.0
// The access tokens that the console speaks to the server with. A token is for one room (its grant `room`), so there may be
// several: each call takes the one that allows it. A server in development mode has one for each need; else a person gives
// them, in the form or as #token=... in the address. They are kept for as long as the tab lives, and sent to this server only.

const kStore = 'sfu-console-tokens';
const kEarly = 60;  // seconds before it expires a token is not used any more

// { token, expires, grants }, or an Error. Grants are named in lower case: servers do not care.
export function readToken(text) {
  const token = text.trim();
  try {
    const [, body] = token.split('.');
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    const grants = Object.fromEntries(Object.entries(claims.video ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    return { token, expires: claims.exp, grants };
  } catch {
    throw new Error('This is not an access token: it has three parts with dots between them.');
  }
}

// A need: { list }, { create }, { room }, or { room, destination }.
function allows({ grants }, { list, create, room, destination }) {
  return (!list || grants.roomlist === true) && (!create || grants.roomcreate === true) &&
    (room === undefined || (grants.roomadmin === true && (grants.room ?? '') === room)) &&
    (destination === undefined || grants.destinationroom === destination);
}

function explain({ list, create, room, destination }) {
  if (list) return 'A token with roomList is needed.';
  if (create) return 'A token with roomCreate is needed.';
  const far = destination === undefined ? '' : ` and destinationRoom ${destination}`;
  return `A token with roomAdmin for the room ${room}${far} is needed. Add one under Access.`;
}

export class Access {
  // `storage` is the tab's; `ask` gives a token of a server in development mode.
  constructor(storage, ask) {
    Object.assign(this, { storage, ask, development: false });
    this.tokens = JSON.parse(storage.getItem(kStore) ?? '[]').map(readToken).filter(({ expires }) => expires * 1000 > Date.now());
  }

  // Takes tokens out of the address's fragment; gives what is left of it.
  takeFrom(fragment) {
    const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
    for (const token of parameters.getAll('token')) this.add(token);
    parameters.delete('token');
    return parameters;
  }

  add(text) {
    const token = readToken(text);
    if (token.expires * 1000 < Date.now()) throw new Error('This token has expired.');
    this.tokens = [...this.tokens.filter((other) => other.token !== token.token), token];
    this.store();
    return token;
  }

  remove(token) {
    this.tokens = this.tokens.filter((other) => other !== token);
    this.store();
  }

  forgetAll() {
    this.tokens = [];
    this.store();
  }

  store() {
    if (!this.development) this.storage.setItem(kStore, JSON.stringify(this.tokens.map(({ token }) => token)));
  }

  // Whether the server gives tokens by itself. Then there is nothing to keep.
  async tryDevelopment() {
    try {
      const token = readToken(await this.ask({}));
      Object.assign(this, { development: true, tokens: [token] });
    } catch {
      this.development = false;
    }
    return this.development;
  }

  find(need) {
    return this.tokens.find((token) => allows(token, need) && !(token.expires * 1000 < Date.now() + kEarly * 1000));
  }

  can(need) {
    return this.development || Boolean(this.find(need));
  }

  async tokenFor(need) {
    const found = this.find(need);
    if (found) return found.token;
    if (!this.development) throw new Error(explain(need));
    const token = readToken(await this.ask(need));
    this.tokens = [...this.tokens.filter(({ expires }) => expires * 1000 > Date.now()), token];
    return token.token;
  }
}

// `need` as the token endpoint of a server in development mode takes it.
export async function askDevelopmentServer({ room, destination }) {
  const parameters = Object.entries({ room, destination }).filter(([, value]) => value !== undefined);
  const answer = await fetch(`token?${new URLSearchParams(parameters)}`);
  if (!answer.ok) throw new Error('This server gives no tokens by itself.');
  return (await answer.json()).token;
}

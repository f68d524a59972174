// SPDX-License-Identifier: Apache-2.0
// Rooms, their participants and their tracks. Each is a name: what it names may be gone (SFU_ERROR_NOT_FOUND).
import { Client } from "./client.js";
import { Name } from "./handle.js";
import { call, wait } from "./native.js";
import { answer, request } from "./rpc.js";

export class Track extends Name {
  constructor(handle) {
    super(handle, "sfu_track_release");
  }

  info() {
    return wait("sfu_track_get_info", this._handle);
  }

  setMuted(muted) {
    return wait("sfu_track_set_muted", this._handle, muted);
  }
}

export class Participant extends Name {
  constructor(handle) {
    super(handle, "sfu_participant_release");
  }

  info() {
    return wait("sfu_participant_get_info", this._handle);
  }

  permission() {
    return wait("sfu_participant_get_permission", this._handle);
  }

  async setPermission(permission) {
    await wait("sfu_participant_set_permission", this._handle, permission);
  }

  async remove({ revokeTokensBeforeMs = 0 } = {}) {
    await wait("sfu_participant_remove", this._handle, revokeTokensBeforeMs);
  }

  async update(changes) {
    await wait("sfu_participant_update", this._handle, changes);
  }

  async updateSubscriptions(trackSids, subscribe) {
    await wait("sfu_participant_update_subscriptions", this._handle, trackSids, subscribe);
  }

  performRpc(method, payload = "", timeoutMs = 0) {
    const what = request(method, payload, timeoutMs);
    return answer((done) => wait("sfu_participant_perform_rpc", this._handle, what, done));
  }

  async moveTo(destination) {
    await wait("sfu_participant_move_to", this._handle, destination._handle);
  }

  async forwardTo(destination) {
    await wait("sfu_participant_forward_to", this._handle, destination._handle);
  }

  track(sid) {
    return new Track(call("sfu_participant_track", this._handle, sid));
  }
}

export class Room extends Name {
  constructor(handle) {
    super(handle, "sfu_room_release");
  }

  join(options, more) {
    return Client._join((callbacks) => wait("sfu_room_join", this._handle, options, callbacks), more);
  }

  info() {
    return wait("sfu_room_get_info", this._handle);
  }

  participants() {
    return wait("sfu_room_get_participants", this._handle);
  }

  statistics() {
    return wait("sfu_room_get_statistics", this._handle);
  }

  async setMetadata(metadata) {
    await wait("sfu_room_set_metadata", this._handle, metadata);
  }

  async sendData(data, options) {
    await wait("sfu_room_send_data", this._handle, data, options);
  }

  agentDispatches() {
    return wait("sfu_room_get_agent_dispatches", this._handle);
  }

  addAgentDispatch(dispatch) {
    return wait("sfu_room_add_agent_dispatch", this._handle, dispatch);
  }

  removeAgentDispatch(id) {
    return wait("sfu_room_remove_agent_dispatch", this._handle, id);
  }

  async end() {
    await wait("sfu_room_close", this._handle);
  }

  participant(identity) {
    return new Participant(call("sfu_room_participant", this._handle, identity));
  }
}

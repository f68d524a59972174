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
    return wait("sfu_track_get_info", this);
  }

  setMuted(muted) {
    return wait("sfu_track_set_muted", this, muted);
  }
}

export class Participant extends Name {
  constructor(handle) {
    super(handle, "sfu_participant_release");
  }

  info() {
    return wait("sfu_participant_get_info", this);
  }

  permission() {
    return wait("sfu_participant_get_permission", this);
  }

  async setPermission(permission) {
    await wait("sfu_participant_set_permission", this, permission);
  }

  async remove({ revokeTokensBeforeMs = 0 } = {}) {
    await wait("sfu_participant_remove", this, revokeTokensBeforeMs);
  }

  async update(changes) {
    await wait("sfu_participant_update", this, changes);
  }

  async updateSubscriptions(trackSids, subscribe) {
    await wait("sfu_participant_update_subscriptions", this, trackSids, subscribe);
  }

  performRpc(method, payload = "", timeoutMs = 0) {
    const what = request(method, payload, timeoutMs);
    return answer((done) => wait("sfu_participant_perform_rpc", this, what, done));
  }

  async moveTo(destination) {
    await wait("sfu_participant_move_to", this, destination);
  }

  async forwardTo(destination) {
    await wait("sfu_participant_forward_to", this, destination);
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
    return Client._join((callbacks) => wait("sfu_room_join", this, options, callbacks), more);
  }

  info() {
    return wait("sfu_room_get_info", this);
  }

  participants() {
    return wait("sfu_room_get_participants", this);
  }

  statistics() {
    return wait("sfu_room_get_statistics", this);
  }

  async setMetadata(metadata) {
    await wait("sfu_room_set_metadata", this, metadata);
  }

  async sendData(data, options) {
    await wait("sfu_room_send_data", this, data, options);
  }

  agentDispatches() {
    return wait("sfu_room_get_agent_dispatches", this);
  }

  addAgentDispatch(dispatch) {
    return wait("sfu_room_add_agent_dispatch", this, dispatch);
  }

  removeAgentDispatch(id) {
    return wait("sfu_room_remove_agent_dispatch", this, id);
  }

  async end() {
    await wait("sfu_room_close", this);
  }

  participant(identity) {
    return new Participant(call("sfu_room_participant", this._handle, identity));
  }
}

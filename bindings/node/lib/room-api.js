// SPDX-License-Identifier: Apache-2.0
// The room API of a LiveKit server, or of this library's, for programs that manage rooms from outside.
import { Owner } from "./handle.js";
import { call, wait } from "./native.js";
import { request } from "./rpc.js";

export class RoomApi extends Owner {
  constructor(options) {
    super(call("sfu_room_api_create", options), "sfu_room_api_release");
  }

  createRoom(name, options) {
    return wait("sfu_room_api_create_room", this._handle, name, options);
  }

  listRooms(names = []) {
    return wait("sfu_room_api_list_rooms", this._handle, names);
  }

  async deleteRoom(room) {
    await wait("sfu_room_api_delete_room", this._handle, room);
  }

  updateRoomMetadata(room, metadata) {
    return wait("sfu_room_api_update_room_metadata", this._handle, room, metadata);
  }

  async sendData(room, data, options) {
    await wait("sfu_room_api_send_data", this._handle, room, data, options);
  }

  listParticipants(room) {
    return wait("sfu_room_api_list_participants", this._handle, room);
  }

  getParticipant(room, identity) {
    return wait("sfu_room_api_get_participant", this._handle, room, identity);
  }

  async removeParticipant(room, identity, { revokeTokensBeforeMs = 0 } = {}) {
    await wait("sfu_room_api_remove_participant", this._handle, room, identity, revokeTokensBeforeMs);
  }

  mutePublishedTrack(room, identity, trackSid, muted) {
    return wait("sfu_room_api_mute_published_track", this._handle, room, identity, trackSid, muted);
  }

  updateParticipant(room, identity, changes) {
    return wait("sfu_room_api_update_participant", this._handle, room, identity, changes);
  }

  async updateSubscriptions(room, identity, trackSids, subscribe) {
    await wait("sfu_room_api_update_subscriptions", this._handle, room, identity, trackSids, subscribe);
  }

  async forwardParticipant(room, identity, destinationRoom) {
    await wait("sfu_room_api_forward_participant", this._handle, room, identity, destinationRoom);
  }

  async moveParticipant(room, identity, destinationRoom) {
    await wait("sfu_room_api_move_participant", this._handle, room, identity, destinationRoom);
  }

  performRpc(room, identity, method, payload = "", timeoutMs = 0) {
    return wait("sfu_room_api_perform_rpc", this._handle, room, identity, request(method, payload, timeoutMs));
  }

  createDispatch(room, dispatch) {
    return wait("sfu_room_api_create_dispatch", this._handle, room, dispatch);
  }

  deleteDispatch(room, dispatchId) {
    return wait("sfu_room_api_delete_dispatch", this._handle, room, dispatchId);
  }

  listDispatches(room, dispatchId = "") {
    return wait("sfu_room_api_list_dispatches", this._handle, room, dispatchId);
  }
}

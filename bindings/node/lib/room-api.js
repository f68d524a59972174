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
    return wait("sfu_room_api_create_room", this, name, options);
  }

  listRooms(names = []) {
    return wait("sfu_room_api_list_rooms", this, names);
  }

  async deleteRoom(room) {
    await wait("sfu_room_api_delete_room", this, room);
  }

  updateRoomMetadata(room, metadata) {
    return wait("sfu_room_api_update_room_metadata", this, room, metadata);
  }

  async sendData(room, data, options) {
    await wait("sfu_room_api_send_data", this, room, data, options);
  }

  listParticipants(room) {
    return wait("sfu_room_api_list_participants", this, room);
  }

  getParticipant(room, identity) {
    return wait("sfu_room_api_get_participant", this, room, identity);
  }

  async removeParticipant(room, identity, { revokeTokensBeforeMs = 0 } = {}) {
    await wait("sfu_room_api_remove_participant", this, room, identity, revokeTokensBeforeMs);
  }

  mutePublishedTrack(room, identity, trackSid, muted) {
    return wait("sfu_room_api_mute_published_track", this, room, identity, trackSid, muted);
  }

  updateParticipant(room, identity, changes) {
    return wait("sfu_room_api_update_participant", this, room, identity, changes);
  }

  async updateSubscriptions(room, identity, trackSids, subscribe) {
    await wait("sfu_room_api_update_subscriptions", this, room, identity, trackSids, subscribe);
  }

  async forwardParticipant(room, identity, destinationRoom) {
    await wait("sfu_room_api_forward_participant", this, room, identity, destinationRoom);
  }

  async moveParticipant(room, identity, destinationRoom) {
    await wait("sfu_room_api_move_participant", this, room, identity, destinationRoom);
  }

  performRpc(room, identity, method, payload = "", timeoutMs = 0) {
    return wait("sfu_room_api_perform_rpc", this, room, identity, request(method, payload, timeoutMs));
  }

  createDispatch(room, dispatch) {
    return wait("sfu_room_api_create_dispatch", this, room, dispatch);
  }

  deleteDispatch(room, dispatchId) {
    return wait("sfu_room_api_delete_dispatch", this, room, dispatchId);
  }

  listDispatches(room, dispatchId = "") {
    return wait("sfu_room_api_list_dispatches", this, room, dispatchId);
  }
}

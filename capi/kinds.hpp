// SPDX-License-Identifier: Apache-2.0
// The numbers of the kinds of handles; each kind is declared beside its functions.
#pragma once

namespace sfu::capi::kinds {

enum : unsigned {
  kEngine = 1,
  kRoom,
  kParticipant,
  kTrack,
  kSignalSession,
  kServer,
  kTokenVerifier,
  kWebhookReceiver,
  kRoomApi,
  kClient,
  kRpcResponder,
  kMediaFile,
  kDecision,
  kPacketFilter,
};

}  // namespace sfu::capi::kinds

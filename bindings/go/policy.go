// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"runtime"
	"sync/atomic"
)

// Policy is the host's say in its rooms, beyond what tokens grant. What is nil is allowed. The functions run on the
// worker of the room, which forwards no media meanwhile; a decision may come later, from any goroutine, and then holds
// up the one matter alone. What is not decided within EngineOptions.PolicyTimeout is denied.
type Policy struct {
	// Each new session, before the room is made. Denied: the HTTP request is answered with 403 and the reason.
	OnJoin func(JoinRequest, *JoinDecision)
	// Once for each track, in all its codecs. Denied: the client is told the reason.
	OnPublish func(PublishRequest, *Decision)
	// For each subscriber of each track.
	OnSubscribe func(SubscribeRequest, *Decision)
	// Each packet of data, in the order in which its sender sent it.
	OnData func(DataRequest) DataAnswer
}

// Decision is an answer that the engine waits for. The first one counts; one that is forgotten is a no.
type Decision struct {
	c        *C.sfu_decision
	released atomic.Bool
}

func newDecision(c *C.sfu_decision) *Decision {
	d := &Decision{c: c}
	runtime.SetFinalizer(d, (*Decision).release)
	return d
}

func (d *Decision) release() {
	if !d.released.Swap(true) {
		runtime.SetFinalizer(d, nil)
		C.sfu_decision_release(d.c)
	}
}

// Allow says yes. Errors: ErrInvalidHandle (it was decided already).
func (d *Decision) Allow() error {
	defer d.release()
	return check(func() C.sfu_status { return C.sfu_decision_allow(d.c) })
}

// Deny says no, with the reason for the client where the protocol has a place for it.
func (d *Decision) Deny(reason string) error {
	a := &arena{}
	text := a.string(reason)
	if err := once(a, func() C.sfu_status { return C.sfu_decision_deny(d.c, text) }); err != nil {
		return err
	}
	d.release()
	return nil
}

// JoinDecision decides on a join.
type JoinDecision struct{ *Decision }

// AllowWith says yes, with these in place of the token's grants; room and room_join stay what they are.
func (d *JoinDecision) AllowWith(grants *VideoGrant) error {
	a := &arena{}
	given := grants.c(a)
	if err := once(a, func() C.sfu_status { return C.sfu_decision_allow_with(d.c, given) }); err != nil {
		return err
	}
	d.release()
	return nil
}

// JoinRequest: somebody with a good token wants to join a room.
type JoinRequest struct {
	Claims        Claims // of the token: Claims.Identity, Claims.Video.Room
	ClientAddress string
	RoomExists    bool   // no: this join would make it
	AlreadyThere  bool   // one of this identity
	Checking      bool   // asked by GET .../validate: nobody joins yet
	Participants  uint64 // that are in the room, hidden ones, agents and recorders among them
}

//export goJoin
func goJoin(user C.uintptr_t, r *C.sfu_join_request, decision *C.sfu_decision) {
	of[*Policy](user).OnJoin(JoinRequest{
		Claims: claims(r.claims), ClientAddress: C.GoString(r.client_address), RoomExists: r.room_exists != 0,
		AlreadyThere: r.already_there != 0, Checking: r.checking != 0, Participants: uint64(r.participants),
	}, &JoinDecision{newDecision(decision)})
}

// PolicyParticipant is a participant as a policy sees it.
type PolicyParticipant struct {
	Identity string
	SID      string
	Metadata string
	Agent    bool
	Recorder bool
}

func policyParticipant(p *C.sfu_policy_participant) PolicyParticipant {
	return PolicyParticipant{
		Identity: C.GoString(p.identity), SID: C.GoString(p.sid), Metadata: C.GoString(p.metadata), Agent: p.agent != 0,
		Recorder: p.recorder != 0,
	}
}

// PublishRequest: a participant announces a track, also of data. Track has no SID yet.
type PublishRequest struct {
	Room      string
	Publisher PolicyParticipant
	Track     TrackInfo
}

//export goPublish
func goPublish(user C.uintptr_t, r *C.sfu_publish_request, decision *C.sfu_decision) {
	of[*Policy](user).OnPublish(PublishRequest{
		Room: C.GoString(r.room), Publisher: policyParticipant(r.publisher), Track: trackInfo(r.track),
	}, newDecision(decision))
}

// SubscribeRequest: a participant is about to get a track of another.
type SubscribeRequest struct {
	Room       string
	Subscriber PolicyParticipant
	Publisher  PolicyParticipant
	Track      TrackInfo
}

//export goSubscribe
func goSubscribe(user C.uintptr_t, r *C.sfu_subscribe_request, decision *C.sfu_decision) {
	of[*Policy](user).OnSubscribe(SubscribeRequest{
		Room: C.GoString(r.room), Subscriber: policyParticipant(r.subscriber), Publisher: policyParticipant(r.publisher),
		Track: trackInfo(r.track),
	}, newDecision(decision))
}

type DataKind int32

const (
	DataUser        DataKind = C.SFU_DATA_USER
	DataChat        DataKind = C.SFU_DATA_CHAT
	DataStreamStart DataKind = C.SFU_DATA_STREAM_START
	DataStreamChunk DataKind = C.SFU_DATA_STREAM_CHUNK
	DataStreamEnd   DataKind = C.SFU_DATA_STREAM_END
	DataRPCRequest  DataKind = C.SFU_DATA_RPC_REQUEST
	DataRPCAnswer   DataKind = C.SFU_DATA_RPC_ANSWER
	DataEncrypted   DataKind = C.SFU_DATA_ENCRYPTED
	DataOther       DataKind = C.SFU_DATA_OTHER
)

// DataRequest: a participant sends data to others.
type DataRequest struct {
	Room         string
	Sender       PolicyParticipant
	Kind         DataKind
	Reliable     bool
	Topic        string // of DataUser and DataStreamStart; the method of DataRPCRequest
	ID           string // of the stream, or of the call
	Payload      []byte // as its sender sent it: a stream's or a call's may be compressed
	ToIdentities []string
	ToSIDs       []string // both empty: to all others
}

// DataAnswer is what becomes of data; the zero value drops it.
type DataAnswer struct {
	pass    bool
	payload []byte
}

// PassData lets it pass.
func PassData() DataAnswer { return DataAnswer{pass: true} }

// DropData drops it; its sender is not told.
func DropData() DataAnswer { return DataAnswer{} }

// ReplaceData lets it pass with this payload, where the request has one.
func ReplaceData(payload []byte) DataAnswer {
	return DataAnswer{payload: append(make([]byte, 0, len(payload)), payload...)}
}

//export goDataRequest
func goDataRequest(user C.uintptr_t, r *C.sfu_data_request, answer *C.sfu_answer) {
	said := of[*Policy](user).OnData(DataRequest{
		Room: C.GoString(r.room), Sender: policyParticipant(r.sender), Kind: DataKind(r.kind), Reliable: r.reliable != 0,
		Topic: C.GoString(r.topic), ID: C.GoString(r.id), Payload: goBytes(r.payload, r.payload_length),
		ToIdentities: goStrings(r.to_identities, r.to_identity_count), ToSIDs: goStrings(r.to_sids, r.to_sid_count),
	})
	if said.pass {
		C.sfu_answer_pass(answer)
	} else if said.payload != nil {
		C.sfu_answer_payload(answer, bytesOf(said.payload), C.size_t(len(said.payload)))
	}
}

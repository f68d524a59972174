// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"time"
)

// Room is a name: what it names may be gone, and then calls say ErrNotFound. So are Participant and Track.
type Room struct {
	c *C.sfu_room
	closer
}

// Close gives the name back; the room goes on.
func (r *Room) Close() error { return r.close(func() C.sfu_status { return C.sfu_room_release(r.c) }) }

// Info is the room as it is now.
func (r *Room) Info(ctx context.Context) (RoomInfo, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_room_info) C.sfu_status {
		return C.sfu_room_get_info(r.c, result)
	}, roomInfo)
}

// Participants are those who are there now.
func (r *Room) Participants(ctx context.Context) ([]ParticipantInfo, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_participant_info_list) C.sfu_status {
		return C.sfu_room_get_participants(r.c, result)
	}, participantInfos)
}

// Statistics is what its participants, tracks and subscriptions have come to.
func (r *Room) Statistics(ctx context.Context) (RoomStatistics, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_room_statistics) C.sfu_status {
		return C.sfu_room_get_statistics(r.c, result)
	}, roomStatistics)
}

// SetMetadata replaces the room's metadata; everyone in it is told.
func (r *Room) SetMetadata(ctx context.Context, metadata string) error {
	a := &arena{}
	text := a.string(metadata)
	return do(ctx, a, func() C.sfu_status { return C.sfu_room_set_metadata(r.c, text) })
}

// SendData sends up to 60000 bytes as a data packet that no participant sent.
func (r *Room) SendData(ctx context.Context, data []byte, options DataOptions) error {
	a := &arena{}
	bytes, length := a.bytes(data)
	how := options.c(a)
	return do(ctx, a, func() C.sfu_status { return C.sfu_room_send_data(r.c, bytes, length, how) })
}

// AgentDispatches are the agents that are wanted in the room.
func (r *Room) AgentDispatches(ctx context.Context) ([]AgentDispatch, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_agent_dispatch_list) C.sfu_status {
		return C.sfu_room_get_agent_dispatches(r.c, result)
	}, agentDispatches)
}

// AddAgentDispatch gives it an id and a time.
func (r *Room) AddAgentDispatch(ctx context.Context, dispatch AgentDispatch) (AgentDispatch, error) {
	a := &arena{}
	from := dispatch.c(a)
	return fetch(ctx, a, func(result **C.sfu_agent_dispatch) C.sfu_status {
		return C.sfu_room_add_agent_dispatch(r.c, from, result)
	}, agentDispatch)
}

// RemoveAgentDispatch gives the one that was removed. Errors: ErrInvalidArgument (no dispatch of that id).
func (r *Room) RemoveAgentDispatch(ctx context.Context, id string) (AgentDispatch, error) {
	a := &arena{}
	from := a.string(id)
	return fetch(ctx, a, func(result **C.sfu_agent_dispatch) C.sfu_status {
		return C.sfu_room_remove_agent_dispatch(r.c, from, result)
	}, agentDispatch)
}

// End disconnects everybody and ends the room.
func (r *Room) End(ctx context.Context) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_room_close(r.c) })
}

// Participant is a name for whoever has that identity, now or later.
func (r *Room) Participant(identity string) (*Participant, error) {
	a := &arena{}
	from := a.string(identity)
	p := &Participant{}
	if err := once(a, func() C.sfu_status { return C.sfu_room_participant(r.c, from, &p.c) }); err != nil {
		return nil, err
	}
	return p, nil
}

// Participant names one of a room's people.
type Participant struct {
	c *C.sfu_participant
	closer
}

// Close gives the name back; the participant stays.
func (p *Participant) Close() error {
	return p.close(func() C.sfu_status { return C.sfu_participant_release(p.c) })
}

// Info is the participant as it is now.
func (p *Participant) Info(ctx context.Context) (ParticipantInfo, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_participant_info) C.sfu_status {
		return C.sfu_participant_get_info(p.c, result)
	}, participantInfo)
}

// Permission is what it may do.
func (p *Participant) Permission(ctx context.Context) (Permission, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_permission) C.sfu_status {
		return C.sfu_participant_get_permission(p.c, result)
	}, permission)
}

// SetPermission replaces all that it may do. What is not allowed any more ends at once. Errors: ErrUnsupported (a
// forwarded participant).
func (p *Participant) SetPermission(ctx context.Context, permission Permission) error {
	a := &arena{}
	from := permission.c(a)
	return do(ctx, a, func() C.sfu_status { return C.sfu_participant_set_permission(p.c, from) })
}

// Remove disconnects it; it may join again while its token lasts. Tokens of its identity for this room that were made
// before `revokeBefore`, unless that is zero, are refused from now on.
func (p *Participant) Remove(ctx context.Context, revokeBefore time.Time) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_participant_remove(p.c, unix(revokeBefore)) })
}

// Update changes it; everyone is told. Errors: ErrUnsupported, ErrLimitExceeded (RoomOptions).
func (p *Participant) Update(ctx context.Context, changes ParticipantChanges) error {
	a := &arena{}
	from := changes.c(a)
	return do(ctx, a, func() C.sfu_status { return C.sfu_participant_update(p.c, from) })
}

// UpdateSubscriptions subscribes it to tracks of others, or unsubscribes it. Tracks that are not there yet are waited
// for.
func (p *Participant) UpdateSubscriptions(ctx context.Context, trackSIDs []string, subscribe bool) error {
	a := &arena{}
	from, count := a.strings(trackSIDs)
	return do(ctx, a, func() C.sfu_status {
		return C.sfu_participant_update_subscriptions(p.c, from, count, boolean(subscribe))
	})
}

// MoveTo moves it into another room of the engine, which is made if there is none.
func (p *Participant) MoveTo(ctx context.Context, destination *Room) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_participant_move_to(p.c, destination.c) })
}

// ForwardTo shows it and its tracks in another room as well, until it leaves here or is removed there.
func (p *Participant) ForwardTo(ctx context.Context, destination *Room) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_participant_forward_to(p.c, destination.c) })
}

// Track is a name for a track that it has published, now or later.
func (p *Participant) Track(sid string) (*Track, error) {
	a := &arena{}
	from := a.string(sid)
	t := &Track{}
	if err := once(a, func() C.sfu_status { return C.sfu_participant_track(p.c, from, &t.c) }); err != nil {
		return nil, err
	}
	return t, nil
}

// Track names a published track.
type Track struct {
	c *C.sfu_track
	closer
}

// Close gives the name back; the track stays.
func (t *Track) Close() error {
	return t.close(func() C.sfu_status { return C.sfu_track_release(t.c) })
}

// Info is the track as it is now.
func (t *Track) Info(ctx context.Context) (TrackInfo, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_track_info) C.sfu_status {
		return C.sfu_track_get_info(t.c, result)
	}, trackInfo)
}

// SetMuted mutes or unmutes it, and gives the track as it is then. Errors: ErrUnsupported (of a forwarded participant),
// ErrFailedPrecondition (unmuting, which RoomOptions.RemoteUnmute does not allow).
func (t *Track) SetMuted(ctx context.Context, muted bool) (TrackInfo, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_track_info) C.sfu_status {
		return C.sfu_track_set_muted(t.c, boolean(muted), result)
	}, trackInfo)
}

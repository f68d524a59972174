// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import (
	"time"
	"unsafe"
)

// VideoGrant is what a token's bearer may do.
type VideoGrant struct {
	RoomJoin              bool
	Room                  string // what RoomJoin and RoomAdmin apply to
	DestinationRoom       string
	RoomCreate            bool
	RoomList              bool
	RoomRecord            bool
	RoomAdmin             bool
	IngressAdmin          bool
	CanPublish            Setting  // default: on
	CanSubscribe          Setting  // default: on
	CanPublishData        Setting  // default: as CanPublish
	CanUpdateOwnMetadata  Setting  // default: off
	CanSubscribeMetrics   Setting  // default: off
	CanManageAgentSession Setting  // default: off
	CanPublishSources     []string // "camera", "microphone", ...; none: all
	Hidden                bool     // other participants do not see it
	Recorder              bool
	Agent                 bool
}

func (g *VideoGrant) c(a *arena) *C.sfu_video_grant {
	to := structOf[C.sfu_video_grant](a)
	to.room_join = boolean(g.RoomJoin)
	to.room = a.string(g.Room)
	to.destination_room = a.string(g.DestinationRoom)
	to.room_create = boolean(g.RoomCreate)
	to.room_list = boolean(g.RoomList)
	to.room_record = boolean(g.RoomRecord)
	to.room_admin = boolean(g.RoomAdmin)
	to.ingress_admin = boolean(g.IngressAdmin)
	to.can_publish = C.sfu_setting(g.CanPublish)
	to.can_subscribe = C.sfu_setting(g.CanSubscribe)
	to.can_publish_data = C.sfu_setting(g.CanPublishData)
	to.can_update_own_metadata = C.sfu_setting(g.CanUpdateOwnMetadata)
	to.can_subscribe_metrics = C.sfu_setting(g.CanSubscribeMetrics)
	to.can_manage_agent_session = C.sfu_setting(g.CanManageAgentSession)
	to.can_publish_sources, to.can_publish_source_count = a.strings(g.CanPublishSources)
	to.hidden = boolean(g.Hidden)
	to.recorder = boolean(g.Recorder)
	to.agent = boolean(g.Agent)
	return to
}

func videoGrant(g *C.sfu_video_grant) *VideoGrant {
	if g == nil {
		return nil
	}
	return &VideoGrant{
		RoomJoin: g.room_join != 0, Room: C.GoString(g.room), DestinationRoom: C.GoString(g.destination_room),
		RoomCreate: g.room_create != 0, RoomList: g.room_list != 0, RoomRecord: g.room_record != 0,
		RoomAdmin: g.room_admin != 0, IngressAdmin: g.ingress_admin != 0, CanPublish: Setting(g.can_publish),
		CanSubscribe: Setting(g.can_subscribe), CanPublishData: Setting(g.can_publish_data),
		CanUpdateOwnMetadata: Setting(g.can_update_own_metadata), CanSubscribeMetrics: Setting(g.can_subscribe_metrics),
		CanManageAgentSession: Setting(g.can_manage_agent_session),
		CanPublishSources:     goStrings(g.can_publish_sources, g.can_publish_source_count), Hidden: g.hidden != 0,
		Recorder: g.recorder != 0, Agent: g.agent != 0,
	}
}

// The claims that an SFU does not read but hands on.
type (
	SIPGrant           struct{ Admin, Call bool }
	AgentGrant         struct{ Admin, SimulationAdmin, DatabaseAdmin bool }
	InferenceGrant     struct{ Perform bool }
	ObservabilityGrant struct{ Write bool }
)

type ParticipantKind int32

const (
	KindStandard  ParticipantKind = C.SFU_PARTICIPANT_KIND_STANDARD
	KindIngress   ParticipantKind = C.SFU_PARTICIPANT_KIND_INGRESS
	KindEgress    ParticipantKind = C.SFU_PARTICIPANT_KIND_EGRESS
	KindSIP       ParticipantKind = C.SFU_PARTICIPANT_KIND_SIP
	KindAgent     ParticipantKind = C.SFU_PARTICIPANT_KIND_AGENT
	KindConnector ParticipantKind = C.SFU_PARTICIPANT_KIND_CONNECTOR
	KindBridge    ParticipantKind = C.SFU_PARTICIPANT_KIND_BRIDGE
)

// Claims is what a token says.
type Claims struct {
	Kind          ParticipantKind
	APIKey        string // which key signed it
	Identity      string
	Name          string
	Metadata      string
	Attributes    map[string]string
	KindDetails   []string
	Video         *VideoGrant // nil: may do nothing with rooms
	SIP           *SIPGrant
	Agent         *AgentGrant
	Inference     *InferenceGrant
	Observability *ObservabilityGrant
	RoomConfig    string // JSON of a RoomConfiguration message, for a room that this bearer's joining makes
	RoomPreset    string
	SHA256        string // base64 of a body's digest; webhooks only
	NotBefore     time.Time
	IssuedAt      time.Time
	ExpiresAt     time.Time
}

func (c *Claims) c(a *arena) *C.sfu_claims {
	to := structOf[C.sfu_claims](a)
	to.kind = C.sfu_participant_kind(c.Kind)
	to.api_key = a.string(c.APIKey)
	to.identity = a.string(c.Identity)
	to.name = a.string(c.Name)
	to.metadata = a.string(c.Metadata)
	to.attributes, to.attribute_count = a.pairs(c.Attributes)
	to.kind_details, to.kind_detail_count = a.strings(c.KindDetails)
	if c.Video != nil {
		to.video = c.Video.c(a)
	}
	if c.SIP != nil {
		to.sip = structOf[C.sfu_sip_grant](a)
		to.sip.admin = boolean(c.SIP.Admin)
		to.sip.call = boolean(c.SIP.Call)
	}
	if c.Agent != nil {
		to.agent = structOf[C.sfu_agent_grant](a)
		to.agent.admin = boolean(c.Agent.Admin)
		to.agent.simulation_admin = boolean(c.Agent.SimulationAdmin)
		to.agent.database_admin = boolean(c.Agent.DatabaseAdmin)
	}
	if c.Inference != nil {
		to.inference = structOf[C.sfu_inference_grant](a)
		to.inference.perform = boolean(c.Inference.Perform)
	}
	if c.Observability != nil {
		to.observability = structOf[C.sfu_observability_grant](a)
		to.observability.write = boolean(c.Observability.Write)
	}
	to.room_config = a.string(c.RoomConfig)
	to.room_preset = a.string(c.RoomPreset)
	to.sha256 = a.string(c.SHA256)
	to.not_before_ms = unix(c.NotBefore)
	to.issued_at_ms = unix(c.IssuedAt)
	to.expires_at_ms = unix(c.ExpiresAt)
	return to
}

func claims(c *C.sfu_claims) Claims {
	made := Claims{
		Kind: ParticipantKind(c.kind), APIKey: C.GoString(c.api_key), Identity: C.GoString(c.identity),
		Name: C.GoString(c.name), Metadata: C.GoString(c.metadata),
		Attributes:  goPairs(c.attributes, c.attribute_count),
		KindDetails: goStrings(c.kind_details, c.kind_detail_count), Video: videoGrant(c.video),
		RoomConfig: C.GoString(c.room_config), RoomPreset: C.GoString(c.room_preset), SHA256: C.GoString(c.sha256),
		NotBefore: goTime(c.not_before_ms), IssuedAt: goTime(c.issued_at_ms), ExpiresAt: goTime(c.expires_at_ms),
	}
	if c.sip != nil {
		made.SIP = &SIPGrant{Admin: c.sip.admin != 0, Call: c.sip.call != 0}
	}
	if c.agent != nil {
		made.Agent = &AgentGrant{Admin: c.agent.admin != 0, SimulationAdmin: c.agent.simulation_admin != 0,
			DatabaseAdmin: c.agent.database_admin != 0}
	}
	if c.inference != nil {
		made.Inference = &InferenceGrant{Perform: c.inference.perform != 0}
	}
	if c.observability != nil {
		made.Observability = &ObservabilityGrant{Write: c.observability.write != 0}
	}
	return made
}

// TokenOptions says how AccessToken signs.
type TokenOptions struct {
	APIKey    string
	APISecret string
	TTL       time.Duration // 6 hours
	Now       time.Time     // zero: the system's clock
	// Passwords of storage, and addresses of streams, in Claims.RoomConfig are refused unless this says that they are
	// meant to be shown.
	AllowSensitiveRoomConfig bool
}

// AccessToken makes a token with all that the claims say, but for APIKey and the three times. Errors:
// ErrInvalidArgument, ErrPermissionDenied (AllowSensitiveRoomConfig).
func AccessToken(claims *Claims, options *TokenOptions) (string, error) {
	a := &arena{}
	defer a.free()
	from := claims.c(a)
	how := structOf[C.sfu_access_token_options](a)
	how.api_key = a.string(options.APIKey)
	how.api_secret = a.string(options.APISecret)
	how.ttl_ms = milliseconds(options.TTL)
	how.now_ms = unix(options.Now)
	how.allow_sensitive_room_config = boolean(options.AllowSensitiveRoomConfig)
	if a.err != nil {
		return "", a.err
	}
	return take(func(token **C.char) C.sfu_status { return C.sfu_access_token_create(from, how, token) }, goString)
}

func goString(s *C.char) string { return C.GoString(s) }

// TokenVerifier verifies tokens that were signed with the secret of one of its keys.
type TokenVerifier struct {
	c *C.sfu_token_verifier
	closer
}

// NewTokenVerifier takes API keys with their secrets. `leeway`: clocks differ; 0 is a minute, None none.
func NewTokenVerifier(keys map[string]string, leeway time.Duration) (*TokenVerifier, error) {
	a := &arena{}
	from, count := a.pairs(keys)
	v := &TokenVerifier{}
	err := once(a, func() C.sfu_status {
		return C.sfu_token_verifier_create(from, count, milliseconds(leeway), &v.c)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Verify reads a token. `now`, if zero: the system's clock. Errors: ErrMalformed, ErrNotFound (not one of the keys),
// ErrUnauthenticated.
func (v *TokenVerifier) Verify(token string, now time.Time) (Claims, error) {
	a := &arena{}
	defer a.free()
	from := a.string(token)
	if a.err != nil {
		return Claims{}, a.err
	}
	return take(func(result **C.sfu_claims) C.sfu_status {
		return C.sfu_token_verifier_verify(v.c, from, unix(now), result)
	}, claims)
}

// Close gives the verifier back.
func (v *TokenVerifier) Close() error {
	return v.close(func() C.sfu_status { return C.sfu_token_verifier_release(v.c) })
}

// WebhookEvent is what a webhook says.
type WebhookEvent struct {
	Event     string // "room_started", "participant_joined", ...
	ID        string // "EV_...", the same when it comes again
	CreatedAt time.Time
	// What it is about, or nil. An event of a track has no more of its room and participant than sid and name, sid and
	// identity.
	Room        *RoomInfo
	Participant *ParticipantInfo
	Track       *TrackInfo
	EgressInfo  string // JSON, or empty
	IngressInfo string
	Job         string
	JSON        string // the whole body
}

func webhookEvent(e *C.sfu_webhook_event) WebhookEvent {
	return WebhookEvent{
		Event: C.GoString(e.event), ID: C.GoString(e.id), CreatedAt: goTime(e.created_at_ms), Room: maybe(e.room, roomInfo),
		Participant: maybe(e.participant, participantInfo), Track: maybe(e.track, trackInfo),
		EgressInfo: C.GoString(e.egress_info), IngressInfo: C.GoString(e.ingress_info), Job: C.GoString(e.job),
		JSON: C.GoString(e.json),
	}
}

// maybe is nil for NULL.
func maybe[R, V any](r *R, value func(*R) V) *V {
	if r == nil {
		return nil
	}
	made := value(r)
	return &made
}

// WebhookReceiver tells whether a request comes from an SFU that knows one of its keys, and what it says.
type WebhookReceiver struct {
	c *C.sfu_webhook_receiver
	closer
}

// NewWebhookReceiver takes API keys with their secrets.
func NewWebhookReceiver(keys map[string]string) (*WebhookReceiver, error) {
	a := &arena{}
	from, count := a.pairs(keys)
	r := &WebhookReceiver{}
	err := once(a, func() C.sfu_status { return C.sfu_webhook_receiver_create(from, count, &r.c) })
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Receive reads a request: its body as it came, its Authorization header. `now`, if zero: the system's clock. Answer
// with 200 once you have stored the event. Errors: ErrUnauthenticated, ErrMalformed (no event).
func (r *WebhookReceiver) Receive(body []byte, authorization string, now time.Time) (WebhookEvent, error) {
	a := &arena{}
	defer a.free()
	shown := a.string(authorization)
	if a.err != nil {
		return WebhookEvent{}, a.err
	}
	return take(func(result **C.sfu_webhook_event) C.sfu_status {
		return C.sfu_webhook_receiver_receive(r.c, bytesOf(body), C.size_t(len(body)), shown, unix(now), result)
	}, webhookEvent)
}

// bytesOf lends Go's memory for one call.
func bytesOf(b []byte) *C.uint8_t {
	if len(b) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.Pointer(&b[0]))
}

// Close gives the receiver back.
func (r *WebhookReceiver) Close() error {
	return r.close(func() C.sfu_status { return C.sfu_webhook_receiver_release(r.c) })
}

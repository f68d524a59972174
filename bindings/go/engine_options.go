// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import "time"

type TURNProtocol int32

const (
	TURNUDP TURNProtocol = C.SFU_TURN_UDP
	TURNTCP TURNProtocol = C.SFU_TURN_TCP
	TURNTLS TURNProtocol = C.SFU_TURN_TLS
)

// TURNServer is one that someone else runs, which clients are told of.
type TURNServer struct {
	Protocol   TURNProtocol
	Host       string
	Port       uint16 // 3478
	Username   string
	Credential string
	Secret     string        // beats the two above
	TTL        time.Duration // of a credential made with the secret; 4 hours
}

func (t *TURNServer) c(a *arena) *C.sfu_turn_server {
	to := structOf[C.sfu_turn_server](a)
	to.protocol = C.sfu_turn_protocol(t.Protocol)
	to.host = a.string(t.Host)
	to.port = C.uint16_t(t.Port)
	to.username = a.string(t.Username)
	to.credential = a.string(t.Credential)
	to.secret = a.string(t.Secret)
	to.ttl_ms = milliseconds(t.TTL)
	return to
}

// TURNOptions are those of the TURN server that an engine has inside, for clients that get no UDP through to it. They are
// told of it, with credentials, when they join. With neither port there is none.
type TURNOptions struct {
	UDPPort                   uint16 // 0: not by UDP; 3478 is usual
	TLSPort                   uint16 // 0: not by TLS; 5349 is usual, 443 passes most firewalls
	ExternalTLS               bool   // whoever is before TLSPort has ended TLS: there it is TCP
	AdvertisedTLSPort         uint16 // of Domain, which clients are told of; 443
	RelayPortFirst            uint16 // what stands for clients: a UDP port for each allocation; 30000
	RelayPortLast             uint16 // 40000
	Domain                    string // that the certificate is for; needed with TLSPort
	CertificateFile           string // PEM; needed with TLSPort unless ExternalTLS
	KeyFile                   string
	BindAddresses             []string      // none: those of the engine
	AllocationsPerParticipant int64         // at a time; 12. None: no limit
	CredentialTTL             time.Duration // within which allocations are to be asked for; 5 minutes
	// Of private, loopback and link-local addresses, as "10.0.0.0/8", clients reach those that are allowed.
	AllowedPeers []string
	DeniedPeers  []string // beat all that is allowed
}

func (t *TURNOptions) c(a *arena) *C.sfu_turn_options {
	to := structOf[C.sfu_turn_options](a)
	to.udp_port = C.uint16_t(t.UDPPort)
	to.tls_port = C.uint16_t(t.TLSPort)
	to.external_tls = boolean(t.ExternalTLS)
	to.advertised_tls_port = C.uint16_t(t.AdvertisedTLSPort)
	to.relay_port_first = C.uint16_t(t.RelayPortFirst)
	to.relay_port_last = C.uint16_t(t.RelayPortLast)
	to.domain = a.string(t.Domain)
	to.certificate_file = a.string(t.CertificateFile)
	to.key_file = a.string(t.KeyFile)
	to.bind_addresses, to.bind_address_count = a.strings(t.BindAddresses)
	to.allocations_per_participant = C.int64_t(t.AllocationsPerParticipant)
	to.credential_ttl_ms = milliseconds(t.CredentialTTL)
	to.allowed_peers, to.allowed_peer_count = a.strings(t.AllowedPeers)
	to.denied_peers, to.denied_peer_count = a.strings(t.DeniedPeers)
	return to
}

// RoomPreset is what tokens may ask for by name.
type RoomPreset struct {
	Name          string
	Configuration RoomConfiguration
}

// EngineOptions says what an engine is like.
type EngineOptions struct {
	Workers uint32 // 0: one a core, but no more than there are ports
	// UDP: where media arrives. Each worker takes the next free port. Both 0: 7882.
	UDPPortFirst  uint16
	UDPPortLast   uint16   // 0: UDPPortFirst
	BindAddresses []string // none: all that the next five let through
	// Where something is included, nothing else is. Interfaces by name ("eth0"), addresses as "10.0.0.0/8".
	IncludedInterfaces []string
	ExcludedInterfaces []string
	IncludedAddresses  []string
	ExcludedAddresses  []string
	Loopback           bool     // loopback addresses beside the others
	NodeIPs            []string // offered to clients instead of the bound addresses
	NodeID             string   // "ND_..."; empty: made at random
	Region             string

	Keys map[string]string // API key to secret; needed unless Auth authenticates

	RoomDefaults *RoomOptions
	RoomPresets  []RoomPreset
	TURNServers  []TURNServer
	STUNServers  []string // "host:port"
	// What all rooms together may hold; beyond it, who wants to join is answered 503. 0: no limit.
	TrackLimit          uint64
	BytesPerSecondLimit uint64
	SignalMessageLimit  int64         // bytes of one signalling message, inflated; 2 MiB
	StatisticsInterval  time.Duration // 2 s
	PolicyTimeout       time.Duration // what Policy has not decided by then is denied; 5 s
	HostDriven          bool          // no threads: Engine.RunOnce

	ClientRules []ClientRule // for certain clients, before those that are known; used unless ClientConfig is given

	Auth         *Auth            // default: Keys
	Policy       *Policy          // default: what tokens and permissions allow is allowed
	OnEvent      EventFunc        // default: nobody is told
	ClientConfig ClientConfigFunc // default: the rules above, and what is known of browsers
	Log          LogFunc          // default: standard error, if LogLevel asks for it
	LogLevel     LogLevel         // lines below it are not made. Default: off, with Log info
	LogJSON      bool             // on standard error: one JSON object a line

	TCPPort         uint16  // for clients that UDP does not reach, one for all workers; LiveKit's is 7881. 0: none
	TCPPortOptional bool    // if it is taken, the engine does without
	ForceTCP        bool    // UDP is not offered
	TCPFallback     Setting // after failures of UDP a participant is offered TCP alone; default: on

	TURN *TURNOptions // default: none; an engine that the host drives has none
	// A worker that is busier than this, in per cent of a core, has less busy ones encrypt and send for some of the
	// subscribers of its rooms. 100: never; None: whenever another one is less busy; 50.
	LendAbovePercent int32
	WorkerCPUs       []int32 // that workers run on, one each; none: wherever the system puts them
}

func (o *EngineOptions) c(a *arena) *C.sfu_engine_options {
	to := structOf[C.sfu_engine_options](a)
	to.workers = C.uint32_t(o.Workers)
	to.udp_port_first = C.uint16_t(o.UDPPortFirst)
	to.udp_port_last = C.uint16_t(o.UDPPortLast)
	to.bind_addresses, to.bind_address_count = a.strings(o.BindAddresses)
	to.included_interfaces, to.included_interface_count = a.strings(o.IncludedInterfaces)
	to.excluded_interfaces, to.excluded_interface_count = a.strings(o.ExcludedInterfaces)
	to.included_addresses, to.included_address_count = a.strings(o.IncludedAddresses)
	to.excluded_addresses, to.excluded_address_count = a.strings(o.ExcludedAddresses)
	to.loopback = boolean(o.Loopback)
	to.node_ips, to.node_ip_count = a.strings(o.NodeIPs)
	to.node_id = a.string(o.NodeID)
	to.region = a.string(o.Region)
	to.keys, to.key_count = a.pairs(o.Keys)
	if o.RoomDefaults != nil {
		to.room_defaults = o.RoomDefaults.c(a)
	}
	to.room_presets, to.room_preset_count = list(o.RoomPresets, a, func(a *arena, p *RoomPreset) *C.sfu_room_preset {
		preset := structOf[C.sfu_room_preset](a)
		preset.name = a.string(p.Name)
		preset.configuration = p.Configuration.c(a)
		return preset
	})
	to.turn_servers, to.turn_server_count = list(o.TURNServers, a, func(a *arena, t *TURNServer) *C.sfu_turn_server {
		return t.c(a)
	})
	to.stun_servers, to.stun_server_count = a.strings(o.STUNServers)
	to.track_limit = C.uint64_t(o.TrackLimit)
	to.bytes_per_second_limit = C.uint64_t(o.BytesPerSecondLimit)
	to.signal_message_limit = C.int64_t(o.SignalMessageLimit)
	to.statistics_interval_ms = milliseconds(o.StatisticsInterval)
	to.policy_timeout_ms = milliseconds(o.PolicyTimeout)
	to.host_driven = boolean(o.HostDriven)
	to.client_rules, to.client_rule_count = list(o.ClientRules, a, func(a *arena, r *ClientRule) *C.sfu_client_rule {
		rule := structOf[C.sfu_client_rule](a)
		rule.merge = C.sfu_setting(r.Merge)
		rule.when = a.string(r.When)
		rule.then = r.Then.c(a)
		return rule
	})
	o.plug(to, a)
	to.log_level = C.sfu_log_level(o.LogLevel)
	to.log_json = boolean(o.LogJSON)
	to.tcp_port = C.uint16_t(o.TCPPort)
	to.tcp_port_optional = boolean(o.TCPPortOptional)
	to.force_tcp = boolean(o.ForceTCP)
	to.tcp_fallback = C.sfu_setting(o.TCPFallback)
	if o.TURN != nil {
		to.turn = o.TURN.c(a)
	}
	to.lend_above_percent = C.int32_t(o.LendAbovePercent)
	cpus := array[C.int32_t](a, len(o.WorkerCPUs))
	for i, cpu := range o.WorkerCPUs {
		cpus[i] = C.int32_t(cpu)
	}
	to.worker_cpus, to.worker_cpu_count = first(cpus), C.size_t(len(cpus))
	return to
}

// plug hands over what calls back. Values are copied: the host may change its own afterwards.
func (o *EngineOptions) plug(to *C.sfu_engine_options, a *arena) {
	if o.Auth != nil && o.Auth.Authenticate != nil {
		auth := *o.Auth
		to.auth = structOf[C.sfu_auth_callbacks](a)
		C.sfu_go_auth(to.auth, a.user(&auth), flag(auth.Refresh != nil))
	}
	if o.Policy != nil {
		policy := *o.Policy
		to.policy = structOf[C.sfu_policy_callbacks](a)
		C.sfu_go_policy(to.policy, a.user(&policy), flag(policy.OnJoin != nil), flag(policy.OnPublish != nil),
			flag(policy.OnSubscribe != nil), flag(policy.OnData != nil))
	}
	if o.OnEvent != nil {
		to.events = structOf[C.sfu_event_callbacks](a)
		C.sfu_go_events(to.events, a.user(o.OnEvent))
	}
	if o.ClientConfig != nil {
		to.client_config = structOf[C.sfu_client_config_callbacks](a)
		C.sfu_go_client_config(to.client_config, a.user(o.ClientConfig))
	}
	if o.Log != nil {
		to.log = structOf[C.sfu_log_callbacks](a)
		C.sfu_go_log(to.log, a.user(o.Log))
	}
}

func flag(b bool) C.int { return C.int(boolean(b)) }

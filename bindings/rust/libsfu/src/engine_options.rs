// SPDX-License-Identifier: Apache-2.0
use std::collections::HashMap;
use std::time::Duration;

use crate::ffi::{self, c_enum, Scratch};
use crate::plugs::{self, Auth, ClientConfigFn, ClientRule, EventFn, LogFn, LogLevel};
use crate::policy::{self, Policy};
use crate::room_options::{RoomOptions, RoomPreset};
use crate::sys;
use crate::turn_options::TurnOptions;
use crate::values::Setting;

c_enum! {
    TurnProtocol: Udp { Udp = SFU_TURN_UDP, Tcp = SFU_TURN_TCP, Tls = SFU_TURN_TLS, }
}

/// A TURN server that someone else runs, which clients are told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnServer {
    pub protocol: TurnProtocol,
    pub host: String,
    /// 3478.
    pub port: u16,
    pub username: String,
    pub credential: String,
    /// Beats the two above.
    pub secret: String,
    /// Of a credential made with the secret; 4 hours.
    pub ttl: Option<Duration>,
}

impl TurnServer {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_turn_server {
        let mut c: sys::sfu_turn_server = ffi::init();
        c.protocol = self.protocol.to_c();
        c.host = scratch.text(&self.host);
        c.port = self.port;
        c.username = scratch.text(&self.username);
        c.credential = scratch.text(&self.credential);
        c.secret = scratch.text(&self.secret);
        c.ttl_ms = self.ttl.map_or(0, ffi::ms);
        scratch.keep(c)
    }
}

/// What an engine is like.
#[derive(Default)]
pub struct EngineOptions {
    /// 0: one a core, but no more than there are ports.
    pub workers: u32,
    /// UDP: where media arrives. Each worker takes the next free port. Both 0: 7882.
    pub udp_port_first: u16,
    /// 0: `udp_port_first`.
    pub udp_port_last: u16,
    /// None: all that the next five let through.
    pub bind_addresses: Vec<String>,
    /// Where something is included, nothing else is. Interfaces by name ("eth0"), addresses as "10.0.0.0/8".
    pub included_interfaces: Vec<String>,
    pub excluded_interfaces: Vec<String>,
    pub included_addresses: Vec<String>,
    pub excluded_addresses: Vec<String>,
    /// Loopback addresses beside the others.
    pub loopback: bool,
    /// Offered to clients instead of the bound addresses.
    pub node_ips: Vec<String>,
    /// "ND_..."; empty: made at random.
    pub node_id: String,
    pub region: String,
    /// API key to secret; needed unless `auth` authenticates.
    pub keys: HashMap<String, String>,
    pub room_defaults: RoomOptions,
    pub room_presets: Vec<RoomPreset>,
    pub turn_servers: Vec<TurnServer>,
    /// "host:port".
    pub stun_servers: Vec<String>,
    /// What all rooms together may hold; beyond it, who wants to join is answered 503. 0: no limit.
    pub track_limit: u64,
    pub bytes_per_second_limit: u64,
    /// Bytes of one signalling message, inflated; 2 MiB.
    pub signal_message_limit: i64,
    /// 2 s.
    pub statistics_interval: Option<Duration>,
    /// What `policy` has not decided by then is denied; 5 s.
    pub policy_timeout: Option<Duration>,
    /// No threads: [`Engine::run_once`](crate::Engine::run_once).
    pub host_driven: bool,
    /// For certain clients, before those that are known; used unless `client_config` is given.
    pub client_rules: Vec<ClientRule>,
    /// Default: `keys`.
    pub auth: Option<Auth>,
    /// Default: what tokens and permissions allow is allowed.
    pub policy: Option<Policy>,
    /// Default: nobody is told.
    pub on_event: Option<EventFn>,
    /// Default: the rules above, and what is known of browsers.
    pub client_config: Option<ClientConfigFn>,
    /// Default: standard error, if `log_level` asks for it.
    pub log: Option<LogFn>,
    /// Lines below it are not made. Default: off, with `log` info.
    pub log_level: LogLevel,
    /// On standard error: one JSON object a line.
    pub log_json: bool,
    /// For clients that UDP does not reach, one for all workers; LiveKit's is 7881. 0: none.
    pub tcp_port: u16,
    /// If it is taken, the engine does without.
    pub tcp_port_optional: bool,
    /// UDP is not offered.
    pub force_tcp: bool,
    /// After failures of UDP a participant is offered TCP alone; default: on.
    pub tcp_fallback: Setting,
    /// Default: none; an engine that the host drives has none.
    pub turn: Option<TurnOptions>,
    /// A worker that is busier than this, in per cent of a core, has less busy ones encrypt and send for some of the
    /// subscribers of its rooms. 100: never; [`NONE`](crate::NONE): whenever another one is less busy; 50.
    pub lend_above_percent: i32,
    /// That workers run on, one each, and from the beginning again if there are more workers. None: wherever the system
    /// puts them.
    pub worker_cpus: Vec<i32>,
}

impl EngineOptions {
    pub(crate) fn into_c(self, scratch: &mut Scratch) -> *const sys::sfu_engine_options {
        let mut c: sys::sfu_engine_options = ffi::init();
        c.workers = self.workers;
        c.lend_above_percent = self.lend_above_percent;
        let (cpus, count) = scratch.keep_all(self.worker_cpus.clone());
        c.worker_cpus = cpus;
        c.worker_cpu_count = count;
        c.turn = self.turn.as_ref().map_or(std::ptr::null(), |turn| turn.to_c(scratch));
        self.sockets(&mut c, scratch);
        c.node_id = scratch.text(&self.node_id);
        c.region = scratch.text(&self.region);
        let (keys, count) = scratch.pairs(&self.keys);
        c.keys = keys;
        c.key_count = count;
        c.room_defaults = self.room_defaults.to_c(scratch);
        let presets = self.room_presets.iter().map(|preset| preset.to_c(scratch)).collect();
        let (presets, count) = scratch.keep_all(presets);
        c.room_presets = presets;
        c.room_preset_count = count;
        let servers = self.turn_servers.iter().map(|server| server.to_c(scratch)).collect();
        let (servers, count) = scratch.keep_all(servers);
        c.turn_servers = servers;
        c.turn_server_count = count;
        let (servers, count) = scratch.texts(&self.stun_servers);
        c.stun_servers = servers;
        c.stun_server_count = count;
        c.track_limit = self.track_limit;
        c.bytes_per_second_limit = self.bytes_per_second_limit;
        c.signal_message_limit = self.signal_message_limit;
        c.statistics_interval_ms = self.statistics_interval.map_or(0, ffi::ms);
        c.policy_timeout_ms = self.policy_timeout.map_or(0, ffi::ms);
        c.host_driven = self.host_driven.into();
        let rules = self.client_rules.iter().map(|rule| rule.to_c(scratch)).collect();
        let (rules, count) = scratch.keep_all(rules);
        c.client_rules = rules;
        c.client_rule_count = count;
        c.log_level = self.log_level.to_c();
        c.log_json = self.log_json.into();
        self.plug(&mut c, scratch);
        scratch.keep(c)
    }

    fn sockets(&self, c: &mut sys::sfu_engine_options, scratch: &mut Scratch) {
        c.udp_port_first = self.udp_port_first;
        c.udp_port_last = self.udp_port_last;
        c.tcp_port = self.tcp_port;
        c.tcp_port_optional = self.tcp_port_optional.into();
        c.force_tcp = self.force_tcp.into();
        c.tcp_fallback = self.tcp_fallback.to_c();
        let (addresses, count) = scratch.texts(&self.bind_addresses);
        c.bind_addresses = addresses;
        c.bind_address_count = count;
        let (interfaces, count) = scratch.texts(&self.included_interfaces);
        c.included_interfaces = interfaces;
        c.included_interface_count = count;
        let (interfaces, count) = scratch.texts(&self.excluded_interfaces);
        c.excluded_interfaces = interfaces;
        c.excluded_interface_count = count;
        let (addresses, count) = scratch.texts(&self.included_addresses);
        c.included_addresses = addresses;
        c.included_address_count = count;
        let (addresses, count) = scratch.texts(&self.excluded_addresses);
        c.excluded_addresses = addresses;
        c.excluded_address_count = count;
        c.loopback = self.loopback.into();
        let (addresses, count) = scratch.texts(&self.node_ips);
        c.node_ips = addresses;
        c.node_ip_count = count;
    }

    fn plug(self, c: &mut sys::sfu_engine_options, scratch: &mut Scratch) {
        if let Some(auth) = self.auth {
            c.auth = plugs::auth_callbacks(auth, scratch);
        }
        if let Some(policy) = self.policy {
            c.policy = policy::callbacks(policy, scratch);
        }
        if let Some(on_event) = self.on_event {
            c.events = plugs::event_callbacks(on_event, scratch);
        }
        if let Some(client_config) = self.client_config {
            c.client_config = plugs::client_config_callbacks(client_config, scratch);
        }
        if let Some(log) = self.log {
            c.log = plugs::log_callbacks(log, scratch);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/engine.h`

use crate::*;

pub type sfu_turn_protocol = i32;
pub const SFU_TURN_UDP: sfu_turn_protocol = 0;
pub const SFU_TURN_TCP: sfu_turn_protocol = 1;
pub const SFU_TURN_TLS: sfu_turn_protocol = 2;

#[repr(C)]
pub struct sfu_turn_server {
    pub size: u32,
    pub protocol: sfu_turn_protocol,
    pub host: *const c_char,
    pub port: u16,
    pub username: *const c_char,
    pub credential: *const c_char,
    pub secret: *const c_char,
    pub ttl_ms: i64,
}

#[repr(C)]
pub struct sfu_turn_options {
    pub size: u32,
    pub udp_port: u16,
    pub tls_port: u16,
    pub external_tls: sfu_bool,
    pub advertised_tls_port: u16,
    pub relay_port_first: u16,
    pub relay_port_last: u16,
    pub domain: *const c_char,
    pub certificate_file: *const c_char,
    pub key_file: *const c_char,
    pub bind_addresses: *const *const c_char,
    pub bind_address_count: usize,
    pub allocations_per_participant: i64,
    pub credential_ttl_ms: i64,
    pub allowed_peers: *const *const c_char,
    pub allowed_peer_count: usize,
    pub denied_peers: *const *const c_char,
    pub denied_peer_count: usize,
}

#[repr(C)]
pub struct sfu_engine_options {
    pub size: u32,
    pub workers: u32,
    pub udp_port_first: u16,
    pub udp_port_last: u16,
    pub bind_addresses: *const *const c_char,
    pub bind_address_count: usize,
    pub included_interfaces: *const *const c_char,
    pub included_interface_count: usize,
    pub excluded_interfaces: *const *const c_char,
    pub excluded_interface_count: usize,
    pub included_addresses: *const *const c_char,
    pub included_address_count: usize,
    pub excluded_addresses: *const *const c_char,
    pub excluded_address_count: usize,
    pub loopback: sfu_bool,
    pub node_ips: *const *const c_char,
    pub node_ip_count: usize,
    pub node_id: *const c_char,
    pub region: *const c_char,
    pub keys: *const sfu_pair,
    pub key_count: usize,
    pub room_defaults: *const sfu_room_options,
    pub room_presets: *const *const sfu_room_preset,
    pub room_preset_count: usize,
    pub turn_servers: *const *const sfu_turn_server,
    pub turn_server_count: usize,
    pub stun_servers: *const *const c_char,
    pub stun_server_count: usize,
    pub track_limit: u64,
    pub bytes_per_second_limit: u64,
    pub signal_message_limit: i64,
    pub statistics_interval_ms: i64,
    pub policy_timeout_ms: i64,
    pub host_driven: sfu_bool,
    pub client_rules: *const *const sfu_client_rule,
    pub client_rule_count: usize,
    pub auth: *const sfu_auth_callbacks,
    pub policy: *const sfu_policy_callbacks,
    pub events: *const sfu_event_callbacks,
    pub transport: *const sfu_transport_callbacks,
    pub client_config: *const sfu_client_config_callbacks,
    pub clock: *const sfu_clock_callbacks,
    pub log: *const sfu_log_callbacks,
    pub log_level: sfu_log_level,
    pub log_json: sfu_bool,
    pub tcp_port: u16,
    pub tcp_port_optional: sfu_bool,
    pub force_tcp: sfu_bool,
    pub tcp_fallback: sfu_setting,
    pub turn: *const sfu_turn_options,
    pub lend_above_percent: i32,
    pub worker_cpus: *const i32,
    pub worker_cpu_count: usize,
}

#[repr(C)]
pub struct sfu_engine {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_room {
    _opaque: [u8; 0],
}

pub type sfu_drain_done = Option<unsafe extern "C" fn(user: *mut c_void, status: sfu_status)>;

extern "C" {
    pub fn sfu_engine_create(options: *const sfu_engine_options, engine: *mut *mut sfu_engine) -> sfu_status;
    pub fn sfu_engine_release(engine: *mut sfu_engine) -> sfu_status;
    pub fn sfu_engine_stop(engine: *mut sfu_engine) -> sfu_status;
    pub fn sfu_engine_drain(
        engine: *mut sfu_engine,
        done: sfu_drain_done,
        user: *mut c_void,
        participants: *mut u64,
    ) -> sfu_status;
    pub fn sfu_engine_get_rooms(
        engine: *mut sfu_engine,
        names: *const *const c_char,
        name_count: usize,
        rooms: *mut *const sfu_room_info_list,
    ) -> sfu_status;
    pub fn sfu_engine_room(engine: *mut sfu_engine, name: *const c_char, room: *mut *mut sfu_room) -> sfu_status;
    pub fn sfu_engine_create_room(
        engine: *mut sfu_engine,
        name: *const c_char,
        configuration: *const sfu_room_configuration,
        preset: *const c_char,
        info: *mut *const sfu_room_info,
    ) -> sfu_status;
    pub fn sfu_engine_get_poll_descriptor(engine: *mut sfu_engine, descriptor: *mut c_int) -> sfu_status;
    pub fn sfu_engine_get_poll_timeout(engine: *mut sfu_engine, nanoseconds: *mut i64) -> sfu_status;
    pub fn sfu_engine_run_once(engine: *mut sfu_engine) -> sfu_status;
    pub fn sfu_engine_get_statistics(
        engine: *mut sfu_engine,
        statistics: *mut *const sfu_engine_statistics,
    ) -> sfu_status;
    pub fn sfu_engine_get_counters(engine: *mut sfu_engine, counters: *mut *const sfu_engine_counters) -> sfu_status;
}

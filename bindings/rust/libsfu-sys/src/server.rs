// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/server.h`

use crate::*;

#[repr(C)]
pub struct sfu_server_options {
    pub size: u32,
    pub port: i32,
    pub yaml: *const c_char,
    pub yaml_file_name: *const c_char,
    pub yaml_lenient: sfu_bool,
    pub overrides: *const sfu_pair,
    pub override_count: usize,
    pub development: sfu_bool,
    pub bind_addresses: *const *const c_char,
    pub bind_address_count: usize,
    pub meet_directory: *const c_char,
    pub console_directory: *const c_char,
    pub webhook_urls: *const *const c_char,
    pub webhook_url_count: usize,
    pub webhook_api_key: *const c_char,
    pub webhook_include_events: *const *const c_char,
    pub webhook_include_event_count: usize,
    pub webhook_exclude_events: *const *const c_char,
    pub webhook_exclude_event_count: usize,
    pub webhook_full_room_in_track_events: sfu_bool,
    pub webhook_max_age_ms: i64,
    pub webhook_max_depth: u64,
    pub webhook_ca_file: *const c_char,
    pub webhook_stop_timeout_ms: i64,
    pub metrics_port: u16,
    pub metrics_username: *const c_char,
    pub metrics_password: *const c_char,
    pub request_body_limit: i64,
    pub engine: *const sfu_engine_options,
}

#[repr(C)]
pub struct sfu_server {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_string_list {
    pub size: u32,
    pub items: *const *const c_char,
    pub count: usize,
}

#[repr(C)]
pub struct sfu_webhook_counters {
    pub size: u32,
    pub delivered: u64,
    pub failed: u64,
    pub dropped_age: u64,
    pub dropped_queue_full: u64,
    pub dropped_queue_closed: u64,
    pub queue_length: u64,
}

extern "C" {
    pub fn sfu_server_create(options: *const sfu_server_options, server: *mut *mut sfu_server) -> sfu_status;
    pub fn sfu_server_release(server: *mut sfu_server) -> sfu_status;
    pub fn sfu_server_stop(server: *mut sfu_server) -> sfu_status;
    pub fn sfu_server_drain(
        server: *mut sfu_server,
        done: sfu_drain_done,
        user: *mut c_void,
        participants: *mut u64,
    ) -> sfu_status;
    pub fn sfu_server_engine(server: *mut sfu_server, engine: *mut *mut sfu_engine) -> sfu_status;
    pub fn sfu_server_get_port(server: *mut sfu_server, port: *mut u16) -> sfu_status;
    pub fn sfu_server_announce(server: *mut sfu_server, egress: *const sfu_egress_info) -> sfu_status;
    pub fn sfu_server_get_metrics(server: *mut sfu_server, text: *mut *mut c_char) -> sfu_status;
    pub fn sfu_server_get_warnings(server: *mut sfu_server, warnings: *mut *const sfu_string_list) -> sfu_status;
    pub fn sfu_server_get_webhook_counters(
        server: *mut sfu_server,
        counters: *mut *const sfu_webhook_counters,
    ) -> sfu_status;
}

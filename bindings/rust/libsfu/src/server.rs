// SPDX-License-Identifier: Apache-2.0
use std::collections::HashMap;
use std::os::raw::c_char;
use std::time::Duration;

use crate::engine::{drain, drained, Engine};
use crate::engine_options::EngineOptions;
use crate::error::{check, Result};
use crate::ffi::{self, handle, Scratch};
use crate::sys;

/// Where events are posted, beside [`EngineOptions::on_event`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookOptions {
    pub urls: Vec<String>,
    /// One of the keys; signs.
    pub api_key: String,
    pub include_events: Vec<String>,
    pub exclude_events: Vec<String>,
    pub full_room_in_track_events: bool,
    /// An event that has waited longer is dropped; 30 s.
    pub max_age: Option<Duration>,
    /// Events of one room that wait; 200.
    pub max_depth: u64,
    /// PEM; none: the system's authorities.
    pub ca_file: String,
    /// 10 s.
    pub stop_timeout: Option<Duration>,
}

/// Which HTTP port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Port {
    #[default]
    /// What the YAML says, else 7880.
    Default,
    /// A free one: [`Server::port`] tells which.
    Any,
    Number(u16),
}

/// What a server is like: first what the YAML says, over it what else is set here and in `engine`.
#[derive(Default)]
pub struct ServerOptions {
    pub port: Port,
    /// LiveKit's configuration.
    pub yaml: String,
    /// For messages.
    pub yaml_file_name: String,
    /// Unknown keys are warned of, not refused.
    pub yaml_lenient: bool,
    /// Over the YAML: a key, as "room.empty_timeout", and its value.
    pub overrides: HashMap<String, String>,
    /// LiveKit's --dev.
    pub development: bool,
    /// None: all interfaces.
    pub bind_addresses: Vec<String>,
    /// Served at /meet/.
    pub meet_directory: String,
    pub console_directory: String,
    pub webhooks: WebhookOptions,
    /// For Prometheus, beside /metrics on the HTTP port; 0: none.
    pub metrics_port: u16,
    pub metrics_username: String,
    pub metrics_password: String,
    /// Bytes; 10 MiB.
    pub request_body_limit: i64,
    pub engine: EngineOptions,
}

impl ServerOptions {
    fn into_c(self, scratch: &mut Scratch) -> *const sys::sfu_server_options {
        let mut c: sys::sfu_server_options = ffi::init();
        c.port = match self.port {
            Port::Default => 0,
            Port::Any => sys::SFU_NONE,
            Port::Number(number) => number.into(),
        };
        c.yaml = scratch.text(&self.yaml);
        c.yaml_file_name = scratch.text(&self.yaml_file_name);
        c.yaml_lenient = self.yaml_lenient.into();
        let (overrides, count) = scratch.pairs(&self.overrides);
        c.overrides = overrides;
        c.override_count = count;
        c.development = self.development.into();
        let (addresses, count) = scratch.texts(&self.bind_addresses);
        c.bind_addresses = addresses;
        c.bind_address_count = count;
        c.meet_directory = scratch.text(&self.meet_directory);
        c.console_directory = scratch.text(&self.console_directory);
        self.webhooks.fill(&mut c, scratch);
        c.metrics_port = self.metrics_port;
        c.metrics_username = scratch.text(&self.metrics_username);
        c.metrics_password = scratch.text(&self.metrics_password);
        c.request_body_limit = self.request_body_limit;
        c.engine = self.engine.into_c(scratch);
        scratch.keep(c)
    }
}

impl WebhookOptions {
    fn fill(&self, c: &mut sys::sfu_server_options, scratch: &mut Scratch) {
        let (urls, count) = scratch.texts(&self.urls);
        c.webhook_urls = urls;
        c.webhook_url_count = count;
        c.webhook_api_key = scratch.text(&self.api_key);
        let (events, count) = scratch.texts(&self.include_events);
        c.webhook_include_events = events;
        c.webhook_include_event_count = count;
        let (events, count) = scratch.texts(&self.exclude_events);
        c.webhook_exclude_events = events;
        c.webhook_exclude_event_count = count;
        c.webhook_full_room_in_track_events = self.full_room_in_track_events.into();
        c.webhook_max_age_ms = self.max_age.map_or(0, ffi::ms);
        c.webhook_max_depth = self.max_depth;
        c.webhook_ca_file = scratch.text(&self.ca_file);
        c.webhook_stop_timeout_ms = self.stop_timeout.map_or(0, ffi::ms);
    }
}

handle! {
    /// An engine with its control plane: the HTTP port that clients and server SDKs of LiveKit speak to. Dropping it stops
    /// it.
    Server(sfu_server, sfu_server_release)
}

/// Of all URLs together, each counted by itself; all 0 without webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebhookCounters {
    /// Answered, and not to be tried again: 4xx too.
    pub delivered: u64,
    /// Given up.
    pub failed: u64,
    pub dropped_age: u64,
    pub dropped_queue_full: u64,
    /// The server stopped.
    pub dropped_queue_closed: u64,
    /// Waiting, or under way.
    pub queue_length: u64,
}

impl Server {
    /// Opens the port and starts the engine. Errors: `Unavailable` (a port in use: the message names it),
    /// `InvalidArgument` (of YAML: "config.yaml:12: unknown key rtc.udp_prot"), for a key file also `NotFound` and
    /// `PermissionDenied`.
    pub fn new(options: ServerOptions) -> Result<Server> {
        let mut scratch = Scratch::default();
        let options = options.into_c(&mut scratch);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_server_create(options, &mut made) })?;
        Ok(Server(made))
    }

    /// Stops taking connections, tells the clients, ends the rooms; then waits for webhooks that are not delivered yet.
    /// Again: does nothing. Waits.
    pub fn stop(&self) -> Result<()> {
        check(unsafe { sys::sfu_server_stop(self.0) })
    }

    /// [`Engine::drain`].
    pub fn drain(&self, done: impl FnOnce(Result<()>) + Send + 'static) -> Result<u64> {
        drain(done, |user, count| unsafe { sys::sfu_server_drain(self.0, Some(drained), user, count) })
    }

    /// Another handle to its engine.
    pub fn engine(&self) -> Result<Engine> {
        let mut made = std::ptr::null_mut();
        check(unsafe { sys::sfu_server_engine(self.0, &mut made) })?;
        Ok(Engine(made))
    }

    /// The HTTP port in use.
    pub fn port(&self) -> Result<u16> {
        let mut port = 0;
        check(unsafe { sys::sfu_server_get_port(self.0, &mut port) })?;
        Ok(port)
    }

    /// What Prometheus reads.
    pub fn metrics(&self) -> Result<String> {
        Scratch::default()
            .fetch(|text| unsafe { sys::sfu_server_get_metrics(self.0, text as *mut *mut c_char) }, ffi::text)
    }

    /// Keys of the YAML that are understood but have no effect here, for the operator to read.
    pub fn warnings(&self) -> Result<Vec<String>> {
        Scratch::default().fetch(
            |warnings| unsafe { sys::sfu_server_get_warnings(self.0, warnings) },
            |warnings| {
                let c = unsafe { &*warnings };
                ffi::texts(c.items, c.count)
            },
        )
    }

    /// What has become of the webhooks.
    pub fn webhook_counters(&self) -> Result<WebhookCounters> {
        Scratch::default().fetch(
            |counters| unsafe { sys::sfu_server_get_webhook_counters(self.0, counters) },
            |counters| {
                let c = unsafe { &*counters };
                WebhookCounters {
                    delivered: c.delivered,
                    failed: c.failed,
                    dropped_age: c.dropped_age,
                    dropped_queue_full: c.dropped_queue_full,
                    dropped_queue_closed: c.dropped_queue_closed,
                    queue_length: c.queue_length,
                }
            },
        )
    }
}

// SPDX-License-Identifier: Apache-2.0
use std::time::Duration;

use crate::ffi::{self, Scratch};
use crate::sys;

/// The TURN server that an engine has inside, for clients that get no UDP through to it. They are told of it, with
/// credentials, when they join. With neither port there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnOptions {
    /// 0: not by UDP; 3478 is usual.
    pub udp_port: u16,
    /// 0: not by TLS; 5349 is usual, 443 passes most firewalls.
    pub tls_port: u16,
    /// Whoever is before `tls_port` has ended TLS: there it is TCP.
    pub external_tls: bool,
    /// Of `domain`, which clients are told of; 443.
    pub advertised_tls_port: u16,
    /// What stands for clients: a UDP port for each allocation; 30000.
    pub relay_port_first: u16,
    /// 40000.
    pub relay_port_last: u16,
    /// That the certificate is for; needed with `tls_port`.
    pub domain: String,
    /// PEM, with what leads to an authority; needed with `tls_port` unless `external_tls`.
    pub certificate_file: String,
    pub key_file: String,
    /// None: those of the engine.
    pub bind_addresses: Vec<String>,
    /// At a time; 12. [`NONE`](crate::NONE): no limit.
    pub allocations_per_participant: i64,
    /// Within which allocations are to be asked for; 5 minutes.
    pub credential_ttl: Option<Duration>,
    /// Of private, loopback and link-local addresses, as "10.0.0.0/8", clients reach these.
    pub allowed_peers: Vec<String>,
    /// Beat all that is allowed.
    pub denied_peers: Vec<String>,
}

impl TurnOptions {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_turn_options {
        let mut c: sys::sfu_turn_options = ffi::init();
        c.udp_port = self.udp_port;
        c.tls_port = self.tls_port;
        c.external_tls = self.external_tls.into();
        c.advertised_tls_port = self.advertised_tls_port;
        c.relay_port_first = self.relay_port_first;
        c.relay_port_last = self.relay_port_last;
        c.domain = scratch.text(&self.domain);
        c.certificate_file = scratch.text(&self.certificate_file);
        c.key_file = scratch.text(&self.key_file);
        let (addresses, count) = scratch.texts(&self.bind_addresses);
        c.bind_addresses = addresses;
        c.bind_address_count = count;
        c.allocations_per_participant = self.allocations_per_participant;
        c.credential_ttl_ms = self.credential_ttl.map_or(0, ffi::ms);
        let (peers, count) = scratch.texts(&self.allowed_peers);
        c.allowed_peers = peers;
        c.allowed_peer_count = count;
        let (peers, count) = scratch.texts(&self.denied_peers);
        c.denied_peers = peers;
        c.denied_peer_count = count;
        scratch.keep(c)
    }
}

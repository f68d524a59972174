// SPDX-License-Identifier: Apache-2.0
//! What the examples share: their options, and when they end.
use std::io::Read;

use sfu::{EngineOptions, Port, ServerOptions};

/// `[port [udp-port [key secret]]]`; port 0: a free one.
pub fn options() -> ServerOptions {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.into());
    let port = match next("7880").parse().expect("a port") {
        0 => Port::Any,
        number => Port::Number(number),
    };
    let udp_port_first = next("7882").parse().expect("a UDP port");
    let keys = [(next("devkey"), next("a secret of at least thirty-two characters"))].into();
    ServerOptions {
        port,
        engine: EngineOptions { keys, udp_port_first, loopback: true, ..Default::default() },
        ..Default::default()
    }
}

/// Until the input ends.
pub fn wait() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

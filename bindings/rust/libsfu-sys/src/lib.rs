// SPDX-License-Identifier: Apache-2.0
//! The declarations of libsfu's C interface, as `sfu-c/sfu.h` has them and documents them. The crate `libsfu` is the safe
//! interface over it.
//!
//! Handles are numbers in pointers' clothes: never dereference one. A test holds all of this against the headers.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_int, c_void};

mod auth;
mod base;
mod client;
mod client_config;
mod clock;
mod egress;
mod engine;
mod events;
mod local_participant;
mod media;
mod packet_filter;
mod policy;
mod room;
mod room_api;
mod room_options;
mod server;
mod signalling;
mod statistics;
mod tokens;
mod transport;
mod values;
mod webhooks;

pub use auth::*;
pub use base::*;
pub use client::*;
pub use client_config::*;
pub use clock::*;
pub use egress::*;
pub use engine::*;
pub use events::*;
pub use local_participant::*;
pub use media::*;
pub use packet_filter::*;
pub use policy::*;
pub use room::*;
pub use room_api::*;
pub use room_options::*;
pub use server::*;
pub use signalling::*;
pub use statistics::*;
pub use tokens::*;
pub use transport::*;
pub use values::*;
pub use webhooks::*;

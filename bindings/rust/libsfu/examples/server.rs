// SPDX-License-Identifier: Apache-2.0
//! A LiveKit server inside a Rust program: `server [port [udp-port [key secret]]]`; the end of its input (Ctrl-D) ends it.
mod common;

fn main() -> sfu::Result<()> {
    let server = sfu::Server::new(common::options())?;
    println!("listening at ws://127.0.0.1:{}", server.port()?);
    common::wait();
    Ok(())
}

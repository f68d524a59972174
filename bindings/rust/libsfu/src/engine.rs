// SPDX-License-Identifier: Apache-2.0
use std::os::raw::c_void;
use std::os::unix::io::RawFd;
use std::time::Duration;

use crate::engine_options::EngineOptions;
use crate::error::{check, Error, ErrorCode, Result};
use crate::ffi::{called, handle, Scratch};
use crate::room::Room;
use crate::room_options::RoomConfiguration;
use crate::statistics::{EngineCounters, EngineStatistics};
use crate::sys;
use crate::tokens::Claims;
use crate::values::RoomInfo;

handle! {
    /// The SFU itself: workers, rooms, and the media between them, without HTTP. One is independent of others in the same
    /// process. Dropping it stops it; that of a server is given back only.
    Engine(sfu_engine, sfu_engine_release)
}

impl Engine {
    /// Opens the sockets and starts the workers. Errors: `Unavailable` (a port in use: the message names it),
    /// `InvalidArgument`.
    pub fn new(options: EngineOptions) -> Result<Engine> {
        let mut scratch = Scratch::default();
        let options = options.into_c(&mut scratch);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_engine_create(options, &mut made) })?;
        Ok(Engine(made))
    }

    /// Tells every client that the server shuts down, ends all rooms and stops the workers. Again: does nothing. Waits.
    pub fn stop(&self) -> Result<()> {
        check(unsafe { sys::sfu_engine_stop(self.0) })
    }

    /// `done` comes, on any thread, as soon as nobody is in any room, maybe before this returns; with `Closed` when the
    /// engine stops, or is drained again, before that. Until then everything goes on. Gives how many there are now.
    pub fn drain(&self, done: impl FnOnce(Result<()>) + Send + 'static) -> Result<u64> {
        drain(done, |user, count| unsafe { sys::sfu_engine_drain(self.0, Some(drained), user, count) })
    }

    /// The rooms that exist now; those of these names, if any are given. Waits.
    pub fn rooms(&self, names: &[&str]) -> Result<Vec<RoomInfo>> {
        let mut scratch = Scratch::default();
        let (names, count) = scratch.texts(names);
        scratch.fetch(|rooms| unsafe { sys::sfu_engine_get_rooms(self.0, names, count, rooms) }, RoomInfo::read_list)
    }

    /// A name for the room of that name, whether or not it exists, now or later.
    pub fn room(&self, name: &str) -> Result<Room> {
        let mut scratch = Scratch::default();
        let name = scratch.text(name);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_engine_room(self.0, name, &mut made) })?;
        Ok(Room(made))
    }

    /// Makes a room before anyone joins, with the defaults, over them what the preset gives, unless it is empty, and over
    /// that the configuration. One that exists stays as it is. Errors: `InvalidArgument`, `NotFound` (no such preset),
    /// `LimitExceeded`, `Closed`. Waits.
    pub fn create_room(&self, name: &str, configuration: &RoomConfiguration, preset: &str) -> Result<RoomInfo> {
        let mut scratch = Scratch::default();
        let name = scratch.text(name);
        let configuration = configuration.to_c(&mut scratch);
        let preset = scratch.text(preset);
        scratch.fetch(
            |info| unsafe { sys::sfu_engine_create_room(self.0, name, configuration, preset, info) },
            |info| RoomInfo::read(unsafe { &*info }),
        )
    }

    /// For a host that drives the engine on an event loop of its own
    /// ([`host_driven`](EngineOptions::host_driven)); none of others. Wait for it to become readable, for
    /// [`poll_timeout`](Engine::poll_timeout) at most, then call [`run_once`](Engine::run_once). The engine owns it.
    pub fn poll_descriptor(&self) -> Result<Option<RawFd>> {
        let mut descriptor = -1;
        check(unsafe { sys::sfu_engine_get_poll_descriptor(self.0, &mut descriptor) })?;
        Ok(if descriptor < 0 { None } else { Some(descriptor) })
    }

    /// How long `run_once` has nothing to do, if the descriptor does not become readable; none once the engine has
    /// stopped.
    pub fn poll_timeout(&self) -> Result<Option<Duration>> {
        let mut nanoseconds = -1;
        check(unsafe { sys::sfu_engine_get_poll_timeout(self.0, &mut nanoseconds) })?;
        Ok(if nanoseconds < 0 { None } else { Some(Duration::from_nanos(nanoseconds as u64)) })
    }

    /// Does what is due and what has come, callbacks included, and never waits. From one thread at a time, which is where
    /// calls that wait take a turn themselves; those of other threads wait for the next one.
    pub fn run_once(&self) -> Result<()> {
        check(unsafe { sys::sfu_engine_run_once(self.0) })
    }

    /// What the workers have published last.
    pub fn statistics(&self) -> Result<EngineStatistics> {
        Scratch::default().fetch(
            |statistics| unsafe { sys::sfu_engine_get_statistics(self.0, statistics) },
            |statistics| EngineStatistics::read(unsafe { &*statistics }),
        )
    }

    /// Of datagrams, as they are counted now. Waits.
    pub fn counters(&self) -> Result<EngineCounters> {
        Scratch::default().fetch(
            |counters| unsafe { sys::sfu_engine_get_counters(self.0, counters) },
            |counters| EngineCounters::read(unsafe { &*counters }),
        )
    }

    /// For hosts that read tokens themselves. Errors: `Unauthenticated`
    /// ([`Participant::remove`](crate::Participant::remove) has revoked it), with the text for the client.
    pub fn check_revoked(&self, claims: &Claims) -> Result<()> {
        let mut scratch = Scratch::default();
        let claims = claims.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_engine_check_revoked(self.0, claims) })
    }
}

type Done = std::sync::Mutex<Option<Box<dyn FnOnce(Result<()>) + Send>>>;

pub(crate) extern "C" fn drained(user: *mut c_void, status: sys::sfu_status) {
    called::<Done>(user, |done| {
        let result = match status {
            sys::SFU_OK => Ok(()),
            _ => Err(Error::new(ErrorCode::from_c(status), "stopped, or drained again")),
        };
        if let Some(done) = done.lock().ok().and_then(|mut done| done.take()) {
            done(result);
        }
    });
    drop(unsafe { Box::from_raw(user as *mut Done) });
}

pub(crate) fn drain(
    done: impl FnOnce(Result<()>) + Send + 'static,
    call: impl FnOnce(*mut c_void, *mut u64) -> sys::sfu_status,
) -> Result<u64> {
    let done: Box<dyn FnOnce(Result<()>) + Send> = Box::new(done);
    let user = Box::into_raw(Box::new(Done::new(Some(done))));
    let mut count = 0;
    let called = check(call(user as *mut c_void, &mut count));
    if called.is_err() {
        drop(unsafe { Box::from_raw(user) });
    }
    called.map(|()| count)
}

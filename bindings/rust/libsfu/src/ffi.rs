// SPDX-License-Identifier: Apache-2.0
//! What all calls of the library share: memory that it reads, results that it gives, callbacks that it makes.
use std::any::Any;
use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{check, Error, ErrorCode, Result};
use crate::sys;

/// A struct of the library that begins with its size, as SFU_INIT leaves it: only for those.
pub(crate) fn init<T>() -> T {
    // All of their fields are numbers, pointers or optional functions, for which zero is a value.
    let mut made: T = unsafe { std::mem::zeroed() };
    unsafe { sys::sfu_struct_init(&mut made as *mut T as *mut c_void, std::mem::size_of::<T>() as u32) };
    made
}

/// What one call reads, kept until it has returned.
#[derive(Default)]
pub(crate) struct Scratch {
    kept: Vec<*mut dyn Any>,
    users: Vec<(*mut c_void, unsafe extern "C" fn(*mut c_void))>,
    holds_nul: bool,
}

impl Scratch {
    pub(crate) fn keep<T: 'static>(&mut self, value: T) -> *const T {
        let raw = Box::into_raw(Box::new(value));
        self.kept.push(raw);
        raw
    }

    pub(crate) fn keep_all<T: 'static>(&mut self, values: Vec<T>) -> (*const T, usize) {
        let length = values.len();
        let vector = self.keep(values);
        (unsafe { (*vector).as_ptr() }, length)
    }

    pub(crate) fn text(&mut self, text: &str) -> *const c_char {
        if text.is_empty() {
            return std::ptr::null();
        }
        match CString::new(text) {
            Ok(text) => unsafe { (*self.keep(text)).as_ptr() },
            Err(_) => {
                self.holds_nul = true;
                std::ptr::null()
            }
        }
    }

    pub(crate) fn texts<T: AsRef<str>>(&mut self, texts: &[T]) -> (*const *const c_char, usize) {
        let made = texts.iter().map(|text| self.text(text.as_ref())).collect();
        self.keep_all(made)
    }

    pub(crate) fn pairs(&mut self, pairs: &HashMap<String, String>) -> (*const sys::sfu_pair, usize) {
        let made =
            pairs.iter().map(|(key, value)| sys::sfu_pair { key: self.text(key), value: self.text(value) }).collect();
        self.keep_all(made)
    }

    /// What callbacks get as `user`, and their `dropped`. Given to the library by a call that succeeds.
    pub(crate) fn user<T: 'static>(&mut self, value: T) -> (*mut c_void, Option<unsafe extern "C" fn(*mut c_void)>) {
        let raw = Box::into_raw(Box::new(value)) as *mut c_void;
        self.users.push((raw, dropped::<T>));
        (raw, Some(dropped::<T>))
    }

    /// Makes a call with what is kept.
    pub(crate) fn call(mut self, call: impl FnOnce() -> sys::sfu_status) -> Result<()> {
        if self.holds_nul {
            return Err(Error::new(ErrorCode::InvalidArgument, "a string holds a NUL"));
        }
        check(call())?;
        self.users.clear();
        Ok(())
    }

    /// The same, of a call that gives a result.
    pub(crate) fn fetch<R, V>(
        self,
        call: impl FnOnce(*mut *const R) -> sys::sfu_status,
        read: impl FnOnce(*const R) -> V,
    ) -> Result<V> {
        let mut result: *const R = std::ptr::null();
        self.call(|| call(&mut result))?;
        let owned = Owned(result as *const c_void);
        let value = read(result);
        drop(owned);
        Ok(value)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for (user, dropped) in self.users.drain(..) {
            unsafe { dropped(user) };
        }
        for kept in self.kept.drain(..) {
            drop(unsafe { Box::from_raw(kept) });
        }
    }
}

/// A result, given back when this goes.
struct Owned(*const c_void);

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { sys::sfu_free(self.0) };
    }
}

unsafe extern "C" fn dropped<T>(user: *mut c_void) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(user as *mut T))));
}

thread_local! {
    static CALLBACKS: Cell<u32> = const { Cell::new(0) };
}

/// Refuses what would wait, within a callback, for something that the callback holds up.
pub(crate) fn must_be_free_to_wait() -> Result<()> {
    if CALLBACKS.with(Cell::get) > 0 {
        return Err(Error::wrong_thread());
    }
    Ok(())
}

/// Runs the host's part of a callback. A panic ends there: the panic hook has told of it, and the library goes on as if
/// there had been no answer.
pub(crate) fn called<T>(user: *mut c_void, host: impl FnOnce(&T)) {
    CALLBACKS.with(|depth| depth.set(depth.get() + 1));
    // The library gives `user` back, by `dropped`, after its last callback.
    let _ = catch_unwind(AssertUnwindSafe(|| host(unsafe { &*(user as *const T) })));
    CALLBACKS.with(|depth| depth.set(depth.get() - 1));
}

/// Releases a handle. Within a callback, those whose threads would be waited for are released elsewhere.
pub(crate) fn release(call: impl Fn() -> sys::sfu_status + Send + 'static) {
    if call() == sys::SFU_ERROR_WRONG_THREAD {
        std::thread::spawn(call);
    }
}

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident($c:ident, $release:ident)) => {
        $(#[$doc])*
        pub struct $name(pub(crate) *mut crate::sys::$c);

        // Handles are numbers that the library looks up; its functions may be called from any thread, and at once.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                let handle = self.0 as usize;
                crate::ffi::release(move || unsafe { crate::sys::$release(handle as *mut _) });
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    };
}
pub(crate) use handle;

macro_rules! c_enum {
    ($(#[$doc:meta])* $name:ident: $unknown:ident { $($(#[$of:meta])* $variant:ident = $c:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            #[allow(dead_code)]
            pub(crate) fn from_c(value: i32) -> Self {
                match value {
                    $(crate::sys::$c => $name::$variant,)*
                    _ => $name::$unknown,
                }
            }

            #[allow(dead_code)]
            pub(crate) fn to_c(self) -> i32 {
                match self {
                    $($name::$variant => crate::sys::$c,)*
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name::from_c(0)
            }
        }
    };
}
pub(crate) use c_enum;

// What follows reads what the library has given, as long as it is there.

pub(crate) fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Of the library's own making: sids.
pub(crate) fn borrowed<'a>(text: *const c_char) -> &'a str {
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

pub(crate) fn slice<'a, T>(items: *const T, length: usize) -> &'a [T] {
    if length == 0 {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(items, length) }
}

pub(crate) fn texts(texts: *const *const c_char, length: usize) -> Vec<String> {
    slice(texts, length).iter().map(|each| text(*each)).collect()
}

pub(crate) fn pairs(pairs: *const sys::sfu_pair, length: usize) -> HashMap<String, String> {
    slice(pairs, length).iter().map(|pair| (text(pair.key), text(pair.value))).collect()
}

pub(crate) fn list<R, V>(items: *const *const R, length: usize, read: impl Fn(&R) -> V) -> Vec<V> {
    slice(items, length).iter().map(|item| read(unsafe { &**item })).collect()
}

pub(crate) fn maybe<R, V>(item: *const R, read: impl Fn(&R) -> V) -> Option<V> {
    unsafe { item.as_ref() }.map(read)
}

pub(crate) fn time(ms: i64) -> Option<SystemTime> {
    if ms == 0 {
        return None;
    }
    Some(UNIX_EPOCH + Duration::from_millis(ms.max(0) as u64))
}

pub(crate) fn duration(ms: i64) -> Duration {
    Duration::from_millis(ms.max(0) as u64)
}

pub(crate) fn microseconds(us: i64) -> Duration {
    Duration::from_micros(us.max(0) as u64)
}

pub(crate) fn unix_ms(time: Option<SystemTime>) -> i64 {
    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_millis() as i64)
}

/// Rounded up to milliseconds.
pub(crate) fn ms(duration: Duration) -> i64 {
    ((duration.as_nanos() + 999_999) / 1_000_000) as i64
}

/// `None` is the default; zero is none, or at once.
pub(crate) fn ms_or_default(duration: Option<Duration>) -> i64 {
    match duration {
        None => 0,
        Some(Duration::ZERO) => sys::SFU_NONE.into(),
        Some(duration) => ms(duration),
    }
}

// SPDX-License-Identifier: Apache-2.0
use std::ffi::CStr;
use std::fmt;

use crate::sys;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $c:ident,)*) => {
        /// What kind of error it was.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            pub(crate) fn from_c(status: sys::sfu_status) -> Self {
                match status {
                    $(sys::$c => ErrorCode::$name,)*
                    _ => ErrorCode::Internal,
                }
            }

            pub(crate) fn to_c(self) -> sys::sfu_status {
                match self {
                    $(ErrorCode::$name => sys::$c,)*
                }
            }
        }
    };
}

codes! {
    InvalidArgument = SFU_ERROR_INVALID_ARGUMENT,
    /// Input ends before it should.
    Truncated = SFU_ERROR_TRUNCATED,
    /// Input breaks its format.
    Malformed = SFU_ERROR_MALFORMED,
    /// Understood, but not offered here.
    Unsupported = SFU_ERROR_UNSUPPORTED,
    NotFound = SFU_ERROR_NOT_FOUND,
    AlreadyExists = SFU_ERROR_ALREADY_EXISTS,
    PermissionDenied = SFU_ERROR_PERMISSION_DENIED,
    Unauthenticated = SFU_ERROR_UNAUTHENTICATED,
    LimitExceeded = SFU_ERROR_LIMIT_EXCEEDED,
    /// The right call in the wrong state.
    FailedPrecondition = SFU_ERROR_FAILED_PRECONDITION,
    Closed = SFU_ERROR_CLOSED,
    Timeout = SFU_ERROR_TIMEOUT,
    /// The system refused: a port in use, no connection.
    Unavailable = SFU_ERROR_UNAVAILABLE,
    Internal = SFU_ERROR_INTERNAL,
    /// What it is of has gone.
    InvalidHandle = SFU_ERROR_INVALID_HANDLE,
    /// A call that waits, from within a callback.
    WrongThread = SFU_ERROR_WRONG_THREAD,
    OutOfMemory = SFU_ERROR_OUT_OF_MEMORY,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Static storage.
        f.write_str(&unsafe { CStr::from_ptr(sys::sfu_status_name(self.to_c())) }.to_string_lossy())
    }
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: ErrorCode,
    pub message: String,
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: &str) -> Self {
        Error { code, message: message.into() }
    }

    pub(crate) fn wrong_thread() -> Self {
        Error::new(ErrorCode::WrongThread, "a call that waits, from within a callback")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

pub type Result<T> = std::result::Result<T, Error>;

/// Of the call that this thread has just made.
pub(crate) fn check(status: sys::sfu_status) -> Result<()> {
    if status == sys::SFU_OK {
        return Ok(());
    }
    // Borrowed until the next call on this thread.
    let message = unsafe { CStr::from_ptr(sys::sfu_last_error_message()) };
    Err(Error { code: ErrorCode::from_c(status), message: message.to_string_lossy().into_owned() })
}

// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import "runtime"

// Code is what kind of error it was; for errors.Is.
type Code int32

const (
	ErrInvalidArgument    Code = C.SFU_ERROR_INVALID_ARGUMENT
	ErrTruncated          Code = C.SFU_ERROR_TRUNCATED
	ErrMalformed          Code = C.SFU_ERROR_MALFORMED
	ErrUnsupported        Code = C.SFU_ERROR_UNSUPPORTED
	ErrNotFound           Code = C.SFU_ERROR_NOT_FOUND
	ErrAlreadyExists      Code = C.SFU_ERROR_ALREADY_EXISTS
	ErrPermissionDenied   Code = C.SFU_ERROR_PERMISSION_DENIED
	ErrUnauthenticated    Code = C.SFU_ERROR_UNAUTHENTICATED
	ErrLimitExceeded      Code = C.SFU_ERROR_LIMIT_EXCEEDED
	ErrFailedPrecondition Code = C.SFU_ERROR_FAILED_PRECONDITION
	ErrClosed             Code = C.SFU_ERROR_CLOSED
	ErrTimeout            Code = C.SFU_ERROR_TIMEOUT
	ErrUnavailable        Code = C.SFU_ERROR_UNAVAILABLE
	ErrInternal           Code = C.SFU_ERROR_INTERNAL
	ErrInvalidHandle      Code = C.SFU_ERROR_INVALID_HANDLE // closed already
	ErrWrongThread        Code = C.SFU_ERROR_WRONG_THREAD   // what waits, from within a callback
	ErrOutOfMemory        Code = C.SFU_ERROR_OUT_OF_MEMORY
)

// Error is the name of the code: "not_found".
func (c Code) Error() string { return C.GoString(C.sfu_status_name(C.sfu_status(c))) }

// Error is what the library's calls return.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return "sfu: " + e.Code.Error() + ": " + e.Message }

// Unwrap lets errors.Is(err, ErrNotFound) tell.
func (e *Error) Unwrap() error { return e.Code }

// errorOf is nil for SFU_OK.
func errorOf(status C.sfu_status, message string) error {
	if status == C.SFU_OK {
		return nil
	}
	return &Error{Code: Code(status), Message: message}
}

// check makes one call of the library. Its message is the thread's.
func check(call func() C.sfu_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	status := call()
	if status == C.SFU_OK {
		return nil
	}
	return errorOf(status, C.GoString(C.sfu_last_error_message()))
}

// SPDX-License-Identifier: Apache-2.0

// Package sfu is a WebRTC SFU inside a Go program: servers and engines, rooms, participants in the process itself,
// clients over the network, tokens, webhooks and the room API of LiveKit's protocol.
//
// What waits takes a context. When it is cancelled the call returns at once; the library finishes in the background
// what was begun, and what came of it is given back.
//
// Callbacks come on threads of the library, in order where the library says so, and must not block: hand what takes
// time to a channel or a goroutine. Within a callback, functions that take a context, and the Close of what has threads
// (Server, Engine, Client, RoomAPI), do nothing and return ErrWrongThread. What a callback is given is a copy; but
// a TrackPacket, of which there are many, is there until the function returns.
//
// Whatever has a Close needs it, once; again it does nothing. Closing may come in any order.
package sfu

/*
#cgo pkg-config: sfu-c
#include "sfu-c/sfu.h"
*/
import "C"

// None is what a number, duration or limit of options says where its zero is the default: none, at once, or no limit.
const None = C.SFU_NONE

// AnyPort, as ServerOptions.Port, takes a free one: Server.Port tells which.
const AnyPort = C.SFU_NONE

// Setting is yes or no where no is not the default.
type Setting int32

const (
	Default Setting = C.SFU_DEFAULT
	On      Setting = C.SFU_ON
	Off     Setting = C.SFU_OFF
)

// Version is that of the library, "major.minor.patch".
func Version() string { return C.GoString(C.sfu_version()) }

// ProtocolServerVersion is the LiveKit release whose protocol is spoken.
func ProtocolServerVersion() string { return C.GoString(C.sfu_protocol_server_version()) }

// LiveCount tells how many handles and results of the library the whole process holds: for tests of what is forgotten.
func LiveCount() uint64 { return uint64(C.sfu_live_count()) }

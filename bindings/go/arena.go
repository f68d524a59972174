// SPDX-License-Identifier: Apache-2.0

package sfu

/*
#include <stdlib.h>
#include "sfu-c/sfu.h"
*/
import "C"

import (
	"runtime/cgo"
	"strings"
	"time"
	"unsafe"
)

// arena is the C memory that one call of the library reads, and the handles that it may take.
type arena struct {
	blocks []unsafe.Pointer
	users  []cgo.Handle
	err    error // the first thing that C cannot be told
}

func (a *arena) free() {
	for _, block := range a.blocks {
		C.free(block)
	}
	a.blocks = nil
}

// refused is free after a call that has taken nothing.
func (a *arena) refused() {
	a.free()
	for _, user := range a.users {
		user.Delete()
	}
	a.users = nil
}

// user is a callback's `user`: given back by its `dropped`, or by refused.
func (a *arena) user(value any) C.uintptr_t {
	handle := cgo.NewHandle(value)
	a.users = append(a.users, handle)
	return C.uintptr_t(handle)
}

func (a *arena) alloc(size uintptr) unsafe.Pointer {
	block := C.calloc(1, C.size_t(size))
	a.blocks = append(a.blocks, block)
	return block
}

func (a *arena) string(s string) *C.char {
	if s == "" {
		return nil
	}
	if strings.IndexByte(s, 0) >= 0 && a.err == nil {
		a.err = &Error{Code: ErrInvalidArgument, Message: "a string holds a NUL byte"}
	}
	text := C.CString(s)
	a.blocks = append(a.blocks, unsafe.Pointer(text))
	return text
}

func (a *arena) bytes(b []byte) (*C.uint8_t, C.size_t) {
	if len(b) == 0 {
		return nil, 0
	}
	block := C.CBytes(b)
	a.blocks = append(a.blocks, block)
	return (*C.uint8_t)(block), C.size_t(len(b))
}

func array[T any](a *arena, length int) []T {
	if length == 0 {
		return nil
	}
	var element T
	return unsafe.Slice((*T)(a.alloc(unsafe.Sizeof(element)*uintptr(length))), length)
}

func first[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// structOf is a struct that begins with its size, as SFU_INIT leaves it.
func structOf[T any](a *arena) *T {
	var object T
	made := a.alloc(unsafe.Sizeof(object))
	C.sfu_struct_init(made, C.uint32_t(unsafe.Sizeof(object)))
	return (*T)(made)
}

func (a *arena) strings(list []string) (**C.char, C.size_t) {
	made := array[*C.char](a, len(list))
	for i, s := range list {
		made[i] = a.string(s)
	}
	return first(made), C.size_t(len(list))
}

func (a *arena) pairs(pairs map[string]string) (*C.sfu_pair, C.size_t) {
	made := array[C.sfu_pair](a, len(pairs))
	i := 0
	for key, value := range pairs {
		made[i].key = a.string(key)
		made[i].value = a.string(value)
		i++
	}
	return first(made), C.size_t(len(pairs))
}

// list is an array of pointers to structs, each made of one item.
func list[T, R any](items []T, a *arena, make func(*arena, *T) *R) (**R, C.size_t) {
	made := array[*R](a, len(items))
	for i := range items {
		made[i] = make(a, &items[i])
	}
	return first(made), C.size_t(len(items))
}

func boolean(b bool) C.sfu_bool {
	if b {
		return 1
	}
	return 0
}

// milliseconds rounds up; a negative duration is None.
func milliseconds(d time.Duration) C.int64_t {
	if d < 0 {
		return C.SFU_NONE
	}
	return C.int64_t((d + time.Millisecond - 1) / time.Millisecond)
}

// unix is the zero time for 0.
func unix(t time.Time) C.int64_t {
	if t.IsZero() {
		return 0
	}
	return C.int64_t(t.UnixMilli())
}

// SPDX-License-Identifier: Apache-2.0
// The C interface as data. Values go between JavaScript and C by these tables alone; what is in them is made of the
// headers (tables.inc), with offsets and sizes that the compiler fills in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sfu-c/sfu.h"

namespace sfu_node {

enum Kind : std::uint8_t {
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat,
  kBool,
  kSetting,
  kEnum,
  kNumbers,  // of uint64_t
  kString,
  kText,  // with a length
  kStrings,
  kPairs,
  kBytes,
  kStruct,
  kStructs,
  kEnums,
  kInts,
  kCallbacks,
  kHandle,
  kDone,
  kUser,
  kOutHandle,
  kOutStruct,
  kOutString,
  kOutInt32,
  kOutInt64,
  kOutUint16,
  kOutUint64,
};

// In a struct; of what is no list.
constexpr std::size_t width_of(Kind kind) {
  switch (kind) {
    case kUint16: return sizeof(std::uint16_t);
    case kInt32:
    case kUint32:
    case kBool:
    case kSetting:
    case kEnum: return sizeof(std::uint32_t);
    default: return sizeof(std::uint64_t);
  }
}

// A field of a struct, or a parameter.
struct Shape {
  const char* name;  // in JavaScript
  Kind kind;
  int of;                 // which struct, enumeration or, for kDone, callback
  std::size_t at;         // offset in the struct, or number of the parameter
  std::size_t length_at;  // of what has a length
  std::size_t array;
};

struct EnumValue {
  std::int32_t number;
  const char* name;
  const char* c_name;
};

struct Enumeration {
  const char* name;
  const EnumValue* values;
  std::size_t count;
};

struct Struct {
  const char* name;
  std::size_t size;
  bool sized;  // begins with its size
  const Shape* fields;
  std::size_t field_count;
  int first_callback;
  int callback_count;
};

struct Callback {
  const char* name;
  bool once;
  bool media;
  const Shape* parameters;
  std::size_t parameter_count;
  std::size_t at;  // in its struct
  void (*function)();
};

enum class Returns : std::uint8_t { kStatus, kString, kNumber };

struct Function {
  const char* name;
  const Shape* parameters;
  std::size_t parameter_count;
  Returns returns;
  // Parameters are numbers and pointers, each in 64 bits.
  std::uint64_t (*call)(const std::uint64_t* slots);
};

extern const Enumeration kEnumerationTable[];
extern const Struct kStructTable[];
extern const std::size_t kStructCount;
extern const Callback kCallbackTable[];
extern const Function kFunctionTable[];
extern const std::size_t kFunctionCount;

const Function* find_function(std::string_view name);
const Struct* find_struct(std::string_view name);
// Which enumeration sfu_status is.
const Enumeration& statuses();

template <typename T>
T from_slot(std::uint64_t slot) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<T>(static_cast<std::uintptr_t>(slot));
  } else {
    return static_cast<T>(slot);
  }
}

template <typename T>
std::uint64_t to_slot(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<std::uintptr_t>(value);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

// Calls a function of the library by what is in slots.
template <auto F>
struct Caller;

template <typename R, typename... P, R (*F)(P...)>
struct Caller<F> {
  static constexpr Returns kReturns = std::is_same_v<R, sfu_status> ? Returns::kStatus
                                      : std::is_pointer_v<R>        ? Returns::kString
                                                                    : Returns::kNumber;
  static std::uint64_t call(const std::uint64_t* slots) { return call(slots, std::index_sequence_for<P...>()); }

 private:
  template <std::size_t... I>
  static std::uint64_t call([[maybe_unused]] const std::uint64_t* slots, std::index_sequence<I...>) {
    return to_slot(F(from_slot<P>(slots[I])...));
  }
};

// What the library calls, on its own threads. The slots are those after `user`.
void called_back(void* user, int callback, const std::uint64_t* slots);

template <int Index, typename F>
struct Trampoline;

template <int Index, typename... P>
struct Trampoline<Index, void (*)(void*, P...)> {
  static void call(void* user, P... parameters) {
    const std::uint64_t slots[] = {to_slot(parameters)..., 0};
    called_back(user, Index, slots);
  }
};

}  // namespace sfu_node

// SPDX-License-Identifier: Apache-2.0
#include "write.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace sfu_node {

namespace {

// Whole numbers beyond are not exact in JavaScript.
constexpr double kExact = 9007199254740991.0;

[[noreturn]] void wrong_type(const Shape& shape, const char* wanted) {
  throw TypeFault(std::string(shape.name) + ": " + wanted + " is needed");
}

}  // namespace

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw Pending();
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw TypeFault(info != nullptr && info->error_message != nullptr ? info->error_message : "something failed");
}

bool is_missing(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  check(env, napi_typeof(env, value, &type));
  return type == napi_undefined || type == napi_null;
}

void* Writer::block(std::size_t size) {
  blocks_.push_back(std::make_unique<std::uint64_t[]>(size / sizeof(std::uint64_t) + 1));
  return blocks_.back().get();
}

double Writer::number(const Shape& shape, napi_value value, double low, double high) {
  double number = 0;
  if (napi_get_value_double(env_, value, &number) != napi_ok) wrong_type(shape, "a number");
  if (std::trunc(number) != number || number < low || number > high) {
    throw RangeFault(std::string(shape.name) + ": a whole number from " +
                     std::to_string(static_cast<std::int64_t>(low)) + " to " +
                     std::to_string(static_cast<std::int64_t>(high)) + " is needed");
  }
  return number;
}

const std::string& Writer::string(const Shape& shape, napi_value value) {
  std::size_t length = 0;
  if (napi_get_value_string_utf8(env_, value, nullptr, 0, &length) != napi_ok) wrong_type(shape, "a string");
  std::string& made = strings_.emplace_back(length + 1, '\0');
  check(env_, napi_get_value_string_utf8(env_, value, made.data(), made.size(), &length));
  made.resize(length);
  return made;
}

std::uint64_t Writer::single(const Shape& shape, napi_value value) {
  using limits32 = std::numeric_limits<std::int32_t>;
  switch (shape.kind) {
    case kInt32: return to_slot(static_cast<std::int32_t>(number(shape, value, limits32::min(), limits32::max())));
    case kInt64: return to_slot(static_cast<std::int64_t>(number(shape, value, -kExact, kExact)));
    case kUint8:
      return to_slot(static_cast<std::uint8_t>(number(shape, value, 0, std::numeric_limits<std::uint8_t>::max())));
    case kUint16:
      return to_slot(static_cast<std::uint16_t>(number(shape, value, 0, std::numeric_limits<std::uint16_t>::max())));
    case kUint32:
      return to_slot(static_cast<std::uint32_t>(number(shape, value, 0, std::numeric_limits<std::uint32_t>::max())));
    case kUint64: return to_slot(static_cast<std::uint64_t>(number(shape, value, 0, kExact)));
    case kBool:
    case kSetting: {
      bool yes = false;
      if (napi_get_value_bool(env_, value, &yes) != napi_ok) wrong_type(shape, "a boolean");
      if (shape.kind == kBool) return yes ? 1 : 0;
      return static_cast<std::uint64_t>(yes ? SFU_ON : SFU_OFF);
    }
    case kEnum: {
      const Enumeration& enumeration = kEnumerationTable[shape.of];
      const std::string& name = string(shape, value);
      for (std::size_t i = 0; i < enumeration.count; ++i) {
        if (name == enumeration.values[i].name) return to_slot(enumeration.values[i].number);
      }
      throw RangeFault(std::string(shape.name) + ": there is no " + enumeration.name + " \"" + name + "\"");
    }
    case kString: {
      const std::string& text = string(shape, value);
      if (text.find('\0') != std::string::npos) throw RangeFault(std::string(shape.name) + ": a NUL in a string");
      return to_slot(text.c_str());
    }
    case kStruct: return structure(shape, value);
    case kCallbacks: return callbacks(shape, value);
    case kDone: return done(shape, value);
    case kHandle: {
      std::uint64_t handle = 0;
      bool lossless = false;
      if (napi_get_value_bigint_uint64(env_, value, &handle, &lossless) != napi_ok) wrong_type(shape, "a handle");
      return handle;
    }
    default: throw TypeFault(std::string(shape.name) + ": cannot be given");
  }
}

std::uint64_t Writer::callbacks(const Shape& shape, napi_value value) {
  const Struct& type = kStructTable[shape.of];
  auto* object = static_cast<std::uint8_t*>(block(type.size));
  sfu_struct_init(object, static_cast<std::uint32_t>(type.size));
  napi_value provides = nullptr;
  check(env_, napi_get_named_property(env_, value, "provides", &provides));
  std::uint32_t count = 0;
  check(env_, napi_get_array_length(env_, provides, &count));
  for (std::uint32_t i = 0; i < count; ++i) {
    napi_value each = nullptr;
    check(env_, napi_get_element(env_, provides, i, &each));
    const std::string& name = string(shape, each);
    for (int c = 0; c < type.callback_count; ++c) {
      const Callback& callback = kCallbackTable[type.first_callback + c];
      if (name == callback.name) std::memcpy(object + callback.at, &callback.function, sizeof callback.function);
    }
  }
  napi_value call = nullptr;
  check(env_, napi_get_named_property(env_, value, "call", &call));
  // All structs of callbacks begin alike.
  auto* head = reinterpret_cast<sfu_event_callbacks*>(object);
  head->user = plug_(call);
  head->dropped = [](void* user) { called_back(user, -1, nullptr); };
  return to_slot(object);
}

std::uint64_t Writer::done(const Shape& shape, napi_value value) {
  done_user_ = to_slot(plug_(value));
  return to_slot(kCallbackTable[shape.of].function);
}

void Writer::refuse_unknown(const Struct& type, napi_value object) {
  napi_value names = nullptr;
  check(env_, napi_get_property_names(env_, object, &names));
  std::uint32_t count = 0;
  check(env_, napi_get_array_length(env_, names, &count));
  for (std::uint32_t i = 0; i < count; ++i) {
    napi_value each = nullptr;
    check(env_, napi_get_element(env_, names, i, &each));
    const std::string& name = string(Shape{type.name, kString, 0, 0, 0, 0}, each);
    bool known = false;
    for (std::size_t f = 0; f < type.field_count; ++f) known = known || name == type.fields[f].name;
    if (!known) throw TypeFault(std::string(type.name) + " has no " + name);
  }
}

std::uint64_t Writer::structure(const Shape& shape, napi_value value) {
  const Struct& type = kStructTable[shape.of];
  napi_valuetype js = napi_undefined;
  check(env_, napi_typeof(env_, value, &js));
  if (js != napi_object) wrong_type(shape, type.name);
  refuse_unknown(type, value);
  auto* object = static_cast<std::uint8_t*>(block(type.size));
  sfu_struct_init(object, static_cast<std::uint32_t>(type.size));
  for (std::size_t i = 0; i < type.field_count; ++i) {
    const Shape& field = type.fields[i];
    napi_value given = nullptr;
    check(env_, napi_get_named_property(env_, value, field.name, &given));
    if (is_missing(env_, given)) continue;
    if (field.length_at != 0) {
      const auto [pointer, length] = counted(field, given);
      std::memcpy(object + field.at, &pointer, sizeof pointer);
      std::memcpy(object + field.length_at, &length, sizeof length);
      continue;
    }
    const std::uint64_t slot = single(field, given);
    std::memcpy(object + field.at, &slot, width_of(field.kind));
  }
  return to_slot(object);
}

std::pair<std::uint64_t, std::size_t> Writer::pairs(const Shape& shape, napi_value value) {
  napi_value names = nullptr;
  if (napi_get_property_names(env_, value, &names) != napi_ok) wrong_type(shape, "an object of strings");
  std::uint32_t count = 0;
  check(env_, napi_get_array_length(env_, names, &count));
  auto* made = static_cast<sfu_pair*>(block(sizeof(sfu_pair) * count));
  const Shape text = {shape.name, kString, 0, 0, 0, 0};
  for (std::uint32_t i = 0; i < count; ++i) {
    napi_value key = nullptr;
    napi_value each = nullptr;
    check(env_, napi_get_element(env_, names, i, &key));
    check(env_, napi_get_property(env_, value, key, &each));
    made[i].key = from_slot<const char*>(single(text, key));
    made[i].value = from_slot<const char*>(single(text, each));
  }
  return {to_slot(made), count};
}

// Copied, since a call may run on while JavaScript does.
std::pair<std::uint64_t, std::size_t> Writer::bytes(const Shape& shape, napi_value value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env_, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    wrong_type(shape, "a Buffer or Uint8Array");
  }
  void* copy = block(length);
  if (length != 0) std::memcpy(copy, data, length);
  return {to_slot(copy), length};
}

namespace {

Kind item_kind(Kind list) {
  switch (list) {
    case kStrings: return kString;
    case kStructs: return kStruct;
    case kInts: return kInt32;
    default: return kEnum;
  }
}

}  // namespace

std::uint64_t Writer::list(const Shape& shape, napi_value value, std::size_t count) {
  const Shape item = {shape.name, item_kind(shape.kind), shape.of, 0, 0, 0};
  const bool is_number = item.kind == kEnum || item.kind == kInt32;
  const std::size_t width = is_number ? sizeof(std::int32_t) : sizeof(void*);
  auto* made = static_cast<std::uint8_t*>(block(width * count));
  for (std::size_t i = 0; i < count; ++i) {
    napi_value each = nullptr;
    check(env_, napi_get_element(env_, value, static_cast<std::uint32_t>(i), &each));
    const std::uint64_t slot = single(item, each);
    std::memcpy(made + i * width, &slot, width);
  }
  return to_slot(made);
}

std::pair<std::uint64_t, std::size_t> Writer::counted(const Shape& shape, napi_value value) {
  if (shape.kind == kPairs) return pairs(shape, value);
  if (shape.kind == kBytes) return bytes(shape, value);
  if (shape.kind == kText) {
    const std::string& text = string(shape, value);
    return {to_slot(text.data()), text.size()};
  }
  std::uint32_t count = 0;
  if (napi_get_array_length(env_, value, &count) != napi_ok) wrong_type(shape, "an array");
  return {list(shape, value, count), count};
}

void Writer::parameter(const Shape& shape, napi_value value, std::uint64_t* slots) {
  const bool missing = is_missing(env_, value);
  if (missing && shape.kind == kHandle) wrong_type(shape, "a handle");
  if (missing) return;
  if (shape.length_at != 0) {
    const auto [pointer, length] = counted(shape, value);
    slots[shape.at] = pointer;
    slots[shape.length_at] = length;
    return;
  }
  slots[shape.at] = single(shape, value);
  if (shape.kind == kDone) slots[shape.at + 1] = done_user_;
}

}  // namespace sfu_node

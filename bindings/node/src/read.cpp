// SPDX-License-Identifier: Apache-2.0
#include "read.hpp"

#include <cstring>
#include <string_view>

namespace sfu_node {

namespace {

std::string text(const char* in) {
  return in == nullptr ? std::string() : std::string(in);
}

Value name_of(const Enumeration& enumeration, std::int32_t number) {
  for (std::size_t i = 0; i < enumeration.count; ++i) {
    if (enumeration.values[i].number == number) return std::string(enumeration.values[i].name);
  }
  return "unknown_" + std::to_string(number);  // of a newer library
}

Value read_pairs(const sfu_pair* pairs, std::size_t count) {
  Object made;
  for (std::size_t i = 0; i < count; ++i) made.emplace_back(text(pairs[i].key), text(pairs[i].value));
  return made;
}

Value read_counted(const Shape& shape, std::uint64_t pointer, std::size_t length) {
  if (shape.kind == kPairs) return read_pairs(from_slot<const sfu_pair*>(pointer), length);
  if (shape.kind == kText) return std::string(from_slot<const char*>(pointer), length);
  if (shape.kind == kBytes) {
    const auto* bytes = from_slot<const std::uint8_t*>(pointer);
    return length == 0 ? Bytes() : Bytes(bytes, bytes + length);
  }
  List made;
  for (std::size_t i = 0; i < length; ++i) {
    if (shape.kind == kStrings) {
      made.emplace_back(text(from_slot<const char* const*>(pointer)[i]));
    } else if (shape.kind == kStructs) {
      made.push_back(read_struct(kStructTable[shape.of], from_slot<const void* const*>(pointer)[i]));
    } else {
      made.push_back(name_of(kEnumerationTable[shape.of], from_slot<const std::int32_t*>(pointer)[i]));
    }
  }
  return made;
}

// `slot`: the value, widened; of a struct's numbers that are 64 bits wide it has all of them.
Value read_single(const Shape& shape, std::uint64_t slot) {
  switch (shape.kind) {
    case kInt32: return static_cast<double>(static_cast<std::int32_t>(slot));
    case kInt64: return static_cast<double>(static_cast<std::int64_t>(slot));
    case kUint8:
    case kUint16:
    case kUint32:
    case kUint64: return static_cast<double>(slot);
    case kFloat: {
      double number = 0;
      std::memcpy(&number, &slot, sizeof number);
      return number;
    }
    case kBool: return static_cast<std::int32_t>(slot) != 0;
    case kSetting:
      if (static_cast<std::int32_t>(slot) == SFU_DEFAULT) return {};
      return static_cast<std::int32_t>(slot) == SFU_ON;
    case kEnum: return name_of(kEnumerationTable[shape.of], static_cast<std::int32_t>(slot));
    case kString: return text(from_slot<const char*>(slot));
    case kStruct:
      if (slot == 0) return {};
      return read_struct(kStructTable[shape.of], from_slot<const void*>(slot));
    case kHandle: return Handle{slot};
    default: return {};
  }
}

// A little-endian machine's, or one whose fields are all 64 bits wide: as everywhere that Node.js runs.
std::uint64_t slot_at(const std::uint8_t* object, std::size_t at, std::size_t width) {
  std::uint64_t slot = 0;
  std::memcpy(&slot, object + at, width);
  return slot;
}

}  // namespace

Value read_struct(const Struct& type, const void* object) {
  const auto* bytes = static_cast<const std::uint8_t*>(object);
  const std::size_t known = type.sized ? *static_cast<const std::uint32_t*>(object) : type.size;
  Object made;
  for (std::size_t i = 0; i < type.field_count; ++i) {
    const Shape& field = type.fields[i];
    if (field.at >= known || field.kind == kCallbacks) continue;  // an older library's ends before it
    if (field.kind == kNumbers) {
      List numbers;
      for (std::size_t n = 0; n < field.array; ++n) {
        numbers.emplace_back(
            static_cast<double>(slot_at(bytes, field.at + n * sizeof(std::uint64_t), sizeof(std::uint64_t))));
      }
      made.emplace_back(field.name, std::move(numbers));
    } else if (field.length_at != 0) {
      const auto length = slot_at(bytes, field.length_at, sizeof(std::size_t));
      made.emplace_back(field.name, read_counted(field, slot_at(bytes, field.at, sizeof(void*)), length));
    } else {
      made.emplace_back(field.name, read_single(field, slot_at(bytes, field.at, width_of(field.kind))));
    }
  }
  if (made.size() == 1 && made.front().first == "items") return std::move(made.front().second);
  return made;
}

Value read_parameters(const Callback& callback, const std::uint64_t* slots) {
  Object made;
  for (std::size_t i = 0; i < callback.parameter_count; ++i) {
    const Shape& shape = callback.parameters[i];
    made.emplace_back(shape.name, shape.length_at != 0 ? read_counted(shape, slots[shape.at], slots[shape.length_at])
                                                       : read_single(shape, slots[shape.at]));
  }
  return made;
}

}  // namespace sfu_node

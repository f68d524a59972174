// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/stubs/strutil.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>
#include <cmath>

#include "wire/wire.hpp"

namespace sfu::wire {
namespace {

namespace json = boost::json;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

json::object object_of(const Message& message, const json::storage_ptr& storage);

json::value number_of(double number, const json::storage_ptr& storage) {
  if (std::isnan(number)) return json::value("NaN", storage);
  if (std::isinf(number)) return json::value(number < 0 ? "-Infinity" : "Infinity", storage);
  return json::value(number, storage);
}

json::value name_of(const EnumDescriptor& type, int number, const json::storage_ptr& storage) {
  const auto* known = type.FindValueByNumber(number);
  if (known == nullptr) return json::value(number, storage);
  return json::value(std::string_view(known->name()), storage);
}

std::string base64_of(const std::string& bytes) {
  std::string text;
  google::protobuf::Base64Escape(bytes, &text);
  return text;
}

// Protobuf's own types have forms of their own, which its printer knows.
json::value well_known(const Message& message, const json::storage_ptr& storage) {
  std::string text;
  boost::system::error_code error;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return json::value(nullptr, storage);
  json::value value = json::parse(text, error, storage);
  return error ? json::value(nullptr, storage) : value;
}

json::value message_of(const Message& message, const json::storage_ptr& storage) {
  if (message.GetDescriptor()->file()->package() == "google.protobuf") return well_known(message, storage);
  return object_of(message, storage);
}

// Reads a field, or one element of a repeated one: Reflection has a pair of functions for each type.
class Reader {
 public:
  Reader(const Message& message, const FieldDescriptor& field, int index = -1)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  json::value read(const json::storage_ptr& storage) const {
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return json::value(get(&Reflection::GetBool, &Reflection::GetRepeatedBool), storage);
      case FieldDescriptor::CPPTYPE_INT32:
        return json::value(get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32), storage);
      case FieldDescriptor::CPPTYPE_UINT32:
        return json::value(get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32), storage);
      case FieldDescriptor::CPPTYPE_INT64:
        return json::value(std::to_string(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64)), storage);
      case FieldDescriptor::CPPTYPE_UINT64:
        return json::value(std::to_string(get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64)), storage);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return number_of(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat), storage);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return number_of(get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble), storage);
      case FieldDescriptor::CPPTYPE_ENUM:
        return name_of(*field_.enum_type(), get(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue), storage);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = index_ < 0
                                      ? reflection_.GetStringReference(message_, &field_, &scratch)
                                      : reflection_.GetRepeatedStringReference(message_, &field_, index_, &scratch);
        if (field_.type() == FieldDescriptor::TYPE_BYTES) return json::value(base64_of(text), storage);
        return json::value(std::string_view(text), storage);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return message_of(index_ < 0 ? reflection_.GetMessage(message_, &field_)
                                     : reflection_.GetRepeatedMessage(message_, &field_, index_),
                          storage);
    }
    return json::value(nullptr, storage);
  }

 private:
  template <typename T>
  T get(T (Reflection::*single)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*repeated)(const Message&, const FieldDescriptor*, int) const) const {
    return index_ < 0 ? (reflection_.*single)(message_, &field_) : (reflection_.*repeated)(message_, &field_, index_);
  }

  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
  int index_;
};

// Keys are text, whatever their type.
std::string key_of(const json::value& key) {
  return key.is_string() ? std::string(key.as_string()) : json::serialize(key);
}

json::value map_of(const Message& message, const FieldDescriptor& field, const json::storage_ptr& storage) {
  json::object entries(storage);
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    const json::value key = Reader(entry, *field.message_type()->map_key()).read(storage);
    entries[key_of(key)] = Reader(entry, *field.message_type()->map_value()).read(storage);
  }
  return entries;
}

json::value list_of(const Message& message, const FieldDescriptor& field, const json::storage_ptr& storage) {
  json::array elements(storage);
  const int size = message.GetReflection()->FieldSize(message, &field);
  elements.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) elements.push_back(Reader(message, field, i).read(storage));
  return elements;
}

json::object object_of(const Message& message, const json::storage_ptr& storage) {
  json::object out(storage);
  const auto& type = *message.GetDescriptor();
  out.reserve(static_cast<std::size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    auto& name = field.name();
    if (field.is_map()) {
      out[name] = map_of(message, field, storage);
    } else if (field.is_repeated()) {
      out[name] = list_of(message, field, storage);
    } else if (!field.has_presence() || message.GetReflection()->HasField(message, &field)) {
      out[name] = Reader(message, field).read(storage);
    } else if (field.containing_oneof() == nullptr) {  // an optional field is the one member of a oneof
      out[name] = nullptr;
    }
  }
  return out;
}

}  // namespace

std::string to_full_json(const Message& message) {
  json::monotonic_resource arena;
  return json::serialize(object_of(message, &arena));
}

}  // namespace sfu::wire

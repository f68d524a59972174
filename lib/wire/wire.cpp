// SPDX-License-Identifier: Apache-2.0
#include "wire/wire.hpp"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>

namespace sfu::wire {

bool parse_quietly(google::protobuf::Message& message, ByteView bytes) {
  const google::protobuf::LogSilencer silence;
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

bool parse_json_quietly(google::protobuf::Message& message, std::string_view json) {
  const google::protobuf::LogSilencer silence;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message, options).ok();
}

std::string_view first_json_value(std::string_view text) {
  boost::json::stream_parser parser;
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && !parser.done()) parser.finish(error);  // a number may end with the text
  return error ? std::string_view() : text.substr(0, used);
}

}  // namespace sfu::wire

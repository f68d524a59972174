// SPDX-License-Identifier: Apache-2.0
#include "signal/codec.hpp"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include "wire/wire.hpp"

namespace sfu::signal {

Result<livekit::SignalRequest> decode_request(ByteView message, Encoding encoding, std::size_t size_limit) {
  if (size_limit != 0 && message.size() > size_limit) return fail(Errc::kLimitExceeded);
  livekit::SignalRequest request;
  const bool decoded = encoding == Encoding::kJson ? wire::parse_json_quietly(request, as_text(message))
                                                   : wire::parse_quietly(request, message);
  if (!decoded) return fail(Errc::kMalformed);
  return request;
}

Frame encode_response(const livekit::SignalResponse& response, Encoding encoding) {
  const google::protobuf::LogSilencer silence;
  Frame frame;
  if (encoding == Encoding::kJson) {
    frame.text = true;
    // Fails only for messages that hold an Any, of which there are none.
    (void)google::protobuf::util::MessageToJsonString(response, &frame.bytes);
  } else {
    (void)response.SerializeToString(&frame.bytes);
  }
  return frame;
}

}  // namespace sfu::signal

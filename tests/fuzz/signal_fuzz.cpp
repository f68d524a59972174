// SPDX-License-Identifier: Apache-2.0
// layers: signal
// WebSocket messages from strangers: the first byte chooses the encoding. What is decoded must survive both encodings.
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "signal/codec.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu;
  if (size == 0) return 0;
  const auto encoding = data[0] == '{' ? signal::Encoding::kJson : signal::Encoding::kBinary;
  const ByteView message = encoding == signal::Encoding::kJson ? ByteView(data, size) : ByteView(data + 1, size - 1);
  const auto request = signal::decode_request(message, encoding);
  if (!request) return 0;

  const std::string bytes = request->SerializeAsString();
  require(signal::decode_request(as_bytes(bytes), signal::Encoding::kBinary).has_value());

  // What a client sends in a description is what others are sent: the way out must take it too.
  livekit::SignalResponse response;
  *response.mutable_offer() = request->offer();
  for (const auto out : {signal::Encoding::kBinary, signal::Encoding::kJson}) {
    const auto frame = signal::encode_response(response, out);
    require(frame.text == (out == signal::Encoding::kJson));
    livekit::SignalResponse again;
    require(frame.text ? google::protobuf::util::JsonStringToMessage(frame.bytes, &again).ok()
                       : again.ParseFromString(frame.bytes));
    require(again.offer().sdp() == response.offer().sdp());
  }
  return 0;
}

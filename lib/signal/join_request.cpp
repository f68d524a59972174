// SPDX-License-Identifier: Apache-2.0
#include "signal/join_request.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "auth/base64url.hpp"
#include "wire/wire.hpp"

namespace sfu::signal {
namespace {

// Owns zlib's state for one inflation.
class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, kGzip) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Errors: kMalformed, kLimitExceeded as soon as there is more than the limit.
  Result<std::string> inflate_all(std::string_view compressed, std::size_t limit) {
    if (!ready_) return fail(Errc::kUnavailable);
    // zlib reads through it only.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = static_cast<uInt>(compressed.size());
    std::string inflated;
    std::array<char, 16 * 1024> chunk;
    int status = Z_OK;
    while (status == Z_OK) {
      stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_out = static_cast<uInt>(chunk.size());
      status = inflate(&stream_, Z_NO_FLUSH);
      inflated.append(chunk.data(), chunk.size() - stream_.avail_out);
      if (inflated.size() > limit) return fail(Errc::kLimitExceeded);
    }
    if (status != Z_STREAM_END) return fail(Errc::kMalformed);
    return inflated;
  }

 private:
  static constexpr int kGzip = 15 + 16;  // the largest window, with gzip's header (zlib.h)
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Result<livekit::JoinRequest> decode_join_request(std::string_view parameter) {
  const auto bytes = auth::decode_base64url(parameter, auth::Padding::kOptional);
  if (!bytes) return fail(Errc::kMalformed, "cannot base64 decode wrapped join request");
  livekit::WrappedJoinRequest wrapped;
  if (!wire::parse_quietly(wrapped, as_bytes(*bytes))) {
    return fail(Errc::kMalformed, "cannot unmarshal wrapped join request");
  }

  std::string plain;
  if (wrapped.compression() == livekit::WrappedJoinRequest::NONE) {
    plain = std::move(*wrapped.mutable_join_request());
  } else if (wrapped.compression() == livekit::WrappedJoinRequest::GZIP) {
    auto inflated = Inflater().inflate_all(wrapped.join_request(), kMaxJoinRequest);
    if (!inflated && inflated.error().code == Errc::kLimitExceeded) {
      return fail(Errc::kLimitExceeded, "join request too large");
    }
    if (!inflated) return fail(Errc::kMalformed, "cannot read decompressed join request");
    plain = std::move(*inflated);
  }  // a compression of the future: an empty request
  if (plain.size() > kMaxJoinRequest) return fail(Errc::kLimitExceeded, "join request too large");

  livekit::JoinRequest request;
  if (!wire::parse_quietly(request, as_bytes(plain))) return fail(Errc::kMalformed, "cannot unmarshal join request");
  return request;
}

}  // namespace sfu::signal

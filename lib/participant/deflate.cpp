// SPDX-License-Identifier: Apache-2.0
#include "participant/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace sfu::participant {
namespace {

constexpr int kRawWindow = -15;  // zlib: negative means no header
constexpr std::size_t kStep = 16 * 1024;

}  // namespace

std::vector<std::uint8_t> deflate_raw(ByteView bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::vector<std::uint8_t> out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

struct Inflater::State {
  State() { ready = inflateInit2(&stream, kRawWindow) == Z_OK; }
  ~State() {
    if (ready) inflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream{};
  bool ready = false;
  bool ended = false;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Result<void> Inflater::add(ByteView bytes, std::size_t limit, std::vector<std::uint8_t>& out) {
  if (!state_->ready) return fail(Errc::kUnavailable, "zlib");
  if (bytes.empty()) return {};
  if (state_->ended) return fail(Errc::kMalformed, "more behind the end of the compressed data");
  z_stream& stream = state_->stream;
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<std::uint8_t, kStep> step;
  for (std::size_t total = 0;;) {
    stream.next_out = step.data();
    stream.avail_out = static_cast<uInt>(step.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = step.size() - stream.avail_out;
    total += made;
    if (total > limit) return fail(Errc::kLimitExceeded, "inflates to too much");
    out.insert(out.end(), step.begin(), step.begin() + static_cast<std::ptrdiff_t>(made));
    if (status == Z_STREAM_END) {
      state_->ended = true;
      if (stream.avail_in > 0) return fail(Errc::kMalformed, "more behind the end of the compressed data");
      return {};
    }
    if (status != Z_OK && status != Z_BUF_ERROR) return fail(Errc::kMalformed, "not compressed data");
    if (stream.avail_out > 0) return {};  // it wants more input
  }
}

}  // namespace sfu::participant

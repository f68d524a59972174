// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "participant/streams.hpp"

namespace sfu::participant {
namespace {

StreamInfo info_of(const std::string& sender, const livekit::DataStream::Header& header) {
  StreamInfo info;
  info.id = header.stream_id();
  info.sender = sender;
  info.text = header.content_header_case() != livekit::DataStream::Header::kByteHeader;
  info.topic = header.topic();
  info.mime_type = header.mime_type();
  info.name = header.byte_header().name();
  info.timestamp_ms = header.timestamp();
  if (header.has_total_length()) info.size = header.total_length();
  info.attributes = {header.attributes().begin(), header.attributes().end()};
  info.reply_to = header.text_header().reply_to_stream_id();
  return info;
}

}  // namespace

void IncomingStreams::receive(Instant now, const livekit::DataPacket& packet, std::vector<StreamEvent>& out) {
  const std::string& sender = packet.participant_identity();
  switch (packet.value_case()) {
    case livekit::DataPacket::kStreamHeader: on_header(now, sender, packet.stream_header(), out); break;
    case livekit::DataPacket::kStreamChunk: on_chunk(now, sender, packet.stream_chunk(), out); break;
    case livekit::DataPacket::kStreamTrailer: on_trailer(sender, packet.stream_trailer(), out); break;
    default: break;
  }
}

// One sender's streams stand in a row.
bool IncomingStreams::has_room_for(const std::string& sender) const {
  if (open_.size() >= kMaxOpen) return false;
  std::size_t count = 0;
  for (auto at = open_.lower_bound({sender, {}}); at != open_.end() && at->first.first == sender; ++at) ++count;
  return count < kMaxOpenOfSender;
}

void IncomingStreams::on_header(Instant now, const std::string& sender, const livekit::DataStream::Header& header,
                                std::vector<StreamEvent>& out) {
  const bool compressed = header.compression() == livekit::DataStream::DEFLATE_RAW;
  if (!compressed && header.compression() != livekit::DataStream::NONE) return;  // of a later version
  if (!has_room_for(sender)) return;
  Open stream;
  stream.last = now;
  if (header.has_total_length()) stream.size = header.total_length();
  if (compressed) stream.inflater.emplace();
  const auto [at, is_new] = open_.try_emplace({sender, header.stream_id()}, std::move(stream));
  if (!is_new) return;  // an id that is in use
  look_at_ = std::min(look_at_, now + kPatience);
  out.emplace_back(StreamOpened{info_of(sender, header)});
  if (!header.has_inline_content()) return;
  if (add(at, as_bytes(header.inline_content()), out)) end(at, std::nullopt, {}, out);
}

void IncomingStreams::on_chunk(Instant now, const std::string& sender, const livekit::DataStream::Chunk& chunk,
                               std::vector<StreamEvent>& out) {
  const auto stream = open_.find({sender, chunk.stream_id()});
  if (stream == open_.end() || chunk.chunk_index() < stream->second.next_chunk) return;  // unknown, or repeated
  if (chunk.chunk_index() > stream->second.next_chunk) {
    return end(stream, Error{Errc::kTruncated, "a part of the stream is missing"}, {}, out);
  }
  ++stream->second.next_chunk;
  stream->second.last = now;
  (void)add(stream, as_bytes(chunk.content()), out);
}

bool IncomingStreams::add(Streams::iterator at, ByteView content, std::vector<StreamEvent>& out) {
  Open& stream = at->second;
  StreamData data{.sender = at->first.first, .id = at->first.second, .bytes = {}};
  if (stream.inflater) {
    // No more than was announced: a small stream that inflates for ever is not waited for.
    const std::uint64_t whole = std::min<std::uint64_t>(stream.size.value_or(kInflatedLimit), kInflatedLimit);
    const auto added = stream.inflater->add(content, whole - stream.received, data.bytes);
    if (!added) {
      end(at, added.error(), {}, out);
      return false;
    }
  } else {
    data.bytes.assign(content.begin(), content.end());
  }
  stream.received += data.bytes.size();
  if (stream.size && stream.received > *stream.size) {
    end(at, Error{Errc::kLimitExceeded, "the stream is longer than its header says"}, {}, out);
    return false;
  }
  if (!data.bytes.empty()) out.emplace_back(std::move(data));
  return true;
}

void IncomingStreams::on_trailer(const std::string& sender, const livekit::DataStream::Trailer& trailer,
                                 std::vector<StreamEvent>& out) {
  const auto stream = open_.find({sender, trailer.stream_id()});
  if (stream == open_.end()) return;
  std::optional<Error> error;
  if (!trailer.reason().empty()) {
    error = Error{Errc::kClosed, trailer.reason()};
  } else if (stream->second.size && stream->second.received < *stream->second.size) {
    error = Error{Errc::kTruncated, "the stream is shorter than its header says"};
  }
  end(stream, std::move(error), {trailer.attributes().begin(), trailer.attributes().end()}, out);
}

void IncomingStreams::end(Streams::iterator stream, std::optional<Error> error,
                          std::map<std::string, std::string> attributes, std::vector<StreamEvent>& out) {
  out.emplace_back(StreamClosed{.sender = stream->first.first,
                                .id = stream->first.second,
                                .error = std::move(error),
                                .attributes = std::move(attributes)});
  open_.erase(stream);
}

void IncomingStreams::sender_left(std::string_view identity, std::vector<StreamEvent>& out) {
  for (auto stream = open_.begin(); stream != open_.end();) {
    const auto next = std::next(stream);
    if (stream->first.first == identity) end(stream, Error{Errc::kClosed, "the sender left"}, {}, out);
    stream = next;
  }
}

void IncomingStreams::advance(Instant now, std::vector<StreamEvent>& out) {
  if (now < look_at_) return;
  look_at_ = kNever;
  for (auto stream = open_.begin(); stream != open_.end();) {
    const auto next = std::next(stream);
    const Instant until = stream->second.last + kPatience;
    if (now >= until) {
      end(stream, Error{Errc::kTimeout, "nothing came of the stream for a minute"}, {}, out);
    } else {
      look_at_ = std::min(look_at_, until);
    }
    stream = next;
  }
}

void IncomingStreams::clear(std::vector<StreamEvent>& out) {
  while (!open_.empty()) end(open_.begin(), Error{Errc::kClosed, "the connection was replaced"}, {}, out);
}

}  // namespace sfu::participant

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "participant/streams.hpp"

namespace sfu::participant {
namespace {

livekit::DataPacket packet_for(const std::vector<std::string>& destinations) {
  livekit::DataPacket packet;
  for (const std::string& identity : destinations) packet.add_destination_identities(identity);
  return packet;
}

livekit::DataPacket header_packet(const StreamInfo& info) {
  livekit::DataPacket packet = packet_for(info.destinations);
  livekit::DataStream::Header& header = *packet.mutable_stream_header();
  header.set_stream_id(info.id);
  header.set_timestamp(info.timestamp_ms);
  header.set_topic(info.topic);
  header.set_mime_type(info.mime_type);
  if (info.size) header.set_total_length(*info.size);
  for (const auto& [key, value] : info.attributes) (*header.mutable_attributes())[key] = value;
  if (info.text) {
    header.mutable_text_header()->set_reply_to_stream_id(info.reply_to);
  } else {
    header.mutable_byte_header()->set_name(info.name);
  }
  return packet;
}

void set_content(std::string& field, ByteView bytes) {
  field.assign(as_text(bytes));
}

}  // namespace

std::string_view cut_text(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

void OutgoingStreams::complete(StreamInfo& info) {
  if (info.id.empty()) info.id = make_uuid(random_);
  if (info.mime_type.empty()) info.mime_type = info.text ? "text/plain" : "application/octet-stream";
  if (!info.text && info.name.empty()) info.name = "unknown";
}

std::string OutgoingStreams::send(StreamInfo info, ByteView content, const StreamFeatures& recipients, Packets& out) {
  complete(info);
  info.size = content.size();
  const bool may_compress = recipients.inline_content && recipients.deflate;
  const std::vector<std::uint8_t> compressed = may_compress ? deflate_raw(content) : std::vector<std::uint8_t>();
  const bool compress = may_compress && !compressed.empty() && compressed.size() < content.size();
  const ByteView sent = compress ? ByteView(compressed) : content;

  livekit::DataPacket packet = header_packet(info);
  livekit::DataStream::Header& header = *packet.mutable_stream_header();
  if (compress) header.set_compression(livekit::DataStream::DEFLATE_RAW);
  if (recipients.inline_content && sent.size() <= kChunkSize) {
    set_content(*header.mutable_inline_content(), sent);
    if (packet.ByteSizeLong() <= kChunkSize) {
      out.push_back(std::move(packet));
      return info.id;
    }
    header.clear_inline_content();
  }
  out.push_back(std::move(packet));
  Open stream{.text = info.text, .next_chunk = 0, .destinations = info.destinations};
  write_chunks(info.id, stream, sent, info.text && !compress, out);
  livekit::DataPacket trailer = packet_for(info.destinations);
  trailer.mutable_stream_trailer()->set_stream_id(info.id);
  out.push_back(std::move(trailer));
  return info.id;
}

std::string OutgoingStreams::open(StreamInfo info, Packets& out) {
  complete(info);
  out.push_back(header_packet(info));
  open_[info.id] = {.text = info.text, .next_chunk = 0, .destinations = info.destinations};
  return info.id;
}

void OutgoingStreams::write_chunks(std::string_view id, Open& stream, ByteView bytes, bool at_characters,
                                   Packets& out) const {
  while (!bytes.empty()) {
    std::size_t size = std::min(bytes.size(), kChunkSize);
    if (at_characters) size = cut_text(as_text(bytes), size).size();
    if (size == 0) size = std::min(bytes.size(), kChunkSize);  // not UTF-8 after all
    livekit::DataPacket packet = packet_for(stream.destinations);
    livekit::DataStream::Chunk& chunk = *packet.mutable_stream_chunk();
    chunk.set_stream_id(std::string(id));
    chunk.set_chunk_index(stream.next_chunk++);
    set_content(*chunk.mutable_content(), bytes.first(size));
    out.push_back(std::move(packet));
    bytes = bytes.subspan(size);
  }
}

Result<void> OutgoingStreams::write(std::string_view id, ByteView bytes, Packets& out) {
  const auto stream = open_.find(id);
  if (stream == open_.end()) return fail(Errc::kNotFound, "no open stream of that id");
  write_chunks(id, stream->second, bytes, stream->second.text, out);
  return {};
}

Result<void> OutgoingStreams::close(std::string_view id, std::string_view reason, Packets& out) {
  const auto stream = open_.find(id);
  if (stream == open_.end()) return fail(Errc::kNotFound, "no open stream of that id");
  livekit::DataPacket packet = packet_for(stream->second.destinations);
  packet.mutable_stream_trailer()->set_stream_id(std::string(id));
  packet.mutable_stream_trailer()->set_reason(std::string(reason));
  out.push_back(std::move(packet));
  open_.erase(stream);
  return {};
}

}  // namespace sfu::participant

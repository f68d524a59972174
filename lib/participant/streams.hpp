// SPDX-License-Identifier: Apache-2.0
// Text and byte streams between participants, as LiveKit's SDKs have them: a header, chunks, a trailer, all in reliable
// data packets; or, where every recipient knows version 2, a header alone with the content inside, perhaps compressed.
// Servers only pass them on. Plain state: packets in, events out, and the other way.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "livekit_models.pb.h"
#include "participant/deflate.hpp"

namespace sfu::participant {

struct StreamInfo {
  std::string id{};      // made up by send() and open() where it is empty
  std::string sender{};  // identity; of a stream that came
  bool text = true;
  std::string topic{};
  std::string mime_type{};  // empty: text/plain, application/octet-stream
  std::string name{};       // of byte streams
  std::int64_t timestamp_ms = 0;
  std::optional<std::uint64_t> size{};  // of the content in bytes, before compression
  std::map<std::string, std::string> attributes{};
  std::string reply_to{};
  std::vector<std::string> destinations{};  // identities; empty: everyone
};

struct StreamOpened {
  StreamInfo info;
};
struct StreamData {
  std::string sender;
  std::string id;
  std::vector<std::uint8_t> bytes;
};
struct StreamClosed {
  std::string sender;
  std::string id;
  std::optional<Error> error;  // unset: complete
  std::map<std::string, std::string> attributes;
};
using StreamEvent = std::variant<StreamOpened, StreamData, StreamClosed>;

// What all recipients of a stream can do.
struct StreamFeatures {
  bool inline_content = false;  // client_protocol 2
  bool deflate = false;         // CAP_COMPRESSION_DEFLATE_RAW
};

class OutgoingStreams {
 public:
  // Of content in a chunk, and of a packet that has all of it inside.
  static constexpr std::size_t kChunkSize = 15'000;
  using Packets = std::vector<livekit::DataPacket>;

  explicit OutgoingStreams(Random& random) : random_(random) {}

  // A whole stream. Gives its id.
  std::string send(StreamInfo info, ByteView content, const StreamFeatures& recipients, Packets& out);
  // A stream that grows: open(), write() as often as wanted, close().
  std::string open(StreamInfo info, Packets& out);
  // Text is cut at characters. Errors: kNotFound.
  Result<void> write(std::string_view id, ByteView bytes, Packets& out);
  // `reason` empty: complete. Errors: kNotFound.
  Result<void> close(std::string_view id, std::string_view reason, Packets& out);

 private:
  struct Open {
    bool text = true;
    std::uint64_t next_chunk = 0;
    std::vector<std::string> destinations;
  };
  void complete(StreamInfo& info);
  void write_chunks(std::string_view id, Open& stream, ByteView bytes, bool at_characters, Packets& out) const;

  Random& random_;
  std::map<std::string, Open, std::less<>> open_;
};

class IncomingStreams {
 public:
  // Content of one stream that compression may make.
  static constexpr std::size_t kInflatedLimit = 256 << 20;
  // Streams under way, of all senders and of one; more are not begun.
  static constexpr std::size_t kMaxOpen = 512;
  static constexpr std::size_t kMaxOpenOfSender = 16;
  // A stream that nothing came for so long has ended: its sender forgot it, or its trailer was never sent.
  static constexpr Duration kPatience = std::chrono::seconds(60);

  // Header, chunk or trailer; other packets are none of its business.
  void receive(Instant now, const livekit::DataPacket& packet, std::vector<StreamEvent>& out);
  // Ends what has been waited for too long.
  void advance(Instant now, std::vector<StreamEvent>& out);
  Instant deadline() const { return look_at_; }
  // Streams of this sender end with an error.
  void sender_left(std::string_view identity, std::vector<StreamEvent>& out);
  void clear(std::vector<StreamEvent>& out);
  std::size_t size() const { return open_.size(); }

 private:
  struct Open {
    Instant last{};  // when something came
    std::uint64_t next_chunk = 0;
    std::uint64_t received = 0;  // inflated
    std::optional<std::uint64_t> size;
    std::optional<Inflater> inflater;
  };
  using Key = std::pair<std::string, std::string>;  // sender, id
  using Streams = std::map<Key, Open>;

  bool has_room_for(const std::string& sender) const;
  void on_header(Instant now, const std::string& sender, const livekit::DataStream::Header& header,
                 std::vector<StreamEvent>& out);
  void on_chunk(Instant now, const std::string& sender, const livekit::DataStream::Chunk& chunk,
                std::vector<StreamEvent>& out);
  void on_trailer(const std::string& sender, const livekit::DataStream::Trailer& trailer,
                  std::vector<StreamEvent>& out);
  // False: the stream has ended by it.
  bool add(Streams::iterator stream, ByteView content, std::vector<StreamEvent>& out);
  void end(Streams::iterator stream, std::optional<Error> error, std::map<std::string, std::string> attributes,
           std::vector<StreamEvent>& out);

  Streams open_;
  Instant look_at_ = kNever;  // none of the streams may be given up before
};

// `bytes` without the part of a character that `limit` would cut (UTF-8).
std::string_view cut_text(std::string_view text, std::size_t limit);

}  // namespace sfu::participant

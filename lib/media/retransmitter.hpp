// SPDX-License-Identifier: Apache-2.0
// Answers one subscriber's NACKs from the publisher's packet stores (RFC 4585 6.2.1, RFC 4588; media spec 3.4). Keeps
// how each outgoing number was made, not the packets; bounded in how often and how much it repeats.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "media/encodings.hpp"
#include "media/media.hpp"
#include "media/outbound.hpp"
#include "media/outgoing_line.hpp"
#include "media/packet_builder.hpp"
#include "media/recent_loss.hpp"
#include "media/repeat_budget.hpp"

namespace sfu::media {

class Retransmitter {
 public:
  static constexpr std::uint8_t kAnswers = 3;  // per packet
  static constexpr int kRecoveredCopies = 2;   // of what is late already
  static constexpr Duration kMaxPause = std::chrono::milliseconds(100);
  static constexpr Duration kLongestWait = std::chrono::milliseconds(500);  // of a repeat; it will be asked for anew
  static constexpr std::int64_t kKeyframeGate = 2000;                       // packets
  static constexpr std::int64_t kLostDepth = 512;  // packets in which those are sought that were told lost
  static constexpr std::size_t kFirstEntries = 64;
  static constexpr Duration kAskedWithin = std::chrono::seconds(1);  // of its sending, or four round trips

  struct Counters {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t asked = 0;
    std::uint64_t asked_again = 0;  // though they had been repeated
    std::uint64_t missed = 0;       // not known, or not kept any more
    std::uint64_t doubled = 0;      // copies sent besides, as much is lost
    std::uint64_t given_up = 0;     // asked for once more than may be answered
    std::uint64_t refused = 0;      // answered just now or too often, of no use any more, or over budget
  };

  // Knows how the packets were sent that may still be asked for, the newest `capacity` at most; 0: it is never asked.
  // `rtx_ssrc` 0: none.
  Retransmitter(std::size_t capacity, rtp::Ssrc rtx_ssrc, Random& random);

  // The next packets will be recorded: where is fetched from memory.
  void prefetch() const;
  // Hot path: a packet went out for the first time.
  void record(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers,
              const PacketBuilder::Stamp& stamp, std::size_t size);
  // Hot path: the same, but it is to be sent later, by send_held().
  void hold(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers);
  // Sends what waited, for the first time. Its size; 0 if it is not kept any more.
  std::size_t send_held(Instant now, std::uint16_t sequence_number, const Encodings& encodings,
                        const PacketBuilder& builder, std::span<const PayloadMapping> mappings, RtpSink& sink,
                        Output& out);
  // Sends again what waited for that, if it is of use still.
  std::size_t repeat_held(Instant now, const Outbound::Held& held, const Encodings& encodings,
                          const PacketBuilder& builder, std::span<const PayloadMapping> mappings, RtpSink& sink,
                          Output& out);
  // Sends again all since the newest key frame, to one who was not ready for it the first time; false: there is
  // nothing.
  bool repeat_from_keyframe(Instant now, const Encodings& encodings, const PacketBuilder& builder,
                            std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);
  // Of the newest key frame something waits, or was sent less than `takes` ago.
  bool keyframe_on_its_way(Instant now, Duration takes);
  // Sends something that nobody needs, to fill a probe: one of the newest packets again, else padding; on the stream of
  // repeats. Its size; 0 if there is no such stream.
  std::size_t pad(Instant now, std::size_t wanted, const Encodings& encodings, const PacketBuilder& builder,
                  std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);
  // The subscriber needs a key frame: until it has one, repeats are of no use.
  void wait_for_keyframe(Instant now);

  // What was sent came from a source that is not at hand any more.
  void forget();

  void answer(Instant now, std::span<const std::uint16_t> sequence_numbers, std::optional<Duration> rtt,
              const Encodings& encodings, const PacketBuilder& builder, std::span<const PayloadMapping> mappings,
              RtpSink& sink, Output& out);

  // Where much is lost, NACKs are too: sends what did not arrive before it is asked for. The numbers ascend.
  void repeat_lost(Instant now, std::span<const std::uint16_t> transport_numbers, const Encodings& encodings,
                   const PacketBuilder& builder, std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);

  // A packet that the publisher's path had lost has just been sent: there is no time to lose it once more.
  void repeat_recovered(Instant now, std::uint16_t sequence_number, const Encodings& encodings,
                        const PacketBuilder& builder, std::span<const PayloadMapping> mappings, RtpSink& sink,
                        Output& out);

  // Of the stream of repeats.
  std::uint16_t next_sequence() const { return rtx_sequence_; }
  void set_next_sequence(std::uint16_t sequence_number) { rtx_sequence_ = sequence_number; }

  rtp::Ssrc ssrc() const { return rtx_ssrc_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    std::uint32_t in_sequence = 0;  // low bits
    std::uint32_t timestamp = 0;    // outgoing
    std::uint32_t last_sent = 0;    // ms since epoch_
    std::uint32_t abs_send_time : 24 = 0;
    std::uint32_t answers : 2 = 0;
    std::uint32_t layer : 2 = 0;
    std::uint32_t used : 1 = 0;
    std::uint32_t vp8 : 1 = 0;
    std::uint32_t mid : 1 = 0;
    std::uint32_t long_picture_id : 1 = 0;
    std::uint16_t out_sequence = 0;
    std::uint16_t picture_id = 0;
    std::uint8_t tl0_picture_index = 0;
    std::uint8_t key_index = 0;
    std::uint8_t generation = 0;
    // Of what is not VP8 the fields of VP8 keep the descriptor: its frame number and its active targets. Of Opus,
    // key_index keeps the mask of its redundancy.
    std::uint8_t marker : 1 = 0;
    std::uint8_t descriptor : 1 = 0;
    std::uint8_t target_count : 5 = 0;
    std::uint8_t waits : 1 = 0;          // to be sent again
    std::uint8_t copies : 2 = 0;         // more, that went out with it the last time
    std::uint16_t transport_number = 0;  // of the last time
    std::uint16_t playout_delay = 0;
  };

  Entry& at(std::int64_t sequence) { return entries_[static_cast<std::uint64_t>(sequence) % entries_.size()]; }
  bool must_grow(Instant now, std::int64_t sequence);
  void grow();
  Entry* find(std::uint16_t sequence_number);
  Entry& note(Instant now, const IncomingPacket& packet, const OutgoingNumbers& numbers);
  void count_sent(Instant now, Entry& entry, const PacketBuilder::Stamp& stamp, std::size_t size);
  std::size_t send(Instant now, const Entry& entry, const PacketBuilder::Stamp& stamp, bool as_rtx,
                   const Encodings& encodings, const PacketBuilder& builder, std::span<const PayloadMapping> mappings,
                   RtpSink& sink, Output& out);
  bool may_repeat(Instant now, const Entry& entry, std::optional<Duration> rtt);
  bool of_use(Instant now, std::uint16_t sequence_number) const;
  bool repeat_or_hold(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                      std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);
  std::size_t repeat(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                     std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);
  bool send_copy(Instant now, Entry& entry, const Encodings& encodings, const PacketBuilder& builder,
                 std::span<const PayloadMapping> mappings, RtpSink& sink, Output& out);
  void count_repeat(std::size_t size, Output& out);
  bool may_spend(RtpSink& sink);
  std::uint32_t milliseconds(Instant now) const;

  std::size_t capacity_;
  rtp::Ssrc rtx_ssrc_;
  std::uint16_t rtx_sequence_;
  std::vector<Entry> entries_;  // by outgoing number; from the first packet on, as many as the rate takes
  Duration asked_within_ = kAskedWithin;
  Instant epoch_{};
  Instant awaiting_keyframe_until_ = Instant::min();
  std::int64_t newest_ = 0;     // outgoing
  std::int64_t keyframe_ = -1;  // outgoing number of the last key frame's first packet
  std::int64_t keyframe_timestamp_ = 0;
  RepeatBudget budget_;
  std::int64_t padded_ = 0;         // outgoing number of what was sent as padding last
  std::uint64_t sent_packets_ = 0;  // for the first time
  RecentLoss loss_;
  Counters counters_;
};

}  // namespace sfu::media

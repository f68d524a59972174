// SPDX-License-Identifier: Apache-2.0
// Text streams put together to whole texts, for those who want no more: chats, and RPC.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "participant/streams.hpp"

namespace sfu::participant {

class TextCollector {
 public:
  static constexpr std::size_t kMaxText = 16 << 20;  // of one stream; beyond it the text is not kept
  // Of all that are under way. Beyond it the longest is given up, so that no sender takes the room of the others.
  static constexpr std::size_t kMaxTotal = 32 << 20;

  struct Text {
    StreamInfo info;
    std::string text;
    bool broken = false;  // it did not come whole
  };
  // A text that ended by this event.
  std::optional<Text> add(const StreamEvent& event);
  // Whether the event is about a stream that is under way and carries RPC.
  bool carries_rpc(const StreamEvent& event) const;
  static bool is_rpc(const StreamInfo& info);
  // What is held now, in bytes.
  std::size_t held() const { return held_; }

 private:
  void give_up(Text& text);
  void make_room(std::size_t bytes);

  std::map<std::pair<std::string, std::string>, Text> open_;  // by sender and id
  std::size_t held_ = 0;
};

}  // namespace sfu::participant

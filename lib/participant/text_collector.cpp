// SPDX-License-Identifier: Apache-2.0
#include "participant/text_collector.hpp"

#include <algorithm>

#include "participant/rpc.hpp"

namespace sfu::participant {

bool TextCollector::is_rpc(const StreamInfo& info) {
  return info.text && (info.topic == kRpcRequestTopic || info.topic == kRpcResponseTopic);
}

bool TextCollector::carries_rpc(const StreamEvent& event) const {
  if (const auto* opened = std::get_if<StreamOpened>(&event)) return is_rpc(opened->info);
  const auto* data = std::get_if<StreamData>(&event);
  if (data == nullptr) return false;
  const auto found = open_.find({data->sender, data->id});
  return found != open_.end() && is_rpc(found->second.info);
}

std::optional<TextCollector::Text> TextCollector::add(const StreamEvent& event) {
  if (const auto* opened = std::get_if<StreamOpened>(&event)) {
    if (opened->info.text) open_[{opened->info.sender, opened->info.id}] = {.info = opened->info, .text = {}};
    return std::nullopt;
  }
  if (const auto* data = std::get_if<StreamData>(&event)) {
    const auto found = open_.find({data->sender, data->id});
    if (found == open_.end()) return std::nullopt;
    Text& text = found->second;
    if (text.text.size() + data->bytes.size() > kMaxText) give_up(text);
    if (!text.broken) make_room(data->bytes.size());
    if (text.broken) return std::nullopt;  // perhaps it was the longest
    text.text.append(as_text(data->bytes));
    held_ += data->bytes.size();
    return std::nullopt;
  }
  const auto& closed = std::get<StreamClosed>(event);
  const auto found = open_.find({closed.sender, closed.id});
  if (found == open_.end()) return std::nullopt;
  Text text = std::move(found->second);
  open_.erase(found);
  held_ -= text.text.size();
  text.broken |= closed.error.has_value();
  return text;
}

void TextCollector::give_up(Text& text) {
  held_ -= text.text.size();
  text.text = {};
  text.broken = true;
}

void TextCollector::make_room(std::size_t bytes) {
  while (held_ > 0 && held_ + bytes > kMaxTotal) {
    give_up(std::ranges::max_element(open_, {}, [](const auto& entry) { return entry.second.text.size(); })->second);
  }
}

}  // namespace sfu::participant

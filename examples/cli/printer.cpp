// SPDX-License-Identifier: Apache-2.0
#include "printer.hpp"

#include <cstdio>

namespace cli {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

void Printer::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

void Printer::print_stats() {
  for (const auto& [sid, track] : tracks_) {
    line("received track=" + sid + " from=" + track.identity + " codec=" + track.codec +
         " frames=" + std::to_string(track.frames) + " keyframes=" + std::to_string(track.keyframes) +
         " bytes=" + std::to_string(track.bytes));
  }
}

void Printer::on_connected(const sfu::RoomInfo& room, const sfu::ParticipantInfo& self) {
  line("connected room=" + room.name + " sid=" + self.sid + " identity=" + self.identity);
}

void Printer::on_ready() {
  line("ready");
  if (!std::exchange(was_ready_, true) && on_first_ready) on_first_ready();
}

void Printer::on_reconnecting(bool resuming) {
  line(std::string("reconnecting way=") + (resuming ? "resume" : "rejoin"));
}

void Printer::on_reconnected(bool resumed) {
  line(std::string("reconnected way=") + (resumed ? "resume" : "rejoin"));
}

void Printer::on_disconnected(const sfu::Disconnect& why) {
  const bool wanted = why.reason == sfu::Disconnect::Reason::kClientInitiated;
  failed_ = !wanted;
  line(std::string("disconnected reason=") + sfu::to_string(why.reason) +
       (why.error.message.empty() ? "" : " error=" + quoted(why.error.message)));
  if (on_end) on_end();
}

void Printer::on_moved(const sfu::RoomInfo& room) {
  line("moved room=" + room.name);
}

void Printer::on_participant_joined(const sfu::ParticipantInfo& info) {
  line("participant_joined identity=" + info.identity + " sid=" + info.sid);
}

void Printer::on_participant_changed(const sfu::ParticipantInfo& info) {
  std::string text = "participant_changed identity=" + info.identity;
  if (!info.name.empty()) text += " name=" + quoted(info.name);
  if (!info.metadata.empty()) text += " metadata=" + quoted(info.metadata);
  for (const auto& [key, value] : info.attributes) text += " attribute." + key + "=" + quoted(value);
  line(text);
}

void Printer::on_participant_left(const sfu::ParticipantInfo& info) {
  line("participant_left identity=" + info.identity);
}

void Printer::on_track_published(const std::string& identity, const sfu::TrackInfo& track) {
  line("track_published identity=" + identity + " sid=" + track.sid + " mime=" + track.mime_type +
       " muted=" + (track.muted ? "true" : "false"));
}

void Printer::on_track_changed(const std::string& identity, const sfu::TrackInfo& track) {
  line("track_changed identity=" + identity + " sid=" + track.sid + " muted=" + (track.muted ? "true" : "false"));
}

void Printer::on_track_unpublished(const std::string& identity, const sfu::TrackInfo& track) {
  line("track_unpublished identity=" + identity + " sid=" + track.sid);
}

void Printer::on_subscribed(const std::string& track_sid, const std::string& identity, sfu::MediaCodec codec) {
  Track& track = tracks_[track_sid];
  track.identity = identity;
  track.codec = sfu::to_string(codec);
  line("subscribed track=" + track_sid + " from=" + identity + " codec=" + track.codec);
}

void Printer::on_unsubscribed(const std::string& track_sid) {
  line("unsubscribed track=" + track_sid);
}

void Printer::on_frame(const std::string& track_sid, sfu::MediaCodec codec, const sfu::MediaFrame& frame) {
  Track& track = tracks_[track_sid];
  track.codec = sfu::to_string(codec);
  if (track.frames == 0) line("first_frame track=" + track_sid + " bytes=" + std::to_string(frame.bytes.size()));
  ++track.frames;
  if (frame.is_keyframe) ++track.keyframes;
  track.bytes += frame.bytes.size();
}

void Printer::on_published(const std::string& id, const std::string& track_sid) {
  line("published id=" + id + " track=" + track_sid);
  if (on_track) on_track(id, true);
}

void Printer::on_publish_failed(const std::string& id, const sfu::Error& error) {
  line("publish_failed id=" + id + " error=" + quoted(error.message));
  if (on_track) on_track(id, false);
}

void Printer::on_keyframe_requested(const std::string&, std::size_t) {
  if (on_keyframe_wanted) on_keyframe_wanted();
}

void Printer::on_data(const sfu::DataMessage& message) {
  line("data from=" + message.sender + " topic=" + quoted(message.topic) +
       " reliable=" + (message.reliable ? "true" : "false") +
       " payload=" + quoted({reinterpret_cast<const char*>(message.payload.data()), message.payload.size()}));
}

void Printer::on_text(const sfu::StreamInfo& info, const std::string& text) {
  const bool is_long = text.size() > 200;
  line("text from=" + info.sender + " topic=" + quoted(info.topic) + " bytes=" + std::to_string(text.size()) +
       " text=" + quoted(is_long ? text.substr(0, 200) : text));
}

void Printer::on_stream_closed(const std::string& sender, const std::string& id, const sfu::Error* error) {
  line("stream_closed from=" + sender + " id=" + id + (error == nullptr ? "" : " error=" + quoted(error->message)));
}

}  // namespace cli

// SPDX-License-Identifier: Apache-2.0
#include "bot.hpp"

#include <cstdio>
#include <vector>

#include "sfu/room.hpp"

// The worker tells of the room before join() has returned what answers: it waits for that, on its own thread.
Bot::Bot() {
  work_.post([this] {
    joined_.wait();
    if (me_) soundboard_ = std::make_unique<Soundboard>(*me_);
  });
}

sfu::Result<std::unique_ptr<Bot>> Bot::begin(sfu::Engine& engine, const std::string& room) {
  sfu::LocalParticipantOptions options;
  options.claims.identity = "bot";
  options.claims.name = "Bot";
  options.claims.kind = sfu::ParticipantKind::kAgent;
  std::unique_ptr<Bot> bot(new Bot);
  auto joined = engine.room(room).join(options, *bot);
  if (joined) bot->me_ = *std::move(joined);
  bot->joined_.count_down();
  if (!joined) return sfu::Failure{joined.error()};
  bot->act([bot = bot.get()](sfu::LocalParticipant& me) {
    me.handle("play", [bot](const sfu::RpcCall& call, const sfu::RpcResponder& respond) {
      constexpr std::uint32_t kRefused = 4000;
      if (!bot->play(call.payload)) return respond(sfu::RpcError{.code = kRefused, .message = "50 to 8000 Hz"});
      respond("playing " + call.payload + " Hz");
    });
  });
  return bot;
}

Bot::~Bot() {
  work_.post([this] {
    soundboard_.reset();
    me_.reset();
  });
}

void Bot::on_track_published(const std::string&, const sfu::TrackInfo& track) {
  sources_[track.sid] = track.source;
}

void Bot::on_track_unpublished(const std::string&, const sfu::TrackInfo& track) {
  sources_.erase(track.sid);
}

void Bot::on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) {
  // Voices alone: an echo is none, so that two bots do not answer each other without end.
  const bool voice = codec == sfu::MediaCodec::kOpus && sources_[sid] == sfu::TrackSource::kMicrophone;
  heard_[sid] = {.identity = identity, .codec = codec, .echoed = voice};
  if (!voice) return;
  act([sid, identity](sfu::LocalParticipant& me) {
    me.publish(sid, {.codec = sfu::MediaCodec::kOpus,
                     .source = sfu::TrackSource::kUnknown,
                     .name = "echo of " + identity,
                     .stereo = true});
  });
}

void Bot::on_unsubscribed(const std::string& sid) {
  const auto track = heard_.find(sid);
  if (track == heard_.end()) return;
  const Heard& heard = track->second;
  std::printf("heard track=%s from=%s codec=%s frames=%llu\n", sid.c_str(), heard.identity.c_str(),
              to_string(heard.codec), static_cast<unsigned long long>(heard.frames));
  if (heard.echoed) act([sid](sfu::LocalParticipant& me) { me.unpublish(sid); });
  heard_.erase(track);
}

void Bot::on_frame(const std::string& sid, sfu::MediaCodec, const sfu::MediaFrame& frame) {
  Heard& heard = heard_[sid];
  ++heard.frames;
  if (!heard.echoed) return;
  act([sid, bytes = std::vector(frame.bytes.begin(), frame.bytes.end()),
       timestamp = frame.timestamp](sfu::LocalParticipant& me) {
    me.write_frame(sid, {.bytes = bytes, .timestamp = timestamp, .is_keyframe = true});
  });
}

void Bot::on_data(const sfu::DataMessage& message) {
  obey({reinterpret_cast<const char*>(message.payload.data()), message.payload.size()});
}

void Bot::on_text(const sfu::StreamInfo&, const std::string& text) {
  obey(text);
}

void Bot::on_disconnected(const sfu::Disconnect&) {
  ended_ = true;
}

// People talk of other things too.
void Bot::obey(std::string_view text) {
  constexpr std::string_view kPlay = "play ";
  if (text.starts_with(kPlay)) play(text.substr(kPlay.size()));
}

bool Bot::play(std::string_view tone) {
  const auto hertz = read_tone(tone);
  if (hertz) act([this, hertz = *hertz](sfu::LocalParticipant&) { soundboard_->play(hertz); });
  return hertz.has_value();
}

void Bot::act(std::function<void(sfu::LocalParticipant&)> action) {
  work_.post([this, action = std::move(action)] {
    if (me_) action(*me_);
  });
}

// SPDX-License-Identifier: Apache-2.0
#include "peer/data_channels.hpp"

#include <algorithm>

namespace sfu::peer {

namespace {

constexpr std::size_t kMaxWaiting = 64;

sctp::ChannelOptions to_sctp(ChannelOptions options) {
  sctp::ChannelOptions result;
  result.label = std::move(options.label);
  result.protocol = std::move(options.protocol);
  result.ordered = options.ordered;
  result.max_retransmits = options.max_retransmits;
  return result;
}

}  // namespace

void DataChannels::start(Instant now, dtls::Role role, const NegotiatorConfig& local, const RemoteTransport& remote,
                         Output& out) {
  if (association_ || closed_) return;
  role_ = role == dtls::Role::kClient ? sctp::Role::kClient : sctp::Role::kServer;
  sctp::Association::Config config;
  config.local_port = local.sctp_port;
  config.remote_port = remote.sctp_port;
  association_ = std::make_unique<sctp::Association>(config);
  sctp::Output sctp_out{packets_, events_};
  if (!association_->start(now, role_, sctp_out)) {
    association_.reset();
    closed_ = true;
    return;
  }
  for (ChannelOptions& options : waiting_) {
    // Fails only when no id is left; whoever asked sees no ChannelOpened.
    (void)association_->open_channel(now, to_sctp(std::move(options)), sctp_out);
  }
  waiting_.clear();
  translate(out);
}

Result<void> DataChannels::open(Instant now, ChannelOptions options, Output& out) {
  if (closed_) return fail(Errc::kClosed);
  if (!association_) {
    if (waiting_.size() >= kMaxWaiting) return fail(Errc::kLimitExceeded, "too many channels");
    waiting_.push_back(std::move(options));
    return {};
  }
  sctp::Output sctp_out{packets_, events_};
  SFU_TRY([[maybe_unused]] const auto channel, association_->open_channel(now, to_sctp(std::move(options)), sctp_out));
  translate(out);
  return {};
}

Result<void> DataChannels::send(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out) {
  if (!association_) return fail(closed_ ? Errc::kClosed : Errc::kNotFound);
  sctp::Output sctp_out{packets_, events_};
  auto sent = association_->send(now, channel, bytes, binary, sctp_out);
  translate(out);
  return sent;
}

void DataChannels::close_channel(Instant now, ChannelId channel, Output& out) {
  if (!association_) return;
  sctp::Output sctp_out{packets_, events_};
  (void)association_->close_channel(now, channel, sctp_out);  // one that is gone already is closed
  translate(out);
}

std::size_t DataChannels::buffered_amount(ChannelId channel) const {
  return association_ ? association_->buffered_amount(channel) : 0;
}

void DataChannels::set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes) {
  if (association_) association_->set_buffered_amount_low_threshold(channel, bytes);
}

void DataChannels::receive(Instant now, ByteView packet, Output& out) {
  if (!association_) return;
  sctp::Output sctp_out{packets_, events_};
  association_->receive(now, packet, sctp_out);
  translate(out);
}

void DataChannels::advance(Instant now, Output& out) {
  if (!association_) return;
  sctp::Output sctp_out{packets_, events_};
  association_->advance(now, sctp_out);
  translate(out);
}

Instant DataChannels::deadline() const {
  return association_ ? association_->deadline() : kNever;
}

void DataChannels::close(Instant now, Output& out) {
  closed_ = true;
  waiting_.clear();
  if (!association_) return;
  sctp::Output sctp_out{packets_, events_};
  association_->close(now, sctp_out);
  translate(out);
}

void DataChannels::translate(Output& out) {
  for (sctp::Event& event : events_) {
    switch (event.kind) {
      case sctp::Event::Kind::kChannelOpen: {
        const sctp::ChannelOptions& options = event.options;
        const bool even = event.channel % 2 == 0;  // RFC 8832 6: the DTLS client's
        out.events.emplace_back(ChannelOpened{.channel = event.channel,
                                              .label = options.label,
                                              .ordered = options.ordered,
                                              .reliable = !options.max_retransmits && !options.max_lifetime,
                                              .ours = even == (role_ == sctp::Role::kClient)});
        break;
      }
      case sctp::Event::Kind::kMessage:
        out.events.emplace_back(MessageReceived{event.channel, std::move(event.bytes), event.binary});
        break;
      case sctp::Event::Kind::kBufferedAmountLow: out.events.emplace_back(BufferedAmountLow{event.channel}); break;
      case sctp::Event::Kind::kChannelClosed: out.events.emplace_back(ChannelClosed{event.channel}); break;
      case sctp::Event::Kind::kConnected:
      case sctp::Event::Kind::kClosed: break;
    }
  }
  events_.clear();
}

}  // namespace sfu::peer

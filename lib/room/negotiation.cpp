// SPDX-License-Identifier: Apache-2.0
// What clients send. What the server starts by itself: negotiation_rounds.cpp.
#include "room/negotiation.hpp"

#include "room/candidate_init.hpp"
#include "room/outbox.hpp"
#include "room/peer_transport.hpp"
#include "sdp/sdp.hpp"

namespace sfu::room {

void Negotiation::offer(Instant now, Participant& participant, const livekit::SessionDescription& offer, Output& out) {
  auto& transport = *participant.publisher->peer_transport();
  const auto changes = state_.with_peer(
      transport, out, [&](peer::Output& sink) { return transport.peer().apply_offer(now, offer.sdp(), sink); });
  if (!changes) {
    // Text that is no SDP at all is ignored; one that cannot be applied leaves both ends with different views.
    if (sdp::parse(offer.sdp())) lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  auto& negotiation = transport.negotiation;
  negotiation.described = true;
  negotiation.asked = false;
  negotiation.asked_audios = 0;
  negotiation.asked_videos = 0;
  if (changes->ice_restart) negotiation.candidates_sent = false;
  publishing_.offer_applied(now, participant, *changes, out);
  if (participant.single_peer_connection) subscribing_.bind_waiting(now, participant, out);

  const auto sdp =
      state_.with_peer(transport, out, [&](peer::Output& sink) { return transport.peer().create_answer(now, sink); });
  if (!sdp) {
    ++state_.statistics().signal.answers_failed;
    lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  ++state_.statistics().signal.answers;
  livekit::SignalResponse response;
  auto* answer = response.mutable_answer();
  answer->set_type("answer");
  answer->set_sdp(*sdp);
  answer->set_id(offer.id());
  for (const auto& [mid, track_id] : transport.sections().mid_to_track_id()) {
    (*answer->mutable_mid_to_track_id())[mid] = track_id;
  }
  send(out, participant, std::move(response));
  send_candidates(transport, participant, out);
  negotiation.due = kNever;

  publishing_.answer_made(now, participant, out);
  if (!participant.single_peer_connection) return;
  subscribing_.sections_negotiated(now, participant, out);
  // What found no section needs another round.
  for (const auto& [sid, subscription] : participant.subscriptions) {
    if (subscription.missing_section) negotiation.request(now);
  }
  deadline_ = std::min(deadline_, negotiation.due);
}

void Negotiation::answer(Instant now, Participant& participant, const livekit::SessionDescription& answer,
                         Output& out) {
  if (!participant.subscriber) return;  // v1: the server never offers
  auto& transport = *participant.subscriber->peer_transport();
  auto& negotiation = transport.negotiation;
  // 0 comes from clients that know no ids.
  if (negotiation.offered_at == kNever || (answer.id() != 0 && answer.id() != negotiation.offer_id)) return;
  const auto applied = state_.with_peer(
      transport, out, [&](peer::Output& sink) { return transport.peer().apply_answer(now, answer.sdp(), sink); });
  if (!applied) {
    lifecycle_.require_full_reconnect(now, participant, out);
    return;
  }
  negotiation.offered_at = kNever;
  transport.configure_endpoint();
  subscribing_.sections_negotiated(now, participant, out);
  if (std::exchange(negotiation.again, false)) negotiation.request(now);
  deadline_ = std::min(deadline_, negotiation.due);
}

void Negotiation::trickle(Instant now, Participant& participant, const livekit::TrickleRequest& request, Output& out) {
  const auto candidate = parse_candidate_init(request.candidateinit());
  if (!candidate) {
    respond(out, participant, livekit::RequestResponse::UNCLASSIFIED_ERROR, candidate.error().message,
            [&](livekit::RequestResponse& answer) { *answer.mutable_trickle() = request; });
    return;
  }
  const bool to_subscriber = request.target() == livekit::SUBSCRIBER && participant.subscriber;
  auto& transport = *(to_subscriber ? participant.subscriber : participant.publisher)->peer_transport();
  if (candidate->empty()) return;  // the end of candidates: a lite agent waits for none
  // A candidate of no use to us is no fault of the client's.
  (void)state_.with_peer(
      transport, out, [&](peer::Output& sink) { return transport.peer().add_remote_candidate(now, *candidate, sink); });
}

void Negotiation::send_candidates(PeerTransport& transport, const Participant& participant, Output& out) {
  if (std::exchange(transport.negotiation.candidates_sent, true)) return;
  const auto candidates = transport.peer().local_candidates();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    livekit::SignalResponse response;
    auto* trickle = response.mutable_trickle();
    trickle->set_target(transport.target());
    trickle->set_candidateinit(write_candidate_init(candidates[i], transport.peer().local_ufrag()));
    trickle->set_final(i + 1 == candidates.size());
    send(out, participant, std::move(response));
  }
}

}  // namespace sfu::room

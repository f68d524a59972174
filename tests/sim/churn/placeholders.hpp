// SPDX-License-Identifier: Apache-2.0
// The sections in which a v1 client offers to receive: a browser's recvonly transceivers, which our own negotiator,
// made for the server's side, does not offer. They are text, woven into its offers each at the place where it first
// stood, and picked out of the answers again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sfu::sim {

// An SDP cut at its m= lines.
struct Sections {
  explicit Sections(std::string_view sdp);
  // The sections of these mids, in this order, under the session's lines.
  std::string join(const std::vector<std::string>& mids) const;

  std::string session;
  std::vector<std::pair<std::string, std::string>> media;  // mid, text
};

// The value of the first `a=NAME:` line; empty if there is none.
std::string_view attribute(std::string_view text, std::string_view name);

class Placeholders {
 public:
  void add(unsigned audios, unsigned videos);
  std::string weave(const std::string& offer);
  std::string unpick(const std::string& answer) const;

 private:
  unsigned audios_ = 0;
  unsigned videos_ = 0;
  std::vector<std::string> order_;  // mids as first offered: their order never changes (RFC 8829 5.2.2)
};

}  // namespace sfu::sim

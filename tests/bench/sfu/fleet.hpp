// SPDX-License-Identifier: Apache-2.0
// All participants of a run, on their threads. Everything is called on the thread that made it.
#pragma once

#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "dtls/certificate.hpp"
#include "lane.hpp"
#include "options.hpp"
#include "scenario.hpp"

namespace sfu::load {

class Fleet {
 public:
  // Errors: kInvalidArgument (the URL), kUnavailable.
  static Result<std::unique_ptr<Fleet>> create(const Options& options, const Scenario& scenario,
                                               const std::string& url);
  // All leave.
  ~Fleet();

  // Begins a join; with `at_once` of them under way, waits for one to settle first. Errors: kTimeout.
  Result<void> join_publisher(unsigned room, unsigned number);
  Result<void> join_subscriber(unsigned room, unsigned number);
  // Of churn: nobody waits for it.
  void join_visitor(unsigned number);
  // Until all joins have settled.
  Result<void> wait_for_joins();

  void set_speaker(unsigned number);  // in each room
  void begin_measuring();
  void stop_sending();
  Figures figures();

 private:
  Fleet(const Options& options, const Scenario& scenario) : options_(options), scenario_(scenario) {}
  Result<void> open(const std::string& url);
  Result<void> take_turn();
  Role role(unsigned room, const std::string& identity) const;
  void join(Role role);

  Options options_;
  Scenario scenario_;
  std::unique_ptr<dtls::Certificate> certificate_;
  std::unique_ptr<std::counting_semaphore<>> joins_;
  Terms terms_;
  std::string run_;  // tells the rooms of this run from those of others on the same server
  std::size_t joined_ = 0;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace sfu::load

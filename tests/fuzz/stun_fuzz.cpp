// SPDX-License-Identifier: Apache-2.0
// layers: ice
// One datagram to the demux and to an agent whose password the fuzzer cannot know.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "ice/demux.hpp"
#include "ice/ice.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu;
  const ByteView datagram(data, size);
  const Path path{{IpAddress::v4({192, 0, 2, 1}), 1}, {IpAddress::v4({192, 0, 2, 2}), 2}};

  ice::Demux demux;
  demux.add_ufrag("evtj", 1);
  demux.add_path(path, 2);
  (void)demux.route(path, datagram);

  SendBatch datagrams;
  std::vector<ice::Event> events;
  ice::Output out{datagrams, events};
  ice::LiteAgent agent(ice::Config{.local = {"evtj", "not the password of any input"}});
  agent.receive(Instant{}, datagram, path, out);
  if (agent.state() != ice::State::kNew) std::abort();

  const auto message = ice::stun::Message::parse(datagram);
  if (message) (void)message->verify("VOkJxbRl1RmTxUk/WvJxBt");
  return 0;
}

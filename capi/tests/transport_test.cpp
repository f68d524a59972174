// SPDX-License-Identifier: Apache-2.0
// A transport of the host's own: what the engine asks of it, and what it hands in.
#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

struct Network {
  Lines lines;
  int descriptor = eventfd(0, EFD_NONBLOCK);
  sfu_packet_sink* kept = nullptr;
  sfu_address local{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}, 7000};
  sfu_address remote{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 2}, 7001};
};

Network& network(void* transport) {
  return *static_cast<Network*>(transport);
}

sfu_bool receive_one(void*, void* transport, std::int64_t now_ns, sfu_packet_sink* sink) {
  Network& net = network(transport);
  std::uint64_t count = 0;
  if (read(net.descriptor, &count, sizeof count) != sizeof count) return 0;
  std::uint8_t bytes[] = {0x11, 0x22, 0x33};
  const sfu_status status = sfu_packet_sink_receive(sink, 0, &net.local, &net.remote, bytes, sizeof bytes);
  CHECK(sfu_packet_sink_receive(sink, 0, nullptr, &net.remote, bytes, sizeof bytes) == SFU_ERROR_INVALID_ARGUMENT);
  net.kept = sink;
  net.lines.add(std::string("received ") + sfu_status_name(status) + (now_ns > 0 ? "" : " at no time"));
  return 0;
}

sfu_transport_callbacks callbacks_of(Network& net) {
  sfu_transport_callbacks transport = null_transport();
  transport.user = &net;
  transport.dropped = [](void* user) { network(user).lines.add("dropped"); };
  transport.open = [](void* user, std::uint32_t worker, void** opened) -> sfu_status {
    network(user).lines.add("opened " + std::to_string(worker));
    *opened = user;
    return SFU_OK;
  };
  transport.close = [](void*, void* opened) { network(opened).lines.add("closed"); };
  transport.poll_descriptor = [](void*, void* opened) { return network(opened).descriptor; };
  transport.receive = receive_one;
  transport.candidates = [](void*, void* opened, const sfu_address** addresses) -> std::size_t {
    *addresses = &network(opened).local;
    return 1;
  };
  return transport;
}

}  // namespace

TEST_CASE("datagrams that a host hands in reach the worker, and its sink ends with the call") {
  Network net;
  const sfu_transport_callbacks transport = callbacks_of(net);
  sfu_engine_options options = null_options();
  options.transport = &transport;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  const std::uint64_t one = 1;
  REQUIRE(write(net.descriptor, &one, sizeof one) == sizeof one);
  CHECK(net.lines.wait("received") == "received ok");
  const sfu_engine_counters* counters = nullptr;
  SFU_REQUIRE(sfu_engine_get_counters(engine, &counters));
  CHECK(counters->packets_received == 1);
  CHECK(counters->dropped_unknown_source + counters->dropped_malformed == 1);
  SFU_CHECK(sfu_free(counters));
  std::uint8_t bytes[] = {0};
  CHECK(sfu_packet_sink_receive(net.kept, 0, &net.local, &net.remote, bytes, 1) == SFU_ERROR_INVALID_HANDLE);
  CHECK(sfu_packet_sink_receive(nullptr, 0, &net.local, &net.remote, bytes, 1) == SFU_ERROR_INVALID_HANDLE);
  SFU_CHECK(sfu_engine_release(engine));
  const auto lines = net.lines.all();
  CHECK(lines.front() == "opened 0");
  CHECK(lines[lines.size() - 2] == "closed");
  CHECK(lines.back() == "dropped");
  close(net.descriptor);
}

TEST_CASE("a transport that cannot be opened, or is not whole, makes no engine") {
  Network net;
  sfu_transport_callbacks transport = callbacks_of(net);
  transport.open = [](void*, std::uint32_t, void**) -> sfu_status { return SFU_ERROR_UNAVAILABLE; };
  sfu_engine_options options = null_options();
  options.transport = &transport;
  sfu_engine* engine = nullptr;
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_UNAVAILABLE);
  transport.send = nullptr;
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(engine == nullptr);
  CHECK(net.lines.count("dropped") == 0);  // nothing was taken
  close(net.descriptor);
}

// SPDX-License-Identifier: Apache-2.0
// What a packet tells of its frame's place among the layers inside its stream: by a dependency descriptor, or by VP9's
// payload descriptor. Read once for all forwarders, borrowed from StreamLayers until the next packet.
#pragma once

#include <cstdint>

#include "codec/dependency_descriptor.hpp"
#include "codec/vp9.hpp"

namespace sfu::media {

struct LayeredFrame {
  enum class Kind : std::uint8_t {
    kDependencies,
    kVp9,
    kTemporal,    // no more than IncomingPacket tells
    kUnreadable,  // of a structure that is lost or gone: nobody can place it
  };

  Kind kind = Kind::kUnreadable;
  std::int64_t number = 0;  // frame number, or VP9's picture id; unwrapped
  // kDependencies.
  std::uint32_t structure_id = 0;  // changes with each structure
  std::uint32_t active_targets = 0;
  const codec::FrameDependencyStructure* structure = nullptr;
  codec::DependencyDescriptor descriptor;
  // kVp9.
  codec::Vp9Descriptor vp9;
};

}  // namespace sfu::media

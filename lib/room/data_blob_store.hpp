// SPDX-License-Identifier: Apache-2.0
// The data blobs of one participant, within their limits (signalling 2.18).
#pragma once

#include <map>
#include <string>

#include "livekit_models.pb.h"
#include "room/join_params.hpp"

namespace sfu::room {

class DataBlobStore {
 public:
  static constexpr std::size_t kMaxBlobs = 1024;

  // A key that names something, is not too long, and whose custom encoding is neither empty nor too long.
  static bool is_valid(const livekit::DataBlobKey& key, const DataLimits& limits);

  // In place of one of the same key. False, and nothing changed, if it is too much.
  bool store(const livekit::DataBlob& blob, const DataLimits& limits);
  // Null if there is none.
  const livekit::DataBlob* find(const livekit::DataBlobKey& key) const;

 private:
  std::map<std::string, livekit::DataBlob, std::less<>> blobs_;
  std::size_t bytes_ = 0;
};

}  // namespace sfu::room

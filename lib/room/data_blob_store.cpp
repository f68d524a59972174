// SPDX-License-Identifier: Apache-2.0
#include "room/data_blob_store.hpp"

namespace sfu::room {

namespace {

// The same for equal keys, whatever unknown fields they have; its kind first, so that no two kinds are equal.
std::string text_of(const livekit::DataBlobKey& key) {
  if (!key.has_schema_id()) return "g" + key.generic();
  const auto& schema = key.schema_id();
  const auto& encoding = schema.encoding();
  const bool custom = encoding.value_case() == livekit::DataTrackSchemaEncoding::kCustom;
  return "s" + schema.name() + '\n' + (custom ? "c" + encoding.custom() : std::to_string(encoding.well_known()));
}

}  // namespace

bool DataBlobStore::is_valid(const livekit::DataBlobKey& key, const DataLimits& limits) {
  const auto& name = key.has_schema_id() ? key.schema_id().name() : key.generic();
  if (name.empty() || !fits(name.size(), limits.blob_key)) return false;
  const auto& encoding = key.schema_id().encoding();
  return encoding.value_case() != livekit::DataTrackSchemaEncoding::kCustom ||
         (!encoding.custom().empty() && fits(encoding.custom().size(), limits.custom_encoding));
}

bool DataBlobStore::store(const livekit::DataBlob& blob, const DataLimits& limits) {
  auto key = text_of(blob.key());
  const auto size_of = [](const auto& entry) { return entry.first.size() + entry.second.contents().size(); };
  const auto older = blobs_.find(key);
  const std::size_t freed = older != blobs_.end() ? size_of(*older) : 0;
  const std::size_t total = bytes_ - freed + key.size() + blob.contents().size();
  if (!fits(total, limits.blobs) || (freed == 0 && blobs_.size() >= kMaxBlobs)) return false;
  bytes_ = total;
  auto& stored = blobs_[std::move(key)];
  stored = blob;
  stored.DiscardUnknownFields();
  return true;
}

const livekit::DataBlob* DataBlobStore::find(const livekit::DataBlobKey& key) const {
  const auto found = blobs_.find(text_of(key));
  return found != blobs_.end() ? &found->second : nullptr;
}

}  // namespace sfu::room

// SPDX-License-Identifier: Apache-2.0
#include "runtime/mailbox.hpp"

#include <utility>

namespace sfu::runtime {

void DatagramBundle::add(const Path& path, ByteView bytes) {
  entries_.push_back({path, bytes_.size(), bytes.size()});
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

bool Mailbox::post(Command command) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  commands_.push_back(std::move(command));
  return !std::exchange(woken_, true);
}

bool Mailbox::post(DatagramBundle bundle) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  if (media_waiting_ + bundle.size() > kMediaLimit) {
    media_dropped_ += bundle.size();
    return false;
  }
  media_waiting_ += bundle.size();
  media_.push_back(std::move(bundle));
  return !std::exchange(woken_, true);
}

bool Mailbox::post(LentBatch batch, bool urgent) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  batches_.push_back(std::move(batch));
  return urgent && !std::exchange(woken_, true);
}

void Mailbox::take(std::vector<Command>& commands, std::vector<DatagramBundle>& media,
                   std::vector<LentBatch>& batches) {
  commands.clear();
  media.clear();
  batches.clear();
  const std::lock_guard lock(mutex_);
  std::swap(commands, commands_);
  std::swap(media, media_);
  std::swap(batches, batches_);
  media_waiting_ = 0;
  woken_ = false;
}

void Mailbox::close() {
  std::vector<Command> refused;  // destroyed outside the lock: a destructor may post again
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    std::swap(refused, commands_);
    media_.clear();
    batches_.clear();
  }
}

std::uint64_t Mailbox::media_dropped() const {
  const std::lock_guard lock(mutex_);
  return media_dropped_;
}

}  // namespace sfu::runtime

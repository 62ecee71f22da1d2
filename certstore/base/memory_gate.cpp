#include "certstore/base/memory_gate.h"

#include <algorithm>

namespace certstore {

MemoryGate::Share::~Share() {
  gate_.leave(amount_);
}

MemoryGate::Share MemoryGate::enter(std::uint64_t amount) {
  amount = std::min(amount, most_);
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return most_ - inside_ >= amount; });
  inside_ += amount;
  return {*this, amount};
}

void MemoryGate::leave(std::uint64_t amount) {
  {
    const std::lock_guard lock(mutex_);
    inside_ -= amount;
  }
  left_.notify_all();
}

}  // namespace certstore

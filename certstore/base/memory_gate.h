// Keeps what many threads hold at one time below a bound, however many cores there are.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace certstore {

class MemoryGate {
 public:
  explicit MemoryGate(std::uint64_t most) : most_(most) {}
  MemoryGate(const MemoryGate&) = delete;
  MemoryGate& operator=(const MemoryGate&) = delete;

  // What one thread was let in with; given back at its end.
  class Share {
   public:
    Share(MemoryGate& gate, std::uint64_t amount) : gate_(gate), amount_(amount) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();

   private:
    MemoryGate& gate_;
    std::uint64_t amount_;
  };
  // Waits until all that are inside, and `amount`, stay below the bound; one that alone is above it is let in
  // when nobody else is inside. A thread that is inside must not ask again.
  [[nodiscard]] Share enter(std::uint64_t amount);

 private:
  void leave(std::uint64_t amount);

  const std::uint64_t most_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::uint64_t inside_ = 0;
};

}  // namespace certstore

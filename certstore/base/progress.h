// A progress line for work that takes over a second, on a terminal only.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace certstore {

// Shows "<what> 42 %" on stderr while it lives, from the second second on, if stderr is a terminal and
// `enabled`; wipes the line at its end. add() may be called from many threads.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total, bool enabled);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  void add(std::uint64_t amount);

 private:
  void show();

  const std::string what_;
  const std::uint64_t total_;
  const bool enabled_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::int64_t> next_show_ms_{1000};
  std::mutex showing_;
  bool shown_ = false;
};

}  // namespace certstore

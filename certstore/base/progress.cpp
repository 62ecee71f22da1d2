#include "certstore/base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace certstore {
namespace {

bool has_moving_terminal() {
  const char* const term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::strcmp(term, "dumb") != 0;
}

}  // namespace

Progress::Progress(std::string what, std::uint64_t total, bool enabled)
    : what_(std::move(what)),
      total_(std::max<std::uint64_t>(total, 1)),
      enabled_(enabled && has_moving_terminal()) {}

Progress::~Progress() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::add(std::uint64_t amount) {
  done_ += amount;
  if (enabled_) show();
}

void Progress::show() {
  using namespace std::chrono;
  const std::int64_t elapsed = duration_cast<milliseconds>(steady_clock::now() - start_).count();
  std::int64_t due = next_show_ms_.load();
  // One thread wins the exchange and writes; the others go on working.
  if (elapsed < due || !next_show_ms_.compare_exchange_strong(due, elapsed + 100)) return;
  const std::lock_guard lock(showing_);
  std::cerr << "\r\033[K" << what_ << " " << std::min<std::uint64_t>(100, done_.load() * 100 / total_) << " %"
            << std::flush;
  shown_ = true;
}

}  // namespace certstore

#include "certstore/base/parallel.h"

#include "certstore/base/interrupt.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace certstore {

void for_each_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
  if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> failed{count};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto run = [&] {
    for (;;) {
      const std::size_t index = next.fetch_add(1);
      // Lower indexes are always handed out before higher ones, so the lowest failure is always reached.
      if (index >= count || index > failed.load()) return;
      try {
        throw_if_interrupted();
        work(index);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (index < failed.load()) {
          failed = index;
          failure = std::current_exception();
        }
      }
    }
  };
  const std::size_t threads = std::min<std::size_t>(jobs, count);
  std::vector<std::jthread> others;
  try {
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  } catch (const std::system_error&) {
    // Where no more threads are allowed, those that run do all the work.
  }
  run();
  others.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace certstore

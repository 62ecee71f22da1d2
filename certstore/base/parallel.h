// The one place that starts threads.
#pragma once

#include <cstddef>
#include <functional>

namespace certstore {

// Calls work(0) ... work(count - 1), each once, on up to `jobs` threads (0: one per core), and returns when
// all are done. Work is pure: it writes only to its own index. If some throw, the exception of the lowest
// index is rethrown, so that the outcome never depends on timing; indexes above it may have been left out.
void for_each_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

}  // namespace certstore

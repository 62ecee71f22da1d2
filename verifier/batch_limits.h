// The bounds of one run over many files, as certstore/base/limits.h has those of what is read from them.
#pragma once

#include <cstddef>

namespace verifier::limits {

// Files of one run: their names are held, and in SARIF some 300 bytes of each.
inline constexpr std::size_t kBatchFiles = 200'000;
// The text that names them: kBatchFiles names of 300 bytes.
inline constexpr std::size_t kFileList = 64 << 20;
// Packages on one page of HTML, which is held until its head is known. Nobody reads more.
inline constexpr std::size_t kPageFiles = 1000;
// Rows of one table of such a page, and subjects of one finding.
inline constexpr std::size_t kPageRows = 500;
inline constexpr std::size_t kPageSubjects = 20;

}  // namespace verifier::limits

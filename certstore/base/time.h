// Points in time as the project uses them: UTC seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace certstore {

using Instant = std::chrono::sys_seconds;

// "2026-11-23T10:00:00Z" (RFC 3339, always UTC).
[[nodiscard]] std::string to_rfc3339(Instant time);
// "2026-11-23".
[[nodiscard]] std::string to_date(Instant time);
// Reads either form; a bare date is its first second. Throws Error(malformed) for anything else.
[[nodiscard]] Instant parse_instant(std::string_view text);
[[nodiscard]] Instant now();
// SOURCE_DATE_EPOCH if set (throws Error(usage) when it is not a number), else now(): the time source of
// everything that signing writes, so that the same input gives the same bytes.
[[nodiscard]] Instant signing_time();

}  // namespace certstore

#include "certstore/base/time.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace certstore {
namespace {

// Reads exactly `digits` decimal digits at `position`.
int number(std::string_view text, std::size_t position, std::size_t digits) {
  int value = 0;
  const char* const first = text.data() + position;
  const auto [end, error] = std::from_chars(first, first + digits, value);
  return error == std::errc() && end == first + digits ? value : -1;
}

}  // namespace

std::string to_date(Instant time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  std::array<char, 24> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return buffer.data();
}

std::string to_rfc3339(Instant time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - midnight);
  std::array<char, 24> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02dZ", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return to_date(time) + buffer.data();
}

Instant parse_instant(std::string_view text) {
  using namespace std::chrono;
  const auto refuse = [&]() -> Error {
    return {ErrorKind::malformed, in_quotes(text) + " is not a time",
            "write 2027-01-31 or 2027-01-31T12:00:00Z"};
  };
  const bool with_clock =
      text.size() == 20 && text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z';
  if (!(text.size() == 10 || with_clock) || text[4] != '-' || text[7] != '-') throw refuse();
  const int y = number(text, 0, 4);
  const int m = number(text, 5, 2);
  const int d = number(text, 8, 2);
  if (y < 0 || m < 0 || d < 0) throw refuse();
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  if (!date.ok()) throw refuse();
  Instant time = sys_days(date);
  if (!with_clock) return time;
  const int hour = number(text, 11, 2);
  const int minute = number(text, 14, 2);
  const int second = number(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) throw refuse();
  return time + hours(hour) + minutes(minute) + seconds(second);
}

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Instant signing_time() {
  const char* const epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (epoch == nullptr || *epoch == '\0') return now();
  const std::string_view text(epoch);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // 253402300799 is the last second of the year 9999, the end of RFC 5280's GeneralizedTime.
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > 253402300799) {
    throw Error(ErrorKind::usage, "SOURCE_DATE_EPOCH is not a number of seconds: " + in_quotes(text));
  }
  return Instant(std::chrono::seconds(value));
}

}  // namespace certstore

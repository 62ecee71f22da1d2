#include "formats/other_meaning.h"

#include "formats/vro_one_meaning.h"

#include <algorithm>
#include <string_view>

namespace formats {
namespace {

// The head of a list; a longer one says what it is before.
constexpr std::size_t kHead = std::size_t{64} << 10;

// Down to the first empty line.
std::string_view first_section(std::string_view text) {
  const std::size_t start = text.find_first_not_of("\r\n");
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string_view::npos;
       at = text.find_first_of("\r\n", at)) {
    const std::size_t end = at + (text.substr(at).starts_with("\r\n") ? 2 : 1);
    if (end >= text.size() || text[end] == '\r' || text[end] == '\n') return text.substr(0, end);
    at = end;
  }
  return text;
}

}  // namespace

std::string other_meaning(const certstore::InputFile& file) {
  certstore::Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(kHead, file.size())));
  file.read_at(0, head);
  MeaningCheck check;
  check.feed(certstore::as_bytes(first_section(certstore::as_text(head))));
  // Of a DER document nothing could be made: every signature here is over attributes, not over the file.
  return check.list_meaning();
}

}  // namespace formats

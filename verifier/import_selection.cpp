#include "verifier/import_selection.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;

[[noreturn]] void refuse(std::string_view text, std::size_t count) {
  throw Error(ErrorKind::usage, certstore::in_quotes(text) + " is no choice among 1 to " +
                                    std::to_string(count) + ": write 1-3,7 or all or none");
}

std::size_t number(std::string_view text, std::string_view whole, std::size_t count) {
  std::size_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 1 || value > count) {
    refuse(whole, count);
  }
  return value;
}

}  // namespace

Selection parse_selection(std::string_view text, std::span<const std::size_t> numbered) {
  const std::size_t count = numbered.size();
  std::string plain(text);
  std::erase(plain, ' ');
  if (plain == "all") return {};
  if (plain == "none") return {.whole = false, .elements = {}};
  std::set<std::size_t> chosen;
  for (std::size_t start = 0;;) {
    const std::size_t end = std::min(plain.find(',', start), plain.size());
    const std::string_view part = std::string_view(plain).substr(start, end - start);
    const std::size_t dash = std::min(part.find('-'), part.size());
    const std::size_t first = number(part.substr(0, dash), text, count);
    const std::size_t last = dash == part.size() ? first : number(part.substr(dash + 1), text, count);
    if (last < first) refuse(text, count);
    for (std::size_t i = first; i <= last; ++i) chosen.insert(numbered[i - 1]);
    if (end == plain.size()) break;
    start = end + 1;
  }
  return {.whole = false, .elements = {chosen.begin(), chosen.end()}};
}

std::vector<ExtractedEntry> entries_of(const Report& report, const Selection& selection) {
  std::vector<bool> wanted(report.entries.size(), selection.whole);
  for (const std::size_t element : selection.elements) {
    for (const std::size_t entry : report.elements.at(element).element.entries) wanted.at(entry) = true;
  }
  std::vector<ExtractedEntry> entries;
  for (std::size_t i = 0; i < report.entries.size(); ++i) {
    const EntryReport& entry = report.entries[i];
    const std::string& name = report.entry_names.at(i);
    if (!wanted[i] || !entry.needs_cover) continue;
    // The net below the verdict: what no signature vouches for never reaches the disk.
    if (entry.signers.empty() || entry.sha256.empty()) {
      throw Error(ErrorKind::internal, certstore::in_quotes(name) + " would be imported without proof");
    }
    if (!entry.link_target.empty()) require_safe_link(name, entry.link_target);
    entries.push_back({i, name, entry.sha256, entry.is_executable, entry.link_target});
  }
  return entries;
}

}  // namespace verifier

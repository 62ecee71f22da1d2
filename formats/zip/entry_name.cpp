#include "formats/zip/entry_name.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace formats::zip {
namespace {

using certstore::IssueCode;

bool is_ascii_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool has_control(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    // U+0080 to U+009F, which some terminals obey as ESC sequences.
    if (byte == 0xC2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0) return true;
  }
  return false;
}

std::string_view segment_fault(std::string_view name) {
  if (name.back() == '/') name.remove_suffix(1);
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view segment = name.substr(0, slash);
    if (segment.empty()) return "holds an empty segment";
    if (segment == ".") return "holds the segment '.'";
    if (segment == "..") return "holds the segment '..', which leaves the target directory";
    if (slash == std::string_view::npos) return {};
    name.remove_prefix(slash + 1);
  }
}

std::string_view without_final_slash(std::string_view name) {
  if (!name.empty() && name.back() == '/') name.remove_suffix(1);
  return name;
}

// The lower-case form of a two-byte UTF-8 letter, as code point: Latin-1, Latin Extended-A, Greek, Cyrillic.
// Beyond these, file systems that fold case differ among themselves (docs/formats/zip.md).
unsigned lower_code_point(unsigned code) {
  if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3A9)) return code + 0x20;
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  if (code == 0x178) return 0xFF;
  const bool odd_is_lower = (code >= 0x100 && code <= 0x137) || (code >= 0x14A && code <= 0x177) ||
                            (code >= 0x460 && code <= 0x481) || (code >= 0x48A && code <= 0x4BF);
  if (odd_is_lower) return code | 1U;
  const bool even_is_lower = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E);
  if (even_is_lower) return code + (code & 1U);
  return code;
}

// Calls take(byte) for each byte of the name in lower case, without its final '/'.
template <typename Take>
void fold(std::string_view name, Take take) {
  name = without_final_slash(name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte >= 0xC3 && byte <= 0xDF && i + 1 < name.size()) {
      const unsigned code =
          lower_code_point(((byte & 0x1FU) << 6) | (static_cast<unsigned char>(name[++i]) & 0x3FU));
      take(static_cast<unsigned char>(0xC0U | (code >> 6)));
      take(static_cast<unsigned char>(0x80U | (code & 0x3FU)));
    } else {
      take(byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + ('a' - 'A')) : byte);
    }
  }
}

std::string folded(std::string_view name) {
  std::string result;
  result.reserve(name.size());
  fold(name, [&](unsigned char byte) { result.push_back(static_cast<char>(byte)); });
  return result;
}

// Reports the equal names among `group`, all of one digest, in the order of the central directory.
void report_group(std::span<const Entry> entries, std::span<const NamePlace> group, Findings& findings) {
  for (std::size_t i = 1; i < group.size(); ++i) {
    const std::string_view before = entries[group[i - 1].entry].name;
    const std::string_view name = entries[group[i].entry].name;
    if (name == before) {
      findings.add(IssueCode::duplicate_entry, name, "there are two entries of this name");
    } else if (without_final_slash(name) == without_final_slash(before)) {
      findings.add(IssueCode::duplicate_entry, name,
                   "a file and a directory of this name extract to one path");
    } else if (folded(name) == folded(before)) {
      findings.add(IssueCode::names_equal_but_for_case, name,
                   "differs from " + certstore::in_quotes(before) + " in case only");
    }
  }
}

}  // namespace

bool has_separator_backslash(std::string_view name) {
  for (std::size_t at = name.find('\\'); at != std::string_view::npos; at = name.find('\\', at + 1)) {
    const char next = at + 1 < name.size() ? name[at + 1] : '\0';
    if (next != ',' && next != '+' && next != ';') return true;
  }
  return false;
}

std::string_view name_fault(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > certstore::limits::kEntryName) return "is longer than 4096 bytes";
  if (name.find('\0') != std::string_view::npos) return "holds a NUL, where some programs stop to read";
  if (!certstore::is_utf8(name)) return "is not UTF-8, so programs read it as they please";
  if (has_control(name)) return "holds a control character";
  if (has_separator_backslash(name)) return "holds a backslash, which some programs take for a separator";
  if (name.front() == '/') return "is an absolute path";
  if (name.size() >= 2 && name[1] == ':' && is_ascii_letter(name[0])) return "begins with a drive letter";
  return segment_fault(name);
}

std::uint64_t name_digest(std::string_view name) {
  std::uint64_t digest = 0xCBF29CE484222325;  // FNV-1a; equal digests are sorted out by name
  fold(name, [&](unsigned char byte) { digest = (digest ^ byte) * 0x100000001B3; });
  return digest;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return folded(a) == folded(b);
}

int order_of_names(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const int order = folded(a).compare(folded(b));
  return order != 0 ? order : a.compare(b);
}

std::vector<NamePlace> sort_names(std::span<const Entry> entries, Findings& findings) {
  std::vector<NamePlace> places(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    places[i] = {name_digest(entries[i].name), static_cast<std::uint32_t>(i)};
  }
  // Ties are broken by name and then by place, so that crafted collisions cost n log n, not n squared, and
  // the findings do not depend on the sorting.
  std::sort(places.begin(), places.end(), [&](const NamePlace& a, const NamePlace& b) {
    if (a.digest != b.digest) return a.digest < b.digest;
    const int order = order_of_names(entries[a.entry].name, entries[b.entry].name);
    return order != 0 ? order < 0 : a.entry < b.entry;
  });
  for (auto first = places.begin(); first != places.end();) {
    const auto last = std::find_if(first, places.end(),
                                   [&](const NamePlace& place) { return place.digest != first->digest; });
    if (last - first > 1) report_group(entries, std::span(first, last), findings);
    first = last;
  }
  return places;
}

}  // namespace formats::zip

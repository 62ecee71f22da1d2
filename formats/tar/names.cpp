#include "formats/tar/names.h"

#include "certstore/base/escape.h"
#include "formats/zip/entry_name.h"
#include "formats/zip/index.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace formats::tar {
namespace {

using certstore::in_quotes;
using certstore::IssueCode;
using zip::at_byte;

void sort_names(Index& index) {
  index.by_name.resize(index.entries.size());
  std::iota(index.by_name.begin(), index.by_name.end(), 0U);
  std::stable_sort(index.by_name.begin(), index.by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
    return is_before(index.entries[a].name, index.entries[b].name);
  });
}

void check_places(const Index& index, zip::Findings& findings) {
  std::vector<const Entry*> around;  // the entries beneath which the next may lie
  const Entry* before = nullptr;
  for (const std::uint32_t place : index.by_name) {
    const Entry& entry = index.entries[place];
    if (before != nullptr && before->name == entry.name) {
      findings.add(IssueCode::duplicate_entry, entry.name,
                   "there are two members of this name, the second" + at_byte(entry.header_offset));
    }
    while (!around.empty() && !is_beneath(entry.name, around.back()->name)) around.pop_back();
    if (!around.empty() && around.back()->type != EntryType::directory) {
      findings.entry(entry.name, "lies beneath " + in_quotes(around.back()->name) +
                                     ", which is no directory:" + at_byte(entry.header_offset));
    }
    around.push_back(&entry);
    before = &entry;
  }
}

void check_case(const Index& index, zip::Findings& findings) {
  std::vector<zip::NamePlace> places(index.entries.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = {zip::name_digest(index.entries[i].name), static_cast<std::uint32_t>(i)};
  }
  std::sort(places.begin(), places.end(), [](const zip::NamePlace& a, const zip::NamePlace& b) {
    return a.digest != b.digest ? a.digest < b.digest : a.entry < b.entry;
  });
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i].digest != places[i - 1].digest) continue;
    const std::string& name = index.entries[places[i].entry].name;
    const std::string& other = index.entries[places[i - 1].entry].name;
    if (name == other || !zip::equal_but_for_case(name, other)) continue;
    findings.add(IssueCode::names_equal_but_for_case, name,
                 "differs from " + in_quotes(other) + " in case only");
  }
}

// What is not in the archive would be taken from the disk.
void check_hard_links(const Index& index, zip::Findings& findings) {
  for (const Entry& entry : index.entries) {
    if (entry.type != EntryType::hard_link) continue;
    const Entry* const target = index.find(entry.link);
    if (target != nullptr && target < &entry && target->type == EntryType::file) continue;
    findings.entry(entry.name, "is a hard link to " + in_quotes(entry.link) +
                                   ", which is no file before it:" + at_byte(entry.header_offset));
  }
}

}  // namespace

bool is_before(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() || in_b == b.end()) return in_a == a.end() && in_b != b.end();
  if (*in_a == '/' || *in_b == '/') return *in_a == '/' && *in_b != '/';
  return static_cast<unsigned char>(*in_a) < static_cast<unsigned char>(*in_b);
}

bool is_beneath(std::string_view name, std::string_view folder) {
  return name.size() > folder.size() && name[folder.size()] == '/' && name.starts_with(folder);
}

std::string_view plain_name(std::string_view found) {
  if (found.starts_with("./")) found.remove_prefix(2);
  if (found.ends_with('/') && found.size() > 1) found.remove_suffix(1);
  return found.empty() ? "." : found;
}

std::string_view plain_name_fault(std::string_view name) {
  if (name.ends_with('/')) return "holds an empty segment";
  return name == "." ? std::string_view() : zip::name_fault(name);
}

void check_names(Index& index, zip::Findings& findings) {
  sort_names(index);
  check_places(index, findings);
  check_case(index, findings);
  check_hard_links(index, findings);
}

const Entry* Index::find(std::string_view name) const {
  const auto place = std::lower_bound(
      by_name.begin(), by_name.end(), name,
      [&](std::uint32_t entry, std::string_view wanted) { return is_before(entries[entry].name, wanted); });
  if (place == by_name.end() || entries[*place].name != name) return nullptr;
  return &entries[*place];
}

}  // namespace formats::tar

#include "verifier/diff.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <map>
#include <set>

namespace verifier {
namespace {

enum class Modes { compared, ignored };  // whether a file may be executed

struct Item {
  bool is_element = false;
  const formats::Element* element = nullptr;
  DiffSide side;
  Content content;
};

// Elements before files, then by id; of an element found twice the second one has a number.
using Items = std::map<std::pair<bool, std::string>, Item>;

// What has no layout is one file, which may be called anything.
bool is_one_file(const Report& report) {
  return report.entries.size() == 1 && (report.facts.whole || !report.is_meant_signed);
}

std::string name_of_entry(const Report& report, std::size_t entry) {
  return is_one_file(report) ? "the file" : report.entry_names[entry];
}

std::string content_of(const EntryReport& entry, Modes modes) {
  if (!entry.link_target.empty()) return content_of_link(entry.link_target);
  const bool is_executable = entry.is_executable && modes == Modes::compared;
  return certstore::to_hex(entry.sha256) + (is_executable ? " executable" : "");
}

std::vector<certstore::SignerIdentity> signers_of(const Report& report,
                                                  const std::vector<std::size_t>& indexes) {
  std::vector<certstore::SignerIdentity> signers;
  for (const std::size_t index : indexes) signers.push_back(report.signers[index].identity);
  std::sort(signers.begin(), signers.end(),
            [](const auto& a, const auto& b) { return a.sha256() < b.sha256(); });
  return signers;
}

void put(Items& items, std::string id, Item item) {
  std::string free = id;
  for (int number = 2; items.contains({!item.is_element, free}); ++number) {
    free = id + " (" + std::to_string(number) + ")";
  }
  items.emplace(std::make_pair(!item.is_element, std::move(free)), std::move(item));
}

// Signature files and directories are no content; what no signer covers by a lax policy is.
std::vector<bool> counted_entries(const Report& report) {
  std::set<std::string_view> uncovered;
  for (const certstore::Issue& issue : report.issues) {
    if (issue.code == certstore::IssueCode::uncovered_entry) uncovered.insert(issue.subject);
  }
  std::vector<bool> counted(report.entries.size());
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const std::string& name = report.entry_names[i];
    counted[i] = (report.entries[i].needs_cover && !name.ends_with('/')) || uncovered.contains(name);
  }
  return counted;
}

Items items_of(const Report& report, Modes modes) {
  Items items;
  std::vector<bool> counted = counted_entries(report);
  for (const ElementReport& element : report.elements) {
    Item item{.is_element = true, .element = &element.element, .side = {}, .content = {}};
    item.side = {false, element.element.version, element.element.owner, signers_of(report, element.signers)};
    for (const std::size_t entry : element.element.entries) {
      item.content[name_of_entry(report, entry)] = content_of(report.entries[entry], modes);
      counted[entry] = false;
    }
    put(items, is_one_file(report) ? "the file" : element.element.id, std::move(item));
  }
  for (std::size_t entry = 0; entry < counted.size(); ++entry) {
    if (!counted[entry]) continue;
    Item item;
    item.side.signers = signers_of(report, report.entries[entry].signers);
    item.content[name_of_entry(report, entry)] = content_of(report.entries[entry], modes);
    put(items, name_of_entry(report, entry), std::move(item));
  }
  return items;
}

// The files of a directory as the elements that they are in the package, and what is left as files.
Items items_of(const DirectoryContent& directory, const Report* package, const Items& package_items) {
  Items items;
  Content left = directory.files;
  const auto take = [&](const std::string& name, Item& item) {
    if (auto file = left.extract(name)) item.content.insert(std::move(file));
  };
  for (const auto& [key, of_package] : package_items) {
    Item item{.is_element = of_package.is_element, .element = of_package.element, .side = {}, .content = {}};
    item.side.in_directory = true;
    for (const auto& [name, bytes] : of_package.content) take(name, item);
    if (!item.content.empty()) items.emplace(key, std::move(item));
  }
  if (package != nullptr) {
    // Signature files: an import does not write them, and who unpacked the package otherwise has them.
    for (const std::string& name : package->entry_names) left.erase(name);
  }
  for (auto& [name, bytes] : left) {
    Item item;
    item.side.in_directory = true;
    item.content[name] = std::move(bytes);
    put(items, name, std::move(item));
  }
  return items;
}

const Report& require_entries(const Report& report) {
  if (!is_one_file(report)) return report;
  throw certstore::Error(certstore::ErrorKind::usage,
                         certstore::in_quotes(report.file) + " holds no files to compare with a directory's",
                         "name two files, or a package and a directory");
}

struct BothItems {
  Items before;
  Items after;
};

BothItems items_of(const Compared& before, const Compared& after) {
  const auto* const old_package = std::get_if<Report>(&before);
  const auto* const new_package = std::get_if<Report>(&after);
  if (old_package != nullptr && new_package != nullptr) {
    return {items_of(*old_package, Modes::compared), items_of(*new_package, Modes::compared)};
  }
  BothItems both;
  if (old_package != nullptr) both.before = items_of(require_entries(*old_package), Modes::ignored);
  if (new_package != nullptr) both.after = items_of(require_entries(*new_package), Modes::ignored);
  if (old_package == nullptr) {
    both.before = items_of(std::get<DirectoryContent>(before), new_package, both.after);
  }
  if (new_package == nullptr) {
    const Items none;
    both.after =
        items_of(std::get<DirectoryContent>(after), old_package, old_package == nullptr ? none : both.before);
  }
  return both;
}

Difference described(const std::string& id, const Item& item) {
  Difference found;
  found.is_element = item.is_element;
  found.id = id;
  if (item.element == nullptr) return found;
  found.kind = item.element->kind;
  found.name = item.element->name;
  found.folder = item.element->folder;
  return found;
}

Difference only_in_one(const std::string& id, const Item& item, bool added) {
  Difference found = described(id, item);
  (added ? found.after : found.before) = item.side;
  for (const auto& [name, bytes] : item.content) found.entries.push_back(name);
  return found;
}

std::vector<std::string> differing(const Content& before, const Content& after) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : before) {
    const auto other = after.find(name);
    if (other == after.end() || other->second != bytes || bytes.empty()) names.push_back(name);
  }
  for (const auto& [name, bytes] : after) {
    if (!before.contains(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_same_owner(const std::optional<formats::Owner>& a, const std::optional<formats::Owner>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->claimed_name == b->claimed_name && a->certificate == b->certificate;
}

std::optional<Difference> between(const std::string& id, const Item& before, const Item& after) {
  Difference found = described(id, after);
  found.entries = differing(before.content, after.content);
  found.changed = !found.entries.empty();
  if (!before.side.in_directory && !after.side.in_directory) {
    found.reowned = !is_same_owner(before.side.owner, after.side.owner);
    found.resigned = before.side.signers != after.side.signers;
  }
  if (!found.changed && !found.reowned && !found.resigned) return std::nullopt;
  found.before = before.side;
  found.after = after.side;
  return found;
}

bool has_meaning(const Compared& compared) {
  const auto* const report = std::get_if<Report>(&compared);
  return report == nullptr || report->verdict() != Verdict::invalid;
}

}  // namespace

certstore::ExitCode exit_code_of(const Compared& compared) {
  const auto* const report = std::get_if<Report>(&compared);
  return report == nullptr ? certstore::ExitCode::accepted : report->exit_code();
}

std::optional<Comparison> compare(const Compared& before, const Compared& after) {
  if (!has_meaning(before) || !has_meaning(after)) return std::nullopt;
  const auto [old_items, new_items] = items_of(before, after);
  std::set<std::pair<bool, std::string>> keys;
  for (const Items* items : {&old_items, &new_items}) {
    for (const auto& [key, item] : *items) keys.insert(key);
  }
  Comparison comparison;
  for (const auto& key : keys) {
    const auto was = old_items.find(key);
    const auto is = new_items.find(key);
    if (was == old_items.end()) {
      comparison.differences.push_back(only_in_one(key.second, is->second, true));
    } else if (is == new_items.end()) {
      comparison.differences.push_back(only_in_one(key.second, was->second, false));
    } else if (auto found = between(key.second, was->second, is->second)) {
      comparison.differences.push_back(std::move(*found));
    } else {
      ++comparison.same;
    }
  }
  return comparison;
}

}  // namespace verifier

#include "verifier/diff.h"

#include <algorithm>
#include <map>
#include <set>

namespace verifier {
namespace {

using Content = std::map<std::string, std::string>;  // what the bytes of each file are, by its name

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

std::string content_of(const EntryReport& entry) {
  return certstore::to_hex(entry.sha256) + (entry.is_executable ? " executable" : "") +
         (entry.link_target.empty() ? "" : " link to " + entry.link_target);
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

Items items_of(const Report& report) {
  Items items;
  std::vector<bool> counted = counted_entries(report);
  for (const ElementReport& element : report.elements) {
    Item item{.is_element = true, .element = &element.element, .side = {}, .content = {}};
    item.side = {element.element.version, element.element.owner, signers_of(report, element.signers)};
    for (const std::size_t entry : element.element.entries) {
      item.content[name_of_entry(report, entry)] = content_of(report.entries[entry]);
      counted[entry] = false;
    }
    put(items, is_one_file(report) ? "the file" : element.element.id, std::move(item));
  }
  for (std::size_t entry = 0; entry < counted.size(); ++entry) {
    if (!counted[entry]) continue;
    Item item;
    item.side.signers = signers_of(report, report.entries[entry].signers);
    item.content[name_of_entry(report, entry)] = content_of(report.entries[entry]);
    put(items, name_of_entry(report, entry), std::move(item));
  }
  return items;
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
    if (other == after.end() || other->second != bytes) names.push_back(name);
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
  found.reowned = !is_same_owner(before.side.owner, after.side.owner);
  found.resigned = before.side.signers != after.side.signers;
  if (!found.changed && !found.reowned && !found.resigned) return std::nullopt;
  found.before = before.side;
  found.after = after.side;
  return found;
}

}  // namespace

std::optional<Comparison> compare(const Report& before, const Report& after) {
  if (before.verdict() == Verdict::invalid || after.verdict() == Verdict::invalid) return std::nullopt;
  const Items old_items = items_of(before);
  const Items new_items = items_of(after);
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

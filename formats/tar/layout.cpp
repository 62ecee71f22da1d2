#include "formats/tar/layout.h"

#include "certstore/base/limits.h"
#include "formats/tar/names.h"

#include <algorithm>
#include <map>

namespace formats::tar {
namespace {

using certstore::IssueCode;

constexpr std::size_t kDigits = 3;

// Collects the entries by what they are.
class LayoutReader {
 public:
  LayoutReader(const Index& index, bool is_stream) : index_(index), is_stream_(is_stream) {}

  Layout read() {
    const auto& entries = index_.entries;
    const bool is_signed = std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
      return signature_number(entry.name).has_value();
    });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool is_own = entries[i].name == kFolder || is_beneath(entries[i].name, kFolder);
      (is_signed && is_own ? layout_.own : layout_.members).push_back(i);
    }
    for (const std::size_t entry : layout_.own) place(entry);
    pair_up();
    require_place();
    return std::move(layout_);
  }

 private:
  void note(IssueCode code, std::string_view subject, std::string detail) {
    layout_.issues.push_back({code, std::string(subject), std::move(detail)});
  }

  void place(std::size_t number) {
    const Entry& entry = index_.entries[number];
    if (entry.name == kFolder && entry.type == EntryType::directory) return;
    const auto pair = signature_number(entry.name);
    if (!pair || entry.type != EntryType::file) {
      return note(IssueCode::malformed_layout, entry.name,
                  "nothing but files NNN.mtree and NNN.p7s has a place in .signatures");
    }
    (entry.name.ends_with(kManifestEnd) ? manifests_ : signatures_).emplace(*pair, number);
  }

  void pair_up() {
    for (const auto& [number, manifest] : manifests_) {
      const auto signature = signatures_.find(number);
      if (signature != signatures_.end()) {
        layout_.signatures.push_back({number, manifest, signature->second});
      } else {
        note(IssueCode::signature_incomplete, index_.entries[manifest].name,
             "the signature beside it is missing");
      }
    }
    for (const auto& [number, signature] : signatures_) {
      if (manifests_.contains(number)) continue;
      note(IssueCode::signature_incomplete, index_.entries[signature].name,
           "the manifest beside it is missing");
    }
    if (layout_.signatures.size() <= certstore::limits::kTarSigners) return;
    note(IssueCode::malformed_layout, {},
         std::to_string(layout_.signatures.size()) + " signatures are too many");
  }

  // First or last, so that who reads the archive as a stream, or its end, meets all of them together.
  void require_place() {
    if (layout_.members.empty()) return;
    for (const std::size_t entry : layout_.own) {
      const bool before = entry < layout_.members.front();
      const bool behind = entry > layout_.members.back();
      if (before || (behind && !is_stream_)) continue;
      note(IssueCode::malformed_layout, index_.entries[entry].name,
           is_stream_ ? "in a compressed tar signatures stand before all else"
                      : "signatures stand before all else or behind it");
    }
  }

  const Index& index_;
  bool is_stream_;
  Layout layout_;
  std::map<unsigned, std::size_t> manifests_;
  std::map<unsigned, std::size_t> signatures_;
};

}  // namespace

std::optional<unsigned> signature_number(std::string_view name) {
  if (!is_beneath(name, kFolder)) return std::nullopt;
  const std::string_view leaf = name.substr(kFolder.size() + 1);
  const std::string_view end = leaf.substr(std::min(kDigits, leaf.size()));
  if (end != kManifestEnd && end != kSignatureEnd) return std::nullopt;
  unsigned number = 0;
  for (const char digit : leaf.substr(0, kDigits)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

std::string signature_name(unsigned number, std::string_view end) {
  std::string digits = std::to_string(number);
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  return std::string(kFolder) + "/" + digits + std::string(end);
}

Layout layout_of(const Index& index, bool is_stream) {
  return LayoutReader(index, is_stream).read();
}

}  // namespace formats::tar

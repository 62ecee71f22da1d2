#include "formats/zip/index.h"

#include "formats/zip/central_directory.h"
#include "formats/zip/end_record.h"
#include "formats/zip/entry_name.h"
#include "formats/zip/findings.h"
#include "formats/zip/local_headers.h"
#include "formats/zip/record.h"

#include <algorithm>
#include <array>
#include <optional>

namespace formats::zip {

std::string_view Names::keep(std::string_view name) {
  if (name.empty()) return {};
  auto* const place = static_cast<char*>(memory_->allocate(name.size(), 1));
  std::copy(name.begin(), name.end(), place);
  return {place, name.size()};
}

const Entry* Index::find(std::string_view name) const {
  const std::uint64_t digest = name_digest(name);
  // By the whole order of sort_names(): names of one digest can be made, as many as somebody likes.
  const auto place =
      std::lower_bound(by_name.begin(), by_name.end(), digest, [&](const NamePlace& a, std::uint64_t b) {
        return a.digest != b ? a.digest < b : order_of_names(entries[a.entry].name, name) < 0;
      });
  if (place == by_name.end() || entries[place->entry].name != name) return nullptr;
  return &entries[place->entry];
}

bool IndexResult::sound() const {
  return !certstore::any_with_effect(issues, certstore::Effect::invalid);
}

bool looks_like_zip(const certstore::InputFile& file) {
  std::array<std::uint8_t, 4> start{};
  if (file.size() < start.size()) return false;
  file.read_at(0, start);
  const std::string_view mark = certstore::as_text(start);
  // The descriptor's mark is also that of an archive over several disks (APPNOTE.TXT 8.5.3).
  return mark == kLocalMark || mark == kEndMark || mark == kDescriptorMark ||
         (file.size() >= kEndSize && has_end_record(file));
}

IndexResult read_index(const certstore::InputFile& file) {
  IndexResult result;
  Findings findings;
  std::optional<EndRecord> end = read_end_record(file, findings);
  if (end) {
    Index& index = result.index;
    index.entries = read_central_directory(file, *end, index.names, findings);
    index.by_name = sort_names(index.entries, findings);
    // Where a record could not be read, every later entry would look like a hidden one.
    if (index.entries.size() == end->entries) {
      check_local_headers(file, end->central_offset, index.entries, findings);
    }
    index.comment = std::move(end->comment);
    index.central_offset = end->central_offset;
    index.central_size = end->central_size;
  }
  result.issues = findings.take();
  return result;
}

}  // namespace formats::zip

#include "verifier/older_elements.h"

#include <algorithm>
#include <string>

namespace verifier {
namespace {

constexpr std::string_view kDigits = "0123456789";

// Whether `version` is numbers with single dots between.
bool has_numbers_only(std::string_view version) {
  for (;;) {
    const std::size_t end = std::min(version.find('.'), version.size());
    const std::string_view number = version.substr(0, end);
    if (number.empty() || number.find_first_not_of(kDigits) != std::string_view::npos) return false;
    if (end == version.size()) return true;
    version.remove_prefix(end + 1);
  }
}

// Takes the first number, zeros in front left out: empty for zero and where there is none.
std::string_view take_number(std::string_view& version) {
  const std::size_t end = std::min(version.find('.'), version.size());
  std::string_view number = version.substr(0, end);
  version.remove_prefix(std::min(end + 1, version.size()));
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

}  // namespace

std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b) {
  if (!has_numbers_only(a) || !has_numbers_only(b)) return std::nullopt;
  while (!a.empty() || !b.empty()) {
    const std::string_view left = take_number(a);
    const std::string_view right = take_number(b);
    // As text of any length: no number is too large.
    if (left.size() != right.size()) return left.size() <=> right.size();
    if (left != right) return left <=> right;
  }
  return std::strong_ordering::equal;
}

void mark_older(const Report& report, const formats::SignedPackage& package, const ImportTarget& target,
                std::vector<TreeChange>& changes) {
  const formats::FileReader read = [&](const std::string& name, std::size_t most) {
    return target.read(name, most);
  };
  for (const ElementReport& found : report.elements) {
    const formats::Element& element = found.element;
    const bool differs = std::any_of(element.entries.begin(), element.entries.end(),
                                     [&](std::size_t entry) { return would_replace(changes.at(entry)); });
    if (!differs || element.version.empty()) continue;
    const auto order = compare_versions(element.version, package.version_elsewhere(element, read));
    if (order != std::strong_ordering::less) continue;
    for (const std::size_t entry : element.entries) {
      if (changes[entry] == TreeChange::changed) changes[entry] = TreeChange::older;
    }
  }
}

}  // namespace verifier

// The elements of a package as the import prompt lists and numbers them: by their signers, then by owner.
#pragma once

#include "verifier/report.h"

#include <cstddef>
#include <string>
#include <vector>

namespace verifier {

// Elements of one owner by the same signers.
struct ElementGroup {
  std::vector<std::size_t> signers;  // that cover each of them; may be empty
  const formats::Owner* owner;  // of the first of them; null: they name none. Lives as long as the report
  bool owner_trusted = false;
  std::vector<std::size_t> elements;  // ascending indexes into Report::elements
};

// Every element once. Groups of the same signers stand together; both signers and owners come in the order
// in which the package has them first.
[[nodiscard]] std::vector<ElementGroup> group_elements(const Report& report);

// The element of each number that a person sees, which begin with 1, in one run over all groups.
[[nodiscard]] std::vector<std::size_t> numbered(const std::vector<ElementGroup>& groups);

}  // namespace verifier

// Whether what an import would replace has a higher version.
#pragma once

#include "formats/format.h"
#include "verifier/import_tree.h"
#include "verifier/report.h"

#include <compare>
#include <optional>
#include <string_view>
#include <vector>

namespace verifier {

// Compares versions of numbers with dots between, number by number; what is absent at the end counts as 0.
// Nothing if either is of another form: then no order is known.
[[nodiscard]] std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b);

// Makes `changed` in `changes` (by entry) `older` for elements of the report whose version is lower than the
// one that their files in the target state. `package` is the report's.
void mark_older(const Report& report, const formats::SignedPackage& package, const ImportTarget& target,
                std::vector<TreeChange>& changes);

}  // namespace verifier

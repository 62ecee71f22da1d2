// What an entry may be called, and which names are the same.
#pragma once

#include "formats/zip/findings.h"
#include "formats/zip/index.h"

#include <span>
#include <string_view>
#include <vector>

namespace formats::zip {

// Whether a backslash in `name` could be meant as a separator: any but one that escapes ',', '+' or ';', as
// RFC 4514 2.4 writes "Example, Inc." in the certificate names of real packages (docs/decisions/0006).
[[nodiscard]] bool has_separator_backslash(std::string_view name);

// Returns why `name` is unsafe or could be read in two ways, or nothing if it is neither.
[[nodiscard]] std::string_view name_fault(std::string_view name);

// Returns the places of all names sorted by digest. Reports names that are equal (also where one has a '/'
// more at the end: they extract to one path) and names that are equal but for the case of letters.
[[nodiscard]] std::vector<NamePlace> sort_names(std::span<const Entry> entries, Findings& findings);

// The digest by which sort_names() sorts: of the name in lower case without a final '/'.
[[nodiscard]] std::uint64_t name_digest(std::string_view name);
// How sort_names() orders names of one digest: below zero if `a` comes first, zero for the same bytes.
[[nodiscard]] int order_of_names(std::string_view a, std::string_view b);
// Whether two names are the same in lower case, without a final '/'.
[[nodiscard]] bool equal_but_for_case(std::string_view a, std::string_view b);

}  // namespace formats::zip

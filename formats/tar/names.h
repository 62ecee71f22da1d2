// What members may be called, and how their names must stand to each other.
#pragma once

#include "formats/tar/index.h"
#include "formats/zip/findings.h"

#include <string>
#include <string_view>

namespace formats::tar {

// A name as found, without one "./" before it and without '/' behind it; "." for the root.
[[nodiscard]] std::string_view plain_name(std::string_view found);

// Returns why a plain name is unsafe or could be read in two ways, or nothing.
[[nodiscard]] std::string_view plain_name_fault(std::string_view name);

// Whether `a` comes before `b` where '/' is the least of all letters: then a folder stands directly before
// what is in it.
[[nodiscard]] bool is_before(std::string_view a, std::string_view b);
[[nodiscard]] bool is_beneath(std::string_view name, std::string_view folder);

// Fills `by_name`. Finds names that occur twice, that differ in case only, that lie beneath what is no
// directory, and hard links to what is no file before them.
void check_names(Index& index, zip::Findings& findings);

}  // namespace formats::tar

// The parts of the HTML report about one file; every text in them is escaped() and then a node of a tree.
#pragma once

#include "certstore/base/error.h"
#include "verifier/report.h"

#include <string>
#include <string_view>

namespace verifier {

// What stands in the <article> of a file: the verdict first.
[[nodiscard]] std::string html_of(const Report& report);
[[nodiscard]] std::string html_of_trouble(std::string_view file, const certstore::Error& error);

// The cells of its row in the table of all files: verdict, name, exit code.
[[nodiscard]] std::string html_row(const Report& report);
[[nodiscard]] std::string html_row_of_trouble(std::string_view file, const certstore::Error& error);

}  // namespace verifier

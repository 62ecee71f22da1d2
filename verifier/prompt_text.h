// What the import prompt shows before it asks, fitted to the width of the terminal. Everything that a package
// or a certificate chose is escaped.
#pragma once

#include "verifier/import_question.h"
#include "verifier/import_selection.h"
#include "verifier/import_tree.h"
#include "verifier/text_style.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace verifier {

struct PromptPage {
  TextStyle style;
  unsigned columns = 80;
};

// `text` (escaped, on one line) broken between words, or within one that is wider than a line; every line
// after the first begins with `indent` spaces. `start` is the column where the first one begins.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t start, std::size_t indent,
                                  std::size_t columns);

// How an element, or everything that is selected, stands to the target; `changes` by entry, as
// ImportTarget::compare() found them.
[[nodiscard]] TreeChange change_of(const ElementReport& element, const std::vector<TreeChange>& changes);
[[nodiscard]] std::string_view name_of(TreeChange change);  // "new", "same", "changed", "older"

// The package, the four answers, the exporter and every further signer and owner, namesakes, and what the
// format cannot prove.
void write_question(const Report& report, const Question& question, const certstore::TrustPolicy& policy,
                    const PromptPage& page, std::ostream& out);
// One line or more for each element, numbered as numbered() says, under headings of their signers and
// owners (element_groups.h); `changes` may be empty.
void write_elements(const Report& report, const std::vector<TreeChange>& changes, const PromptPage& page,
                    std::ostream& out);
// A sentence that must not be overlooked.
void write_warning(std::string_view sentence, const PromptPage& page, std::ostream& out);

}  // namespace verifier

// What a report says, in the words that text and HTML share.
#pragma once

#include "verifier/answers.h"
#include "verifier/report.h"

#include <string>
#include <string_view>
#include <vector>

namespace verifier {

// "1 entry", "2 entries".
[[nodiscard]] std::string count_of(std::size_t count, std::string_view singular, std::string_view plural);

// One of: content, certificate, trust, known before, bound; safe to print.
struct AnswerLine {
  std::string_view label;
  std::string text;
  bool is_good = false;
};
// Those that apply.
[[nodiscard]] std::vector<AnswerLine> answer_lines(const Report& report);

// "11: intact, but something in it has no trusted signer".
[[nodiscard]] std::string code_in_words(const Report& report);
// ", 2 confirmed, 1 other key".
[[nodiscard]] std::string standings_of(const OwnerCount& owner);
// "RSA 3072 bits".
[[nodiscard]] std::string key_of(const certstore::SignerIdentity& identity);

using IssueGroup = std::vector<const certstore::Issue*>;
// By kind, the gravest effect first, otherwise as found; they point into `issues`.
[[nodiscard]] std::vector<IssueGroup> groups_by_kind(const certstore::Issues& issues);

}  // namespace verifier

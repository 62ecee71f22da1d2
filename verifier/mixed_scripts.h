// Words that mix letters of several scripts, as Latin with Cyrillic ones that look the same: how a name is
// made to look like another one (UTS 39, section 5.2).
#pragma once

#include <string>
#include <string_view>

namespace verifier {

// The scripts of the first word of `name` that mixes some no language mixes, as "Latin and Cyrillic"; empty
// if there is none. Digits, marks and punctuation belong to every script; Japanese and Korean mix theirs.
// What is not UTF-8 is not looked at: it is shown escaped.
[[nodiscard]] std::string mixed_scripts(std::string_view name);

// `name` with every letter beyond ASCII as \u{…}, to be told from its looks; other bytes as escaped() has
// them.
[[nodiscard]] std::string spelled_out(std::string_view name);

}  // namespace verifier

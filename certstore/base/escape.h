// Untrusted text made safe for people: terminals, logs, pasted shell lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace certstore {

// Returns `text` with everything that a terminal or a reader's eye could take for something else written as
// \xHH or \u{H...}: C0 and C1 control characters, DEL, invalid UTF-8, bidi and zero-width marks, line
// separators, noncharacters, and the backslash itself. The result is valid UTF-8 on one line, injective.
[[nodiscard]] std::string escaped(std::string_view text);

// escaped() between single quotes, cut with "..." after `limit` characters of the original (0: never cut).
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t limit = 200);

// Returns a word that a POSIX shell reads as exactly `text`, safe to print on a terminal: plain when it is
// made of harmless characters, '...' quoted, or $'...' with escapes where it holds characters that
// escaped() would change. An operand that begins with '-' comes back as ./-...
[[nodiscard]] std::string shell_quoted(std::string_view text);

// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace certstore

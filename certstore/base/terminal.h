// The person at the terminal: whether there is one, and what they type.
#pragma once

#include "certstore/base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace certstore {

// Whether a person can be asked: stdin and stderr are terminals, CI is not set in the environment.
[[nodiscard]] bool has_person();
// Columns of the terminal on stderr, 80 when unknown.
[[nodiscard]] unsigned terminal_columns();

// Prints `prompt` on stderr and reads one line; empty at end of file. Throws Error(interrupted) on Ctrl-C,
// Error(usage) for a reply longer than limits::kReplySize. A resize does not disturb it.
[[nodiscard]] std::optional<std::string> ask_line(std::string_view prompt);
// Asks "question [y/N] ": true for y, Y and yes, and for nothing else. Throws likewise.
[[nodiscard]] bool is_confirmed(std::string_view question);
// As ask_line() without echo, in locked memory. The terminal is as before on every way out, signals
// included; after Ctrl-Z and fg it is asked again, without echo.
[[nodiscard]] std::optional<SecretBytes> ask_secret(std::string_view prompt);

}  // namespace certstore

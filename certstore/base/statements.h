// The statements of the small files that people write, lists of keys and policies: one a line, '#' begins a
// comment.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace certstore {

// Without spaces, tabs and carriage returns at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// Calls `take` with the number of the line, from 1, and its trimmed text, where there is any beside a
// comment.
void for_each_statement(std::string_view text,
                        const std::function<void(std::size_t, std::string_view)>& take);

}  // namespace certstore

// UTF-16BE, in which the product stores most of its XML, to and from UTF-8. Strict: a lone surrogate, an odd
// byte or ill-formed UTF-8 has no translation.
#pragma once

#include "certstore/base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace formats {

enum class TextEncoding { utf8, utf16be };

// Whether the bytes begin with FE FF.
[[nodiscard]] bool has_utf16be_mark(certstore::ByteView bytes);
// Translates UTF-16BE without byte order mark; empty if it is ill-formed.
[[nodiscard]] std::optional<std::string> utf8_from_utf16be(certstore::ByteView bytes);
// Translates well-formed UTF-8, without adding a byte order mark; throws Error(malformed) for other bytes.
[[nodiscard]] certstore::Bytes utf16be_from_utf8(std::string_view text);

}  // namespace formats

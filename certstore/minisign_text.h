// The text form that minisign and signify have for keys and signatures: comment lines and base64 lines by
// turns. Read strictly, so that no two programs take a file differently.
#pragma once

#include "certstore/bare_key.h"

#include <string>
#include <string_view>
#include <vector>

namespace certstore {

inline constexpr std::string_view kUntrustedComment = "untrusted comment: ";

// Whether it begins as such a file does.
[[nodiscard]] bool looks_like_minisign(ByteView file);

// One line of UTF-8 without control characters but the tab.
[[nodiscard]] bool is_minisign_text(std::string_view line);

// Its lines without their ends (LF, or CRLF throughout). Throws Error(malformed) naming `what` for a file
// longer than limits::kMinisignFile, another number of lines than one of `counts`, a control character other
// than the tab, and text that is not UTF-8.
[[nodiscard]] std::vector<std::string> minisign_lines(ByteView file,
                                                      std::initializer_list<std::size_t> counts,
                                                      std::string_view what);
// The bytes of a base64 line. Throws likewise unless there are `size` of them.
[[nodiscard]] Bytes minisign_bytes(const std::string& line, std::size_t size, std::string_view what);

// A public key file of either program (KEY.pub). Throws Error(malformed) for anything else. The untrusted
// comment is not kept: it says what anyone liked to write.
[[nodiscard]] BareKey read_minisign_public_key(ByteView file, std::string_view what);
// As minisign writes it.
[[nodiscard]] std::string to_minisign_public_key(const BareKey& key);

}  // namespace certstore

// The lines of a manifest or certificate file: ended by LF or CR LF, the last one by nothing too.
#pragma once

#include "certstore/base/bytes.h"

#include <functional>
#include <string_view>

namespace formats::ova {

// Calls `take` with each line, without its end, and its number from 1. Throws Error(malformed) for a text
// that is longer than limits::kOvaText, or has NUL, a carriage return alone or a tab in it.
void for_each_line(certstore::ByteView text,
                   const std::function<void(std::string_view line, std::size_t number)>& take);

}  // namespace formats::ova

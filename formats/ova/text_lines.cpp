#include "formats/ova/text_lines.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"

#include <algorithm>
#include <string>

namespace formats::ova {

void for_each_line(certstore::ByteView text,
                   const std::function<void(std::string_view line, std::size_t number)>& take) {
  using certstore::Error;
  using certstore::ErrorKind;
  if (text.size() > certstore::limits::kOvaText) {
    throw Error(ErrorKind::malformed, "it has more than " + std::to_string(certstore::limits::kOvaText) +
                                          " bytes, and no more are read");
  }
  std::string_view rest = certstore::as_text(text);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool plain = std::none_of(line.begin(), line.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    // Of two readers one would end the line there, and the other would not.
    if (!plain) {
      throw Error(ErrorKind::malformed, "line " + std::to_string(number) + " holds a control character");
    }
    take(line, number);
  }
}

}  // namespace formats::ova

// Strict XML events over a document in memory: no internal subset, no entities but the five, nothing is ever
// fetched. Expat does the parsing; this decides what is let through.
#pragma once

#include "certstore/base/bytes.h"
#include "formats/text_encoding.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace formats {

struct XmlAttribute {
  std::string_view name;
  std::string_view value;
};

// What a reader wants to hear; all text is UTF-8 and valid only during the call. A handler may throw
// Error(malformed), which read_xml() passes on.
class XmlEvents {
 public:
  virtual ~XmlEvents() = default;
  virtual void declaration(std::optional<std::string_view> encoding, std::optional<bool> standalone);
  virtual void doctype();
  virtual void start(std::string_view name, std::span<const XmlAttribute> attributes) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view characters) = 0;
};

// The one DOCTYPE that a document may have: `<!DOCTYPE name SYSTEM "system_id">`.
struct AllowedDoctype {
  std::string_view name;
  std::string_view system_id;
};

// The encoding that a document's first bytes say: UTF-16BE with its mark, else UTF-8. The product's data
// files say UTF-8 in their declaration and are UTF-16BE, so the mark decides.
[[nodiscard]] TextEncoding encoding_of(certstore::ByteView document);

// Reads the whole document; throws Error(malformed) naming `what` if it is not well-formed, has another
// DOCTYPE than `allowed`, or refers to an entity beyond the five.
void read_xml(certstore::ByteView document, std::string_view what, std::optional<AllowedDoctype> allowed,
              XmlEvents& events);

}  // namespace formats

// The text of a JAR's manifest and signature files (JAR File Specification, "JAR Manifest"): sections of
// attributes, with the exact bytes of each section, which is what digests are over. One pass, no copies but
// of folded lines. Says nothing about what the attributes mean.
#pragma once

#include "certstore/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace formats::jar {

struct Attribute {
  std::string_view name;  // as written; compare with is_name()
  std::string_view value;
};

// Bytes [begin, end) of the text, the empty line that closes it included.
struct Section {
  std::string_view name;  // the value of its first attribute, Name; empty in the main section
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t first = 0;  // its attributes, Name left out
  std::uint32_t count = 0;
};

class Text {
 public:
  // Reads `bytes`, which must outlive the text. Throws Error(malformed) naming `what` and the line for
  // everything that two readers could take differently: NUL, a line without end, a line that is no attribute,
  // an attribute twice in a section, a section that does not begin with Name, a name that is a path with
  // "./" or "/" in front. CR, LF and CRLF end a line; a line that begins with a space continues the one
  // before.
  static Text parse(certstore::ByteView bytes, std::string_view what);
  Text(Text&&) = default;  // a copy would refer to the unfolded lines of the original

  [[nodiscard]] const Section& main() const { return sections_.front(); }
  // The others, in their order.
  [[nodiscard]] std::span<const Section> sections() const { return std::span(sections_).subspan(1); }
  [[nodiscard]] std::span<const Attribute> attributes(const Section& section) const {
    return std::span(attributes_).subspan(section.first, section.count);
  }
  // The value of the attribute of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> find(const Section& section, std::string_view name) const;
  [[nodiscard]] certstore::ByteView bytes_of(const Section& section) const {
    return bytes_.subspan(section.begin, section.end - section.begin);
  }
  [[nodiscard]] certstore::ByteView bytes() const { return bytes_; }
  // Whether an empty line closes the last section: if not, sections added behind would change it.
  [[nodiscard]] bool is_closed() const { return closed_; }

 private:
  friend class TextParser;
  Text() = default;
  certstore::ByteView bytes_;
  std::vector<Section> sections_;  // the main section first
  std::vector<Attribute> attributes_;
  std::vector<char> unfolded_;  // what the views of folded lines refer to; never grows beyond its reserve
  bool closed_ = true;
};

// Whether `name` is the attribute's name `wanted`, but for the case of ASCII letters.
[[nodiscard]] bool is_name(std::string_view name, std::string_view wanted);

// Appends "Name: value" as lines of at most 72 bytes (CRLF left out), folded as the specification says.
void append_attribute(certstore::Bytes& out, std::string_view name, std::string_view value);
void append_line_end(certstore::Bytes& out);

}  // namespace formats::jar

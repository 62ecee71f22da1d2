// java.util.Properties in XML, as the product writes dunes-meta-inf and info: read strictly into an ordered
// map, and written from the map in the manner of what was read. Nothing is ever spliced as text.
#pragma once

#include "certstore/base/bytes.h"
#include "formats/text_encoding.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace formats {

// How a document is written: kept as found, since the product's own readers are known to take it.
struct PropertiesStyle {
  TextEncoding encoding = TextEncoding::utf8;  // UTF-16BE comes with its byte order mark
  std::optional<bool> standalone;              // absent: not stated (servers from 8.4)
  bool has_doctype = true;
  std::optional<std::string> comment;
};

class Properties {
 public:
  using Pair = std::pair<std::string, std::string>;

  Properties() = default;
  explicit Properties(PropertiesStyle style) : style_(std::move(style)) {}

  // Reads a document of at most limits::kPropertiesSize in UTF-8 without mark or UTF-16BE with mark, agreeing
  // with its declaration; DOCTYPE only as java.util.Properties writes it. Throws Error(malformed) naming
  // `what`, also for a key that comes twice, of which java.util.Properties would keep the last.
  static Properties parse(certstore::ByteView document, std::string_view what);

  // In the order as found, new ones last. All text is UTF-8.
  [[nodiscard]] const std::vector<Pair>& pairs() const { return pairs_; }
  [[nodiscard]] const PropertiesStyle& style() const { return style_; }
  // Returns the value, or null where the key is absent; valid until the next set().
  [[nodiscard]] const std::string* find(std::string_view key) const;
  void set(std::string_view key, std::string value);
  void erase(std::string_view key);

  // Returns the document in style(), which was read again and found to hold exactly these pairs. Throws
  // Error(malformed) naming `what` if a text cannot stand in XML.
  [[nodiscard]] certstore::Bytes write(std::string_view what) const;

 private:
  PropertiesStyle style_;
  std::vector<Pair> pairs_;
};

// The keys that only one of the two has, or with another value, sorted.
[[nodiscard]] std::vector<std::string> differing_keys(const Properties& a, const Properties& b);

}  // namespace formats

#include "formats/properties.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/xml_reader.h"

#include <algorithm>
#include <map>
#include <set>

namespace formats {
namespace {

using certstore::Error;
using certstore::ErrorKind;

constexpr AllowedDoctype kDoctype = {"properties", "http://java.sun.com/dtd/properties.dtd"};

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// The grammar of properties.dtd: properties (comment?, entry*), each entry with exactly the attribute key.
class PropertiesEvents final : public XmlEvents {
 public:
  explicit PropertiesEvents(TextEncoding encoding) { style.encoding = encoding; }

  void declaration(std::optional<std::string_view> encoding, std::optional<bool> standalone) override {
    // A document whose mark and declaration disagree is read differently by different programs.
    const std::string_view expected = style.encoding == TextEncoding::utf8 ? "UTF-8" : "UTF-16";
    if (encoding && !equal_but_for_case(*encoding, expected)) refuse("is not in the encoding that it states");
    style.standalone = standalone;
  }
  void doctype() override { style.has_doctype = true; }

  void start(std::string_view name, std::span<const XmlAttribute> attributes) override {
    if (place_ == Place::outside && name == "properties") {
      // properties.dtd fixes version="1.0".
      if (attributes.size() > 1 ||
          (attributes.size() == 1 && (attributes[0].name != "version" || attributes[0].value != "1.0"))) {
        refuse("has an unknown attribute");
      }
      place_ = Place::properties;
    } else if (place_ == Place::properties && name == "comment" && !style.comment && pairs.empty() &&
               attributes.empty()) {
      place_ = Place::comment;
      style.comment.emplace();
    } else if (place_ == Place::properties && name == "entry" && attributes.size() == 1 &&
               attributes[0].name == "key") {
      place_ = Place::entry;
      if (!keys_.emplace(attributes[0].value).second) {
        refuse("has the key " + certstore::in_quotes(attributes[0].value) + " twice");
      }
      pairs.emplace_back(attributes[0].value, "");
    } else {
      refuse("has an element " + certstore::in_quotes(name) + " where properties have none");
    }
  }
  void end(std::string_view) override {
    place_ = place_ == Place::properties ? Place::outside : Place::properties;
  }
  void text(std::string_view characters) override {
    if (place_ == Place::comment) {
      style.comment->append(characters);
    } else if (place_ == Place::entry) {
      pairs.back().second.append(characters);
    } else if (characters.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      refuse("has text between its properties");
    }
  }

  PropertiesStyle style{.has_doctype = false};
  std::vector<Properties::Pair> pairs;

 private:
  enum class Place { outside, properties, comment, entry };
  [[noreturn]] static void refuse(const std::string& reason) { throw Error(ErrorKind::malformed, reason); }
  std::set<std::string, std::less<>> keys_;
  Place place_ = Place::outside;
};

std::string xml_escaped(std::string_view text, bool in_attribute) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      // Written plainly, a reader turns these into a space or a line feed (XML 1.0 2.11, 3.3.3).
      case '\r':
        out += "&#13;";
        break;
      case '\n':
        out += in_attribute ? "&#10;" : "\n";
        break;
      case '\t':
        out += in_attribute ? "&#9;" : "\t";
        break;
      case '"':
        out += in_attribute ? "&quot;" : "\"";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

// Line by line as java.util.Properties.storeToXML does.
std::string document_of(const PropertiesStyle& style, const std::vector<Properties::Pair>& pairs) {
  std::string text = R"(<?xml version="1.0" encoding=")";
  text += style.encoding == TextEncoding::utf8 ? "UTF-8\"" : "UTF-16\"";
  if (style.standalone) text += *style.standalone ? R"( standalone="yes")" : R"( standalone="no")";
  text += "?>\n";
  if (style.has_doctype) {
    text +=
        "<!DOCTYPE " + std::string(kDoctype.name) + " SYSTEM \"" + std::string(kDoctype.system_id) + "\">\n";
  }
  text += "<properties>\n";
  if (style.comment) text += "<comment>" + xml_escaped(*style.comment, false) + "</comment>\n";
  for (const auto& [key, value] : pairs) {
    text += "<entry key=\"" + xml_escaped(key, true) + "\"";
    text += value.empty() ? "/>\n" : ">" + xml_escaped(value, false) + "</entry>\n";
  }
  return text + "</properties>\n";
}

}  // namespace

Properties Properties::parse(certstore::ByteView document, std::string_view what) {
  if (document.size() > certstore::limits::kPropertiesSize) {
    throw Error(ErrorKind::malformed, certstore::in_quotes(what) + " has " + std::to_string(document.size()) +
                                          " bytes, too many for properties");
  }
  if (certstore::as_text(document).starts_with("\xEF\xBB\xBF")) {
    throw Error(ErrorKind::malformed, certstore::in_quotes(what) + " begins with a UTF-8 byte order mark");
  }
  PropertiesEvents events(encoding_of(document));
  read_xml(document, what, kDoctype, events);
  Properties properties(std::move(events.style));
  properties.pairs_ = std::move(events.pairs);
  return properties;
}

const std::string* Properties::find(std::string_view key) const {
  const auto found =
      std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& p) { return p.first == key; });
  return found == pairs_.end() ? nullptr : &found->second;
}

void Properties::set(std::string_view key, std::string value) {
  const auto found =
      std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& p) { return p.first == key; });
  if (found == pairs_.end()) {
    pairs_.emplace_back(key, std::move(value));
  } else {
    found->second = std::move(value);
  }
}

void Properties::erase(std::string_view key) {
  std::erase_if(pairs_, [&](const Pair& p) { return p.first == key; });
}

certstore::Bytes Properties::write(std::string_view what) const {
  const std::string text = document_of(style_, pairs_);
  certstore::Bytes document;
  if (style_.encoding == TextEncoding::utf8) {
    certstore::append(document, certstore::as_bytes(text));
  } else {
    document = {0xFE, 0xFF};
    certstore::append(document, utf16be_from_utf8(text));
  }
  if (parse(document, what).pairs() != pairs_) {
    throw Error(ErrorKind::malformed, certstore::in_quotes(what) + " does not read as it was written");
  }
  return document;
}

std::vector<std::string> differing_keys(const Properties& a, const Properties& b) {
  const std::map<std::string, std::string> left(a.pairs().begin(), a.pairs().end());
  const std::map<std::string, std::string> right(b.pairs().begin(), b.pairs().end());
  std::set<std::string> keys;
  const auto collect = [&keys](const auto& from, const auto& other) {
    for (const auto& [key, value] : from) {
      const auto found = other.find(key);
      if (found == other.end() || found->second != value) keys.insert(key);
    }
  };
  collect(left, right);
  collect(right, left);
  return {keys.begin(), keys.end()};
}

}  // namespace formats

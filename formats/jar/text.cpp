#include "formats/jar/text.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace formats::jar {
namespace {

using certstore::Error;
using certstore::ErrorKind;

// The bound of java.util.jar on a line, without its end; writers keep to 72.
constexpr std::size_t kLongestLine = 511;
// JAR File Specification: names have at most 70 bytes (72 with ": "), values at most 65,535.
constexpr std::size_t kLongestName = 70;
constexpr std::size_t kLongestValue = 65535;
constexpr std::size_t kWrittenLine = 72;
// Below this, comparing each with each is cheaper than a table.
constexpr std::size_t kFewAttributes = 8;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

}  // namespace

// Reads line by line; each attribute becomes whole when the next line does not continue it.
class TextParser {
 public:
  TextParser(certstore::ByteView bytes, std::string_view what)
      : text_(certstore::as_text(bytes)), what_(what) {
    out_.bytes_ = bytes;
    // Views into it must stay: what is unfolded is never longer than the text.
    out_.unfolded_.reserve(bytes.size());
  }

  Text parse() {
    if (text_.size() > certstore::limits::kJarTextSize) fail("is too large");
    out_.sections_.emplace_back();
    while (at_ < text_.size()) take_line();
    end_section(at_, false);
    out_.closed_ = !in_section_;
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorKind::malformed, certstore::in_quotes(what_) + " " + why);
  }
  [[noreturn]] void fail_at_line(const std::string& why) const {
    fail("line " + std::to_string(line_number_) + ": " + why);
  }

  // One line, its end taken too.
  void take_line() {
    ++line_number_;
    const std::size_t begin = at_;
    const std::size_t end = text_.find_first_of(std::string_view("\r\n\0", 3), at_);
    if (end == std::string_view::npos) fail_at_line("the last line has no end");
    if (text_[end] == '\0') fail_at_line("it holds a NUL");
    at_ = end + (text_.substr(end, 2) == "\r\n" ? 2 : 1);
    const std::string_view line = text_.substr(begin, end - begin);
    if (line.size() > kLongestLine) fail_at_line("it has more than 511 bytes");
    if (line.empty()) {
      end_section(at_, true);
    } else if (line.front() == ' ') {
      continue_attribute(line.substr(1));
    } else {
      begin_attribute(line, begin);
    }
  }

  Section& section() { return out_.sections_.back(); }

  void begin_attribute(std::string_view line, std::size_t begin) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) fail_at_line("it is no attribute 'name: value'");
    const Attribute attribute{line.substr(0, colon), line.substr(colon + 2)};
    if (attribute.name.empty() || attribute.name.size() > kLongestName || attribute.name.front() == '-' ||
        attribute.name.front() == '_' ||
        !std::all_of(attribute.name.begin(), attribute.name.end(), is_name_character)) {
      fail_at_line("it is no attribute 'name: value'");
    }
    end_attribute();
    if (is_name(attribute.name, "Name") && (in_section_ || !main_done_)) {
      fail_at_line("the name of an entry does not begin its section");
    }
    if (!in_section_) begin_section(begin, attribute.name);
    out_.attributes_.push_back(attribute);
    folded_ = false;
  }

  void begin_section(std::size_t begin, std::string_view first_name) {
    in_section_ = true;
    if (!main_done_) return;
    if (!is_name(first_name, "Name")) fail_at_line("a section begins with the name of an entry");
    out_.sections_.push_back(
        {{}, static_cast<std::uint32_t>(begin), 0, static_cast<std::uint32_t>(out_.attributes_.size()), 0});
  }

  void continue_attribute(std::string_view more) {
    if (!in_section_) fail_at_line("it continues nothing");
    Attribute& attribute = out_.attributes_.back();
    std::vector<char>& unfolded = out_.unfolded_;
    if (!folded_) {
      folded_at_ = unfolded.size();
      unfolded.insert(unfolded.end(), attribute.value.begin(), attribute.value.end());
      folded_ = true;
    }
    unfolded.insert(unfolded.end(), more.begin(), more.end());
    attribute.value = {unfolded.data() + folded_at_, unfolded.size() - folded_at_};
    if (attribute.value.size() > kLongestValue) fail_at_line("the value is too long");
  }

  // What can be said of the attribute only when it is whole.
  void end_attribute() {
    if (!in_section_ || section().first == out_.attributes_.size()) return;
    if (!main_done_ || section().first + 1 != out_.attributes_.size() || !section().name.empty()) return;
    const std::string_view name = out_.attributes_.back().value;
    // java.util.jar drops these in front of a name: then two sections speak of one entry.
    if (name.empty() || name.starts_with("/") || name.starts_with("./")) {
      fail_at_line("the section " + certstore::in_quotes(name) + " cannot name an entry");
    }
    section().name = name;
    out_.attributes_.pop_back();
  }

  // Further empty lines belong to no section.
  void end_section(std::size_t end, bool closed) {
    if (!in_section_) {
      if (closed && !main_done_ && section().end == 0) {
        section().end = static_cast<std::uint32_t>(end);
        main_done_ = true;
      }
      return;
    }
    end_attribute();
    section().end = static_cast<std::uint32_t>(end);
    section().count = static_cast<std::uint32_t>(out_.attributes_.size() - section().first);
    require_each_once();
    main_done_ = true;
    if (closed) in_section_ = false;
  }

  void require_each_once() const {
    const std::span<const Attribute> all = out_.attributes(out_.sections_.back());
    const auto twice = [&](std::string_view name) {
      fail_at_line("the section before has the attribute " + certstore::in_quotes(name) + " twice");
    };
    if (all.size() <= kFewAttributes) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (is_name(all[i].name, all[j].name)) twice(all[i].name);
        }
      }
      return;
    }
    std::unordered_set<std::string> seen;
    for (const Attribute& attribute : all) {
      if (!seen.insert(lower(attribute.name)).second) twice(attribute.name);
    }
  }

  std::string_view text_;
  std::string what_;
  Text out_;
  std::size_t at_ = 0;
  std::size_t line_number_ = 0;
  std::size_t folded_at_ = 0;
  bool folded_ = false;
  bool in_section_ = false;
  bool main_done_ = false;
};

Text Text::parse(certstore::ByteView bytes, std::string_view what) {
  return TextParser(bytes, what).parse();
}

std::optional<std::string_view> Text::find(const Section& section, std::string_view name) const {
  for (const Attribute& attribute : attributes(section)) {
    if (is_name(attribute.name, name)) return attribute.value;
  }
  return std::nullopt;
}

bool is_name(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() && std::equal(name.begin(), name.end(), wanted.begin(),
                                                    [](char a, char b) { return lower(a) == lower(b); });
}

void append_line_end(certstore::Bytes& out) {
  out.push_back('\r');
  out.push_back('\n');
}

void append_attribute(certstore::Bytes& out, std::string_view name, std::string_view value) {
  certstore::append(out, certstore::as_bytes(name));
  certstore::append(out, certstore::as_bytes(": "));
  std::size_t room = kWrittenLine - name.size() - 2;
  for (;;) {
    const std::string_view piece = value.substr(0, room);
    certstore::append(out, certstore::as_bytes(piece));
    append_line_end(out);
    value.remove_prefix(piece.size());
    if (value.empty()) return;
    out.push_back(' ');
    room = kWrittenLine - 1;
  }
}

}  // namespace formats::jar

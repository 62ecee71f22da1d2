#include "formats/tar/manifest.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/tar/names.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>

namespace formats::tar {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

// mtree(8) wants the root first.
constexpr std::string_view kHead = "#mtree\n. type=dir\n";

// As libarchive's writer; and the letters by which mtree(8) would take a name for a pattern.
bool is_plain(unsigned char c) {
  return c > ' ' && c < 0x7F &&
         std::string_view("#=\\*?[").find(static_cast<char>(c)) == std::string_view::npos;
}

std::string octal(unsigned value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; value >>= 3) text[i] = static_cast<char>('0' + (value & 7U));
  return text;
}

std::string escapes_of(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte)) {
      result += c;
    } else {
      result += '\\' + octal(byte, 3);
    }
  }
  return result;
}

std::string text_of(const Line& line) {
  std::string text = "./" + escapes_of(line.name);
  switch (line.type) {
    case EntryType::file:
    case EntryType::hard_link:
      text += " type=file mode=" + octal(line.mode.value_or(0), 4) + " size=" + std::to_string(line.size) +
              " sha256digest=" + certstore::to_hex(line.sha256);
      break;
    case EntryType::directory:
      text += " type=dir";
      if (line.mode) text += " mode=" + octal(*line.mode, 4);
      break;
    case EntryType::symbolic_link:
      text += " type=link link=" + escapes_of(line.link);
      break;
  }
  return text + "\n";
}

template <typename Number>
Number number_in(std::string_view text, int base) {
  Number value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return failure == std::errc() && end == text.data() + text.size() ? value : Number{};
}

std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
    } else {
      result += static_cast<char>(number_in<unsigned>(text.substr(i + 1, 3), 8) & 0xFFU);
      i += 3;
    }
  }
  return result;
}

// Reads a line without asking much: whatever is not as text_of() writes it is found by writing it again.
Line read_line(std::string_view text) {
  Line line;
  bool is_first = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::string_view value = word.substr(std::min(word.find('=') + 1, word.size()));
    if (is_first) line.name = without_escapes(word.substr(std::min<std::size_t>(2, word.size())));
    is_first = false;
    if (word == "type=dir") line.type = EntryType::directory;
    if (word == "type=link") line.type = EntryType::symbolic_link;
    if (word.starts_with("mode=")) line.mode = number_in<std::uint16_t>(value, 8);
    if (word.starts_with("size=")) line.size = number_in<std::uint64_t>(value, 10);
    if (word.starts_with("link=")) line.link = without_escapes(value);
    if (word.starts_with("sha256digest=") && value.size() == 64) {
      try {
        line.sha256 = certstore::from_hex(value);
      } catch (const Error&) {
        line.sha256.clear();
      }
    }
  }
  return line;
}

// Whether mtree(8) would find the folder of each line above it.
class Order {
 public:
  // Takes the next line; returns why it must not stand here, or nothing.
  std::string_view next(const Line& line) {
    if (!last_.empty() && !is_before(last_, line.name)) return "does not stand in order, or is there twice";
    last_ = line.name;
    while (!around_.empty() && !is_beneath(line.name, around_.back())) around_.pop_back();
    const std::size_t slash = line.name.rfind('/');
    if ((slash == std::string::npos) != around_.empty() ||
        (slash != std::string::npos && around_.back().size() != slash)) {
      return "lies in a directory that has no line";
    }
    if (line.type == EntryType::directory) around_.push_back(line.name);
    return {};
  }

 private:
  std::string last_;
  std::vector<std::string> around_;
};

[[noreturn]] void refuse(std::string_view what, std::size_t number, std::string_view why) {
  throw Error(ErrorKind::malformed,
              "line " + std::to_string(number) + " of " + in_quotes(what) + " " + std::string(why));
}

void add_folders(std::vector<Line>& lines) {
  std::set<std::string, std::less<>> there;
  for (const Line& line : lines) {
    if (line.type == EntryType::directory) there.insert(line.name);
  }
  const std::size_t count = lines.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = lines[i].name;
    for (std::size_t slash = name.rfind('/'); slash != std::string::npos; slash = name.rfind('/')) {
      name.resize(slash);
      if (!there.insert(name).second) break;
      lines.push_back({.name = name, .type = EntryType::directory});
    }
  }
}

}  // namespace

certstore::Bytes write_manifest(std::vector<Line> lines) {
  add_folders(lines);
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return is_before(a.name, b.name); });
  certstore::Bytes bytes;
  certstore::append(bytes, certstore::as_bytes(kHead));
  for (const Line& line : lines) certstore::append(bytes, certstore::as_bytes(text_of(line)));
  return bytes;
}

std::vector<Line> parse_manifest(certstore::ByteView bytes, std::string_view what) {
  std::string_view text = certstore::as_text(bytes);
  if (!text.starts_with(kHead)) {
    throw Error(ErrorKind::malformed, in_quotes(what) + " does not begin with '#mtree' and '. type=dir'");
  }
  text.remove_prefix(kHead.size());
  std::vector<Line> lines;
  Order order;
  for (std::size_t number = 3; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) refuse(what, number, "does not end");
    if (lines.size() >= certstore::limits::kEntries) refuse(what, number, "is one too many");
    Line line = read_line(text.substr(0, end));
    if (const auto fault = plain_name_fault(line.name); !fault.empty())
      refuse(what, number, "has a name that " + std::string(fault));
    if (line.name == "." || text_of(line) != text.substr(0, end + 1)) {
      refuse(what, number, "is not in the one form of a signed tar");
    }
    if (const auto fault = order.next(line); !fault.empty()) refuse(what, number, fault);
    lines.push_back(std::move(line));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace formats::tar

#include "formats/vro_one_meaning.h"

#include "certstore/base/error.h"
#include "certstore/base/parallel.h"
#include "formats/properties.h"
#include "formats/vro_seal.h"
#include "formats/zip/reader.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace formats {
namespace {

using namespace std::string_view_literals;

// Longer prologues than this have no root element within it and are refused where they are XML.
constexpr std::size_t kPrefix = 64 << 10;
// The marks of the lists stand in the first letters of a line; an mtree line has its keywords after a name.
constexpr std::size_t kLine = 1 << 10;
// Attributes that CMS signs have some hundred bytes; longer members are elements.
constexpr std::uint64_t kSignedAttributes = 64 << 10;

bool starts_with_fold(std::string_view text, std::string_view lower_mark) {
  return text.size() >= lower_mark.size() &&
         std::equal(lower_mark.begin(), lower_mark.end(), text.begin(), [](char mark, char c) {
           return mark == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

// DSP0243 (OVF) 5.1: SHA256(name)= digest.
bool is_ova_line(std::string_view line) {
  if (!starts_with_fold(line, "sha")) return false;
  const std::size_t open = line.find_first_not_of("0123456789-", 3);
  if (open == std::string_view::npos || line.substr(open).find_first_not_of(' ') == std::string_view::npos) {
    return false;
  }
  const std::size_t bracket = line.find_first_not_of(' ', open);
  if (line[bracket] != '(') return false;
  // A name may have a bracket of its own.
  for (std::size_t close = line.find(')'); close != std::string_view::npos;
       close = line.find(')', close + 1)) {
    const std::size_t sign = line.find_first_not_of(' ', close + 1);
    if (sign != std::string_view::npos && line[sign] == '=') return true;
  }
  return false;
}

// mtree(5): "/set" lines and digest keywords.
bool is_mtree_line(std::string_view line) {
  if (starts_with_fold(line, "/set ") || starts_with_fold(line, "/unset ")) return true;
  constexpr std::array kKeywords = {" type="sv,   " md5="sv,          " md5digest="sv,    " sha1="sv,
                                    " sha256="sv, " sha1digest="sv,   " sha256digest="sv, " sha384="sv,
                                    " sha512="sv, " sha384digest="sv, " sha512digest="sv};
  // One alone stands in XML too (`<param type=`), so it takes a type and a digest.
  if (line.find(kKeywords[0]) == std::string_view::npos || line.find('<') != std::string_view::npos)
    return false;
  return std::any_of(kKeywords.begin() + 1, kKeywords.end(),
                     [&](std::string_view k) { return line.find(k) != std::string_view::npos; });
}

std::string_view after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

// What stands after the XML declaration, comments and document type, of a text whose UTF-16 zeros are gone.
std::string_view root_of(std::string_view text) {
  for (;;) {
    const std::size_t start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF\xFE\xFF");
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start);
    if (text.starts_with("<?")) {
      text = after(text, "?>");
    } else if (text.starts_with("<!--")) {
      text = after(text, "-->");
    } else if (text.starts_with("<!DOCTYPE")) {
      const std::size_t end = text.find_first_of("[>");
      if (end == std::string_view::npos) return {};
      text = text[end] == '>' ? text.substr(end + 1) : after(after(text, "]"), ">");
    } else {
      return text;
    }
  }
}

}  // namespace

void MeaningCheck::feed(certstore::ByteView piece) {
  size_ += piece.size();
  const std::size_t room = kPrefix - prefix_.size();
  certstore::append(prefix_, piece.first(std::min(room, piece.size())));
  certstore::append(tail_, piece.last(std::min<std::size_t>(2, piece.size())));
  if (tail_.size() > 2) tail_.erase(tail_.begin(), tail_.end() - 2);
  if (!found_.empty()) return;
  std::string_view text = certstore::as_text(piece);
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::string_view part = text.substr(0, end);
    line_.append(part.substr(0, kLine - line_.size()));
    if (end == std::string_view::npos) return;
    end_line();
    text.remove_prefix(end + 1);
  }
}

void MeaningCheck::end_line() {
  if (found_.empty()) {
    if (starts_with_fold(line_, "signature-version:")) found_ = "a signature file of a JAR";
    if (starts_with_fold(line_, "manifest-version:")) found_ = "a manifest of a JAR";
    if (is_ova_line(line_)) found_ = "a manifest of a virtual appliance";
    if (is_mtree_line(line_) || (at_first_line_ && line_.starts_with("#mtree"))) found_ = "an mtree list";
  }
  at_first_line_ = false;
  line_.clear();
}

// X.690 8.1: SEQUENCE or SET with a length that ends where the member ends. Readers take BER for DER, so
// neither a longer form of the length nor the indefinite one escapes.
bool MeaningCheck::is_der() const {
  if (prefix_.size() < 2 || (prefix_[0] != 0x30 && prefix_[0] != 0x31)) return false;
  const std::uint8_t first = prefix_[1];
  if (first < 0x80) return size_ == 2u + first;
  if (first == 0x80) return size_ >= 4 && tail_ == certstore::Bytes{0, 0};
  const std::size_t count = first & 0x7Fu;
  if (prefix_.size() < 2 + count) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if ((length >> 56) != 0) return false;
    length = (length << 8) | prefix_[2 + i];
  }
  return length == size_ - 2 - count;
}

std::string MeaningCheck::list_meaning() {
  end_line();
  return found_;
}

std::string MeaningCheck::other_meaning() {
  const std::string list = list_meaning();
  return is_der() ? "a DER document, such as a CMS attribute set" : list;
}

certstore::Issues vro_der_members(const VroContents& contents, unsigned jobs) {
  const auto& files = contents.layout.files;
  std::vector<char> found(files.size());
  certstore::for_each_parallel(files.size(), jobs, [&](std::size_t i) {
    const zip::Entry& entry = contents.index.entries[files[i].entry];
    if (entry.size > kSignedAttributes || contents.certificate_at(files[i].entry) != nullptr) return;
    MeaningCheck check;
    const auto damage =
        zip::read_entry(contents.file, entry, [&](certstore::ByteView piece) { check.feed(piece); });
    found[i] = !damage && check.is_der() ? 1 : 0;
  });
  certstore::Issues issues;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (found[i] == 0) continue;
    issues.push_back({certstore::IssueCode::ambiguous_member, std::string(contents.name(files[i].entry)),
                      "it is a DER document, whose signature is one of another kind"});
  }
  return issues;
}

bool MeaningCheck::is_properties() const {
  std::string text;
  for (const std::uint8_t byte : prefix_) {
    if (byte != 0) text.push_back(static_cast<char>(byte));
  }
  const std::string_view root = root_of(text);
  // A prologue without end would hide the root.
  if (root.empty() && !text.empty() && prefix_.size() == kPrefix) return true;
  return root.starts_with("<properties");
}

std::string properties_meaning(certstore::ByteView document) {
  constexpr const char* kMeta = "a dunes-meta-inf";
  try {
    const Properties properties = Properties::parse(document, "a member");
    const bool has_ours =
        std::any_of(properties.pairs().begin(), properties.pairs().end(), [](const Properties::Pair& pair) {
          return pair.first == "pkg-signer" || pair.first.starts_with(kOurKeys);
        });
    return has_ours ? kMeta : "";
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
    return kMeta;
  }
}

}  // namespace formats

#include "certstore/minisign_text.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/minisign_limits.h"

#include <algorithm>

namespace certstore {
namespace {

// "Ed", the key's id, the key.
constexpr std::string_view kEd = "Ed";
constexpr std::size_t kPublicKeySize = 2 + 8 + 32;

Error malformed(std::string_view what, const std::string& why) {
  return {ErrorKind::malformed, in_quotes(what) + " " + why};
}

// One form of line end in a file: of two, some programs see one and some the other.
std::vector<std::string> split(std::string_view text, std::string_view what) {
  const std::string_view end = text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find(end), text.size());
    const std::string_view line = text.substr(0, stop);
    if (!is_minisign_text(line)) {
      throw malformed(what, "has a line with control characters, mixed line ends, or text that is not UTF-8");
    }
    lines.emplace_back(line);
    text.remove_prefix(std::min(stop + end.size(), text.size()));
    if (lines.size() > 4) break;
  }
  return lines;
}

}  // namespace

bool is_minisign_text(std::string_view line) {
  return is_utf8(line) && std::none_of(line.begin(), line.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
         });
}

bool looks_like_minisign(ByteView file) {
  return as_text(file).starts_with(kUntrustedComment);
}

std::vector<std::string> minisign_lines(ByteView file, std::initializer_list<std::size_t> counts,
                                        std::string_view what) {
  if (file.size() > limits::kMinisignFile) throw malformed(what, "is too long for a minisign file");
  if (!looks_like_minisign(file)) {
    throw malformed(what, "does not begin with " + in_quotes(kUntrustedComment));
  }
  std::vector<std::string> lines = split(as_text(file), what);
  if (std::ranges::count(counts, lines.size()) == 0) {
    throw malformed(what, "has " +
                              std::string(lines.size() > 4 ? "more than 4" : std::to_string(lines.size())) +
                              " lines, which no such file has");
  }
  return lines;
}

Bytes minisign_bytes(const std::string& line, std::size_t size, std::string_view what) {
  Bytes bytes;
  try {
    bytes = from_base64(line);
  } catch (const Error&) {
    throw malformed(what, "has a line that is not base64");
  }
  if (bytes.size() != size) {
    throw malformed(
        what, "has " + std::to_string(bytes.size()) + " bytes where " + std::to_string(size) + " belong");
  }
  return bytes;
}

BareKey read_minisign_public_key(ByteView file, std::string_view what) {
  const std::vector<std::string> lines = minisign_lines(file, {2}, what);
  const Bytes bytes = minisign_bytes(lines[1], kPublicKeySize, what);
  if (!as_text(bytes).starts_with(kEd)) throw malformed(what, "is not a public key of minisign or signify");
  KeyId id{};
  std::copy_n(bytes.begin() + kEd.size(), id.size(), id.begin());
  return BareKey::from_ed25519(ByteView(bytes).subspan(kEd.size() + id.size()), id, what);
}

std::string to_minisign_public_key(const BareKey& key) {
  Bytes bytes = {as_bytes(kEd).begin(), as_bytes(kEd).end()};
  append(bytes, key.id());
  append(bytes, key.point());
  return std::string(kUntrustedComment) + "minisign public key " + to_text(key.id()) + "\n" +
         to_base64(bytes) + "\n";
}

}  // namespace certstore

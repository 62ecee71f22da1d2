#include "formats/minisign/signature_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/minisign_text.h"

#include <algorithm>
#include <charconv>

namespace formats::minisign {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

constexpr std::string_view kPrehashed = "ED";
constexpr std::string_view kLegacy = "Ed";
constexpr std::size_t kSignatureSize = 64;

}  // namespace

SignatureFile read_signature_file(certstore::ByteView file, std::string_view what) {
  const std::vector<std::string> lines = certstore::minisign_lines(file, {2, 4}, what);
  SignatureFile found;
  const std::size_t head = kLegacy.size() + found.key_id.size();
  const Bytes bytes = certstore::minisign_bytes(lines[1], head + kSignatureSize, what);
  const std::string_view algorithm = certstore::as_text(bytes).substr(0, kLegacy.size());
  // signify knows one form only.
  if (algorithm != kLegacy && (algorithm != kPrehashed || lines.size() == 2)) {
    throw Error(ErrorKind::malformed, in_quotes(what) + " has a signature of the kind " +
                                          in_quotes(algorithm) + ", which is not one of minisign or signify");
  }
  found.prehashed = algorithm == kPrehashed;
  std::copy_n(bytes.begin() + kLegacy.size(), found.key_id.size(), found.key_id.begin());
  found.signature.assign(bytes.begin() + static_cast<std::ptrdiff_t>(head), bytes.end());
  if (lines.size() == 2) return found;
  if (!lines[2].starts_with(kTrustedComment)) {
    throw Error(ErrorKind::malformed,
                in_quotes(what) + " has a third line that is no " + in_quotes(kTrustedComment));
  }
  found.comment = {lines[2].substr(kTrustedComment.size()),
                   certstore::minisign_bytes(lines[3], kSignatureSize, what)};
  return found;
}

Bytes commented(const Bytes& signature, std::string_view comment) {
  Bytes bytes = signature;
  certstore::append(bytes, certstore::as_bytes(comment));
  return bytes;
}

std::string to_text(const SignatureFile& file) {
  const std::string_view algorithm = file.prehashed ? kPrehashed : kLegacy;
  Bytes bytes = {algorithm.begin(), algorithm.end()};
  certstore::append(bytes, file.key_id);
  certstore::append(bytes, file.signature);
  std::string text = std::string(certstore::kUntrustedComment) + "signature by the key " +
                     certstore::to_text(file.key_id) + "\n" + certstore::to_base64(bytes) + "\n";
  if (!file.comment) return text;
  return text + std::string(kTrustedComment) + file.comment->text + "\n" +
         certstore::to_base64(file.comment->signature) + "\n";
}

CommentFields fields_of(std::string_view comment) {
  CommentFields fields;
  while (!comment.empty()) {
    const std::size_t end = std::min(comment.find('\t'), comment.size());
    const std::string_view field = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    const std::string_view value = field.substr(std::min(field.find(':') + 1, field.size()));
    if (field.starts_with("timestamp:")) {
      std::uint64_t seconds = 0;
      const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (error == std::errc() && stop == value.data() + value.size()) fields.timestamp = seconds;
    } else if (field.starts_with("file:")) {
      fields.file = value;
    } else if (field.starts_with("sha256:")) {
      fields.sha256 = value;
    }
  }
  return fields;
}

}  // namespace formats::minisign

#include "formats/vro_seal.h"

#include "certstore/base/bytes.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <charconv>

namespace formats {
namespace {

using certstore::Error;
using certstore::ErrorKind;

// Takes "<name>=<value>" and the one space before all but the first.
std::string_view take_field(std::string_view& rest, std::string_view name) {
  if (!rest.starts_with(name)) {
    throw Error(ErrorKind::malformed, "the seal has no " + std::string(name) + " in its place");
  }
  rest.remove_prefix(name.size());
  const std::string_view value = rest.substr(0, rest.find(' '));
  rest.remove_prefix(value.size());
  return value;
}

std::uint64_t parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // Written back it must be the same text: no leading zero, no sign.
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) {
    throw Error(ErrorKind::malformed, "the seal has a malformed number");
  }
  return number;
}

certstore::Sha256 parse_digest(std::string_view text) {
  certstore::Sha256 digest{};
  const certstore::Bytes bytes = certstore::from_hex(text);
  if (bytes.size() != digest.size() || certstore::to_hex(bytes) != text) {
    throw Error(ErrorKind::malformed, "the seal has a malformed digest");
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace

std::string to_text(const VroSeal& seal) {
  return "v=1 n=" + std::to_string(seal.count) + " sha256=" + certstore::to_hex(seal.digest) +
         " serial=" + std::to_string(seal.serial) + " signed=" + certstore::to_rfc3339(seal.signed_at);
}

VroSeal parse_seal(std::string_view text) {
  std::string_view rest = text;
  const std::string_view version = take_field(rest, "v=");
  if (version != "1") {
    throw Error(ErrorKind::malformed,
                "the seal has the unknown version " + certstore::in_quotes(version, 20));
  }
  VroSeal seal;
  seal.count = parse_number(take_field(rest, " n="));
  seal.digest = parse_digest(take_field(rest, " sha256="));
  seal.serial = parse_number(take_field(rest, " serial="));
  seal.signed_at = certstore::parse_instant(take_field(rest, " signed="));
  // One spelling only: also refuses a date without time and anything after the last field.
  if (to_text(seal) != text) throw Error(ErrorKind::malformed, "the seal is not written as its version says");
  return seal;
}

certstore::Sha256 seal_digest(std::string_view package_name, const certstore::Sha256& signer_certificate,
                              std::vector<SealedFile> files) {
  if (std::any_of(package_name.begin(), package_name.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    throw Error(ErrorKind::malformed,
                "the package name " + certstore::in_quotes(package_name) + " has a control character");
  }
  // char_traits<char> compares as unsigned bytes.
  std::sort(files.begin(), files.end(),
            [](const SealedFile& a, const SealedFile& b) { return a.path < b.path; });
  certstore::Digester digester(certstore::DigestAlgorithm::sha256);
  const auto put = [&](const std::string& line) { digester.update(certstore::as_bytes(line)); };
  put("pkgtrust vRO seal 1\n" + std::string(package_name) + "\n" + certstore::to_hex(signer_certificate) +
      "\n");
  for (const SealedFile& file : files) {
    put(certstore::to_hex(file.sha256) + " " + std::to_string(file.size) + " " + std::string(file.path) +
        "\n");
  }
  const certstore::DigestValue value = digester.finish();
  certstore::Sha256 digest{};
  std::copy(value.begin(), value.end(), digest.begin());
  return digest;
}

}  // namespace formats

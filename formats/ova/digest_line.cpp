#include "formats/ova/digest_line.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <algorithm>
#include <array>

namespace formats::ova {
namespace {

using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

struct Token {
  std::string_view text;
  DigestAlgorithm algorithm;
};
// The standard's are the first of each; then what OpenSSL 3 prints, then other spellings seen.
constexpr std::array kTokens = {
    Token{"SHA1", DigestAlgorithm::sha1},       Token{"SHA256", DigestAlgorithm::sha256},
    Token{"SHA384", DigestAlgorithm::sha384},   Token{"SHA512", DigestAlgorithm::sha512},
    Token{"SHA2-256", DigestAlgorithm::sha256}, Token{"SHA2-384", DigestAlgorithm::sha384},
    Token{"SHA2-512", DigestAlgorithm::sha512}, Token{"SHA-1", DigestAlgorithm::sha1},
    Token{"SHA-256", DigestAlgorithm::sha256},  Token{"SHA-384", DigestAlgorithm::sha384},
    Token{"SHA-512", DigestAlgorithm::sha512},
};
constexpr std::size_t kStandardTokens = 4;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

std::size_t blanks_at(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_not_of(' ', at);
  return (end == std::string_view::npos ? text.size() : end) - at;
}

// Where the parts of a line stand.
struct Parts {
  std::string_view token;
  std::size_t before_bracket = 0;  // blanks
  std::string_view name;
  std::size_t before_sign = 0;
  std::size_t after_sign = 0;
  std::string_view hex;
};

// The last closing bracket before the last "=" ends the name: neither stands in hex digits.
std::optional<Parts> split(std::string_view line) {
  Parts parts;
  const std::size_t open = line.find('(');
  const std::size_t sign = line.rfind('=');
  if (open == std::string_view::npos || sign == std::string_view::npos || sign < open) return std::nullopt;
  const std::size_t close = line.substr(0, sign).find_last_not_of(' ');
  if (close == std::string_view::npos || close <= open || line[close] != ')') return std::nullopt;
  const std::size_t token_end = line.substr(0, open).find_last_not_of(' ');
  if (token_end == std::string_view::npos) return std::nullopt;
  parts.token = line.substr(0, token_end + 1);
  parts.before_bracket = open - parts.token.size();
  parts.name = line.substr(open + 1, close - open - 1);
  parts.before_sign = sign - close - 1;
  parts.after_sign = blanks_at(line, sign + 1);
  parts.hex = line.substr(sign + 1 + parts.after_sign);
  const std::size_t hex_end = parts.hex.find_last_not_of(' ');
  parts.hex = hex_end == std::string_view::npos ? std::string_view() : parts.hex.substr(0, hex_end + 1);
  return parts;
}

std::string spelling_of(const Parts& parts, std::size_t token) {
  const std::string written = in_quotes(parts.token);
  if (token >= kStandardTokens && parts.token.starts_with("SHA2-")) {
    return written + " is how `openssl dgst` of OpenSSL 3 calls it; vCenter refuses that token";
  }
  if (parts.token != kTokens[token].text || token >= kStandardTokens) {
    return written + " is not a token of the standard, which is " +
           std::string(token_of(kTokens[token].algorithm));
  }
  if (parts.before_bracket > 0) {
    return "a blank before the bracket, as `sha256sum --tag` writes it; vCenter refuses that";
  }
  if (parts.before_sign > 0) return "a blank before the sign =, as `VBoxManage signova` writes it";
  if (parts.after_sign != 1) return "not exactly one blank after the sign =";
  return {};
}

void require_name(std::string_view name) {
  const bool plain = std::none_of(name.begin(), name.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!name.empty() && plain && name.front() != ' ' && name.back() != ' ') return;
  throw Error(ErrorKind::malformed, "the name " + in_quotes(name) + " is not one that such a line can hold");
}

}  // namespace

bool looks_like_digest_line(std::string_view line) {
  return split(line).has_value();
}

DigestLine read_digest_line(std::string_view line, std::size_t number) {
  const std::string where = "line " + std::to_string(number) + ": ";
  const std::optional<Parts> parts = split(line);
  if (!parts) throw Error(ErrorKind::malformed, where + "it is not of the form SHA256(name)= digits");
  if (line.size() - parts->hex.size() > certstore::limits::kOvaLine ||
      parts->hex.size() > 2 * certstore::limits::kRsaBits / 8) {
    throw Error(ErrorKind::malformed, where + "it is too long");
  }
  const auto token = std::find_if(kTokens.begin(), kTokens.end(),
                                  [&](const Token& known) { return known.text == upper(parts->token); });
  if (token == kTokens.end()) {
    throw Error(ErrorKind::malformed,
                where + in_quotes(parts->token) + " is no digest algorithm that is known here");
  }
  try {
    require_name(parts->name);
    return {std::string(parts->name), token->algorithm, certstore::from_hex(parts->hex), number,
            spelling_of(*parts, static_cast<std::size_t>(token - kTokens.begin()))};
  } catch (const Error& error) {
    throw Error(ErrorKind::malformed, where + error.what());
  }
}

std::string_view token_of(DigestAlgorithm algorithm) {
  const auto token = std::find_if(kTokens.begin(), kTokens.begin() + kStandardTokens,
                                  [&](const Token& known) { return known.algorithm == algorithm; });
  if (token != kTokens.begin() + kStandardTokens) return token->text;
  throw Error(ErrorKind::usage,
              "a virtual appliance is not signed with " + std::string(certstore::name_of(algorithm)),
              "--digest sha256 or --digest sha512");
}

std::string digest_line(DigestAlgorithm algorithm, std::string_view name, certstore::ByteView value) {
  require_name(name);
  const std::string head = std::string(token_of(algorithm)) + "(" + std::string(name) + ")= ";
  if (head.size() > certstore::limits::kOvaLine) {
    throw Error(ErrorKind::malformed, "the name " + in_quotes(name) + " is too long for a manifest");
  }
  return head + certstore::to_hex(value) + "\n";
}

}  // namespace formats::ova

// The places a passphrase may come from: never the command line.
#pragma once

#include "certstore/base/secret.h"

#include <string>
#include <string_view>

namespace certstore {

// Where to take a passphrase from, in OpenSSL's words: env:VAR, file:PATH, fd:N, stdin, prompt.
struct PassphraseSource {
  enum class Kind { environment, file, descriptor, standard_input, prompt };
  Kind kind = Kind::prompt;
  std::string place;  // variable, path or number
};

// Throws Error(usage) for anything else, and says that the passphrase itself never goes there.
[[nodiscard]] PassphraseSource parse_passphrase_source(std::string_view text);

// Throws Error(passphrase) for a descriptor that is not open. Asked before we open files ourselves, which
// could get that number.
void require_open(const PassphraseSource& source);
// Whether it takes the passphrase from standard input, by whatever name.
[[nodiscard]] bool reads_standard_input(const PassphraseSource& source);

struct PassphraseRequest {
  std::string prompt;   // "passphrase of the store"
  bool is_new = false;  // asked twice on a terminal; must not be empty
  bool may_ask = true;  // false with --no-input or CI
  // What an error says when nothing may be asked: the option that names a source.
  std::string option = "--passphrase";
};

// Returns the passphrase (file, fd, stdin: the first line without its end). Throws Error(passphrase) when the
// source is missing, empty, too long, holds a zero byte, is a terminal or a file that others can read; never
// falls back to another source.
[[nodiscard]] SecretBytes read_passphrase(const PassphraseSource& source, const PassphraseRequest& request);

}  // namespace certstore

#include "certstore/base/passphrase.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/base/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace certstore {
namespace {

Error refuse(const std::string& message, std::string hint = {}) {
  return {ErrorKind::passphrase, message, std::move(hint)};
}

// Reads until the first line end or the end of input, whichever comes first.
SecretBytes first_line(int descriptor, const std::string& place) {
  SecretBytes line(limits::kPassphraseSize);
  const std::span<std::uint8_t> room = line.writable();
  std::size_t length = 0;
  for (;;) {
    if (length == room.size()) throw refuse("the passphrase from " + place + " is too long");
    // One byte at a time: two passphrases may follow each other on one descriptor.
    const ssize_t got = ::read(descriptor, room.data() + length, 1);
    if (got < 0 && errno == EINTR) {
      throw_if_interrupted();
      continue;
    }
    if (got < 0) throw refuse("cannot read the passphrase from " + place + ": " + std::strerror(errno));
    if (got == 0 || room[length] == '\n') break;
    ++length;
  }
  if (length > 0 && room[length - 1] == '\r') --length;
  if (length == 0) throw refuse("the passphrase from " + place + " is empty");
  line.shrink(length);
  return line;
}

SecretBytes from_environment(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  const std::string place = "the environment variable " + in_quotes(variable);
  if (value == nullptr) throw refuse(place + " is not set");
  const std::size_t length = std::strlen(value);
  if (length == 0) throw refuse("the passphrase from " + place + " is empty");
  if (length > limits::kPassphraseSize) throw refuse("the passphrase from " + place + " is too long");
  SecretBytes secret(length);
  std::copy_n(value, length, secret.writable().begin());
  return secret;
}

SecretBytes from_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open())
    throw refuse("cannot read the passphrase file " + in_quotes(path) + ": " + std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("read", path, errno);
  // A pipe (<(command) in a shell) has no readers but its owner's.
  if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw refuse("others can read the passphrase file " + in_quotes(path), "chmod 600 " + shell_quoted(path));
  }
  return first_line(file.get(), "the file " + in_quotes(path));
}

SecretBytes from_prompt(const PassphraseRequest& request) {
  if (!request.may_ask || !has_person()) {
    throw refuse("the " + request.prompt + " is needed, and nobody can be asked here",
                 "name its source: " + request.option + " env:VAR, file:PATH, fd:N or stdin");
  }
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto first = ask_secret(request.prompt + ": ");
    if (!first) throw refuse("no passphrase was given");
    if (first->empty()) throw refuse("the passphrase is empty");
    if (!request.is_new) return std::move(*first);
    const auto second = ask_secret("once more, to be sure: ");
    if (!second) throw refuse("no passphrase was given");
    if (first->equals(*second)) return std::move(*first);
    ::dprintf(STDERR_FILENO, "the two are not the same; again\n");
  }
  throw refuse("the two passphrases were not the same, three times");
}

}  // namespace

PassphraseSource parse_passphrase_source(std::string_view text) {
  using Kind = PassphraseSource::Kind;
  if (text == "stdin") return {Kind::standard_input, {}};
  if (text == "prompt") return {Kind::prompt, {}};
  const std::size_t colon = text.find(':');
  const std::string_view scheme = text.substr(0, colon);
  const std::string place(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (!place.empty() && scheme == "env") return {Kind::environment, place};
  if (!place.empty() && scheme == "file") return {Kind::file, place};
  if (!place.empty() && scheme == "fd" && place.find_first_not_of("0123456789") == std::string::npos &&
      place.size() < 6) {
    return {Kind::descriptor, place};
  }
  // The text may be the passphrase itself, typed here by mistake: it is not repeated.
  throw Error(ErrorKind::usage, "a passphrase source is env:VAR, file:PATH, fd:N, stdin or prompt",
              "the passphrase itself never goes on the command line, where every process can read it");
}

SecretBytes read_passphrase(const PassphraseSource& source, const PassphraseRequest& request) {
  using Kind = PassphraseSource::Kind;
  switch (source.kind) {
    case Kind::environment:
      return from_environment(source.place);
    case Kind::file:
      return from_file(source.place);
    case Kind::descriptor: {
      int number = 0;
      std::from_chars(source.place.data(), source.place.data() + source.place.size(), number);
      return first_line(number, "the descriptor " + source.place);
    }
    case Kind::standard_input:
      return first_line(STDIN_FILENO, "standard input");
    case Kind::prompt:
      return from_prompt(request);
  }
  throw Error(ErrorKind::internal, "a passphrase source without a case");
}

}  // namespace certstore

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

Error too_long(const std::string& place) {
  return refuse("the passphrase from " + place + " is too long",
                "at most " + std::to_string(limits::kPassphraseSize) + " bytes");
}

// Reads until the first line end or the end of input, whichever comes first.
SecretBytes first_line(int descriptor, const std::string& place) {
  if (::isatty(descriptor) == 1) {
    throw refuse(place + " is a terminal, which would show the passphrase",
                 "the source 'prompt' asks without echo");
  }
  SecretBytes line(limits::kPassphraseSize + 2);  // and the end of the line
  const std::span<std::uint8_t> room = line.writable();
  std::size_t length = 0;
  for (;;) {
    if (length == room.size()) throw too_long(place);
    // One byte at a time: two passphrases may follow each other on one descriptor.
    const ssize_t got = ::read(descriptor, room.data() + length, 1);
    if (got < 0 && errno == EINTR) {
      throw_if_interrupted();
      continue;
    }
    if (got < 0) throw refuse("cannot read the passphrase from " + place + ": " + std::strerror(errno));
    if (got == 0 && length == 0) throw refuse(place + " ended before a passphrase came");
    if (got == 0 || room[length] == '\n') break;
    if (room[length] == 0) {
      throw refuse("the passphrase from " + place + " holds a zero byte, which no keyboard makes",
                   "is it a text file, in UTF-8?");
    }
    ++length;
  }
  if (length > 0 && room[length - 1] == '\r') --length;
  if (length == 0) throw refuse("the passphrase from " + place + " is empty");
  if (length > limits::kPassphraseSize) throw too_long(place);
  line.shrink(length);
  return line;
}

SecretBytes from_environment(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  const std::string place = "the environment variable " + in_quotes(variable);
  if (value == nullptr)
    throw refuse(place + " is not set", "is it exported? what a shell only knows, its programs do not");
  const std::size_t length = std::strlen(value);
  if (length == 0) throw refuse("the passphrase from " + place + " is empty");
  if (length > limits::kPassphraseSize) throw too_long(place);
  SecretBytes secret(length);
  std::copy_n(value, length, secret.writable().begin());
  return secret;
}

SecretBytes from_file(const std::string& path) {
  // A named pipe waits here for its writer.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) throw_if_interrupted();
  if (!file.is_open())
    throw refuse("cannot read the passphrase file " + in_quotes(path) + ": " + std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("read", path, errno);
  // The pipe of <(command) in a shell has its owner's mode, too.
  if ((S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode)) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw refuse("others can read the passphrase file " + in_quotes(path), "chmod 600 " + shell_quoted(path));
  }
  return first_line(file.get(), "the file " + in_quotes(path));
}

int number_of(const PassphraseSource& source) {
  int descriptor = 0;
  std::from_chars(source.place.data(), source.place.data() + source.place.size(), descriptor);
  return descriptor;
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

void require_open(const PassphraseSource& source) {
  if (source.kind != PassphraseSource::Kind::descriptor || ::fcntl(number_of(source), F_GETFD) >= 0) return;
  throw refuse("the descriptor " + source.place + " is not open",
               "in a shell: --passphrase fd:" + source.place + " " + source.place + "<FILE");
}

bool reads_standard_input(const PassphraseSource& source) {
  using Kind = PassphraseSource::Kind;
  switch (source.kind) {
    case Kind::standard_input:
      return true;
    case Kind::descriptor:
      return source.place.find_first_not_of('0') == std::string::npos;
    case Kind::file:
      return source.place == "/dev/stdin" || source.place == "/dev/fd/0" || source.place == "/proc/self/fd/0";
    case Kind::environment:
    case Kind::prompt:
      return false;
  }
  return false;
}

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
    case Kind::descriptor:
      return first_line(number_of(source), "the descriptor " + source.place);
    case Kind::standard_input:
      return first_line(STDIN_FILENO, "standard input");
    case Kind::prompt:
      return from_prompt(request);
  }
  throw Error(ErrorKind::internal, "a passphrase source without a case");
}

}  // namespace certstore

#include "certstore/base/terminal.h"

#include "certstore/base/error.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"

#include <sodium.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace certstore {
namespace {

volatile std::sig_atomic_t continue_seen = 0;

void note_continue(int) {
  continue_seen = 1;
}

// Switches echo off while it lives, and again after Ctrl-Z and fg: meanwhile the terminal was the shell's.
class EchoOff {
 public:
  EchoOff() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    silent_ = before_;
    silent_.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_.c_lflag |= ECHONL;
    continue_seen = 0;
    struct sigaction action {};
    action.sa_handler = note_continue;  // no SA_RESTART: the read at the prompt must return
    ::sigaction(SIGCONT, &action, &inherited_);
    active_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent_) == 0;
  }
  ~EchoOff() {
    if (!active_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    ::sigaction(SIGCONT, &inherited_, nullptr);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  // Returns true where it had to be switched off anew: then the question is to be asked again.
  bool again() const {
    if (!active_ || continue_seen == 0) return false;
    continue_seen = 0;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent_);
    return true;
  }

 private:
  termios before_{};
  termios silent_{};
  struct sigaction inherited_ {};
  bool active_ = false;
};

// Reads one line into `line` byte by byte (what comes after it belongs to whoever reads next); returns its
// length, or empty at the end of input. `silent` may be null.
std::optional<std::size_t> read_line(std::span<std::uint8_t> line, std::string_view prompt,
                                     const EchoOff* silent) {
  std::size_t length = 0;
  for (;;) {
    throw_if_interrupted();
    if (silent != nullptr && silent->again()) std::cerr << prompt << std::flush;
    std::uint8_t byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;  // a resize, or a signal that the next turn reports
    if (got < 0) throw_errno("read", "the terminal", errno);
    if (got == 0 && length == 0) return std::nullopt;
    if (got == 0 || byte == '\n') return length;
    if (length == line.size()) throw Error(ErrorKind::usage, "the reply is too long");
    line[length++] = byte;
    sodium_memzero(&byte, 1);
  }
}

}  // namespace

bool has_person() {
  const char* const ci = std::getenv("CI");
  const bool pipeline =
      ci != nullptr && *ci != '\0' && std::strcmp(ci, "false") != 0 && std::strcmp(ci, "0") != 0;
  return !pipeline && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

unsigned terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::optional<std::string> ask_line(std::string_view prompt) {
  std::cerr << prompt << std::flush;
  std::string line(limits::kReplySize, '\0');
  const auto length = read_line({reinterpret_cast<std::uint8_t*>(line.data()), line.size()}, prompt, nullptr);
  if (!length) {
    std::cerr << "\n";
    return std::nullopt;
  }
  line.resize(*length);
  return line;
}

bool is_confirmed(std::string_view question) {
  const auto answer = ask_line(std::string(question) + " [y/N] ");
  return answer == "y" || answer == "Y" || answer == "yes";
}

std::optional<SecretBytes> ask_secret(std::string_view prompt) {
  const EchoOff silent;  // before the question, which some answer at once
  std::cerr << prompt << std::flush;
  SecretBytes line(limits::kPassphraseSize);
  const auto length = read_line(line.writable(), prompt, &silent);
  if (!length) return std::nullopt;
  line.shrink(*length);
  return line;
}

}  // namespace certstore

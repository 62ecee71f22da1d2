// Troubles: what stops a command. What is wrong with a package is not a trouble but an Issue (issue.h).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace certstore {

// Says what kind of trouble it is; exit_code.h turns it into the process's exit code, and nothing else does.
enum class ErrorKind {
  usage,        // unknown option, contradiction, missing argument
  io,           // cannot read or write, changed while it was read
  store,        // missing, damaged, locked, of a newer schema
  passphrase,   // wrong, missing, source not usable
  key,          // does not match its certificate, kind not known to the layout
  unsupported,  // recognised and not judged
  malformed,    // an input that a signature must not be put on: the container or its layout is not sound
  exposed_key,  // a key that is revoked, retired or known to be public
  untrusted,    // by nobody whom the one asked trusts
  policy,       // not what his rules ask for
  dates,        // a certificate outside its validity
  status,       // a time stamp that is required could not be had
  interrupted,  // by the person
  internal      // a bug
};

// The one exception type. what() is one lower-case sentence without a final period, untrusted names in it
// already escaped (escape.h); hint() says what the user can do, and may be empty.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, std::string hint = {})
      : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}
  [[nodiscard]] ErrorKind kind() const { return kind_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

// Throws Error(io) with "cannot <action> '<subject>': <text of errno_value>". The subject is escaped here.
[[noreturn]] void throw_errno(std::string_view action, std::string_view subject, int errno_value);

}  // namespace certstore

// The command line of both tools: a table of commands, one parser, one place where errors become exit codes.
#pragma once

#include "certstore/base/exit_code.h"

#include <chrono>
#include <map>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certstore::cli {

struct Option {
  std::string_view name;         // "output", as in --output
  char letter = '\0';            // 'o', as in -o; '\0' for none
  std::string_view value;        // "FILE"; empty for a flag
  std::string_view description;  // lower case, no period
  bool repeatable = false;
};

// What was typed for one command, after the configuration files and the environment.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view option) const { return values_.contains(option); }
  // The value of an option that was given once; empty if it was not.
  [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
  [[nodiscard]] const std::vector<std::string>& values(std::string_view option) const;
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
  // A whole number within [least, most]; throws Error(usage).
  [[nodiscard]] std::optional<unsigned> number(std::string_view option, unsigned least, unsigned most) const;
  // A number of days, as in 90d, at most a hundred years of them; throws Error(usage).
  [[nodiscard]] std::optional<std::chrono::days> days(std::string_view option) const;
  // One of the words; throws Error(usage) that lists them. The first is the default.
  [[nodiscard]] std::string word(std::string_view option, std::span<const std::string_view> words) const;
  [[nodiscard]] unsigned jobs() const { return number("jobs", 1, 1024).value_or(0); }
  [[nodiscard]] bool quiet() const { return has("quiet"); }
  [[nodiscard]] bool verbose() const { return has("verbose"); }
  // Whether a person may be asked: a terminal, and neither --no-input nor CI.
  [[nodiscard]] bool may_ask() const;
  // "pkgverify", for lines that can be pasted.
  [[nodiscard]] const std::string& tool() const { return tool_; }

 private:
  friend class Parser;
  std::string tool_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> operands_;
};

struct Command {
  std::string_view name;      // "sign", "cert show"
  std::string_view operands;  // "FILE..." (one or more), "[FILE...]", "FILE", "" (none)
  std::string_view summary;   // one line, lower case, no period
  std::vector<Option> options;
  std::string_view example;     // one line or more, ready to paste
  std::string_view exit_codes;  // the line on exit codes of --help
  ExitCode (*run)(const Arguments& arguments);
};

struct Tool {
  std::string_view name;
  std::string_view summary;
  std::vector<Command> commands;
  bool opens_secrets =
      true;  // keys and passphrases: then memory is locked and core dumps are off from the start
};

// Options that several commands share.
inline constexpr Option kStoreOption{"store", '\0', "DIR", "certificate store (default: see the man page)"};
inline constexpr Option kPassphraseOption{"passphrase", '\0', "SOURCE",
                                          "passphrase of the store: env:VAR, file:PATH, fd:N, stdin, prompt"};
inline constexpr Option kJobsOption{"jobs", 'j', "N", "threads (default: one per core)"};
inline constexpr Option kForceOption{"force", 'f', "", "replace what exists"};
// Those that every command has: --quiet, --verbose, --no-input, --color, --help.
[[nodiscard]] std::span<const Option> common_options();

// What a trouble prints on stderr: "tool: error: ...", and "tool: hint: ..." where there is one.
[[nodiscard]] std::string trouble_text(std::string_view tool, const Error& error);

// Runs one command and returns the process's exit code: parses, catches, prints "tool: error: ..." and
// "tool: hint: ..." on stderr, and fails if stdout could not be written.
int run_tool(const Tool& tool, std::span<const std::string> words);
// main() of both tools.
int run_main(const Tool& tool, int argc, char** argv);

void print_help(const Tool& tool, const Command& command, std::ostream& out);
void print_help(const Tool& tool, std::ostream& out);

}  // namespace certstore::cli

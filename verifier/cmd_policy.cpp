#include "certstore/base/escape.h"
#include "verifier/commands.h"
#include "verifier/policy_source.h"

#include <iostream>

namespace verifier {
namespace {

using certstore::ExitCode;
using certstore::cli::Arguments;

// Reading is the check: what is wrong with a line is thrown with its number.
ExitCode run_check(const Arguments& arguments) {
  for (const std::string& file : arguments.operands()) {
    const NamedPolicy read = read_package_policy(file);
    if (!arguments.quiet()) std::cout << "sound: " << certstore::escaped(read.name) << "\n";
  }
  return ExitCode::accepted;
}

ExitCode run_show(const Arguments& arguments) {
  std::optional<std::string> word = arguments.value("policy");
  if (!arguments.operands().empty()) word = arguments.operands().front();
  const NamedPolicy read = read_package_policy(word);
  std::cout << "# policy " << certstore::escaped(read.name) << "\n" << to_text(read.policy);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command policy_check_command() {
  return {.name = "policy check",
          .operands = "FILE...",
          .summary = "say what is wrong with a policy file, by the line",
          .options = {},
          .example = "pkgverify policy check release.policy",
          .exit_codes = "0 sound, 1 cannot be read, 2 a line that cannot be meant",
          .run = run_check};
}

certstore::cli::Command policy_show_command() {
  return {.name = "policy show",
          .operands = "[NAME|FILE]",
          .summary = "show every rule of a policy: default, strict, legacy-vro or a file",
          .options = {kPolicyOption},
          .example = "pkgverify policy show legacy-vro",
          .exit_codes = "0 shown, 1 no such policy, 2 a line that cannot be meant",
          .run = run_show};
}

}  // namespace verifier

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

void write_policy(const NamedPolicy& read, const std::string& remark = {}) {
  std::cout << "# policy " << certstore::escaped(read.name) << "\n" << remark << to_text(read.policy);
}

// What `check` would judge by: what is named, else what a bundle brought, else the default.
ExitCode run_show(const Arguments& arguments) {
  std::optional<std::string> word = arguments.value("policy");
  if (!arguments.operands().empty()) word = arguments.operands().front();
  if (!word && names_any_store(arguments)) {
    const auto store = certstore::TrustStore::open_if_present(trust_folder(arguments));
    if (const auto imported = store ? imported_policy(*store) : std::nullopt) {
      const certstore::Instant end = imported->bundle.expires;
      const bool has_ended = certstore::now() >= end;
      write_policy(imported->named, "# " + std::string(has_ended ? "ended on " : "until ") +
                                        certstore::to_rfc3339(end) +
                                        (has_ended ? ": nothing is judged by it\n" : "\n"));
      return ExitCode::accepted;
    }
  }
  write_policy(read_package_policy(word));
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
          .options = {kPolicyOption, certstore::cli::kStoreOption},
          .example = "pkgverify policy show legacy-vro",
          .exit_codes = "0 shown, 1 no such policy, 2 a line that cannot be meant",
          .run = run_show};
}

}  // namespace verifier

#include "certstore/base/error.h"
#include "certstore/base/file.h"
#include "verifier/beside.h"
#include "verifier/commands.h"
#include "verifier/diff_text.h"
#include "verifier/judging_options.h"
#include "verifier/verify.h"

#include <unistd.h>

#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

Compared judge(const std::string& path, const VerifyOptions& options) {
  if (is_directory(path)) return read_directory(path, options.jobs);
  const certstore::InputFile file = certstore::InputFile::open(path);
  Report report = verify(file, options, open_beside(path, options.signatures));
  report.file = path;
  return report;
}

ExitCode diff(const Arguments& arguments) {
  const auto& files = arguments.operands();
  if (files[0] == "-" && files[1] == "-") {
    throw Error(ErrorKind::usage, "standard input can be read only once");
  }
  const bool json = wants_json(arguments);
  const TextStyle style = text_style(arguments, STDOUT_FILENO);
  VerifyOptions options = read_verify_options(arguments);
  options.want_entry_digests = true;
  const Compared before = judge(files[0], options);
  const Compared after = judge(files[1], options);
  if (!arguments.quiet()) {
    const auto comparison = compare(before, after);
    if (json) {
      write_diff_json(before, after, comparison, std::cout);
    } else {
      write_diff(before, after, comparison, style, std::cout);
    }
  }
  return certstore::leftmost(exit_code_of(before), exit_code_of(after));
}

}  // namespace

certstore::cli::Command diff_command() {
  std::vector<certstore::cli::Option> options = judging_options();
  options.push_back(kTextOrJsonOption);
  return {.name = "diff",
          .operands = "OLD NEW",
          .summary = "say what is another in NEW than in OLD (two packages, or a directory), and judge both",
          .options = std::move(options),
          .example = "pkgverify diff released.package new.package",
          .exit_codes = kVerdictExitCodes,
          .run = diff};
}

}  // namespace verifier

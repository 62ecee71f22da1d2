#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/terminal.h"
#include "verifier/commands.h"
#include "verifier/import_run.h"
#include "verifier/judging_options.h"

#include <unistd.h>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::cli::Arguments;

void refuse_contradictions(const Arguments& arguments) {
  const std::string file = certstore::shell_quoted(arguments.operands().front());
  if (arguments.has("to") == arguments.has("output")) {
    throw Error(ErrorKind::usage, "where to: --to DIR or -o FILE, one of them",
                "pkgverify import " + file + " --to DIR leaves the elements; -o FILE leaves the package");
  }
  if (arguments.value("output") == "-") {
    throw Error(ErrorKind::usage, "--output takes a file: standard output has the verdict");
  }
  for (const std::string_view option : {"to", "output"}) {
    if (arguments.has(option) && arguments.value(option)->empty()) {
      throw Error(ErrorKind::usage, "--" + std::string(option) + " is empty");
    }
  }
}

certstore::ExitCode import(const Arguments& arguments) {
  refuse_contradictions(arguments);
  ImportRequest request;
  request.file = arguments.operands().front();
  request.directory = arguments.value("to");
  request.copy = arguments.value("output");
  request.options = read_verify_options(arguments);
  request.style = text_style(arguments, STDOUT_FILENO);
  request.page = {.style = text_style(arguments, STDERR_FILENO), .columns = certstore::terminal_columns()};
  request.store = arguments.value("store").value_or("");
  request.replace = arguments.has("force");
  request.dry_run = arguments.has("dry-run");
  request.may_ask = arguments.may_ask();
  request.quiet = arguments.quiet();
  return ImportRun(std::move(request)).run();
}

}  // namespace

certstore::cli::Command import_command() {
  std::vector<certstore::cli::Option> options = judging_options();
  options.push_back(
      {"to", '\0', "DIR", "leave the accepted elements in this directory, whole or not at all"});
  options.push_back({"output", 'o', "OUT", "leave the accepted package as a file"});
  options.push_back({"force", 'f', "", "replace files that differ"});
  options.push_back({"dry-run", 'n', "", "show what would be; ask nothing, write nothing"});
  options.push_back({"yes", 'y', "", "do not confirm what is accepted anyway; never trusts anybody"});
  return {.name = "import",
          .operands = "FILE",
          .summary = "judge a package, ask where a signer is not trusted, leave what is accepted",
          .options = std::move(options),
          .example = "pkgverify import com.example.net.package --to workflows",
          .exit_codes = kVerdictExitCodes,
          .run = import};
}

}  // namespace verifier

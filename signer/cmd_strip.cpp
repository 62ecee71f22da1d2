#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/commands.h"
#include "signer/sign.h"
#include "signer/targets.h"

#include <unistd.h>

#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::cli::Arguments;

ExitCode run(const Arguments& arguments) {
  const std::vector<Job> jobs = choose_targets(arguments, strip_command());
  if (jobs.size() == 1 && jobs[0].target.path == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "a package is not written to a terminal", "-o FILE, or a pipe");
  }
  for (const Job& job : jobs) {
    const std::size_t removed = strip(job.input, job.target);
    if (arguments.quiet()) continue;
    const bool to_stdout = job.target.path == "-";
    (to_stdout ? std::cerr : std::cout)
        << "unsigned " << (to_stdout ? "standard output" : certstore::shell_quoted(job.target.path.string()))
        << ": " << removed << (removed == 1 ? " signature file" : " signature files") << " removed\n";
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command strip_command() {
  return {.name = "strip",
          .operands = "FILE...",
          .summary = "take the signatures out of JARs, tars and other archives",
          .options = {{"output", 'o', "FILE", "where the unsigned package goes; - for standard output"},
                      {"output-dir", '\0', "DIR", "or the directory for several, under their names"},
                      {"in-place", '\0', "", "or in the place of each package"},
                      certstore::cli::kForceOption},
          .example = "pkgsign strip app.jar -o app.unsigned.jar",
          .exit_codes = "0 done, 13 not sound, 1 trouble or a layout that cannot be without, 2 usage",
          .run = run};
}

}  // namespace signer

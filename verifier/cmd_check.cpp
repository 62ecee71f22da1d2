#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/parallel.h"
#include "formats/beside.h"
#include "verifier/answers.h"
#include "verifier/beside.h"
#include "verifier/check_expiring.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/report_json.h"
#include "verifier/report_text.h"
#include "verifier/verify.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <thread>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::InputFile;
using certstore::cli::Arguments;

// Files of a batch whose results are held before they are printed: enough for all cores to be busy.
constexpr std::size_t kBatchWindow = 64;

struct CheckRun {
  VerifyOptions options;
  TextStyle style;
  bool json = false;
  bool quiet = false;
  std::optional<std::string> copy;
  certstore::Existing existing = certstore::Existing::refuse;
};

// What one file of a batch came to; printed in the order of the command line.
struct Outcome {
  ExitCode code = ExitCode::internal;
  std::string result;   // for stdout
  std::string remarks;  // for stderr
};

void refuse_contradictions(const Arguments& arguments) {
  const auto& files = arguments.operands();
  if (arguments.has("output") && files.size() > 1) {
    throw Error(ErrorKind::usage, "--output takes one FILE, not " + std::to_string(files.size()));
  }
  if (arguments.has("force") && !arguments.has("output")) {
    throw Error(ErrorKind::usage, "--force has no meaning without --output");
  }
  if (arguments.value("output") == "-") {
    throw Error(ErrorKind::usage, "--output takes a file: standard output has the verdict");
  }
  if (std::count(files.begin(), files.end(), "-") > 1) {
    throw Error(ErrorKind::usage, "standard input can be read only once");
  }
}

CheckRun read_run(const Arguments& arguments) {
  refuse_contradictions(arguments);
  CheckRun run;
  run.json = wants_json(arguments);
  run.quiet = arguments.quiet();
  run.style = text_style(arguments, STDOUT_FILENO);
  run.copy = arguments.value("output");
  run.existing = arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse;
  run.options = read_verify_options(arguments);
  run.options.want_elements = !run.quiet;
  run.options.want_file_digest = run.json || run.style.verbose;
  return run;
}

void print_result(const CheckRun& run, const Report& report, Outcome& outcome) {
  if (!run.quiet) {
    std::ostringstream text;
    if (run.json) {
      write_json(report, {}, text);
    } else {
      write_text(report, run.style, text);
    }
    outcome.result = text.str();
  }
  const std::string_view path = report.file;
  for (const formats::BesideFormat& row : formats::beside_formats()) {
    if (report.exit_code() != ExitCode::unsigned_package || !path.ends_with(row.suffix)) continue;
    outcome.remarks +=
        "pkgverify: hint: a signature has no signature; what it signs is judged by: pkgverify check " +
        certstore::shell_quoted(path.substr(0, path.size() - row.suffix.size())) + "\n";
  }
  if (report.exit_code() != ExitCode::untrusted) return;
  for (const std::string& line : approval_lines(report)) outcome.remarks += "pkgverify: hint: " + line + "\n";
}

Outcome judge(const CheckRun& run, const std::string& path) {
  Outcome outcome;
  const InputFile file = InputFile::open(path);
  Report report = verify(file, run.options, open_beside(path, run.options.signatures));
  report.file = path;
  outcome.code = report.exit_code();
  print_result(run, report, outcome);
  return outcome;
}

// Judges the copy and not the file, so that what is left behind is what was judged, whatever another program
// does to the file meanwhile.
Outcome judge_copy(const CheckRun& run, const std::string& path) {
  Outcome outcome;
  const InputFile file = InputFile::open(path);
  certstore::AtomicFile copy(*run.copy);
  copy.copy(file, 0, file.size());
  file.require_unchanged();
  const InputFile judged(certstore::FileDescriptor(::fcntl(copy.descriptor(), F_DUPFD_CLOEXEC, 0)), path);
  Report report = verify(judged, run.options, open_beside(path, run.options.signatures));
  report.file = path;
  outcome.code = report.exit_code();
  if (outcome.code == ExitCode::accepted) copy.commit(run.existing);
  print_result(run, report, outcome);
  return outcome;
}

// One file's trouble must not hide the verdict on the others of a batch.
Outcome judge_or_say_why(const CheckRun& run, const std::string& path) {
  try {
    return run.copy ? judge_copy(run, path) : judge(run, path);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    Outcome outcome;
    outcome.code = certstore::exit_code(error.kind());
    std::ostringstream result;
    if (run.json && !run.quiet) write_json_trouble(path, error, result);
    outcome.result = result.str();
    outcome.remarks = certstore::cli::trouble_text("pkgverify", error);
    return outcome;
  }
}

void print(const Outcome& outcome) {
  std::cout << outcome.result << std::flush;
  std::cerr << outcome.remarks << std::flush;
}

ExitCode judge_batch(CheckRun run, const std::vector<std::string>& files) {
  const unsigned all =
      run.options.jobs != 0 ? run.options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const auto outer = static_cast<unsigned>(std::min<std::size_t>(all, files.size()));
  run.options.jobs = std::max(1U, all / outer);
  run.options.show_progress = false;
  ExitCode code = ExitCode::accepted;
  for (std::size_t start = 0; start < files.size(); start += kBatchWindow) {
    std::vector<Outcome> outcomes(std::min(kBatchWindow, files.size() - start));
    certstore::for_each_parallel(outcomes.size(), outer, [&](std::size_t i) {
      outcomes[i] = judge_or_say_why(run, files[start + i]);
    });
    for (const Outcome& outcome : outcomes) {
      print(outcome);
      code = certstore::leftmost(code, outcome.code);
    }
  }
  return code;
}

ExitCode check(const Arguments& arguments) {
  if (arguments.has("expiring")) return check_expiring(arguments);
  const CheckRun run = read_run(arguments);
  const auto& files = arguments.operands();
  if (files.size() > 1) return judge_batch(run, files);
  const Outcome outcome = judge_or_say_why(run, files.front());
  print(outcome);
  return outcome.code;
}

}  // namespace

certstore::cli::Command check_command() {
  std::vector<certstore::cli::Option> options = judging_options();
  options.push_back({"output", 'o', "COPY", "leave the very bytes that were judged, only on exit code 0"});
  options.push_back(certstore::cli::kForceOption);
  options.push_back(kExpiringOption);
  options.push_back(kTextOrJsonOption);
  return {.name = "check",
          .operands = "FILE...",
          .summary = "judge packages; never asks, never writes to the store",
          .options = std::move(options),
          .example = "pkgverify check --trust server.pem com.example.net.package",
          .exit_codes = kVerdictExitCodes,
          .run = check};
}

}  // namespace verifier

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/parallel.h"
#include "formats/beside.h"
#include "verifier/answers.h"
#include "verifier/beside.h"
#include "verifier/check_expiring.h"
#include "verifier/commands.h"
#include "verifier/files_to_check.h"
#include "verifier/judging_options.h"
#include "verifier/report_outputs.h"
#include "verifier/verify.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
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
  ReportOutputs reports;
  std::optional<std::string> copy;
  certstore::Existing existing = certstore::Existing::refuse;
};

// What one file of a batch came to; printed in the order of the command line.
struct Outcome {
  ExitCode code = ExitCode::internal;
  ReportPieces result;
  std::string remarks;  // for stderr
};

void refuse_contradictions(const Arguments& arguments) {
  if (arguments.has("output") && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage,
                "--output takes one FILE, not " + std::to_string(arguments.operands().size()));
  }
  if (arguments.has("force") && !arguments.has("output") && !arguments.has("report")) {
    throw Error(ErrorKind::usage, "--force has no meaning without --output or --report");
  }
  if (arguments.value("output") == "-") {
    throw Error(ErrorKind::usage, "--output takes a file: standard output has the verdict");
  }
}

CheckRun read_run(const Arguments& arguments) {
  refuse_contradictions(arguments);
  CheckRun run{.options = {}, .reports = ReportOutputs(arguments), .copy = arguments.value("output")};
  run.existing = arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse;
  run.options = read_verify_options(arguments);
  run.options.elements = run.reports.elements_shown();
  run.options.want_file_digest = run.reports.wants_file_digest();
  return run;
}

void add_result(const CheckRun& run, const Report& report, Outcome& outcome) {
  outcome.result = run.reports.pieces(report);
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

InputFile open_package(const std::string& path) {
  std::error_code failure;
  if (path != "-" && std::filesystem::is_directory(path, failure)) {
    throw Error(ErrorKind::io, certstore::in_quotes(path) + " is a folder",
                "pkgverify check --recursive judges every file in it");
  }
  return InputFile::open(path);
}

Outcome judge(const CheckRun& run, const std::string& path) {
  Outcome outcome;
  const InputFile file = open_package(path);
  Report report = verify(file, run.options, open_beside(path, run.options.signatures));
  report.file = path;
  outcome.code = report.exit_code();
  add_result(run, report, outcome);
  return outcome;
}

// Judges the copy and not the file, so that what is left behind is what was judged, whatever another program
// does to the file meanwhile.
Outcome judge_copy(const CheckRun& run, const std::string& path) {
  Outcome outcome;
  const InputFile file = open_package(path);
  certstore::AtomicFile copy(*run.copy);
  copy.copy(file, 0, file.size());
  file.require_unchanged();
  const InputFile judged(certstore::FileDescriptor(::fcntl(copy.descriptor(), F_DUPFD_CLOEXEC, 0)), path);
  Report report = verify(judged, run.options, open_beside(path, run.options.signatures));
  report.file = path;
  outcome.code = report.exit_code();
  if (outcome.code == ExitCode::accepted) copy.commit(run.existing);
  add_result(run, report, outcome);
  return outcome;
}

Outcome outcome_of(const CheckRun& run, const std::string& path, const Error& error) {
  Outcome outcome;
  outcome.code = certstore::exit_code(error.kind());
  outcome.result = run.reports.trouble(path, error);
  outcome.remarks = certstore::cli::trouble_text("pkgverify", error);
  return outcome;
}

// One file's trouble must not hide the verdict on the others of a batch.
Outcome judge_or_say_why(const CheckRun& run, const std::string& path) {
  try {
    return run.copy ? judge_copy(run, path) : judge(run, path);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    return outcome_of(run, path, error);
  }
}

ExitCode print(CheckRun& run, Outcome outcome) {
  run.reports.put(std::move(outcome.result));
  std::cerr << outcome.remarks << std::flush;
  return outcome.code;
}

ExitCode judge_all(CheckRun& run, const std::vector<FoundFile>& files) {
  const unsigned all =
      run.options.jobs != 0 ? run.options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const auto outer = static_cast<unsigned>(std::clamp<std::size_t>(files.size(), 1, all));
  run.options.jobs = std::max(1U, all / outer);
  if (files.size() > 1) run.options.show_progress = false;
  ExitCode code = ExitCode::accepted;
  for (std::size_t start = 0; start < files.size(); start += kBatchWindow) {
    std::vector<Outcome> outcomes(std::min(kBatchWindow, files.size() - start));
    certstore::for_each_parallel(outcomes.size(), outer, [&](std::size_t i) {
      outcomes[i] = judge_or_say_why(run, files[start + i].path);
    });
    for (Outcome& outcome : outcomes) code = certstore::leftmost(code, print(run, std::move(outcome)));
  }
  return code;
}

ExitCode check(const Arguments& arguments) {
  const std::vector<std::string> names = names_to_check(arguments);
  if (arguments.has("expiring")) return check_expiring(arguments, names);
  CheckRun run = read_run(arguments);
  const FoundFiles found = files_to_check(arguments, names);
  run.reports.require_room(found.files.size() + found.unread.size());
  run.reports.begin();
  ExitCode code = judge_all(run, found.files);
  for (const UnreadPlace& place : found.unread) {
    code = certstore::leftmost(code, print(run, outcome_of(run, place.path, place.error)));
  }
  run.reports.end(code);
  return code;
}

}  // namespace

certstore::cli::Command check_command() {
  std::vector<certstore::cli::Option> options = judging_options();
  options.push_back({"output", 'o', "COPY", "leave the very bytes that were judged, only on exit code 0"});
  options.push_back(certstore::cli::kForceOption);
  options.push_back(kRecursiveOption);
  options.push_back(kFilesFromOption);
  options.push_back(kExpiringOption);
  options.push_back({"format", '\0', "FORMAT", "text, json, sarif, junit or html"});
  options.push_back(kReportOption);
  return {.name = "check",
          .operands = "[FILE...]",
          .summary = "judge packages; never asks, never writes to the store",
          .options = std::move(options),
          .example = "pkgverify check --trust server.pem com.example.net.package",
          .exit_codes = kVerdictExitCodes,
          .run = check};
}

}  // namespace verifier

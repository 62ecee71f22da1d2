#include "verifier/check_expiring.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/parallel.h"
#include "verifier/answers.h"
#include "verifier/beside.h"
#include "verifier/expiry.h"
#include "verifier/judging_options.h"
#include "verifier/package_files.h"
#include "verifier/report_json.h"
#include "verifier/report_writer.h"

#include <algorithm>
#include <iostream>
#include <thread>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::escaped;
using certstore::ExitCode;
using certstore::Instant;
using certstore::cli::Arguments;

enum class State { stops, not_verified, unread, lasts, foreign };

struct Outcome {
  FoundFile file;
  State state = State::unread;
  ExpiryLine line;             // for JSON, and what the text needs
  std::optional<Error> error;  // where it could not be read
  bool is_place = false;       // a folder, of which this is to be said
};

struct Run {
  VerifyOptions options;
  Instant until;
  std::int64_t days = 0;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

Run read_run(const Arguments& arguments) {
  for (const char* option : {"output", "force", "report"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage,
                "--expiring lists, and leaves neither copy nor report: without --" + std::string(option));
  }
  if (const std::string format = arguments.word("format", report_formats());
      format != "text" && format != "json") {
    throw Error(ErrorKind::usage, "--expiring lists as text or json, not as " + format);
  }
  Run run;
  run.days = arguments.days("expiring").value_or(std::chrono::days(0)).count();
  run.options = read_verify_options(arguments);
  run.options.elements = VerifyOptions::Elements::none;
  run.options.show_progress = false;
  run.until = run.options.policy.at + std::chrono::days(run.days);
  run.json = wants_json(arguments);
  run.quiet = arguments.quiet();
  run.verbose = arguments.verbose();
  return run;
}

// A folder holds all kinds of files. What is no package is told apart from a package that is not signed; what
// is broken, or of a kind that is not judged here, is no "other file".
bool is_foreign(const FoundFile& file, const Report& report) {
  return file.from_folder && report.exit_code() == ExitCode::unsigned_package && !report.is_meant_signed;
}

Outcome look_at(const Run& run, const FoundFile& found) {
  Outcome outcome{found, State::unread, {}, {}, false};
  outcome.line.file = found.path;
  try {
    const auto file = certstore::InputFile::open(found.path);
    const auto beside = open_beside(found.path, run.options.signatures);
    const Report report = verify(file, run.options, beside);
    outcome.line.code = report.exit_code();
    outcome.line.verdict = word_of(report.verdict());
    if (is_foreign(found, report)) {
      outcome.state = State::foreign;
    } else if (report.exit_code() != ExitCode::accepted) {
      outcome.state = State::not_verified;
    } else {
      outcome.line.ending = first_ending(file, report, run.options, run.until, beside);
      outcome.state = outcome.line.ending ? State::stops : State::lasts;
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    outcome.line.code = certstore::exit_code(error.kind());
    outcome.error = error;
  }
  return outcome;
}

// By date; then what is wrong now, then the others, each by the order of the command line.
bool comes_before(const Outcome& a, const Outcome& b) {
  if (a.state != b.state) return a.state < b.state;
  return a.state == State::stops && a.line.ending->at < b.line.ending->at;
}

std::string_view word_of(State state) {
  switch (state) {
    case State::stops:
      return "stops";
    case State::not_verified:
      return "notVerified";
    case State::unread:
      return "unread";
    case State::lasts:
      return "lasts";
    case State::foreign:
      return "foreign";
  }
  throw Error(ErrorKind::internal, "a state without a word");
}

std::string reasons_of(const Ending& ending) {
  std::string text;
  for (const certstore::Issue& issue : ending.because) {
    text += text.empty() ? "" : "; ";
    text += std::string(certstore::kind_of(issue.code).id) + ": ";
    if (!issue.subject.empty()) text += certstore::in_quotes(issue.subject) + " ";
    text += issue.detail;
  }
  return text;
}

void print_text(const Run& run, const Outcome& outcome) {
  const std::string path = escaped(outcome.file.path);
  switch (outcome.state) {
    case State::stops:
      std::cout << certstore::to_rfc3339(outcome.line.ending->at) << "  " << path << ": exit code "
                << static_cast<int>(outcome.line.ending->code) << ", " << reasons_of(*outcome.line.ending)
                << "\n";
      return;
    case State::not_verified:
      std::cout << "not verified now      " << path << ": " << outcome.line.verdict << ", exit code "
                << static_cast<int>(outcome.line.code) << ": " << meaning_of(outcome.line.code) << "\n";
      return;
    case State::unread:
      std::cout << "not judged            " << path << "\n";
      return;
    case State::lasts:
      if (run.verbose) std::cout << "verifies longer       " << path << "\n";
      return;
    case State::foreign:
      if (run.verbose) std::cout << "no package            " << path << "\n";
      return;
  }
}

void print(const Run& run, const Outcome& outcome) {
  if (outcome.error) std::cerr << certstore::cli::trouble_text("pkgverify", *outcome.error);
  if (run.quiet) return;
  if (!run.json) return print_text(run, outcome);
  if (outcome.error) return write_json_trouble(outcome.file.path, *outcome.error, std::cout);
  write_json_expiry(word_of(outcome.state), outcome.line, run.until, std::cout);
}

std::size_t count(const std::vector<Outcome>& outcomes, State state) {
  return static_cast<std::size_t>(std::count_if(outcomes.begin(), outcomes.end(),
                                                [&](const Outcome& one) { return one.state == state; }));
}

void print_sum(const Run& run, const std::vector<Outcome>& outcomes) {
  if (run.quiet || run.json) return;
  const std::size_t foreign = count(outcomes, State::foreign);
  const auto places = static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return outcome.is_place; }));
  std::cout << "packages: " << outcomes.size() - foreign - places << "; within " << run.days
            << " days (until " << certstore::to_rfc3339(run.until) << ") stop "
            << count(outcomes, State::stops) << ", verify longer " << count(outcomes, State::lasts)
            << ", not verified now " << count(outcomes, State::not_verified) << ", not judged "
            << count(outcomes, State::unread) - places << "; other files: " << foreign << "\n";
}

// A folder without any package is a wrong path more often than good news.
void require_packages(const std::vector<std::string>& operands, std::vector<Outcome>& outcomes) {
  std::vector<bool> any(operands.size());
  for (const Outcome& outcome : outcomes) {
    if (outcome.state != State::foreign) any[outcome.file.operand] = true;
  }
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (any[i]) continue;
    Outcome none{{operands[i], i, false}, State::unread, {}, {}, true};
    none.line.code = ExitCode::trouble;
    none.error = Error(ErrorKind::io, "there is no package in " + certstore::in_quotes(operands[i]));
    outcomes.push_back(std::move(none));
  }
}

std::vector<Outcome> look_at_all(Run run, const std::vector<std::string>& operands) {
  const FoundFiles found = find_package_files(operands);
  const bool any_folder =
      !found.unread.empty() || std::any_of(found.files.begin(), found.files.end(),
                                           [](const FoundFile& file) { return file.from_folder; });
  if (any_folder && names_signature_files(run.options)) {
    throw Error(ErrorKind::usage, "--signature FILE is of one file, not of a folder");
  }
  std::vector<Outcome> outcomes(found.files.size());
  const unsigned all =
      run.options.jobs != 0 ? run.options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const auto outer = static_cast<unsigned>(std::clamp<std::size_t>(found.files.size(), 1, all));
  run.options.jobs = std::max(1U, all / outer);
  certstore::for_each_parallel(found.files.size(), outer,
                               [&](std::size_t i) { outcomes[i] = look_at(run, found.files[i]); });
  for (const UnreadPlace& place : found.unread) {
    Outcome outcome{{place.path, place.operand, true}, State::unread, {}, place.error, true};
    outcome.line.code = certstore::exit_code(place.error.kind());
    outcomes.push_back(std::move(outcome));
  }
  require_packages(operands, outcomes);
  std::stable_sort(outcomes.begin(), outcomes.end(), comes_before);
  return outcomes;
}

}  // namespace

ExitCode check_expiring(const Arguments& arguments, const std::vector<std::string>& names) {
  const Run run = read_run(arguments);
  const std::vector<Outcome> outcomes = look_at_all(run, names);
  ExitCode code = ExitCode::accepted;
  for (const Outcome& outcome : outcomes) {
    print(run, outcome);
    if (outcome.state == State::foreign) continue;
    code = certstore::leftmost(code, outcome.line.code);
    if (outcome.state == State::stops) code = certstore::leftmost(code, ExitCode::dates);
  }
  print_sum(run, outcomes);
  return code;
}

}  // namespace verifier

#include "signer/targets.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <set>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::Existing;
using certstore::cli::Arguments;
using certstore::cli::Command;
using certstore::cli::Option;

constexpr std::array<std::string_view, 3> kTargets = {"output", "output-dir", "in-place"};

// What was typed, without the targets: to be completed with one of them.
std::string typed(const Arguments& arguments, const Command& command) {
  std::string line = arguments.tool() + " " + std::string(command.name);
  for (const Option& option : command.options) {
    const bool is_target = std::find(kTargets.begin(), kTargets.end(), option.name) != kTargets.end();
    if (is_target || !arguments.has(option.name)) continue;
    line += " --" + std::string(option.name);
    if (!option.value.empty()) line += " " + certstore::shell_quoted(*arguments.value(option.name));
  }
  for (const std::string& file : arguments.operands()) line += " " + certstore::shell_quoted(file);
  return line;
}

// "foo.package" becomes "foo.signed.package".
std::string suggested_name(const std::filesystem::path& input) {
  if (input == "-") return "signed.package";
  return (input.parent_path() / (input.stem().string() + ".signed" + input.extension().string())).string();
}

Error no_target(const Arguments& arguments, const Command& command) {
  const std::string line = typed(arguments, command);
  std::string hint = "one of\n";
  if (arguments.operands().size() == 1) {
    hint +=
        "  " + line + " -o " + certstore::shell_quoted(suggested_name(arguments.operands().front())) + "\n";
  }
  hint += "  " + line + " --output-dir signed\n  " + line + " --in-place";
  return {ErrorKind::usage, "say where the signed package goes", hint};
}

void require_one_target(const Arguments& arguments, const Command& command) {
  std::size_t given = 0;
  for (const std::string_view target : kTargets) given += arguments.has(target) ? 1 : 0;
  if (given == 0) throw no_target(arguments, command);
  if (given > 1) throw Error(ErrorKind::usage, "only one of -o, --output-dir and --in-place can be given");
  if (arguments.has("output") && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage, "-o takes one package, several need --output-dir or --in-place");
  }
}

// A link is followed: it stays, and the file behind it is replaced, with the mode that it had.
Job in_place(const std::filesystem::path& input) {
  if (input == "-") throw Error(ErrorKind::usage, "standard input cannot be signed in place", "-o FILE");
  std::error_code failure;
  const std::filesystem::path real = std::filesystem::canonical(input, failure);
  struct stat status {};
  if (failure || ::stat(real.c_str(), &status) != 0) {
    certstore::throw_errno("read", input.string(), failure ? failure.value() : errno);
  }
  return {input, {real, Existing::replace, status.st_mode, true}};
}

Job into_folder(const std::filesystem::path& input, const std::filesystem::path& folder, Existing existing) {
  if (input == "-" || !input.has_filename()) {
    throw Error(ErrorKind::usage,
                certstore::in_quotes(input.string()) + " has no name to keep in --output-dir", "-o FILE");
  }
  return {input, {folder / input.filename(), existing, std::nullopt}};
}

void require_free_path(const Target& target) {
  struct stat status {};
  if (target.path == "-") return;
  if (::stat(target.path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::io, certstore::in_quotes(target.path.string()) + " is a directory",
                "--output-dir " + certstore::shell_quoted(target.path.string()) +
                    " puts signed packages into it, under their names");
  }
  if (target.existing == Existing::replace || ::lstat(target.path.c_str(), &status) != 0) return;
  throw Error(ErrorKind::io, certstore::in_quotes(target.path.string()) + " exists",
              "choose another name, or say --force");
}

}  // namespace

std::vector<Job> choose_targets(const Arguments& arguments, const Command& command) {
  require_one_target(arguments, command);
  const Existing existing = arguments.has("force") ? Existing::replace : Existing::refuse;
  std::vector<Job> jobs;
  std::set<std::filesystem::path> seen;
  for (const std::string& input : arguments.operands()) {
    if (arguments.has("in-place")) {
      jobs.push_back(in_place(input));
    } else if (const auto folder = arguments.value("output-dir")) {
      jobs.push_back(into_folder(input, *folder, existing));
    } else {
      jobs.push_back({input, {*arguments.value("output"), existing, std::nullopt}});
    }
    const Target& target = jobs.back().target;
    if (!seen.insert(target.path).second) {
      throw Error(ErrorKind::usage,
                  "two packages would become " + certstore::in_quotes(target.path.string()));
    }
    require_free_path(target);
  }
  return jobs;
}

}  // namespace signer

#include "signer/detached.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/detached_cms.h"

#include <sys/stat.h>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::Existing;
using certstore::in_quotes;
using certstore::cli::Arguments;

bool is_taken(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::filesystem::path place_of(const std::string& input, const Arguments& arguments) {
  if (const auto output = arguments.value("output")) return *output;
  const std::filesystem::path path(input);
  if (input == "-" || !path.has_filename()) {
    throw Error(ErrorKind::usage, "standard input has no place beside it for a signature", "-o FILE.p7s");
  }
  const std::string name = path.filename().string() + ".p7s";
  const auto folder = arguments.value("output-dir");
  return (folder ? std::filesystem::path(*folder) : path.parent_path()) / name;
}

Target target_at(const std::filesystem::path& place, const Arguments& arguments) {
  if (place == "-") {
    if (arguments.has("add")) throw Error(ErrorKind::usage, "--add needs a signature file to add to");
    return {place, Existing::refuse, std::nullopt};
  }
  if (!is_taken(place)) {
    if (arguments.has("add")) {
      throw Error(ErrorKind::io, "there is no signature " + in_quotes(place.string()) + " to add to",
                  "leave out --add for the first one");
    }
    return {place, Existing::refuse, std::nullopt};
  }
  const bool replaces = arguments.has("add") || arguments.has("replace") || arguments.has("force");
  if (!replaces) {
    throw Error(ErrorKind::io, in_quotes(place.string()) + " exists",
                "--add signs beside those in it, --replace drops them");
  }
  return {place, Existing::replace, std::nullopt};
}

}  // namespace

std::vector<certstore::cli::Option> detached_options() {
  return {{"detached", '\0', "", "any file: leave it as it is, write FILE.p7s (CMS) beside it"},
          {"pem", '\0', "", "write that as PEM, not DER"}};
}

void refuse_mixed(const Arguments& arguments) {
  if (!arguments.has("detached")) {
    if (arguments.has("pem")) throw Error(ErrorKind::usage, "--pem has no meaning without --detached");
    return;
  }
  for (const std::string_view option :
       {"in-place", "only", "serial", "digest", "cms", "vro-digest", "vro-unbound", "compat"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage, "--detached and --" + std::string(option) + " do not go together");
  }
  if (arguments.has("add") && arguments.has("replace")) {
    throw Error(ErrorKind::usage, "--add and --replace do not go together");
  }
}

std::vector<Job> choose_detached_targets(const Arguments& arguments) {
  if (arguments.has("output") && arguments.has("output-dir")) {
    throw Error(ErrorKind::usage, "only one of -o and --output-dir can be given");
  }
  if (arguments.has("output") && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage, "-o takes one signature, several files need --output-dir or none of both");
  }
  std::vector<Job> jobs;
  for (const std::string& input : arguments.operands()) {
    jobs.push_back({input, target_at(place_of(input, arguments), arguments)});
    for (std::size_t i = 0; i + 1 < jobs.size(); ++i) {
      if (jobs[i].target.path != jobs.back().target.path) continue;
      throw Error(ErrorKind::usage,
                  "two signatures would become " + in_quotes(jobs.back().target.path.string()));
    }
  }
  return jobs;
}

PreparedPackage prepare_detached(const Job& job, const formats::SigningRequest& request,
                                 const Arguments& arguments) {
  PreparedPackage prepared;
  prepared.is_detached = true;
  prepared.input = std::make_unique<certstore::InputFile>(certstore::InputFile::open(job.input));
  if (arguments.has("add")) {
    prepared.add_to = std::make_unique<certstore::InputFile>(certstore::InputFile::open(job.target.path));
    require_matching(*prepared.input, *prepared.add_to);
  }
  prepared.plan = formats::plan_detached(
      *prepared.input, request,
      {.add_to = prepared.add_to.get(), .pem = arguments.has("pem"), .any_meaning = arguments.has("force")});
  return prepared;
}

}  // namespace signer

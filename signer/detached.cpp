#include "signer/detached.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/beside.h"

#include <sys/stat.h>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::Existing;
using certstore::in_quotes;
using certstore::cli::Arguments;
using formats::BesideFormat;

bool is_taken(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// A name that says another kind would mislead every reader.
void require_own_name(const std::string& path, const BesideFormat& format) {
  for (const BesideFormat& other : formats::beside_formats()) {
    if (other.is_shared || other.name == format.name || !path.ends_with(other.suffix)) continue;
    throw Error(ErrorKind::usage, in_quotes(path) + " is the name of another kind of signature",
                "this key makes " + std::string(format.suffix));
  }
}

std::filesystem::path place_of(const std::string& input, const Arguments& arguments,
                               const BesideFormat& format) {
  if (const auto output = arguments.value("output")) {
    require_own_name(*output, format);
    return *output;
  }
  const std::filesystem::path path(input);
  if (input == "-" || !path.has_filename()) {
    throw Error(ErrorKind::usage, "standard input has no place beside it for a signature",
                "-o FILE" + std::string(format.suffix));
  }
  const std::string name = path.filename().string() + std::string(format.suffix);
  const auto folder = arguments.value("output-dir");
  return (folder ? std::filesystem::path(*folder) : path.parent_path()) / name;
}

Target target_at(const std::filesystem::path& place, const Arguments& arguments, const BesideFormat& format) {
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
    throw Error(
        ErrorKind::io, in_quotes(place.string()) + " exists",
        format.takes_several ? "--add signs beside those in it, --replace drops them" : "--replace drops it");
  }
  return {place, Existing::replace, std::nullopt};
}

}  // namespace

std::vector<certstore::cli::Option> detached_options() {
  return {{"detached", '\0', "", "any file as it is: write FILE.p7s (CMS) or FILE.minisig beside it"},
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
  if (arguments.has("output") && arguments.has("output-dir")) {
    throw Error(ErrorKind::usage, "only one of -o and --output-dir can be given");
  }
  if (arguments.has("output") && arguments.operands().size() > 1) {
    throw Error(ErrorKind::usage, "-o takes one signature, several files need --output-dir or none of both");
  }
}

std::vector<Job> choose_detached_targets(const Arguments& arguments,
                                         const certstore::SignerIdentity& signer) {
  const BesideFormat& format = formats::beside_format_by(signer);
  if (arguments.has("add") && !format.takes_several) {
    throw Error(ErrorKind::usage, "a " + std::string(format.suffix) + " file carries one signature",
                "-o FILE.NAME" + std::string(format.suffix) + " makes another; --replace drops the first");
  }
  std::vector<Job> jobs;
  for (const std::string& input : arguments.operands()) {
    jobs.push_back({input, target_at(place_of(input, arguments, format), arguments, format)});
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
  const BesideFormat& format = formats::beside_format_by(request.signer);
  prepared.beside = format.name;
  prepared.input = std::make_unique<certstore::InputFile>(certstore::InputFile::open(job.input));
  if (arguments.has("add")) {
    prepared.add_to = std::make_unique<certstore::InputFile>(certstore::InputFile::open(job.target.path));
    require_matching(*prepared.input, *prepared.add_to, format.name);
  }
  prepared.plan = format.plan(*prepared.input, request,
                              {.add_to = prepared.add_to.get(),
                               .pem = arguments.has("pem"),
                               .any_meaning = arguments.has("force"),
                               .file_name = job.input == "-" ? "" : job.input.filename().string()});
  return prepared;
}

}  // namespace signer

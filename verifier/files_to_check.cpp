#include "verifier/files_to_check.h"

#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "verifier/batch_limits.h"

#include <algorithm>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::cli::Arguments;

std::string read_list(const std::string& source) {
  const auto list = certstore::InputFile::open(source);
  if (list.size() > limits::kFileList) {
    throw Error(ErrorKind::io, "the list " + in_quotes(list.name()) + " is longer than " +
                                   std::to_string(limits::kFileList >> 20U) + " MiB");
  }
  const certstore::Bytes bytes = list.read_all(limits::kFileList);
  std::string text(bytes.begin(), bytes.end());
  if (text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::usage, "the list " + in_quotes(list.name()) + " has a zero byte",
                "names stand one a line: find -print, not -print0");
  }
  return text;
}

std::vector<std::string> names_in_list(const std::string& source) {
  const std::string text = read_list(source);
  std::vector<std::string> names;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string name = text.substr(start, end - start);
    start = end + 1;
    if (name.empty()) continue;
    // In a list it is a file's name, and not standard input.
    if (name == "-") name = "./-";
    names.push_back(std::move(name));
  }
  if (names.empty()) throw Error(ErrorKind::io, "the list " + in_quotes(source) + " names no file");
  return names;
}

void refuse_contradictions(const Arguments& arguments) {
  const auto& operands = arguments.operands();
  const auto readers =
      std::count(operands.begin(), operands.end(), "-") + (arguments.value("files-from") == "-" ? 1 : 0);
  if (readers > 1) throw Error(ErrorKind::usage, "standard input can be read only once");
  for (const char* option : {"recursive", "files-from"}) {
    if (!arguments.has(option)) continue;
    if (arguments.has("output")) {
      throw Error(ErrorKind::usage, "--output takes one FILE, and --" + std::string(option) + " is for many");
    }
    const auto& signatures = arguments.values("signature");
    if (!signatures.empty() && signatures.front() != "none") {
      throw Error(ErrorKind::usage,
                  "--signature FILE is of one file, and --" + std::string(option) + " is for many");
    }
  }
  if (operands.empty() && !arguments.has("files-from")) {
    throw Error(ErrorKind::usage, "an argument is missing: which FILE?",
                "pkgverify check FILE..., or --files-from LIST (--help says more)");
  }
}

}  // namespace

std::vector<std::string> names_to_check(const Arguments& arguments) {
  refuse_contradictions(arguments);
  std::vector<std::string> names = arguments.operands();
  if (const auto source = arguments.value("files-from")) {
    std::vector<std::string> listed = names_in_list(*source);
    std::move(listed.begin(), listed.end(), std::back_inserter(names));
  }
  if (names.size() > limits::kBatchFiles) {
    throw Error(ErrorKind::usage,
                "more than " + std::to_string(limits::kBatchFiles) + " files are too many for one run");
  }
  return names;
}

FoundFiles files_to_check(const Arguments& arguments, const std::vector<std::string>& names) {
  FoundFiles found;
  if (!arguments.has("recursive")) {
    for (std::size_t i = 0; i < names.size(); ++i) found.files.push_back({names[i], i, false});
    return found;
  }
  found = find_package_files(names);
  std::vector<bool> any(names.size());
  for (const FoundFile& file : found.files) any[file.operand] = true;
  for (const UnreadPlace& place : found.unread) any[place.operand] = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (any[i]) continue;
    found.unread.push_back({names[i], i, Error(ErrorKind::io, "there is no file in " + in_quotes(names[i]))});
  }
  return found;
}

}  // namespace verifier

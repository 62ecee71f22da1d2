#include "verifier/report_outputs.h"

#include "certstore/base/escape.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <sstream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

// Lets the writer write, and brings what it wrote to its place.
void write(certstore::AtomicFile* file, const std::function<void(std::ostream&)>& writing) {
  if (file == nullptr) return writing(std::cout);
  std::ostringstream text;
  writing(text);
  file->write(certstore::as_bytes(text.str()));
}

std::string all_formats() {
  std::string words;
  for (const std::string_view word : report_formats())
    words += (words.empty() ? "" : ", ") + std::string(word);
  return words;
}

}  // namespace

ReportOutputs::ReportOutputs(const certstore::cli::Arguments& arguments)
    : existing_(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse) {
  const std::string format = arguments.word("format", report_formats());
  TextStyle style = text_style(arguments, STDOUT_FILENO);
  if (!arguments.quiet()) add(format, style, nullptr);
  style.color = false;
  for (const std::string& given : arguments.values("report")) add_file(given, style);
}

void ReportOutputs::add_file(const std::string& given, const TextStyle& style) {
  const std::size_t equals = std::min(given.find('='), given.size());
  const std::string format = given.substr(0, equals);
  const std::string path = given.substr(std::min(equals + 1, given.size()));
  if (std::ranges::count(report_formats(), format) == 0 || path.empty() || path == "-") {
    throw Error(ErrorKind::usage, "--report " + in_quotes(given) + " is not FORMAT=FILE",
                "such as html=report.html; the formats are " + all_formats() +
                    ", and --format is for standard output");
  }
  for (const Output& other : outputs_) {
    if (other.file && other.file->path() == path) {
      throw Error(ErrorKind::usage, "--report names the file " + in_quotes(path) + " twice");
    }
  }
  std::error_code unknown;  // then commit() refuses
  if (existing_ == certstore::Existing::refuse && std::filesystem::exists(path, unknown)) {
    throw Error(ErrorKind::io, in_quotes(path) + " exists already", "--force replaces it");
  }
  add(format, style, std::make_unique<certstore::AtomicFile>(path));
}

void ReportOutputs::add(std::string_view format, const TextStyle& style,
                        std::unique_ptr<certstore::AtomicFile> file) {
  using Elements = VerifyOptions::Elements;
  const bool is_brief = format == "text" && !style.verbose;
  wants_file_digest_ = wants_file_digest_ || !is_brief;
  elements_shown_ = std::max(elements_shown_, is_brief ? Elements::counted : Elements::listed);
  outputs_.push_back({make_report_writer(format, style), std::move(file)});
}

ReportPieces ReportOutputs::pieces(const Report& report) const {
  ReportPieces pieces;
  for (const Output& output : outputs_) pieces.push_back(output.writer->piece(report));
  return pieces;
}

ReportPieces ReportOutputs::trouble(std::string_view file, const Error& error) const {
  ReportPieces pieces;
  for (const Output& output : outputs_) pieces.push_back(output.writer->trouble(file, error));
  return pieces;
}

void ReportOutputs::require_room(std::size_t files) const {
  for (const Output& output : outputs_) output.writer->require_room(files);
}

void ReportOutputs::begin() {
  for (Output& output : outputs_) {
    write(output.file.get(), [&](std::ostream& out) { output.writer->begin(out); });
  }
}

void ReportOutputs::put(ReportPieces pieces) {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    write(outputs_[i].file.get(),
          [&](std::ostream& out) { outputs_[i].writer->put(std::move(pieces.at(i)), out); });
  }
}

void ReportOutputs::end(certstore::ExitCode code) {
  for (Output& output : outputs_) {
    write(output.file.get(), [&](std::ostream& out) { output.writer->end(code, out); });
  }
  for (Output& output : outputs_) {
    if (output.file) output.file->commit(existing_);
  }
}

}  // namespace verifier

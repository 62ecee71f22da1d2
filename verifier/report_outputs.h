// Where the reports of one run of `check` go: standard output, and the files of --report.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/base/file.h"
#include "verifier/report_writer.h"
#include "verifier/verify.h"

#include <memory>
#include <string>
#include <vector>

namespace verifier {

inline constexpr certstore::cli::Option kReportOption{"report", '\0', "FORMAT=FILE",
                                                      "write this report, too (may be repeated)", true};

// What one file adds to each report, in the order of the reports.
using ReportPieces = std::vector<ReportPiece>;

class ReportOutputs {
 public:
  // --format, --report, --force and --quiet, which silences standard output alone. Throws Error(usage) for
  // what is no report, Error(io) where one cannot be written or, without --force, is there: before anything
  // is judged.
  explicit ReportOutputs(const certstore::cli::Arguments& arguments);

  // What they say of elements: none where there are none, of brief text their number only.
  [[nodiscard]] VerifyOptions::Elements elements_shown() const { return elements_shown_; }
  // Whether one of them shows the digest of the file.
  [[nodiscard]] bool wants_file_digest() const { return wants_file_digest_; }

  // As the functions of ReportWriter. The files appear, each whole, at the end.
  [[nodiscard]] ReportPieces pieces(const Report& report) const;
  [[nodiscard]] ReportPieces trouble(std::string_view file, const certstore::Error& error) const;
  void require_room(std::size_t files) const;
  void begin();
  void put(ReportPieces pieces);
  void end(certstore::ExitCode code);

 private:
  struct Output {
    std::unique_ptr<ReportWriter> writer;
    std::unique_ptr<certstore::AtomicFile> file;  // empty: standard output
  };
  void add(std::string_view format, const TextStyle& style, std::unique_ptr<certstore::AtomicFile> file);
  void add_file(const std::string& given, const TextStyle& style);

  std::vector<Output> outputs_;
  certstore::Existing existing_ = certstore::Existing::refuse;
  bool wants_file_digest_ = false;
  VerifyOptions::Elements elements_shown_ = VerifyOptions::Elements::none;
};

}  // namespace verifier

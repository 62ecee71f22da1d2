// What `check` prints about its files, in one of its formats. A piece for each file may be made by any
// thread; one thread then puts the pieces in their order. No format computes a verdict: Report does.
#pragma once

#include "certstore/base/error.h"
#include "verifier/report.h"
#include "verifier/text_style.h"

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace verifier {

// What one file adds to the document.
struct ReportPiece {
  std::string text;    // where the files stand, one after the other
  std::string aside;   // where the format lists all files once more
  bool judged = true;  // false: there is no verdict, but an error
  bool accepted = false;
};

class ReportWriter {
 public:
  ReportWriter() = default;
  ReportWriter(const ReportWriter&) = delete;
  ReportWriter& operator=(const ReportWriter&) = delete;
  virtual ~ReportWriter() = default;

  // Pure, for any thread; never throws for what a package chose.
  [[nodiscard]] virtual ReportPiece piece(const Report& report) const = 0;
  // The same for a file that could not be judged.
  [[nodiscard]] virtual ReportPiece trouble(std::string_view file, const certstore::Error& error) const = 0;

  // Throws Error(usage) if so many files are too many for this format.
  virtual void require_room(std::size_t /*files*/) const {}
  // In this order, from one thread.
  virtual void begin(std::ostream& /*out*/) {}
  virtual void put(ReportPiece piece, std::ostream& out) { out << piece.text << std::flush; }
  virtual void end(certstore::ExitCode /*code*/, std::ostream& /*out*/) {}
};

// The words of --format, the default first.
[[nodiscard]] std::span<const std::string_view> report_formats();
// The writer of one of these words; `style` is for text, also where text stands within another format.
[[nodiscard]] std::unique_ptr<ReportWriter> make_report_writer(std::string_view format,
                                                               const TextStyle& style);

}  // namespace verifier

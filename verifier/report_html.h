// The report as one page of HTML for a person: self-contained, without script and without any reference to
// something outside, light or dark as the reader's system is, fit to print. The page forbids itself
// everything but its own style (Content-Security-Policy), should an escape ever be forgotten.
#pragma once

#include "verifier/report_writer.h"

namespace verifier {

// Holds all pieces until the end, since the page begins with their sum: at most limits::kPageFiles.
[[nodiscard]] std::unique_ptr<ReportWriter> html_writer();

// What stands in <style>.
[[nodiscard]] std::string_view html_style();

}  // namespace verifier

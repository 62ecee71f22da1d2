// The report as SARIF 2.1.0 (OASIS): a result for each finding, under its stable id as rule, and one for each
// package that is not accepted. An accepted package has no result of level "error". All texts are escaped as
// in the text report, so that no name makes a link in a viewer.
#pragma once

#include "verifier/report_writer.h"

namespace verifier {

// The rule of the result that says that a package is not accepted, whatever the findings.
inline constexpr std::string_view kNotAcceptedRule = "not-accepted";

// The document has one run, with what the command line ends with as its exit code; every file is an artifact
// with its verdict, troubles are notifications of the run.
[[nodiscard]] std::unique_ptr<ReportWriter> sarif_writer();

}  // namespace verifier

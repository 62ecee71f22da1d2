// The report as JUnit XML, which GitLab, Jenkins and others show as test results: a suite with one test case
// for each file, a failure unless it is accepted, an error if it could not be judged. Its text is the report
// for people.
#pragma once

#include "verifier/report_writer.h"

namespace verifier {

[[nodiscard]] std::unique_ptr<ReportWriter> junit_writer();

}  // namespace verifier

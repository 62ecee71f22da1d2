// The report for programs: one JSON object a file on one line, "schema": 1, described by
// docs/report.schema.json. It only ever gains fields. Text is as found where it is UTF-8, else escaped as in
// the text report; everything beyond ASCII is written \uXXXX, so that a line is safe on a terminal.
#pragma once

#include "certstore/base/error.h"
#include "verifier/expiry.h"
#include "verifier/report.h"

#include <ostream>
#include <string_view>

namespace verifier {

struct JsonDetail {
  bool entries = false;  // list every entry with its signers
};

// Writes the report and a line end; never throws for what a package chose.
void write_json(const Report& report, const JsonDetail& detail, std::ostream& out);

// The object for a file that could not be judged: no verdict, but why.
void write_json_trouble(std::string_view file, const certstore::Error& error, std::ostream& out);

// The object for a file in the list of `check --expiring`: "state" says whether it stops until then.
void write_json_expiry(std::string_view state, const ExpiryLine& line, certstore::Instant until,
                       std::ostream& out);

}  // namespace verifier

// The report for people: one fact a line, the verdict first, stable words. Everything that a package or a
// certificate chose is escaped; the import prompt shows the same parts.
#pragma once

#include "verifier/report.h"
#include "verifier/text_style.h"

#include <ostream>
#include <string>

namespace verifier {

// The whole report of `check`.
void write_text(const Report& report, const TextStyle& style, std::ostream& out);

// Its parts, in that order.
// "untrusted  foo.package", then file facts: exit code in words, format, package, size.
void write_verdict(const Report& report, const TextStyle& style, std::ostream& out);
// The four answers and whether the set is bound.
void write_answers(const Report& report, const TextStyle& style, std::ostream& out);
// Subject, whole fingerprints, key, validity, what it covers, trust, findings.
void write_signer(const Report& report, const SignerReport& signer, const TextStyle& style,
                  std::ostream& out);
// Owners of elements, counted.
void write_owners(const Report& report, const TextStyle& style, std::ostream& out);
// Findings grouped by kind, the gravest first; with --verbose all of them, else the first few of each kind.
void write_findings(const Report& report, const TextStyle& style, std::ostream& out);
// What the format cannot prove about this package.
void write_unprovable(const Report& report, const TextStyle& style, std::ostream& out);

// Writes one fact: the label in its column, then the value (escaped by the caller).
void write_fact(std::ostream& out, std::size_t indent, std::string_view label, std::string_view value);

// "2026-11-23 to 2036-11-20", and whether it has ended or not begun at `at`.
[[nodiscard]] std::string validity_of(const certstore::Certificate& certificate, certstore::Instant at);
// The names of the digests of a signer's signatures: "SHA-256, MD5".
[[nodiscard]] std::string digests_of(const SignerReport& signer);

}  // namespace verifier

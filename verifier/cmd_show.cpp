#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "verifier/answers.h"
#include "verifier/beside.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/report_json.h"
#include "verifier/report_text.h"
#include "verifier/text_style.h"
#include "verifier/verify.h"

#include <unistd.h>

#include <iostream>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::ExitCode;
using certstore::in_quotes;
using certstore::cli::Arguments;

// "1, 2": the numbers of signers as listed above the elements.
std::string numbers_of(const std::vector<std::size_t>& signers) {
  std::string text;
  for (const std::size_t signer : signers) text += (text.empty() ? "" : ", ") + std::to_string(signer + 1);
  return text.empty() ? "none" : text;
}

void write_entry(const Report& report, std::size_t entry, std::ostream& out) {
  const EntryReport& found = report.entries.at(entry);
  write_fact(out, 6, "entry",
             escaped(report.entry_names.at(entry)) +
                 (found.needs_cover ? "  signer " + numbers_of(found.signers) : "  needs no signature"));
}

void write_element(const Report& report, const ElementReport& element, const TextStyle& style,
                   std::ostream& out) {
  const formats::Element& found = element.element;
  write_fact(out, 2, "element",
             (found.kind.empty() ? "" : escaped(found.kind) + "  ") + in_quotes(found.name));
  write_fact(out, 4, "id", escaped(found.id));
  if (!found.folder.empty()) write_fact(out, 4, "folder", in_quotes(found.folder));
  if (!found.version.empty()) write_fact(out, 4, "version", escaped(found.version));
  write_fact(out, 4, "signer", numbers_of(element.signers));
  if (found.owner) {
    write_fact(out, 4, "owner",
               in_quotes(found.owner->claimed_name) + "  " + std::string(name_of(found.owner->standing)) +
                   (element.owner_trusted ? "; trusted" : "; not trusted"));
  }
  if (!style.verbose) return;
  for (const std::size_t entry : found.entries) write_entry(report, entry, out);
}

// Entries that belong to no element: the description of the package, certificates, signatures.
void write_other_entries(const Report& report, std::ostream& out) {
  std::vector<bool> is_in_element(report.entries.size());
  for (const ElementReport& element : report.elements) {
    for (const std::size_t entry : element.element.entries) is_in_element.at(entry) = true;
  }
  write_fact(out, 2, "others", "entries that belong to no element");
  for (std::size_t entry = 0; entry < is_in_element.size(); ++entry) {
    if (!is_in_element[entry]) write_entry(report, entry, out);
  }
}

void write_contents(const Report& report, const TextStyle& style, std::ostream& out) {
  write_verdict(report, style, out);
  for (std::size_t i = 0; i < report.signers.size(); ++i) {
    const SignerReport& signer = report.signers[i];
    write_fact(out, 2, "signer " + std::to_string(i + 1), escaped(signer.identity.subject()));
    write_fact(out, 4, "sha256", certstore::to_hex(signer.identity.sha256()));
    write_fact(out, 4, "trusted", signer.decision.trusted ? "yes" : "no");
  }
  for (const ElementReport& element : report.elements) write_element(report, element, style, out);
  if (style.verbose) write_other_entries(report, out);
  write_findings(report, style, out);
}

ExitCode show(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const TextStyle style = text_style(arguments, STDOUT_FILENO);
  const VerifyOptions options = read_verify_options(arguments);
  const std::string& path = arguments.operands().front();
  const certstore::InputFile file = certstore::InputFile::open(path);
  Report report = verify(file, options, open_beside(path, options.signatures));
  report.file = path;
  if (arguments.quiet()) return report.exit_code();
  if (json) {
    write_json(report, {.entries = style.verbose}, std::cout);
  } else {
    write_contents(report, style, std::cout);
  }
  return report.exit_code();
}

}  // namespace

certstore::cli::Command show_command() {
  std::vector<certstore::cli::Option> options = judging_options();
  options.push_back(kTextOrJsonOption);
  return {.name = "show",
          .operands = "FILE",
          .summary = "list the elements of a package with their owners and signers",
          .options = std::move(options),
          .example = "pkgverify show --verbose com.example.net.package",
          .exit_codes = kVerdictExitCodes,
          .run = show};
}

}  // namespace verifier

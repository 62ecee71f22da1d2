// Reports for tests of what is printed: a plain one, and one in which everything that a package or a
// certificate may choose is hostile.
#pragma once

#include "certstore/base/escape.h"
#include "tests/unit/certificates.h"
#include "verifier/report.h"

#include <string>
#include <vector>

namespace tests {

// Texts that a terminal, a shell, JSON or a reader's eye could take for something else.
inline const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts = {
      "line\nverified  other.package",  // forges a verdict line
      "it's \"quoted\" $(touch pwned) `id` ; rm -rf x",
      std::string("\x1b[2Jverified\x1b[0m\x07"),  // clears the screen
      "gnp.\xe2\x80\xae"
      "exe",  // right-to-left override
      "\xff\xfe not UTF-8 \xc3",
      "-rf",
      "\\x41 back\\slash",
      std::string("nul\0inside", 10)};
  return texts;
}

// A signed package of one element and its four entries, by a signer that nobody trusts.
inline verifier::Report plain_report() {
  using certstore::IssueCode;
  verifier::Report report;
  report.file = "foo.package";
  report.format = "vro";
  report.size = 4096;
  report.judged_at = certstore::parse_instant("2026-11-23");
  report.facts.name = "com.example.net";
  report.entry_names = {"dunes-meta-inf", "elements/1/data"};
  report.entries.resize(2);
  report.entries[0].signers = report.entries[1].signers = {0};
  verifier::SignerReport signer{
      make_self_signed_certificate({}), {certstore::DigestAlgorithm::md5}, 2, 1, {}};
  signer.decision.issues = {{IssueCode::untrusted_signer, "CN=Test Signer", "no trust record names it"},
                            {IssueCode::weak_digest, "CN=Test Signer", "signed with MD5"}};
  report.signers.push_back(signer);
  verifier::ElementReport element;
  element.element = {"1", "Workflow", "Reboot a host", "Library/Hosts", "1.2.0", {1}, {}};
  element.element.owner = formats::Owner{"CN=Someone", {}, formats::OwnerStanding::certificate_absent};
  element.signers = {0};
  report.elements.push_back(element);
  report.element_count = report.elements.size();
  report.unprovable = {{IssueCode::unprovable, "", "when it was signed"}};
  return report;
}

// The same with `text` in every place that a package, a certificate or a file name may fill.
inline verifier::Report hostile_report(const std::string& text) {
  using certstore::IssueCode;
  verifier::Report report = plain_report();
  report.file = text;
  report.facts.name = text;
  report.facts.properties = {{text, text}};
  report.entry_names = {text, text};
  CertificateWish wish;
  // A certificate cannot hold every byte; OpenSSL refuses what is not UTF-8.
  wish.common_name = certstore::is_utf8(text) && text.size() < 60 ? text : "Test Signer";
  report.signers[0].identity = make_self_signed_certificate(wish);
  report.certificates = {*report.signers[0].identity.certificate()};
  report.signers[0].decision.issues[0].subject = text;
  report.elements[0].element.id = text;
  report.elements[0].element.kind = text;
  report.elements[0].element.name = text;
  report.elements[0].element.folder = text;
  report.elements[0].element.version = text;
  report.elements[0].element.owner->claimed_name = text;
  report.elements[0].issues = {{IssueCode::owner_not_trusted, text, "detail"}};
  report.issues = {{IssueCode::names_equal_but_for_case, text, "detail"}};
  report.unprovable = {{IssueCode::unprovable, text, "detail"}};
  return report;
}

}  // namespace tests

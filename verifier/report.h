// Everything found about one package. The verdict and the exit code are computed from it, never set: success
// needs positive evidence, so an empty report is `unsigned`.
#pragma once

#include "certstore/base/exit_code.h"
#include "certstore/base/issue.h"
#include "certstore/trust.h"
#include "formats/format.h"

#include <optional>
#include <string>
#include <vector>

namespace verifier {

enum class Verdict { verified, untrusted, unsigned_package, invalid };

[[nodiscard]] std::string_view word_of(Verdict verdict);  // "verified", "untrusted", "unsigned", "invalid"

// One signer, who made at least one signature that was checked.
struct SignerReport {
  certstore::SignerIdentity identity;
  std::vector<certstore::DigestAlgorithm> digests;
  std::size_t entries = 0;   // that it covers and whose bytes match
  std::size_t elements = 0;  // likewise
  certstore::TrustDecision decision;
  bool beside = false;  // by the signature beside the package, which covers the whole file
};

// One entry of the container and who vouches for it.
struct EntryReport {
  bool needs_cover = true;           // false: a directory or a signature file that took part
  bool beside = false;               // as formats::Entry: no signature over the file covers it
  bool is_executable = false;        // and its signers say so
  std::string link_target;           // of a symbolic link
  std::vector<std::size_t> signers;  // indexes of signers whose signature or digest matches its bytes
  certstore::Bytes sha256;           // of its bytes, if VerifyOptions::want_entry_digests
};

struct ElementReport {
  formats::Element element;
  std::vector<std::size_t> signers;  // that cover all of its entries
  bool owner_trusted = false;        // its owner's certificate is here and trusted on this machine
  certstore::Issues issues;          // about its owner
};

struct Report {
  std::string file;                 // as named on the command line
  std::vector<std::string> beside;  // the files with the signatures beside it
  std::string format;               // "vro", "zip", "file"
  bool is_meant_signed = true;      // not a file like any other
  std::uint64_t size = 0;
  std::optional<certstore::Sha256> sha256;  // of the file, where it was needed
  formats::PackageFacts facts;              // from verified bytes only
  std::vector<std::string> entry_names;     // in container order; untrusted text
  std::vector<EntryReport> entries;
  std::vector<SignerReport> signers;
  std::vector<ElementReport> elements;
  std::size_t element_count = 0;                     // also where they are only counted
  std::vector<certstore::Certificate> certificates;  // all that the package carries
  certstore::Issues issues;                          // about the package
  certstore::Issues unprovable;                      // what the format cannot prove
  std::optional<certstore::TrustRecord> content_pin;
  bool require_owners = false;   // policy owners = require
  certstore::Instant judged_at;  // the time that counts
  bool time_was_given = false;   // --at-time: printed in the verdict line

  // The frozen table of cli.md: a code says that nothing to its left was found.
  [[nodiscard]] certstore::ExitCode exit_code() const;
  [[nodiscard]] Verdict verdict() const;
  // Signed entries and how many of them match.
  [[nodiscard]] std::size_t entries_to_cover() const;
  [[nodiscard]] std::size_t entries_covered() const;
  // Whether the package has files beside the one that was opened.
  [[nodiscard]] bool spans_files() const;
};

// What one signer alone would give an element: accepted, dates, status_unknown, policy, untrusted.
[[nodiscard]] certstore::ExitCode standing(const certstore::TrustDecision& decision);

}  // namespace verifier

// The only verification algorithm, the same for every format.
#pragma once

#include "certstore/base/file.h"
#include "certstore/trust.h"
#include "verifier/entry_check.h"
#include "verifier/package_policy.h"
#include "verifier/report.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace verifier {

struct VerifyOptions {
  certstore::TrustPolicy policy;
  std::optional<std::string> expect;  // the only format that is accepted
  // --signature, for open_beside(); empty: those that stand beside the file by their names.
  std::vector<std::string> signatures;
  bool time_was_given = false;
  PackagePolicy rules;
  // Elements and their owners. Counted: not as objects where the format knows their number without (a million
  // files of an archive); Report::elements may then be empty. A policy that asks for them gets them all the
  // same.
  enum class Elements { none, counted, listed };
  Elements elements = Elements::listed;
  bool want_file_digest = false;    // SHA-256 of the whole file, also without content pins
  bool want_entry_digests = false;  // SHA-256 of every entry, for extraction
  // Of the whole file, what the caller has digested through the very InputFile that is judged; may be empty.
  KnownDigest known_digest;
  unsigned jobs = 0;
  bool show_progress = false;
};

// Judges the file. Everything wrong with it is in the report; throws Error only for troubles: unreadable,
// changed while it was read, a format that is recognised and not judged. `beside` are signature
// files: the file's own where its format has none, else further ones that cover all of it.
[[nodiscard]] Report verify(const certstore::InputFile& file, const VerifyOptions& options,
                            std::span<const certstore::InputFile> beside = {});

}  // namespace verifier

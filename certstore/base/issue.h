// Findings about a package, a signer or an element: values with a stable id, never exceptions.
#pragma once

#include "certstore/base/effect.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certstore {

enum class IssueCode {
  // the container
  malformed_archive,
  duplicate_entry,
  unsafe_entry_name,
  names_equal_but_for_case,
  damaged_entry,
  // the layout
  malformed_layout,
  ambiguous_layouts,
  ambiguous_member,
  unsigned_entry,
  orphan_signature,
  signature_mismatch,
  mixed_digests,
  signer_certificate_missing,
  certificate_misnamed,
  digest_mismatch,
  seal_malformed,
  seal_mismatch,
  seal_missing,
  element_misplaced,
  added_entry,
  removed_entry,
  shadowing_entry,
  duplicate_section,
  manifest_changed,
  signature_incomplete,
  uncovered_entry,
  digest_spelling,
  member_order,
  interrupted_append,
  // the signer
  untrusted_signer,
  unsound_path,
  wrong_purpose,
  weak_digest,
  short_key,
  dsa_key,
  unsound_key,
  expired,
  not_yet_valid,
  known_public_key,
  retired_key,
  revoked_key,
  revoked_later,
  crl_missing,
  crl_stale,
  unbound_package,
  unbound_refused,
  rollback,
  content_pinned,
  weakness_allowed,
  timestamped,
  timestamp_not_trusted,
  timestamp_useless,
  // the signature beside the file
  beside_mismatch,
  beside_not_trusted,
  signer_key_unknown,
  signed_name_differs,
  // the owners of elements
  owner_older_version,
  owner_not_confirmed,
  owner_certificate_absent,
  owner_other_key,
  owner_not_trusted,
  // the rules of a policy file
  policy_format,
  policy_signers,
  policy_bound,
  policy_timestamp,
  policy_seal,
  // what the format cannot prove
  unprovable
};

// One finding. `subject` is the entry, signer or element as found (not escaped), empty for the package;
// `detail` says what exactly, one lower-case sentence in which untrusted text is already escaped.
struct Issue {
  IssueCode code;
  std::string subject;
  std::string detail;
  friend bool operator==(const Issue&, const Issue&) = default;
};
using Issues = std::vector<Issue>;

struct IssueKind {
  IssueCode code;
  std::string_view id;  // stable, the same in text, JSON, SARIF and `explain`
  Effect effect;
  std::string_view meaning;  // one sentence: what it is and why it matters
  std::string_view remedy;   // one sentence: what to do, and who
};

[[nodiscard]] const IssueKind& kind_of(IssueCode code);
[[nodiscard]] std::span<const IssueKind> all_issue_kinds();
[[nodiscard]] bool any_with_effect(std::span<const Issue> issues, Effect effect);

}  // namespace certstore

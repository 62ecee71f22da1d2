// What a report says in few words: the four answers, never folded into one, and the owners, counted. The same
// for text, JSON and the prompt.
#pragma once

#include "verifier/report.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace verifier {

struct Answers {
  bool content_verified = false;  // signed, and every entry is what was signed
  bool certificate_valid =
      false;  // every signer's certificate: in its dates, sound, neither public nor retired
  // Every entry that is as signed has a signer that is trusted (a content pin is no trust in it).
  bool certificate_trusted = false;
  bool known_before = false;  // every signer's certificate or key is in some record
};

[[nodiscard]] Answers answers(const Report& report);

// The same for one signer's certificate, at that time or when it was stamped.
[[nodiscard]] bool certificate_is_valid(const SignerReport& signer, certstore::Instant judged_at);

inline constexpr std::size_t kOwnerStandings = 5;

// The elements of one owner.
struct OwnerCount {
  std::string claimed_name;                           // untrusted text
  std::optional<certstore::Certificate> certificate;  // of that name in the package
  std::size_t elements = 0;
  std::array<std::size_t, kOwnerStandings> standings{};  // by formats::OwnerStanding
  bool trusted = false;                                  // its certificate is trusted on this machine
};

// Most elements first, then by name.
[[nodiscard]] std::vector<OwnerCount> count_owners(const Report& report);

// Elements that have an owner who is not trusted on this machine, confirmed or not: else an exporter would
// escape by leaving the owner's certificate out.
[[nodiscard]] std::size_t flagged_elements(const Report& report);

// "confirmed", "older version", "not confirmed", "certificate absent", "other key".
[[nodiscard]] std::string_view name_of(formats::OwnerStanding standing);
// "invalid", "exposed", "untrusted", "policy", "status", "dates", "none".
[[nodiscard]] std::string_view name_of(certstore::Effect effect);
// What an exit code of a judged package means, in a few words.
[[nodiscard]] std::string_view meaning_of(certstore::ExitCode code);

// The lines that a person would have to approve, one for each signer that is not trusted, ready to paste:
// nothing in them comes from the package but fingerprints and the shell-quoted name of its file.
[[nodiscard]] std::vector<std::string> approval_lines(const Report& report);

}  // namespace verifier

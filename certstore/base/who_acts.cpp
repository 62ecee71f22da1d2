#include "certstore/base/who_acts.h"

#include <array>

namespace certstore {
namespace {

using enum IssueCode;

struct Duty {
  IssueCode code;
  Party party;
};

constexpr std::array kDuties = {
    Duty{malformed_archive, Party::author},
    Duty{duplicate_entry, Party::author},
    Duty{unsafe_entry_name, Party::author},
    Duty{names_equal_but_for_case, Party::importer},
    Duty{damaged_entry, Party::carrier},
    Duty{malformed_layout, Party::signer},
    Duty{ambiguous_layouts, Party::signer},
    Duty{ambiguous_member, Party::author},
    Duty{unsigned_entry, Party::carrier},
    Duty{orphan_signature, Party::carrier},
    Duty{signature_mismatch, Party::carrier},
    Duty{mixed_digests, Party::signer},
    Duty{signer_certificate_missing, Party::signer},
    Duty{certificate_misnamed, Party::signer},
    Duty{digest_mismatch, Party::carrier},
    Duty{seal_malformed, Party::signer},
    Duty{seal_mismatch, Party::carrier},
    Duty{seal_missing, Party::carrier},
    Duty{element_misplaced, Party::author},
    Duty{added_entry, Party::carrier},
    Duty{removed_entry, Party::carrier},
    Duty{shadowing_entry, Party::carrier},
    Duty{duplicate_section, Party::signer},
    Duty{manifest_changed, Party::carrier},
    Duty{signature_incomplete, Party::carrier},
    Duty{uncovered_entry, Party::signer},
    Duty{digest_spelling, Party::signer},
    Duty{member_order, Party::signer},
    Duty{interrupted_append, Party::signer},
    Duty{untrusted_signer, Party::importer},
    Duty{unsound_path, Party::authority},
    Duty{wrong_purpose, Party::authority},
    Duty{weak_digest, Party::signer},
    Duty{short_key, Party::signer},
    Duty{dsa_key, Party::signer},
    Duty{unsound_key, Party::signer},
    Duty{expired, Party::signer},
    Duty{not_yet_valid, Party::importer},
    Duty{known_public_key, Party::signer},
    Duty{retired_key, Party::signer},
    Duty{revoked_key, Party::signer},
    Duty{revoked_later, Party::nobody},
    Duty{crl_missing, Party::importer},
    Duty{crl_stale, Party::importer},
    Duty{unbound_package, Party::signer},
    Duty{unbound_refused, Party::signer},
    Duty{rollback, Party::carrier},
    Duty{content_pinned, Party::nobody},
    Duty{weakness_allowed, Party::signer},
    Duty{timestamped, Party::nobody},
    Duty{timestamp_not_trusted, Party::importer},
    Duty{timestamp_useless, Party::signer},
    Duty{beside_mismatch, Party::carrier},
    Duty{beside_not_trusted, Party::importer},
    Duty{signer_key_unknown, Party::importer},
    Duty{signed_name_differs, Party::carrier},
    Duty{owner_older_version, Party::owner},
    Duty{owner_not_confirmed, Party::owner},
    Duty{owner_certificate_absent, Party::owner},
    Duty{owner_other_key, Party::owner},
    Duty{owner_not_trusted, Party::importer},
    Duty{policy_format, Party::author},
    Duty{policy_signers, Party::signer},
    Duty{policy_bound, Party::signer},
    Duty{policy_timestamp, Party::signer},
    Duty{policy_seal, Party::signer},
    Duty{unprovable, Party::nobody},
};

// A finding that is added without a line here does not compile.
static_assert([] {
  for (std::size_t i = 0; i < kDuties.size(); ++i) {
    if (static_cast<std::size_t>(kDuties[i].code) != i) return false;
  }
  return kDuties.size() == static_cast<std::size_t>(unprovable) + 1;
}());

}  // namespace

Party who_acts(IssueCode code) {
  return kDuties.at(static_cast<std::size_t>(code)).party;
}

std::string_view words_for(Party party) {
  switch (party) {
    case Party::author:
      return "whoever made the package";
    case Party::signer:
      return "the signer";
    case Party::authority:
      return "the CA that issued the certificate";
    case Party::owner:
      return "the owner of the element";
    case Party::carrier:
      return "whoever handed the file on";
    case Party::importer:
      return "you, who import it";
    case Party::nobody:
      return "nobody needs to";
  }
  return "";
}

std::string_view name_of(Party party) {
  switch (party) {
    case Party::author:
      return "author";
    case Party::signer:
      return "signer";
    case Party::authority:
      return "authority";
    case Party::owner:
      return "owner";
    case Party::carrier:
      return "carrier";
    case Party::importer:
      return "importer";
    case Party::nobody:
      return "nobody";
  }
  return "";
}

}  // namespace certstore

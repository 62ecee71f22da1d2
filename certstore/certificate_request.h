// What a new server certificate says, and making it self-signed.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"

namespace certstore {

// The subject as the form asks for it; empty parts are left out.
struct SubjectName {
  std::string common_name = {};
  std::string organization = {};
  std::string organizational_unit = {};
  std::string city = {};
  std::string state = {};
  std::string country = {};  // ISO 3166-1 alpha-2, upper case
};

enum class Profile {
  server,        // serverAuth and codeSigning, basicConstraints, SKI and AKI, "always bound"
  code_signing,  // the same for codeSigning only
  product,       // as the product's own: serverAuth only, no basicConstraints, SKI, AKI or extension of ours
  statement      // the store's own key: no package, no server, only our documents (kStatementPurposeOid)
};

// The extended key usage of a statement key, critical: a random UUID in short arcs (docs/decisions/0007).
inline constexpr const char* kStatementPurposeOid =
    "1.2.840.113556.1.8000.2554.31339.63840.13759.17413.32847.16749768.2611477";

struct CertificateTerms {
  SubjectName subject;
  Profile profile = Profile::server;
  Instant not_before;
  Instant not_after;
};

// Throws Error(usage) naming the field: no common name, a part that is not UTF-8 or over its upper bound
// (RFC 5280 appendix A.1), a control character, a country that is not on the ISO 3166 list, a '/' (the vRO
// layout makes the subject a file name).
void require_sound_subject(const SubjectName& subject);

// Makes the certificate, signed with PrivateKey::document_digest(), serial of 128 random bits; the subject
// was required sound.
[[nodiscard]] Certificate make_self_signed(const PrivateKey& key, const CertificateTerms& terms);

// Makes another certificate for the same key with subject and extensions of `before` and these dates. Throws
// Error(key) unless `before` is self-signed and `key` is its key.
[[nodiscard]] Certificate renew_self_signed(const PrivateKey& key, const Certificate& before,
                                            Instant not_before, Instant not_after);

// Makes a self-signed certificate for another key, with subject and dates as there, and with the extensions
// of `before` that say neither whose key it is nor what a CA added: key identifiers are of the new key, and
// keyEncipherment is left out where its kind cannot. `before` may be issued by a CA.
[[nodiscard]] Certificate make_successor(const PrivateKey& key, const Certificate& before, Instant not_before,
                                         Instant not_after);

struct Country {
  std::string_view code;
  std::string_view name;
};
// ISO 3166-1, sorted by code.
[[nodiscard]] std::span<const Country> all_countries();
// Finds by code or name, in any case; then by a part of the name. Empty: none; several: ambiguous.
[[nodiscard]] std::vector<Country> find_countries(std::string_view code_or_name);

}  // namespace certstore

#include "certstore/succession.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_attributes.h"
#include "certstore/cms_create.h"
#include "certstore/json_record.h"

namespace certstore {
namespace {

Error malformed(std::string_view what, const std::string& why) {
  return {ErrorKind::malformed, in_quotes(what) + " is not a succession: " + why};
}

nlohmann::json to_json(const Certificate& certificate) {
  return {{"certificate", to_base64(certificate.der())},
          {"publicKey", to_hex(certificate.public_key_sha256())}};
}

// The one form of the document: what is read must be written so again.
Bytes write_document(const Certificate& before, const Certificate& after, const SuccessionTerms& terms) {
  nlohmann::json object = {{"schema", 1},
                           {"kind", "succession"},
                           {"use", "package"},
                           {"before", to_json(before)},
                           {"after", to_json(after)},
                           {"made", to_rfc3339(terms.made)}};
  if (terms.until) object["until"] = to_rfc3339(*terms.until);
  if (terms.package) object["package"] = *terms.package;
  return to_bytes(object);
}

Certificate read_certificate(const nlohmann::json& object, std::string_view what) {
  JsonRecord record = JsonRecord::of(object, what);
  const Certificate certificate = Certificate::from_der(record.base64("certificate"), what);
  Sha256 key{};
  record.hex("publicKey", key);
  record.finish();
  if (key != certificate.public_key_sha256()) record.refuse("a certificate has another key than it says");
  return certificate;
}

Succession read_document(ByteView content, std::string_view what) {
  JsonRecord json(content, what);
  if (json.number("schema") != 1) json.refuse("it was made by a newer pkgtrust");
  if (json.text("kind") != "succession" || json.text("use") != "package")
    json.refuse("it is for something else");
  Succession found{.before = read_certificate(json.object("before"), what),
                   .after = read_certificate(json.object("after"), what),
                   .terms = {.made = json.instant("made"), .until = {}, .package = {}},
                   .digests = {}};
  if (json.has("until")) found.terms.until = json.instant("until");
  if (json.has("package")) found.terms.package = json.text("package");
  json.finish();
  return found;
}

// What contradicts itself; empty: nothing.
std::string contradiction_in(const Certificate& before, const Certificate& after,
                             const SuccessionTerms& terms) {
  if (before.public_key_sha256() == after.public_key_sha256()) return "both certificates have the same key";
  if (terms.until && *terms.until <= terms.made) return "it ends before it begins";
  if (terms.package && (terms.package->empty() || !is_utf8(*terms.package)))
    return "the name of its package is not a name";
  return {};
}

bool is_valid_at(const Certificate& certificate, Instant time) {
  return certificate.not_before() <= time && time <= certificate.not_after();
}

// Both signers, in any order, each by the certificate that the document names.
void check_signers(Succession& found, const cms::SignedData& data, std::string_view what) {
  if (data.signers.size() != 2) throw malformed(what, "it has not exactly two signers");
  const std::vector<Certificate> named = {found.before, found.after};
  std::set<Sha256> signers;
  for (const cms::SignerInfo& signer : data.signers) {
    const Bytes content_digest = signer.digest ? digest(*signer.digest, *data.content) : Bytes();
    const cms::Answer answer = cms::check(
        signer, {.content_digest = content_digest, .candidates = named, .context = kSuccessionContext});
    if (const auto* const refusal = std::get_if<cms::Refusal>(&answer))
      throw malformed(what, refusal->detail);
    const auto& checked = std::get<cms::CheckedSigner>(answer);
    if (!checked.has_signed_attributes()) throw malformed(what, "a signature in it says no purpose");
    // Old servers sign content of anybody's choosing with MD5: it is no signature for this, whoever allows
    // it.
    if (!weakness_of(checked.digest()).empty()) throw malformed(what, "it is signed with a weak digest");
    if (!cms::only_value(signer.signed_attributes, cms::kSigningCertificateV2)) {
      throw malformed(what, "a signature in it names no certificate");
    }
    signers.insert(checked.certificate().sha256());
    if (checked.certificate() == found.before) found.stamps = check_timestamps(signer, named);
    found.digests.insert(checked.digest());
  }
  if (signers.size() != 2) throw malformed(what, "one of its two certificates did not sign it");
}

}  // namespace

Bytes create_succession(const Signer& before, const Signer& after, const SuccessionTerms& terms,
                        const Stamper& stamper) {
  const std::string contradiction = contradiction_in(before.certificate(), after.certificate(), terms);
  if (!contradiction.empty()) {
    throw Error(ErrorKind::usage, "no succession can be made: " + contradiction,
                "a certificate of the same key is trusted by whoever trusts the key; others add it anew");
  }
  for (const Signer* const signer : {&before, &after}) {
    if (is_valid_at(signer->certificate(), terms.made)) continue;
    throw Error(ErrorKind::dates,
                "the certificate " + in_quotes(signer->certificate().subject()) + " is not valid on " +
                    to_date(terms.made),
                "a succession is made while the certificate before it is valid");
  }
  const Bytes document = write_document(before.certificate(), after.certificate(), terms);
  Bytes file;
  for (const Signer* const signer : {&before, &after}) {
    const DigestAlgorithm algorithm = signer->usual_digest();
    const Bytes content_digest = digest(algorithm, document);
    const cms::Signing signing{.digest = algorithm,
                               .content_digest = content_digest,
                               .time = terms.made,
                               .context = kSuccessionContext,
                               .content = document,
                               .carries_certificates = false};
    file = file.empty() ? cms::create(*signer, signing) : cms::add_signer(file, *signer, signing);
  }
  file = with_timestamps(std::move(file), stamper);
  static_cast<void>(read_succession(file, "the succession just made"));
  return file;
}

Succession read_succession(ByteView file, std::string_view what) {
  const cms::SignedData data = cms::parse(file, what);
  if (!data.content || data.content_type != cms::kData) throw malformed(what, "it holds no document");
  try {
    Succession found = read_document(*data.content, what);
    const std::string contradiction = contradiction_in(found.before, found.after, found.terms);
    if (!contradiction.empty()) throw malformed(what, contradiction);
    if (write_document(found.before, found.after, found.terms) != *data.content) {
      throw malformed(what, "its document is spelt in another way than ours");
    }
    check_signers(found, data, what);
    found.document = sha256(file);
    return found;
  } catch (const Error& error) {
    // JSON of the store that cannot be read is the store's trouble; this came from elsewhere.
    if (error.kind() != ErrorKind::store) throw;
    throw Error(ErrorKind::malformed, error.what(), error.hint());
  }
}

}  // namespace certstore

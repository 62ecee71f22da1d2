#include "verifier/report_json.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"

#include <nlohmann/json.hpp>

namespace verifier {
namespace {

using Json = nlohmann::ordered_json;
using certstore::Certificate;

// nlohmann throws for what is not UTF-8.
std::string text(std::string_view found) {
  return certstore::is_utf8(found) ? std::string(found) : certstore::escaped(found);
}

Json text_or_null(std::string_view found) {
  return found.empty() ? Json(nullptr) : Json(text(found));
}

Json issues_of(const certstore::Issues& issues) {
  Json list = Json::array();
  for (const certstore::Issue& issue : issues) {
    const certstore::IssueKind& kind = certstore::kind_of(issue.code);
    list.push_back({{"id", kind.id},
                    {"effect", name_of(kind.effect)},
                    {"subject", text_or_null(issue.subject)},
                    {"detail", text(issue.detail)}});
  }
  return list;
}

Json certificate_of(const Certificate& certificate) {
  return {{"subject", text(certificate.subject())},
          {"issuer", text(certificate.issuer())},
          {"serialNumber", certificate.serial_hex()},
          {"sha256", certstore::to_hex(certificate.sha256())},
          {"publicKeySha256", certstore::to_hex(certificate.public_key_sha256())},
          {"keyAlgorithm", certstore::name_of(certificate.key_kind())},
          {"keyBits", certificate.key_bits()},
          {"validFrom", certstore::to_rfc3339(certificate.not_before())},
          {"validUntil", certstore::to_rfc3339(certificate.not_after())},
          {"selfSigned", certificate.is_self_signed()}};
}

Json bare_key_of(const certstore::BareKey* key) {
  if (key == nullptr) return nullptr;
  return {{"keyId", certstore::to_text(key->id())},
          {"publicKeySha256", certstore::to_hex(key->sha256())},
          {"keyAlgorithm", "Ed25519"}};
}

// The product's own words for the exporter's certificate.
Json certificate_info_of(const Report& report) {
  if (report.signers.empty() || report.signers.front().identity.certificate() == nullptr) return nullptr;
  const Certificate& certificate = *report.signers.front().identity.certificate();
  return {{"organization", text_or_null(certificate.subject_part("O"))},
          {"organizationalUnit", text_or_null(certificate.subject_part("OU"))},
          {"commonName", text_or_null(certificate.subject_part("CN"))},
          {"country", text_or_null(certificate.subject_part("C"))},
          {"validFromDate", certstore::to_rfc3339(certificate.not_before())},
          {"validUntilDate", certstore::to_rfc3339(certificate.not_after())},
          {"publicKeyAlgorithm", certstore::name_of(certificate.key_kind())},
          {"fingerprint", certstore::to_hex(certificate.sha256())},
          {"serialNumber", certificate.serial_hex()}};
}

Json signer_of(const Report& report, const SignerReport& signer) {
  Json digests = Json::array();
  for (const auto digest : signer.digests) digests.push_back(certstore::name_of(digest));
  const certstore::TrustDecision& decision = signer.decision;
  const Certificate* const certificate = signer.identity.certificate();
  return {
      {"certificate", certificate == nullptr ? Json(nullptr) : certificate_of(*certificate)},
      {"bareKey", bare_key_of(signer.identity.bare_key())},
      {"digests", std::move(digests)},
      {"entries", signer.entries},
      {"elements", signer.elements},
      {"valid", certificate_is_valid(signer, report.judged_at)},
      {"trusted", decision.trusted},
      {"trustedBy", text_or_null(decision.trusted_by)},
      {"knownBefore", decision.known_before},
      {"stampedAt", decision.stamped_at ? Json(certstore::to_rfc3339(*decision.stamped_at)) : Json(nullptr)},
      {"beside", signer.beside},
      {"issues", issues_of(decision.issues)}};
}

Json owner_of(const ElementReport& element) {
  if (!element.element.owner) return nullptr;
  const formats::Owner& owner = *element.element.owner;
  const auto& certificate = owner.certificate;
  return {{"claimedName", text(owner.claimed_name)},
          {"certificateSha256", certificate ? Json(certstore::to_hex(certificate->sha256())) : Json(nullptr)},
          {"standing", name_of(owner.standing)},
          {"trusted", element.owner_trusted}};
}

// The product's importElementDetails: its names first, then ours.
Json element_of(const ElementReport& element) {
  const formats::Element& found = element.element;
  return {{"id", text(found.id)},
          {"type", text(found.kind)},
          {"fileObjectName", text(found.name)},
          {"fileCategory", text(found.folder)},
          {"fileObjectVersion", text(found.version)},
          {"entries", found.entries.size()},
          {"signers", element.signers},
          {"owner", owner_of(element)},
          {"issues", issues_of(element.issues)}};
}

Json owners_of(const Report& report) {
  Json list = Json::array();
  for (const OwnerCount& owner : count_owners(report)) {
    Json standings = Json::object();
    for (std::size_t i = 0; i < kOwnerStandings; ++i) {
      standings[std::string(name_of(static_cast<formats::OwnerStanding>(i)))] = owner.standings.at(i);
    }
    const auto& certificate = owner.certificate;
    list.push_back(
        {{"claimedName", text(owner.claimed_name)},
         {"certificateSha256", certificate ? Json(certstore::to_hex(certificate->sha256())) : Json(nullptr)},
         {"elements", owner.elements},
         {"standings", std::move(standings)},
         {"trusted", owner.trusted}});
  }
  return list;
}

Json entries_of(const Report& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < report.entries.size(); ++i) {
    list.push_back({{"name", text(report.entry_names.at(i))},
                    {"needsCover", report.entries[i].needs_cover},
                    {"signers", report.entries[i].signers}});
  }
  return list;
}

Json pin_of(const Report& report) {
  if (!report.content_pin) return nullptr;
  const certstore::TrustRecord& pin = *report.content_pin;
  return {{"record", text(pin.id)},
          {"reason", text(pin.reason)},
          {"until", pin.until ? Json(certstore::to_rfc3339(*pin.until)) : Json(nullptr)}};
}

Json seal_of(const Report& report) {
  if (!report.facts.seal) return nullptr;
  return {{"serial", report.facts.seal->serial},
          {"signedAt", certstore::to_rfc3339(report.facts.seal->signed_at)}};
}

Json head_of(std::string_view file, certstore::ExitCode code) {
  return {{"schema", 1},
          {"tool", "pkgverify " PKGTRUST_VERSION},
          {"file", text(file)},
          {"exitCode", static_cast<int>(code)}};
}

void add_what_was_found(const Report& report, Json& json) {
  for (const SignerReport& signer : report.signers) json["signers"].push_back(signer_of(report, signer));
  for (const Certificate& certificate : report.certificates) {
    json["certificates"].push_back(certificate_of(certificate));
  }
  for (const ElementReport& element : report.elements) {
    json["importElementDetails"].push_back(element_of(element));
  }
  for (const auto& [name, value] : report.facts.properties) {
    json["properties"].push_back({{"name", text(name)}, {"value", text(value)}});
  }
}

void write_line(const Json& json, std::ostream& out) {
  // Everything beyond ASCII as \uXXXX: a bidi mark must not reorder a terminal line.
  out << json.dump(-1, ' ', true) << "\n";
}

}  // namespace

void write_json(const Report& report, const JsonDetail& detail, std::ostream& out) {
  const Answers answer = answers(report);
  Json json = head_of(report.file, report.exit_code());
  json["verdict"] = word_of(report.verdict());
  json["contentVerified"] = answer.content_verified;
  json["certificateValid"] = answer.certificate_valid;
  json["certificateTrusted"] = answer.certificate_trusted;
  json["certificateUnknown"] = !answer.known_before;
  json["judgedAt"] = certstore::to_rfc3339(report.judged_at);
  json["timeWasGiven"] = report.time_was_given;
  json["format"] = text(report.format);
  json["signatureBeside"] = report.beside.empty() ? Json(nullptr) : text_or_null(report.beside.front());
  json["signaturesBeside"] = Json::array();
  for (const std::string& beside : report.beside) json["signaturesBeside"].push_back(text(beside));
  json["size"] = report.size;
  json["sha256"] = report.sha256 ? Json(certstore::to_hex(*report.sha256)) : Json(nullptr);
  json["packageName"] = text_or_null(report.facts.name);
  json["properties"] = Json::array();
  json["seal"] = seal_of(report);
  json["contentPin"] = pin_of(report);
  json["entries"] = {{"total", report.entries.size()},
                     {"toCover", report.entries_to_cover()},
                     {"covered", report.entries_covered()}};
  json["certificateInfo"] = certificate_info_of(report);
  json["signers"] = Json::array();
  json["certificates"] = Json::array();
  json["owners"] = owners_of(report);
  json["flaggedElements"] = flagged_elements(report);
  json["issues"] = issues_of(report.issues);
  json["unprovable"] = issues_of(report.unprovable);
  json["importElementDetails"] = Json::array();
  add_what_was_found(report, json);
  if (detail.entries) json["entryDetails"] = entries_of(report);
  write_line(json, out);
}

void write_json_expiry(std::string_view state, const ExpiryLine& line, certstore::Instant until,
                       std::ostream& out) {
  Json json = head_of(line.file, line.code);
  json["verdict"] = line.verdict;
  json["state"] = state;
  json["until"] = certstore::to_rfc3339(until);
  json["stopsVerifying"] = nullptr;
  if (line.ending) {
    json["stopsVerifying"] = {{"at", certstore::to_rfc3339(line.ending->at)},
                              {"exitCode", static_cast<int>(line.ending->code)},
                              {"because", issues_of(line.ending->because)}};
  }
  write_line(json, out);
}

void write_json_trouble(std::string_view file, const certstore::Error& error, std::ostream& out) {
  Json json = head_of(file, certstore::exit_code(error.kind()));
  json["error"] = {{"message", text(error.what())}, {"hint", text_or_null(error.hint())}};
  write_line(json, out);
}

}  // namespace verifier

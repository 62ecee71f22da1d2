#include "signer/cert_text.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/vro_signing.h"

#include <nlohmann/json.hpp>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::escaped;
using certstore::Instant;

std::int64_t days(std::chrono::seconds span) {
  return std::chrono::duration_cast<std::chrono::days>(span).count();
}

std::string counted_days(std::chrono::seconds span) {
  const std::int64_t count = days(span);
  return std::to_string(count) + (count == 1 ? " day" : " days");
}

std::string hex(const certstore::Sha256& digest) {
  return certstore::to_hex(digest);
}

// JSON is UTF-8; a certificate from elsewhere may hold other bytes, which are then spelled out.
std::string json_text(const std::string& text) {
  return certstore::is_utf8(text) ? text : escaped(text);
}

nlohmann::ordered_json public_key_json(const certstore::SignerIdentity& signer) {
  return {{"algorithm", certstore::name_of(signer.key_kind())},
          {"bits", signer.key_bits()},
          {"sha256", hex(signer.public_key_sha256())}};
}

nlohmann::ordered_json certificate_json(const Certificate& certificate) {
  return {{"subject", json_text(certificate.subject())},
          {"issuer", json_text(certificate.issuer())},
          {"serial", certificate.serial_hex()},
          {"sha256", hex(certificate.sha256())},
          {"notBefore", certstore::to_rfc3339(certificate.not_before())},
          {"notAfter", certstore::to_rfc3339(certificate.not_after())},
          {"selfSigned", certificate.is_self_signed()},
          {"publicKey", public_key_json(certificate)}};
}

void print_key(const certstore::StoredIdentity& identity, std::ostream& out) {
  out << "identity:     " << escaped(identity.alias) << "\n"
      << "public key:   Ed25519, SHA256 " << hex(identity.bare_key->sha256()) << "\n"
      << "key id:       " << certstore::to_text(identity.bare_key->id())
      << " (anyone can make a key with it)\n"
      << "created:      " << certstore::to_rfc3339(identity.created) << "\n"
      << "signs:        FILE.minisig, as minisign does; it never gets a certificate\n";
}

std::string bare_key_json(const certstore::StoredIdentity& identity) {
  nlohmann::ordered_json json = {{"schema", 1},
                                 {"alias", json_text(identity.alias)},
                                 {"kind", identity.kind},
                                 {"publicKey", public_key_json(*identity.bare_key)},
                                 {"keyId", certstore::to_text(identity.bare_key->id())},
                                 {"created", certstore::to_rfc3339(identity.created)}};
  return json.dump(2);
}

}  // namespace

void print_bare_key(const certstore::StoredIdentity& identity, std::string_view how, std::ostream& out) {
  const std::string alias = certstore::shell_quoted(identity.alias);
  out << "identity:     " << escaped(identity.alias) << " (" << how << ")\n"
      << "public key:   " << key_text(identity.signer()) << "\n\n"
      << "An id does not prove origin: anyone can make a key with it.\n"
      << "tell your importers: SHA256 " << hex(identity.bare_key->sha256()) << "\n"
      << "give them the file:  pkgsign cert export --alias " << alias << " -o KEY.pub\n"
      << "sign any file:       pkgsign sign --detached FILE --alias " << alias << "\n";
}

std::string key_text(const certstore::SignerIdentity& signer) {
  if (signer.bare_key() != nullptr) return "minisign key " + certstore::to_text(signer.bare_key()->id());
  const std::string name(certstore::name_of(signer.key_kind()));
  // There is one size of it only, and OpenSSL counts its bits in its own way.
  if (signer.key_kind() == certstore::KeyKind::ed25519) return name;
  return name + " " + std::to_string(signer.key_bits()) + " bits";
}

std::string vro_unfitness(const Certificate& certificate) {
  try {
    formats::require_vro_certificate(certificate);
    return {};
  } catch (const certstore::Error& error) {
    return error.what();
  }
}

std::string validity_text(const Certificate& certificate, Instant now) {
  if (now < certificate.not_before()) return "begins in " + counted_days(certificate.not_before() - now);
  if (now > certificate.not_after()) return "ended " + counted_days(now - certificate.not_after()) + " ago";
  return counted_days(certificate.not_after() - now) + " left";
}

void print_identity(const certstore::StoredIdentity& identity, Instant now, std::ostream& out) {
  if (identity.bare_key) return print_key(identity, out);
  const Certificate certificate = identity.own_certificate();
  out << "identity:     " << escaped(identity.alias) << "\n"
      << "subject:      " << escaped(certificate.subject()) << "\n"
      << "issuer:       "
      << (certificate.is_self_signed() ? "itself (self-signed: proves no origin)"
                                       : escaped(certificate.issuer()))
      << "\n"
      << "valid:        from " << certstore::to_date(certificate.not_before()) << " to "
      << certstore::to_date(certificate.not_after()) << ", " << validity_text(certificate, now) << "\n"
      << "certificate:  SHA256 " << hex(certificate.sha256()) << "\n"
      << "public key:   " << key_text(certificate) << ", SHA256 " << hex(certificate.public_key_sha256())
      << "\n"
      << "serial:       " << certificate.serial_hex() << "\n"
      << "packages:     "
      << (certificate.promises_bound_packages() ? "always bound (the certificate says so)"
                                                : "bound or unbound, as the product's")
      << "\n";
  std::size_t place = 0;
  for (const Certificate& issuer : identity.issuers()) {
    out << "chain " << ++place << ":      " << escaped(issuer.subject()) << " (SHA256 "
        << hex(issuer.sha256()) << ")\n";
  }
}

std::string identity_json(const certstore::StoredIdentity& identity, const Overlap& overlap, Instant now) {
  if (identity.bare_key) return bare_key_json(identity);
  const Certificate certificate = identity.own_certificate();
  nlohmann::ordered_json json = {{"schema", 1}, {"alias", json_text(identity.alias)}};
  json.update(certificate_json(certificate));
  json["daysLeft"] = days(certificate.not_after() - now);
  json["alwaysBound"] = certificate.promises_bound_packages();
  json["created"] = certstore::to_rfc3339(identity.created);
  json["successorOf"] = nullptr;
  if (overlap.successor_of) json["successorOf"] = json_text(*overlap.successor_of);
  json["successors"] = nlohmann::ordered_json::array();
  for (const std::string& alias : overlap.successors) json["successors"].push_back(json_text(alias));
  json["overlapUntil"] = nullptr;
  if (overlap.until) json["overlapUntil"] = certstore::to_rfc3339(*overlap.until);
  json["chain"] = nlohmann::ordered_json::array();
  for (const Certificate& issuer : identity.issuers()) json["chain"].push_back(certificate_json(issuer));
  return json.dump(2);
}

}  // namespace signer

#include "certstore/crl.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/file_object.h"
#include "certstore/http.h"
#include "certstore/x509_values.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace certstore {
namespace {

constexpr int kNumberBytes = 20;  // RFC 5280 5.2.3

Error malformed(std::string_view what, const std::string& reason) {
  return {ErrorKind::malformed, in_quotes(what) + " " + reason};
}

bool is_der_of(X509_CRL* list, ByteView bytes) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(list, &der);
  if (size <= 0) return false;
  const bool same = std::ranges::equal(ByteView(der, static_cast<std::size_t>(size)), bytes);
  OPENSSL_free(der);
  return same;
}

// Whether the algorithm beside the signature is the one that was signed (RFC 5280 5.1.1.2), byte for byte.
// OpenSSL 3.0.19 takes other parameters for the same; they are the only bytes that the signature does not
// cover.
bool states_one_algorithm(const X509_CRL* list, ByteView der) {
  const unsigned char* position = der.data();
  long size = 0;
  int tag = 0;
  int tag_class = 0;
  // Into CertificateList and TBSCertList, and to its version.
  for (int header = 0; header < 3; ++header) {
    const long left = der.data() + der.size() - position;
    if ((ASN1_get_object(&position, &size, &tag, &tag_class, left) & 0x80) != 0) return false;
  }
  position += size;
  const X509_ALGOR* beside = nullptr;
  X509_CRL_get0_signature(list, nullptr, &beside);
  unsigned char* encoded = nullptr;
  const int length = i2d_X509_ALGOR(beside, &encoded);
  if (length <= 0) return false;
  const ByteView outer(encoded, static_cast<std::size_t>(length));
  const bool same =
      der.data() + der.size() - position >= length && std::equal(outer.begin(), outer.end(), position);
  OPENSSL_free(encoded);
  return same;
}

// A number of the list: absent, or one of at most 20 bytes in an extension that is as critical as it must be.
std::optional<std::string> number_of(const X509_CRL* list, int nid, bool critical, std::string_view what) {
  int found = -1;
  const openssl::Asn1Integer number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, nid, &found, nullptr)));
  openssl::clear_errors();
  if (found == -1) return std::nullopt;
  const bool fits = number && ASN1_STRING_length(number.get()) <= kNumberBytes &&
                    ASN1_STRING_type(number.get()) == V_ASN1_INTEGER;
  if (!fits || (found == 1) != critical) throw malformed(what, "has a number that is not one");
  std::string hex = hex_of(number.get());
  hex.erase(0, std::min(hex.find_first_not_of('0'), hex.size() - 1));
  return hex;
}

// Issuer, key and scope are what tells lists apart of which all count.
Sha256 series_of(const X509_CRL* list, bool is_delta) {
  Bytes message{static_cast<std::uint8_t>(is_delta ? 1 : 0)};
  const auto add = [&](const unsigned char* bytes, std::size_t size) {
    append_u64(message, size);
    append(message, {bytes, size});
  };
  const unsigned char* name = nullptr;
  std::size_t size = 0;
  openssl::require(X509_NAME_get0_der(X509_CRL_get_issuer(list), &name, &size), "writing a name");
  add(name, size);
  for (const int nid : {NID_authority_key_identifier, NID_issuing_distribution_point}) {
    const int place = X509_CRL_get_ext_by_NID(list, nid, -1);
    if (place < 0) {
      add(nullptr, 0);
      continue;
    }
    const ASN1_OCTET_STRING* const value = X509_EXTENSION_get_data(X509_CRL_get_ext(list, place));
    add(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return sha256(message);
}

std::optional<DigestAlgorithm> weak_digest_of(const X509_CRL* list) {
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(X509_CRL_get_signature_nid(list), &digest, nullptr) != 1) return std::nullopt;
  if (digest == NID_md5) return DigestAlgorithm::md5;
  if (digest == NID_sha1) return DigestAlgorithm::sha1;
  return std::nullopt;
}

bool is_less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

void add_addresses(const Certificate& certificate, int nid, std::vector<std::string>& addresses) {
  const openssl::Item<CRL_DIST_POINTS> points(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate.openssl(), nid, nullptr, nullptr)),
      {CRL_DIST_POINTS_it});
  openssl::clear_errors();
  for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* const point = sk_DIST_POINT_value(points.get(), i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* const names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, j);
      if (name->type != GEN_URI) continue;
      const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
      std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                       static_cast<std::size_t>(ASN1_STRING_length(uri)));
      if (is_http_url(text) && std::find(addresses.begin(), addresses.end(), text) == addresses.end())
        addresses.push_back(std::move(text));
    }
  }
}

bool is_list(ByteView der) {
  const unsigned char* position = der.data();
  const openssl::RevocationList list(d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  return list != nullptr;
}

std::vector<Bytes> pem_lists(ByteView file) {
  if (file.empty()) return {};
  const openssl::Bio memory(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  if (!memory) openssl::throw_error("reading PEM");
  std::vector<Bytes> lists;
  unsigned char* bytes = nullptr;
  long size = 0;
  while (lists.size() < limits::kKeystoreEntries &&
         PEM_bytes_read_bio(&bytes, &size, nullptr, PEM_STRING_X509_CRL, memory.get(), nullptr, nullptr) ==
             1) {
    lists.emplace_back(bytes, bytes + size);
    OPENSSL_free(bytes);
  }
  openssl::clear_errors();
  return lists;
}

}  // namespace

Crl Crl::from_der(ByteView der, std::string_view what) {
  if (der.size() > limits::kCrlSize) {
    throw malformed(what, "is longer than " + std::to_string(limits::kCrlSize) + " bytes");
  }
  const unsigned char* position = der.data();
  auto facts = std::make_shared<Facts>();
  facts->crl.reset(d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  X509_CRL* const list = facts->crl.get();
  if (list == nullptr) throw malformed(what, "is not a DER revocation list");
  if (position != der.data() + der.size()) throw malformed(what, "has bytes after the revocation list");
  if (!is_der_of(list, der)) throw malformed(what, "is a revocation list in BER, not in DER");
  if (X509_CRL_get_version(list) != X509_CRL_VERSION_2) throw malformed(what, "is not of version 2");
  if (!states_one_algorithm(list, der)) throw malformed(what, "states two signature algorithms");
  const auto number = number_of(list, NID_crl_number, false, what);
  if (!number) throw malformed(what, "has no number, so an older one could take its place");
  if (X509_CRL_get0_nextUpdate(list) == nullptr) throw malformed(what, "does not say until when it holds");
  facts->der.assign(der.begin(), der.end());
  facts->sha256 = certstore::sha256(der);
  facts->issuer = text_of(X509_CRL_get_issuer(list), what);
  facts->number_hex = *number;
  facts->base_number_hex = number_of(list, NID_delta_crl, true, what);
  facts->this_update = instant_of(X509_CRL_get0_lastUpdate(list), what);
  facts->next_update = instant_of(X509_CRL_get0_nextUpdate(list), what);
  facts->entries = static_cast<std::size_t>(std::max(0, sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list))));
  facts->series = series_of(list, facts->base_number_hex.has_value());
  facts->weak_digest = weak_digest_of(list);
  return Crl(std::move(facts));
}

bool Crl::is_after(const Crl& other) const {
  if (number_hex() != other.number_hex()) return is_less(other.number_hex(), number_hex());
  return this_update() > other.this_update();
}

bool Crl::is_signed_by(const Certificate& issuer) const {
  X509* const x509 = issuer.openssl();
  if (X509_NAME_cmp(X509_CRL_get_issuer(openssl()), X509_get_subject_name(x509)) != 0) return false;
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0 || !issuer.key_unsoundness().empty()) return false;
  if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x509) & KU_CRL_SIGN) == 0) return false;
  EVP_PKEY* const key = X509_get0_pubkey(x509);
  const bool matches = key != nullptr && X509_CRL_verify(openssl(), key) == 1;
  openssl::clear_errors();
  return matches;
}

bool Crl::is_of_issuer_of(const Certificate& certificate) const {
  return X509_NAME_cmp(X509_CRL_get_issuer(openssl()), X509_get_issuer_name(certificate.openssl())) == 0;
}

std::vector<Crl> read_crl_file(ByteView file, const std::string& name) {
  constexpr std::uint8_t kSequence = 0x30;
  std::vector<Crl> lists;
  try {
    if (!file.empty() && file[0] == kSequence && is_list(file)) {
      lists.push_back(Crl::from_der(file, name));
    } else {
      for (const Bytes& der : pem_lists(file)) lists.push_back(Crl::from_der(der, name));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    throw Error(ErrorKind::key, error.what(), "the CA publishes it anew, or says why it is so");
  }
  if (!lists.empty()) return lists;
  std::string else_there;
  if (file.size() <= limits::kKeyFileSize) {
    const FileObjects found = objects_in(file, name);
    const ObjectKind kind = found.objects.empty() ? ObjectKind::unknown : found.objects.front().kind;
    else_there = ", " + what_else(kind);
  }
  throw Error(ErrorKind::key, in_quotes(name) + " holds no certificate revocation list" + else_there,
              "a CA publishes it, often as a .crl file");
}

std::vector<Crl> read_crl_file(const std::string& path) {
  // PEM takes a third more, and text stands around it.
  const Bytes bytes = InputFile::open(path).read_all(2 * limits::kCrlSize);
  return read_crl_file(bytes, path);
}

std::vector<std::string> crl_addresses(const Certificate& certificate) {
  std::vector<std::string> addresses;
  add_addresses(certificate, NID_crl_distribution_points, addresses);
  add_addresses(certificate, NID_freshest_crl, addresses);
  return addresses;
}

}  // namespace certstore

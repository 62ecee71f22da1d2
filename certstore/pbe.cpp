#include "certstore/pbe.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <openssl/asn1t.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

// A known name, else the dotted number.
std::string name_of_object(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  if (OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 0) <= 0) return "an unknown scheme";
  return text.data();
}

// The parameters of `algorithm` as `Owner`, null if they are not of that type.
template <typename Owner>
Owner parameters_of(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  const ASN1_OBJECT* object = nullptr;
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE || value == nullptr) return nullptr;
  auto* const unpacked = ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item);
  openssl::clear_errors();
  return Owner(static_cast<typename Owner::pointer>(unpacked));
}

int nid_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

std::string scheme_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return name_of_object(object);
}

bool is_available(const std::string& cipher) {
  const openssl::Cipher found(EVP_CIPHER_fetch(nullptr, cipher.c_str(), nullptr));
  openssl::clear_errors();
  return found != nullptr;
}

bool is_weak_cipher(const std::string& name) {
  constexpr std::array<std::string_view, 3> kStrong = {"AES", "CAMELLIA", "ARIA"};
  return std::ranges::none_of(
      kStrong, [&](std::string_view strong) { return name.find(strong) != std::string::npos; });
}

Error unsupported(const std::string& message) {
  return {ErrorKind::unsupported, message,
          "write it anew where it opens, for example with AES: openssl pkcs8 -topk8 -v2 aes-256-cbc"};
}

}  // namespace

void PbeGate::note_weak(const std::string& scheme) {
  std::string note = in_quotes(file_name_) + " is protected by " + scheme +
                     (legacy_ ? " (OpenSSL's legacy provider)" : "") +
                     ", which is weak: write it anew with pkgsign key export, and delete it";
  if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(std::move(note));
}

void PbeGate::admit_rounds(const ASN1_INTEGER* rounds) const {
  std::int64_t number = 0;
  const bool is_number = ASN1_INTEGER_get_int64(&number, rounds) == 1;
  openssl::clear_errors();
  if (is_number && number > 0 && number <= limits::kPbeRounds) return;
  throw Error(ErrorKind::unsupported,
              in_quotes(file_name_) + " wants its passphrase hashed " +
                  (is_number ? std::to_string(number) : "countless") + " times; the bound is " +
                  std::to_string(limits::kPbeRounds),
              "the file is damaged or hostile; ask for another");
}

void PbeGate::admit_cipher(const std::string& name) {
  if (!is_available(name)) {
    // With retain_fallbacks, or the default provider would no longer load by itself.
    if (!legacy_) legacy_.reset(OSSL_PROVIDER_try_load(nullptr, "legacy", 1));
    openssl::clear_errors();
    if (!is_available(name)) {
      throw unsupported(in_quotes(file_name_) + " is encrypted with " + name +
                        (legacy_
                             ? ", which OpenSSL does not know"
                             : ", for which OpenSSL needs its legacy provider, and that is not installed"));
    }
  }
  if (is_weak_cipher(name)) note_weak(name);
}

void PbeGate::require_digest(int nid, const std::string& scheme) const {
  const char* const name = nid > 0 ? OBJ_nid2sn(nid) : nullptr;
  const openssl::DigestMethod found(name == nullptr ? nullptr : EVP_MD_fetch(nullptr, name, nullptr));
  openssl::clear_errors();
  if (!found) throw unsupported(in_quotes(file_name_) + " is encrypted with " + scheme + ", not known here");
}

void PbeGate::admit_scrypt(const X509_ALGOR* function) const {
  const auto scrypt = parameters_of<openssl::ScryptParameters>(function, ASN1_ITEM_rptr(SCRYPT_PARAMS));
  std::uint64_t cost = 0;
  std::uint64_t block = 0;
  std::uint64_t lanes = 0;
  const bool whole = scrypt && ASN1_INTEGER_get_uint64(&cost, scrypt->costParameter) == 1 &&
                     ASN1_INTEGER_get_uint64(&block, scrypt->blockSize) == 1 &&
                     ASN1_INTEGER_get_uint64(&lanes, scrypt->parallelizationParameter) == 1;
  openssl::clear_errors();
  // RFC 7914: 128 * N * r bytes, p times. Each factor first, so that the product cannot overflow.
  const auto most = limits::kScryptMemory;
  if (whole && cost <= most && block <= most && lanes <= 64 && cost * block <= most / 128) return;
  throw unsupported(in_quotes(file_name_) + " wants more memory for its passphrase (scrypt) than " +
                    std::to_string(most >> 20) + " MiB");
}

void PbeGate::admit_pbes2(const X509_ALGOR* algorithm) {
  const auto parts = parameters_of<openssl::Pbes2Parameters>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  if (!parts) throw unsupported(in_quotes(file_name_) + " has PBES2 without its parameters");
  const int function = nid_of(parts->keyfunc);
  if (function == NID_id_pbkdf2) {
    const auto pbkdf2 = parameters_of<openssl::Pbkdf2Parameters>(parts->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
    if (!pbkdf2) throw unsupported(in_quotes(file_name_) + " has PBKDF2 without its parameters");
    admit_rounds(pbkdf2->iter);
    int digest = NID_undef;
    const int prf = pbkdf2->prf == nullptr ? NID_hmacWithSHA1 : nid_of(pbkdf2->prf);
    if (EVP_PBE_find(EVP_PBE_TYPE_PRF, prf, nullptr, &digest, nullptr) != 1) digest = NID_undef;
    require_digest(digest, prf == NID_undef ? scheme_of(pbkdf2->prf) : OBJ_nid2sn(prf));
  } else if (function == NID_id_scrypt) {
    admit_scrypt(parts->keyfunc);
  } else {
    throw unsupported(in_quotes(file_name_) + " hashes its passphrase with " + scheme_of(parts->keyfunc) +
                      ", which is not known here");
  }
  const int cipher = nid_of(parts->encryption);
  admit_cipher(cipher == NID_undef ? scheme_of(parts->encryption) : OBJ_nid2sn(cipher));
}

void PbeGate::admit(const X509_ALGOR* algorithm) {
  const int nid = nid_of(algorithm);
  if (nid == NID_pbes2) {
    admit_pbes2(algorithm);
    return;
  }
  const std::string scheme = scheme_of(algorithm);
  int cipher = NID_undef;
  int digest = NID_undef;
  const bool known =
      nid != NID_undef && EVP_PBE_find(EVP_PBE_TYPE_OUTER, nid, &cipher, &digest, nullptr) == 1 && cipher > 0;
  openssl::clear_errors();
  if (!known) throw unsupported(in_quotes(file_name_) + " is encrypted with " + scheme + ", not known here");
  const auto parameters = parameters_of<openssl::PbeParameters>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
  if (!parameters) throw unsupported(in_quotes(file_name_) + " has " + scheme + " without its parameters");
  admit_rounds(parameters->iter);
  require_digest(digest, scheme);
  admit_cipher(OBJ_nid2sn(cipher));
}

}  // namespace certstore

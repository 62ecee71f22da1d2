#include "certstore/key_file_doctor.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_chain.h"
#include "certstore/key_strength.h"
#include "certstore/known_public_keys.h"
#include "certstore/public_key.h"
#include "certstore/test_signature.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace certstore {
namespace {

void require_sound(const KeyFile& file, const std::vector<Certificate>& more) {
  require_not_public(file.key.public_key_sha256(), in_quotes(file.name));
  for (const auto* const certificates : {&file.certificates, &more}) {
    for (const Certificate& certificate : *certificates)
      require_not_public(certificate.public_key_sha256(),
                         "the certificate " + in_quotes(certificate.subject()));
  }
  const std::string unsound = public_key::unsoundness_of(file.key.openssl());
  if (!unsound.empty()) {
    throw Error(ErrorKind::key, "the key in " + in_quotes(file.name) + " is not sound: " + unsound,
                "a signature by it proves nothing; make a new key with pkgsign init");
  }
  require_storable(file.key);
}

class Doctor {
 public:
  Doctor(KeyFile& file, const ImportTerms& terms) : file_(file), terms_(terms), notes_(file.notes) {
    for (const Certificate& certificate : file.certificates) offer(certificate);
    for (const Certificate& certificate : terms.more) offer(certificate);
  }

  ImportedIdentity examine() {
    const Certificate certificate = own_certificate();
    std::vector<Certificate> chain = issuers_of(certificate);
    require_signs(file_.key, certificate, file_.name);
    std::vector<Certificate> path{certificate};
    path.insert(path.end(), chain.begin(), chain.end());
    tell_order(path);
    tell_dates(path);
    for (const KeyWeakness& found : weaknesses_of_key(file_.key.kind(), file_.key.bits())) {
      notes_.push_back(found.what + ", which is weak (" + std::string(found.name) +
                       "): importers must allow it");
    }
    return {std::move(file_.key), certificate, std::move(chain), std::move(notes_)};
  }

 private:
  void offer(const Certificate& certificate) {
    if (std::ranges::find(offered_, certificate) == offered_.end()) offered_.push_back(certificate);
  }

  // That of the key; of several (renewed with the same key) the one that ends last.
  Certificate own_certificate() {
    if (offered_.empty()) {
      throw Error(ErrorKind::key, "there is no certificate in " + in_quotes(file_.name),
                  "--cert FILE names the certificate of this key");
    }
    const Certificate* own = nullptr;
    std::size_t count = 0;
    for (const Certificate& candidate : offered_) {
      if (!file_.key.matches(candidate)) continue;
      ++count;
      if (own == nullptr || candidate.not_after() > own->not_after()) own = &candidate;
    }
    if (own == nullptr) {
      throw Error(
          ErrorKind::key,
          "the private key in " + in_quotes(file_.name) + " does not match the certificate " +
              in_quotes(offered_.front().subject()) +
              (offered_.size() > 1 ? " nor the " + std::to_string(offered_.size() - 1) + " beside it" : ""),
          "the certificate was issued for another key: look for the key that was made with its request");
    }
    if (count > 1) {
      notes_.push_back("there are " + std::to_string(count) + " certificates of this key; the one until " +
                       to_date(own->not_after()) + " is taken");
    }
    return *own;
  }

  std::vector<Certificate> issuers_of(const Certificate& certificate) {
    const FoundChain chain = find_chain(certificate, offered_);
    if (!chain.missing.empty() && !terms_.partial_chain) {
      throw Error(ErrorKind::key, chain.missing,
                  "--chain FILE with the CA's certificates completes it; --partial-chain goes without, and "
                  "importers must have them");
    }
    if (!chain.missing.empty()) notes_.push_back(chain.missing + ": importers must have it");
    for (const Certificate& issuer : chain.issuers) {
      if (X509_check_ca(issuer.openssl()) == 1) continue;
      notes_.push_back("the issuer " + in_quotes(issuer.subject()) +
                       " is not marked as a CA; those who verify will not accept it");
    }
    return chain.issuers;
  }

  void tell_order(const std::vector<Certificate>& path) {
    std::vector<std::size_t> places;
    for (const Certificate& link : path) {
      const auto place = std::ranges::find(offered_, link) - offered_.begin();
      places.push_back(static_cast<std::size_t>(place));
    }
    if (!std::ranges::is_sorted(places)) {
      notes_.push_back("the certificates were in another order; they are now sorted, each before its issuer");
    }
    for (const Certificate& other : offered_) {
      if (std::ranges::find(path, other) == path.end())
        notes_.push_back("the certificate " + in_quotes(other.subject()) + " is not of this chain: left out");
    }
  }

  void tell_dates(const std::vector<Certificate>& path) {
    for (const Certificate& link : path) {
      if (terms_.now >= link.not_after()) {
        notes_.push_back("the certificate " + in_quotes(link.subject()) + " ended on " +
                         to_date(link.not_after()));
      } else if (terms_.now < link.not_before()) {
        notes_.push_back("the certificate " + in_quotes(link.subject()) + " begins on " +
                         to_date(link.not_before()));
      }
    }
  }

  KeyFile& file_;
  const ImportTerms& terms_;
  std::vector<Certificate> offered_;
  std::vector<std::string> notes_;
};

}  // namespace

ImportedIdentity examine(KeyFile file, const ImportTerms& terms) {
  require_sound(file, terms.more);
  return Doctor(file, terms).examine();
}

void require_storable(const PrivateKey& key) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::unsupported, "the store does not take " + what,
                "RSA, RSA-PSS with SHA-256, EC on P-256 or P-384, and Ed25519 are taken");
  };
  std::array<char, 80> name{};
  switch (key.kind()) {
    case KeyKind::rsa:
    case KeyKind::ed25519:
      return;
    case KeyKind::rsa_pss:
      // 2: the key allows this digest and no other.
      if (EVP_PKEY_get_default_digest_name(key.openssl(), name.data(), name.size()) == 2 &&
          EVP_MD_is_a(evp(DigestAlgorithm::sha256), name.data()) != 1)
        refuse("an RSA-PSS key for " + std::string(name.data()) + " only");
      return;
    case KeyKind::ec: {
      std::size_t size = 0;
      const bool named = EVP_PKEY_get_group_name(key.openssl(), name.data(), name.size(), &size) == 1;
      openssl::clear_errors();
      const std::string curve = named ? name.data() : "an unnamed curve";
      if (curve != "prime256v1" && curve != "secp384r1") refuse("an EC key on " + curve);
      return;
    }
    case KeyKind::dsa:
    case KeyKind::other:
      refuse("keys of the kind " + std::string(name_of(key.kind())));
  }
}

}  // namespace certstore

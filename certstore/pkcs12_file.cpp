#include "certstore/pkcs12_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/pbe.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <array>
#include <optional>

namespace certstore {
namespace {

// A passphrase as OpenSSL takes it: with its length; null is another key than the empty text.
struct PassphraseText {
  const char* text = nullptr;
  int size = 0;
};

PassphraseText text_of(const SecretBytes& passphrase) {
  return {reinterpret_cast<const char*>(passphrase.view().data()), static_cast<int>(passphrase.size())};
}

std::string alias_of(PKCS12_SAFEBAG* bag, std::size_t index) {
  char* const name = PKCS12_get_friendlyname(bag);
  openssl::clear_errors();
  // Named as keytool names one without a name: by its place.
  std::string alias = name == nullptr ? std::to_string(index + 1) : name;
  OPENSSL_free(name);
  return alias;
}

// One file being read: its safes, opened one by one under the passphrase that its MAC confirmed.
class Reader {
 public:
  Reader(ByteView file, const KeyFileRequest& request) : request_(request), gate_(request.name) {
    const unsigned char* position = file.data();
    keystore_.reset(d2i_PKCS12(nullptr, &position, static_cast<long>(file.size())));
    openssl::clear_errors();
    if (!keystore_) throw damaged();
  }

  KeyFile read() {
    choose_passphrase();
    read_safes();
    std::vector<std::string> aliases;
    for (std::size_t i = 0; i < keys_.size(); ++i) aliases.push_back(alias_of(keys_[i], i));
    PKCS12_SAFEBAG* const bag = keys_.at(choose_alias(aliases, request_));
    KeyFile result{.name = request_.name,
                   .form = "PKCS#12",
                   .key = open(bag),
                   .certificates = std::move(certificates_),
                   .notes = std::move(notes_)};
    const auto& weak = gate_.notes();
    result.notes.insert(result.notes.end(), weak.begin(), weak.end());
    return result;
  }

 private:
  Error damaged() const {
    return {ErrorKind::key, in_quotes(request_.name) + " is PKCS#12 and cannot be read: it is damaged"};
  }
  Error wrong_passphrase() const {
    return {ErrorKind::passphrase, "the passphrase does not open " + in_quotes(request_.name) + " (PKCS#12)",
            "the cipher is known here: the passphrase is another, or the file was changed"};
  }

  bool confirms(PassphraseText passphrase) {
    const bool right = PKCS12_verify_mac(keystore_.get(), passphrase.text, passphrase.size) == 1;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    openssl::clear_errors();
    if (!right && reason == PKCS12_R_UNKNOWN_DIGEST_ALGORITHM) {
      throw Error(ErrorKind::unsupported, in_quotes(request_.name) + " has a MAC that is not known here",
                  "OpenSSL before 3.4 does not know PBMAC1; write it anew with openssl pkcs12 -export");
    }
    return right;
  }

  void choose_passphrase() {
    if (PKCS12_mac_present(keystore_.get()) != 1) {
      notes_.push_back(in_quotes(request_.name) + " has no MAC: a change of it would not be noticed");
      return;
    }
    const ASN1_INTEGER* rounds = nullptr;
    PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, keystore_.get());
    if (rounds != nullptr) gate_.admit_rounds(rounds);
    // Some writers make a file without a passphrase: empty, or none at all.
    for (const PassphraseText& none : {PassphraseText{"", 0}, PassphraseText{nullptr, 0}}) {
      if (!confirms(none)) continue;
      chosen_ = none;
      notes_.push_back(in_quotes(request_.name) + " has the empty passphrase, which protects nothing");
      return;
    }
    if (!confirms(asked())) throw wrong_passphrase();
  }

  PassphraseText asked() {
    if (!chosen_) {
      passphrase_ = request_.passphrase();
      chosen_ = text_of(passphrase_);
    }
    return *chosen_;
  }

  void read_safes() {
    const openssl::Safes safes(PKCS12_unpack_authsafes(keystore_.get()));
    openssl::clear_errors();
    if (!safes) throw damaged();
    if (sk_PKCS7_num(safes.get()) > limits::kSafes)
      throw Error(ErrorKind::key, in_quotes(request_.name) + " has too many parts for PKCS#12");
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
      bags_.push_back(bags_of(sk_PKCS7_value(safes.get(), i)));
      collect(bags_.back().get(), 0);
    }
  }

  openssl::Bags bags_of(PKCS7* safe) {
    if (PKCS7_type_is_data(safe)) {
      openssl::Bags bags(PKCS12_unpack_p7data(safe));
      openssl::clear_errors();
      if (!bags) throw damaged();
      return bags;
    }
    if (!PKCS7_type_is_encrypted(safe)) {
      throw Error(ErrorKind::unsupported,
                  in_quotes(request_.name) + " is sealed for a public key, not by a passphrase");
    }
    if (safe->d.encrypted == nullptr || safe->d.encrypted->enc_data == nullptr) throw damaged();
    gate_.admit(safe->d.encrypted->enc_data->algorithm);
    const PassphraseText passphrase = asked();
    openssl::Bags bags(PKCS12_unpack_p7encdata(safe, passphrase.text, passphrase.size));
    openssl::clear_errors();
    if (!bags) throw wrong_passphrase();
    return bags;
  }

  void collect(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    if (depth > limits::kBagDepth)
      throw Error(ErrorKind::key, in_quotes(request_.name) + " has bags in bags in bags");
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
      PKCS12_SAFEBAG* const bag = sk_PKCS12_SAFEBAG_value(bags, i);
      if (++bag_count_ > limits::kKeystoreEntries)
        throw Error(ErrorKind::key, in_quotes(request_.name) + " has too many entries");
      const int kind = PKCS12_SAFEBAG_get_nid(bag);
      if (kind == NID_keyBag || kind == NID_pkcs8ShroudedKeyBag) {
        keys_.push_back(bag);
      } else if (kind == NID_certBag && PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate) {
        add_certificate(bag);
      } else if (kind == NID_safeContentsBag) {
        collect(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
      }
    }
  }

  void add_certificate(const PKCS12_SAFEBAG* bag) {
    const openssl::X509Certificate x509(PKCS12_SAFEBAG_get1_cert(bag));
    unsigned char* der = nullptr;
    const int size = x509 ? i2d_X509(x509.get(), &der) : -1;
    openssl::clear_errors();
    if (size <= 0) throw damaged();
    const Bytes bytes(der, der + size);
    OPENSSL_free(der);
    certificates_.push_back(certificate_of(bytes, request_.name));
  }

  PrivateKey open(const PKCS12_SAFEBAG* bag) {
    if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag)
      return key_from(EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nullptr);
    gate_.admit(algorithm);
    const auto unseal = [bag](PassphraseText passphrase) {
      openssl::Pkcs8 info(PKCS12_decrypt_skey(bag, passphrase.text, passphrase.size));
      openssl::clear_errors();
      return info;
    };
    openssl::Pkcs8 info = unseal(asked());
    // Java can give the key another passphrase than the file.
    if (!info && PKCS12_mac_present(keystore_.get()) == 1) {
      const SecretBytes own = request_.key_passphrase();
      info = unseal(text_of(own));
    }
    if (!info) throw wrong_passphrase();
    return key_from(EVP_PKCS82PKEY(info.get()));
  }

  PrivateKey key_from(EVP_PKEY* found) const {
    openssl::Key key(found);
    openssl::clear_errors();
    if (!key) {
      throw Error(ErrorKind::key, in_quotes(request_.name) + " has a private key that cannot be read",
                  "it is damaged, or of a kind that OpenSSL does not know");
    }
    return PrivateKey::from_openssl(std::move(key));
  }

  const KeyFileRequest& request_;
  PbeGate gate_;
  openssl::Pkcs12 keystore_;
  SecretBytes passphrase_;
  std::optional<PassphraseText> chosen_;
  std::vector<openssl::Bags> bags_;
  std::size_t bag_count_ = 0;
  std::vector<PKCS12_SAFEBAG*> keys_;  // in bags_
  std::vector<Certificate> certificates_;
  std::vector<std::string> notes_;
};

}  // namespace

KeyFile read_pkcs12(ByteView file, const KeyFileRequest& request) {
  return Reader(file, request).read();
}

}  // namespace certstore

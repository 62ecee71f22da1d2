// Owning handles for OpenSSL objects, the only place with *_free, and its errors as ours.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string_view>

namespace certstore::openssl {

template <auto free_function>
struct Free {
  template <typename Object>
  void operator()(Object* object) const {
    free_function(object);
  }
};

using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Bignum = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using X509Certificate = std::unique_ptr<X509, Free<X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, Free<X509_NAME_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Asn1BitString = std::unique_ptr<ASN1_BIT_STRING, Free<ASN1_BIT_STRING_free>>;
using Asn1Ia5String = std::unique_ptr<ASN1_IA5STRING, Free<ASN1_IA5STRING_free>>;
using Asn1Integer = std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER_free>>;
using Asn1Object = std::unique_ptr<ASN1_OBJECT, Free<ASN1_OBJECT_free>>;
using Asn1OctetString = std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>>;
using GeneralName = std::unique_ptr<GENERAL_NAME, Free<GENERAL_NAME_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;
using ExtendedKeyUsage = std::unique_ptr<EXTENDED_KEY_USAGE, Free<EXTENDED_KEY_USAGE_free>>;
using Pkcs7 = std::unique_ptr<PKCS7, Free<PKCS7_free>>;
using Request = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;
using TrustStore = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using PathContext = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Free<PKCS8_PRIV_KEY_INFO_free>>;
using RevocationList = std::unique_ptr<X509_CRL, Free<X509_CRL_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Free<X509_ALGOR_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using DigestMethod = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, Free<X509_SIG_free>>;
using PbeParameters = std::unique_ptr<PBEPARAM, Free<PBEPARAM_free>>;
using Pbes2Parameters = std::unique_ptr<PBE2PARAM, Free<PBE2PARAM_free>>;
using Pbkdf2Parameters = std::unique_ptr<PBKDF2PARAM, Free<PBKDF2PARAM_free>>;
using ScryptParameters = std::unique_ptr<SCRYPT_PARAMS, Free<SCRYPT_PARAMS_free>>;
using Pkcs12 = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using TimestampRequest = std::unique_ptr<TS_REQ, Free<TS_REQ_free>>;
using TimestampStatus = std::unique_ptr<TS_STATUS_INFO, Free<TS_STATUS_INFO_free>>;
using TimestampImprint = std::unique_ptr<TS_MSG_IMPRINT, Free<TS_MSG_IMPRINT_free>>;
using TimestampInfo = std::unique_ptr<TS_TST_INFO, Free<TS_TST_INFO_free>>;
using Provider = std::unique_ptr<OSSL_PROVIDER, Free<OSSL_PROVIDER_unload>>;

// Throws Error(internal) with "OpenSSL failed <doing>" and the text of its error queue, which is cleared.
// For calls that cannot fail because of untrusted input; those that can are turned into findings instead.
[[noreturn]] void throw_error(std::string_view doing);
// Throws unless `result` is 1, the documented success value of most calls (0 and -1 are both failures).
void require(int result, std::string_view doing);
// Empties the error queue, for failures that are findings.
void clear_errors();

// The stack and its extensions.
struct FreeExtensions {
  void operator()(STACK_OF(X509_EXTENSION) * stack) const {
    sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
  }
};
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions>;

// The stack only: its certificates belong to others.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), FreeStack>;
struct FreeListStack {
  void operator()(STACK_OF(X509_CRL) * stack) const { sk_X509_CRL_free(stack); }
};
using RevocationListStack = std::unique_ptr<STACK_OF(X509_CRL), FreeListStack>;

// The parts of a PKCS#12 file, and the bags of one part, with what is in them.
struct FreeSafes {
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
struct FreeBags {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
};
using Safes = std::unique_ptr<STACK_OF(PKCS7), FreeSafes>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), FreeBags>;

// A value of an ASN.1 template (asn1t.h).
struct FreeItem {
  const ASN1_ITEM* (*item)() = nullptr;
  template <typename Value>
  void operator()(Value* value) const {
    ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(value), item());
  }
};
template <typename Value>
using Item = std::unique_ptr<Value, FreeItem>;
// Puts `value` in the place of a part of another value; what stood there is freed.
template <typename Value>
void replace(Value*& part, Item<Value> value) {
  const Item<Value> before(part, value.get_deleter());
  part = value.release();
}

}  // namespace certstore::openssl

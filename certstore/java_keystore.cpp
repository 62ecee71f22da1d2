#include "certstore/java_keystore.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "certstore/java_key_protection.h"
#include "certstore/openssl.h"

#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <array>

namespace certstore {
namespace {

constexpr std::uint32_t kJksMagic = 0xFEEDFEED;
constexpr std::uint32_t kJceksMagic = 0xCECECECE;
constexpr std::size_t kDigestSize = 20;
// Java mixes this into the digest of a keystore; it has no other meaning.
constexpr std::string_view kWhitener = "Mighty Aphrodite";
constexpr const char* kJksProtector = "1.3.6.1.4.1.42.2.17.1.1";
constexpr const char* kJceksProtector = "1.3.6.1.4.1.42.2.19.1";

// Java's DataInput: big-endian.
std::uint64_t number(ByteReader& reader, std::size_t size) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : reader.take(size)) value = value << 8 | byte;
  return value;
}

std::string text(ByteReader& reader) {
  return std::string(as_text(reader.take(number(reader, 2))));
}

Bytes sized(ByteReader& reader, std::size_t limit, std::string_view what) {
  const std::uint64_t size = number(reader, 4);
  if (size > limit) throw Error(ErrorKind::key, in_quotes(what) + " has an entry that is too large");
  const ByteView bytes = reader.take(size);
  return {bytes.begin(), bytes.end()};
}

class KeystoreReader {
 public:
  KeystoreReader(ByteView file, std::string_view what) : what_(what), reader_(file, what) {}

  JavaKeystore read() {
    JavaKeystore keystore;
    keystore.form = number(reader_, 4) == kJksMagic ? "JKS" : "JCEKS";
    version_ = number(reader_, 4);
    if (version_ != 1 && version_ != 2) {
      throw Error(ErrorKind::unsupported, in_quotes(what_) + " is a " + std::string(keystore.form) +
                                              " keystore of version " + std::to_string(version_) +
                                              ", and Java has only 1 and 2");
    }
    const std::uint64_t count = number(reader_, 4);
    if (count > limits::kKeystoreEntries)
      throw Error(ErrorKind::key, in_quotes(what_) + " says it has " + std::to_string(count) + " entries");
    for (std::uint64_t i = 0; i < count; ++i) read_entry(keystore);
    if (reader_.left() != 0)
      throw Error(ErrorKind::key, in_quotes(what_) + " has bytes after its last entry");
    return keystore;
  }

 private:
  Bytes certificate() {
    if (version_ == 2 && text(reader_) != "X.509") {
      throw Error(ErrorKind::unsupported, in_quotes(what_) + " has a certificate that is not X.509");
    }
    return sized(reader_, limits::kCertificateSize, what_);
  }

  void read_entry(JavaKeystore& keystore) {
    const std::uint64_t tag = number(reader_, 4);
    std::string alias = text(reader_);
    static_cast<void>(reader_.take(8));  // when it was made
    if (tag == 1) {
      JavaKeyEntry entry{.alias = std::move(alias), .sealed_key = {}, .chain = {}};
      entry.sealed_key = sized(reader_, limits::kKeyFileSize, what_);
      const std::uint64_t length = number(reader_, 4);
      if (length > limits::kCertificates)
        throw Error(ErrorKind::key, in_quotes(what_) + " has a chain that is too long");
      for (std::uint64_t i = 0; i < length; ++i) entry.chain.push_back(certificate());
      keystore.keys.push_back(std::move(entry));
    } else if (tag == 2) {
      static_cast<void>(certificate());
      keystore.other_aliases.push_back(std::move(alias));
    } else if (tag == 3) {
      // A serialised Java object without a length: nothing after it can be found without being Java.
      throw Error(
          ErrorKind::unsupported,
          in_quotes(what_) + " holds a secret key (" + in_quotes(alias) + "), which only Java can read",
          "keytool -importkeystore -srckeystore OLD -srcalias NAME -destkeystore NEW.p12 "
          "-deststoretype PKCS12 copies the private key alone");
    } else {
      throw Error(ErrorKind::key, in_quotes(what_) + " has an entry of an unknown kind");
    }
  }

  std::string_view what_;
  ByteReader reader_;
  std::uint64_t version_ = 0;
};

bool is_whole(ByteView file, const SecretBytes& passphrase) {
  Digester digester(DigestAlgorithm::sha1);
  digester.update(java::utf16_of(passphrase).view());
  digester.update(as_bytes(kWhitener));
  digester.update(file.first(file.size() - kDigestSize));
  const DigestValue found = digester.finish();
  return CRYPTO_memcmp(found.begin(), file.last(kDigestSize).data(), kDigestSize) == 0;
}

ByteView view_of(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

SecretBytes open_jceks(const X509_ALGOR* algorithm, ByteView sealed, std::string_view what,
                       const SecretBytes& passphrase) {
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  const openssl::PbeParameters parameters(
      type != V_ASN1_SEQUENCE ? nullptr
                              : static_cast<PBEPARAM*>(ASN1_item_unpack(
                                    static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(PBEPARAM))));
  std::uint64_t rounds = 0;
  const bool whole = parameters && ASN1_INTEGER_get_uint64(&rounds, parameters->iter) == 1;
  openssl::clear_errors();
  if (!whole) throw Error(ErrorKind::key, in_quotes(what) + " has a key without the terms of its protection");
  return java::open_jceks_key(sealed, passphrase, {.salt = view_of(parameters->salt), .rounds = rounds});
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> buffer{};
  if (OBJ_obj2txt(buffer.data(), static_cast<int>(buffer.size()), object, 1) <= 0) return "unknown";
  return buffer.data();
}

}  // namespace

bool is_java_keystore(ByteView file) {
  if (file.size() < 4) return false;
  ByteReader reader(file, "keystore");
  const std::uint64_t magic = number(reader, 4);
  return magic == kJksMagic || magic == kJceksMagic;
}

JavaKeystore read_java_keystore(ByteView file, std::string_view what, const SecretBytes& passphrase) {
  if (!is_java_keystore(file) || file.size() < 12 + kDigestSize) {
    throw Error(ErrorKind::key, in_quotes(what) + " is cut short, or no Java keystore");
  }
  // Before anything in it is believed.
  if (!is_whole(file, passphrase)) {
    throw Error(ErrorKind::passphrase,
                "the passphrase does not open the keystore " + in_quotes(what) + ", or the file was changed",
                "keytool -list -keystore FILE asks the same question; the passphrase of a key in it may be "
                "another one");
  }
  try {
    return KeystoreReader(file.first(file.size() - kDigestSize), what).read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    throw Error(ErrorKind::key, error.what());
  }
}

SecretBytes open_java_key(const JavaKeyEntry& entry, std::string_view what, const SecretBytes& passphrase) {
  const unsigned char* position = entry.sealed_key.data();
  const openssl::EncryptedKey sealed(
      d2i_X509_SIG(nullptr, &position, static_cast<long>(entry.sealed_key.size())));
  openssl::clear_errors();
  if (!sealed || position != entry.sealed_key.data() + entry.sealed_key.size()) {
    throw Error(ErrorKind::key, in_quotes(what) + " has a private key that cannot be read");
  }
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* content = nullptr;
  const ASN1_OBJECT* object = nullptr;
  X509_SIG_get0(sealed.get(), &algorithm, &content);
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  const std::string protector = dotted(object);
  SecretBytes plain;
  if (protector == kJksProtector) {
    plain = java::open_jks_key(view_of(content), passphrase);
  } else if (protector == kJceksProtector) {
    plain = open_jceks(algorithm, view_of(content), what, passphrase);
  } else {
    throw Error(ErrorKind::unsupported, in_quotes(what) + " has a private key under a protection " +
                                            protector + " that is not known here");
  }
  if (plain.empty()) {
    throw Error(ErrorKind::passphrase,
                "the passphrase does not open the private key " + in_quotes(entry.alias));
  }
  return plain;
}

}  // namespace certstore

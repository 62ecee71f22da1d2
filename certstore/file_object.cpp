#include "certstore/file_object.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/java_keystore.h"
#include "certstore/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include <algorithm>
#include <array>
#include <optional>

namespace certstore {
namespace {

// Whether `read` (a d2i function) takes all of the bytes.
template <typename Owner, auto read>
bool is_whole(ByteView der) {
  const unsigned char* position = der.data();
  const Owner object(read(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  return object && position == der.data() + der.size();
}

bool is_private_key_der(ByteView der) {
  const unsigned char* position = der.data();
  const openssl::Key key(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  return key != nullptr;
}

ObjectKind kind_of_der(ByteView der) {
  if (is_whole<openssl::X509Certificate, d2i_X509>(der)) return ObjectKind::certificate;
  if (is_whole<openssl::Request, d2i_X509_REQ>(der)) return ObjectKind::request;
  if (is_whole<openssl::Pkcs12, d2i_PKCS12>(der)) return ObjectKind::pkcs12;
  if (is_whole<openssl::Pkcs7, d2i_PKCS7>(der)) return ObjectKind::certificates;
  if (is_whole<openssl::Pkcs8, d2i_PKCS8_PRIV_KEY_INFO>(der)) return ObjectKind::private_key;
  if (is_whole<openssl::Key, d2i_PUBKEY>(der)) return ObjectKind::public_key;
  if (is_whole<openssl::RevocationList, d2i_X509_CRL>(der)) return ObjectKind::revocation_list;
  // A DigestInfo has the same shape, and nobody keeps one in a file.
  if (is_whole<openssl::EncryptedKey, d2i_X509_SIG>(der)) return ObjectKind::encrypted_private_key;
  return is_private_key_der(der) ? ObjectKind::private_key : ObjectKind::unknown;
}

struct Label {
  std::string_view text;
  std::optional<ObjectKind> kind;  // empty: of no interest
};
// RFC 7468, and what older writers say.
constexpr std::array<Label, 20> kLabels = {{{"CERTIFICATE", ObjectKind::certificate},
                                            {"X509 CERTIFICATE", ObjectKind::certificate},
                                            {"TRUSTED CERTIFICATE", ObjectKind::certificate},
                                            {"PKCS7", ObjectKind::certificates},
                                            {"PKCS #7 SIGNED DATA", ObjectKind::certificates},
                                            {"CMS", ObjectKind::certificates},
                                            {"CERTIFICATE REQUEST", ObjectKind::request},
                                            {"NEW CERTIFICATE REQUEST", ObjectKind::request},
                                            {"PUBLIC KEY", ObjectKind::public_key},
                                            {"RSA PUBLIC KEY", ObjectKind::public_key},
                                            {"X509 CRL", ObjectKind::revocation_list},
                                            {"PRIVATE KEY", ObjectKind::private_key},
                                            {"ANY PRIVATE KEY", ObjectKind::private_key},
                                            {"RSA PRIVATE KEY", ObjectKind::private_key},
                                            {"EC PRIVATE KEY", ObjectKind::private_key},
                                            {"DSA PRIVATE KEY", ObjectKind::private_key},
                                            {"ENCRYPTED PRIVATE KEY", ObjectKind::encrypted_private_key},
                                            {"OPENSSH PRIVATE KEY", ObjectKind::openssh_key},
                                            {"EC PARAMETERS", std::nullopt},
                                            {"DH PARAMETERS", std::nullopt}}};

// One block as OpenSSL hands it out, in its secure heap.
struct PemBlock {
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_secure_free(name);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(bytes, static_cast<std::size_t>(size));
  }
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
};

std::optional<FileObject> object_of(const PemBlock& block) {
  const std::string_view name(block.name);
  const auto label =
      std::ranges::find_if(kLabels, [&](const Label& candidate) { return candidate.text == name; });
  FileObject object;
  if (label != kLabels.end()) {
    if (!label->kind) return std::nullopt;
    object.kind = *label->kind;
  }
  object.header = block.header;
  if (object.kind == ObjectKind::private_key && !object.header.empty())
    object.kind = ObjectKind::locked_private_key;
  object.bytes = SecretBytes(static_cast<std::size_t>(block.size));
  std::copy_n(block.bytes, block.size, object.bytes.writable().begin());
  return object;
}

std::vector<FileObject> pem_objects(ByteView file, std::string_view what) {
  const openssl::Bio memory(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  if (!memory) openssl::throw_error("reading PEM");
  std::vector<FileObject> objects;
  for (;;) {
    PemBlock block;
    if (PEM_read_bio_ex(memory.get(), &block.name, &block.header, &block.bytes, &block.size,
                        PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) != 1) {
      const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      openssl::clear_errors();
      if (is_end) return objects;
      throw Error(ErrorKind::key,
                  in_quotes(what) + " has a PEM block that is cut short or not base64 (block " +
                      std::to_string(objects.size() + 1) + ")",
                  "copy the file again, with its BEGIN and END lines and nothing changed between them");
    }
    if (objects.size() == limits::kKeystoreEntries)
      throw Error(ErrorKind::key, in_quotes(what) + " holds too many PEM blocks");
    if (auto object = object_of(block)) objects.push_back(std::move(*object));
  }
}

// A text may begin with the digit 0, which is the mark of a SEQUENCE; its length then does not fit
// (X.690 8.1.3).
bool is_der(ByteView file) {
  if (file.size() < 2 || file[0] != 0x30) return false;
  return file[1] >= 0x80 || file[1] + std::size_t{2} == file.size();
}

}  // namespace

std::string_view name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::certificate:
      return "a certificate";
    case ObjectKind::certificates:
      return "certificates (PKCS#7)";
    case ObjectKind::request:
      return "a certificate request";
    case ObjectKind::public_key:
      return "a public key";
    case ObjectKind::revocation_list:
      return "a revocation list";
    case ObjectKind::private_key:
    case ObjectKind::encrypted_private_key:
    case ObjectKind::locked_private_key:
      return "a private key";
    case ObjectKind::openssh_key:
      return "an OpenSSH private key";
    case ObjectKind::pkcs12:
      return "a PKCS#12 keystore";
    case ObjectKind::java_keystore:
      return "a Java keystore";
    case ObjectKind::unknown:
      return "something unknown";
  }
  throw Error(ErrorKind::internal, "an object kind without a case");
}

bool is_private_key(ObjectKind kind) {
  return kind == ObjectKind::private_key || kind == ObjectKind::encrypted_private_key ||
         kind == ObjectKind::locked_private_key;
}

std::string what_else(ObjectKind kind) {
  if (kind == ObjectKind::unknown) return "nor anything else that is known here";
  return "but " + std::string(name_of(kind));
}

FileObjects objects_in(ByteView file, std::string_view what) {
  if (file.empty()) {
    throw Error(ErrorKind::key, in_quotes(what) + " is empty",
                "was it written to its end? make or copy it again");
  }
  if (file.size() > limits::kKeyFileSize)
    throw Error(ErrorKind::key, in_quotes(what) + " is too large for keys or certificates");
  FileObjects found;
  if (!is_java_keystore(file) && !is_der(file)) {
    found.is_pem = true;
    found.objects = pem_objects(file, what);
    return found;
  }
  FileObject object;
  object.kind = is_java_keystore(file) ? ObjectKind::java_keystore : kind_of_der(file);
  object.bytes = SecretBytes(file.size());
  std::ranges::copy(file, object.bytes.writable().begin());
  found.objects.push_back(std::move(object));
  return found;
}

std::string name_note(const FileObjects& found, std::string_view file_name) {
  const auto ends = [&](std::string_view end) { return file_name.ends_with(end); };
  if (found.is_pem && ends(".der")) return in_quotes(file_name) + " is PEM, although its name says DER";
  if (found.is_pem || !ends(".pem")) return {};
  if (found.objects.empty()) return {};
  switch (found.objects.front().kind) {
    case ObjectKind::pkcs12:
      return in_quotes(file_name) + " is PKCS#12, although its name says PEM";
    case ObjectKind::java_keystore:
      return in_quotes(file_name) + " is a Java keystore, although its name says PEM";
    case ObjectKind::certificate:
    case ObjectKind::certificates:
    case ObjectKind::request:
    case ObjectKind::public_key:
    case ObjectKind::revocation_list:
    case ObjectKind::private_key:
    case ObjectKind::encrypted_private_key:
    case ObjectKind::locked_private_key:
    case ObjectKind::openssh_key:
    case ObjectKind::unknown:
      return in_quotes(file_name) + " is DER, although its name says PEM";
  }
  throw Error(ErrorKind::internal, "an object kind without a case");
}

}  // namespace certstore

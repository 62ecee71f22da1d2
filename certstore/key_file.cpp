#include "certstore/key_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/java_keystore.h"
#include "certstore/pbe.h"
#include "certstore/pkcs12_file.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace certstore {
namespace {

Error wrong_passphrase(const std::string& name) {
  return {ErrorKind::passphrase, "the passphrase does not open the private key in " + in_quotes(name),
          "the file is whole and its cipher is known here: only the passphrase is another"};
}

Error unreadable_key(const std::string& name) {
  return {ErrorKind::key, in_quotes(name) + " has a private key that cannot be read",
          "it is damaged, or of a kind that OpenSSL does not know"};
}

PrivateKey plain_key(const FileObject& object, const std::string& name) {
  const ByteView der = object.bytes.view();
  const unsigned char* position = der.data();
  openssl::Key key(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!key) throw unreadable_key(name);
  return PrivateKey::from_openssl(std::move(key));
}

PrivateKey encrypted_key(const FileObject& object, const KeyFileRequest& request, PbeGate& gate) {
  const ByteView der = object.bytes.view();
  const unsigned char* position = der.data();
  const openssl::EncryptedKey sealed(d2i_X509_SIG(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!sealed) throw unreadable_key(request.name);
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(sealed.get(), &algorithm, nullptr);
  gate.admit(algorithm);
  const SecretBytes passphrase = request.passphrase();
  const auto* const text = reinterpret_cast<const char*>(passphrase.view().data());
  const openssl::Pkcs8 info(PKCS8_decrypt(sealed.get(), text, static_cast<int>(passphrase.size())));
  openssl::Key key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
  openssl::clear_errors();
  // A wrong passphrase passes the padding once in 256 times; what then comes is no key.
  if (!key) throw wrong_passphrase(request.name);
  return PrivateKey::from_openssl(std::move(key));
}

// OpenSSL's callback is C: `context` is the passphrase, taken before.
int give_passphrase(char* buffer, int size, int, void* context) {
  const ByteView passphrase = static_cast<const SecretBytes*>(context)->view();
  if (passphrase.size() > static_cast<std::size_t>(size)) return -1;
  std::ranges::copy(passphrase, buffer);
  return static_cast<int>(passphrase.size());
}

// RFC 1421: Proc-Type, DEK-Info and MD5 once.
PrivateKey locked_key(FileObject& object, const KeyFileRequest& request, PbeGate& gate) {
  const std::size_t info_at = object.header.find("DEK-Info: ");
  const std::size_t name_at = info_at == std::string::npos ? info_at : info_at + 10;
  const std::size_t comma = object.header.find(',', info_at);
  if (name_at == std::string::npos || comma == std::string::npos) throw unreadable_key(request.name);
  gate.admit_cipher(object.header.substr(name_at, comma - name_at));
  EVP_CIPHER_INFO cipher{};
  const bool known = PEM_get_EVP_CIPHER_INFO(object.header.data(), &cipher) == 1;
  openssl::clear_errors();
  if (!known) throw unreadable_key(request.name);
  SecretBytes passphrase = request.passphrase();
  auto length = static_cast<long>(object.bytes.size());
  const bool opened =
      PEM_do_header(&cipher, object.bytes.writable().data(), &length, give_passphrase, &passphrase) == 1;
  openssl::clear_errors();
  if (!opened) throw wrong_passphrase(request.name);
  object.bytes.shrink(static_cast<std::size_t>(length));
  const unsigned char* position = object.bytes.view().data();
  openssl::Key key(d2i_AutoPrivateKey(nullptr, &position, length));
  openssl::clear_errors();
  if (!key) throw wrong_passphrase(request.name);
  return PrivateKey::from_openssl(std::move(key));
}

Error no_private_key(const FileObjects& found, const std::string& name) {
  const ObjectKind kind = found.objects.empty() ? ObjectKind::unknown : found.objects.front().kind;
  std::string hint = "private keys come as PEM, DER, PKCS#12 (.p12, .pfx), JKS or JCEKS (.vmokeystore, .jks)";
  if (kind == ObjectKind::certificate || kind == ObjectKind::certificates) {
    hint = "the private key is in another file; name that one, and this one with --cert";
  } else if (kind == ObjectKind::request) {
    hint = "a request goes to the CA; its private key is in the file that was made together with it";
  } else if (kind == ObjectKind::public_key) {
    hint = "the private key is in another file, often with the ending .key";
  } else if (kind == ObjectKind::openssh_key) {
    hint = "ssh-keygen -p -m PKCS8 -f COPY rewrites a copy of it in a form that is read here";
  }
  return {ErrorKind::key, in_quotes(name) + " holds no private key, " + what_else(kind), hint};
}

KeyFile from_java(ByteView file, const KeyFileRequest& request) {
  SecretBytes passphrase = request.passphrase();
  const JavaKeystore keystore = read_java_keystore(file, request.name, passphrase);
  std::vector<std::string> aliases;
  for (const JavaKeyEntry& entry : keystore.keys) aliases.push_back(entry.alias);
  const JavaKeyEntry& entry = keystore.keys.at(choose_alias(aliases, request));
  SecretBytes pkcs8;
  try {
    pkcs8 = open_java_key(entry, request.name, passphrase);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::passphrase) throw;
    pkcs8 = open_java_key(entry, request.name, request.key_passphrase());
  }
  KeyFile result{.name = request.name,
                 .form = std::string(keystore.form),
                 .key = PrivateKey::from_pkcs8(pkcs8.view(), request.name),
                 .certificates = {},
                 .notes = {}};
  for (const Bytes& der : entry.chain) result.certificates.push_back(certificate_of(der, request.name));
  result.notes.push_back(in_quotes(request.name) + " is a " + result.form +
                         " keystore, which protects a key weakly: delete it when it is no longer used");
  return result;
}

KeyFile from_objects(FileObjects& found, const KeyFileRequest& request) {
  const auto is_key = [](const FileObject& object) { return is_private_key(object.kind); };
  const auto count = std::ranges::count_if(found.objects, is_key);
  if (count == 0) throw no_private_key(found, request.name);
  if (count > 1) {
    throw Error(ErrorKind::key, in_quotes(request.name) + " holds " + std::to_string(count) + " private keys",
                "copy the BEGIN to END lines of one of them to a file of its own");
  }
  FileObject& object = *std::ranges::find_if(found.objects, is_key);
  PbeGate gate(request.name);
  PrivateKey key = object.kind == ObjectKind::private_key             ? plain_key(object, request.name)
                   : object.kind == ObjectKind::encrypted_private_key ? encrypted_key(object, request, gate)
                                                                      : locked_key(object, request, gate);
  KeyFile result{.name = request.name,
                 .form = found.is_pem ? "PEM" : "DER",
                 .key = std::move(key),
                 .certificates = certificates_in(found, request.name),
                 .notes = gate.notes()};
  if (object.kind == ObjectKind::private_key) {
    result.notes.push_back("the private key in " + in_quotes(request.name) +
                           " is not encrypted: delete the file when it is no longer used");
  }
  return result;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

KeyFile read_key_file(ByteView file, const KeyFileRequest& request) {
  FileObjects found = objects_in(file, request.name);
  const ObjectKind kind = found.objects.empty() ? ObjectKind::unknown : found.objects.front().kind;
  const bool is_keystore = kind == ObjectKind::java_keystore || kind == ObjectKind::pkcs12;
  if (!is_keystore && !request.alias.empty()) {
    throw Error(ErrorKind::key,
                in_quotes(request.name) + " is no keystore: the key in it has no alias to choose it by");
  }
  KeyFile result = kind == ObjectKind::java_keystore ? from_java(file, request)
                   : kind == ObjectKind::pkcs12      ? read_pkcs12(file, request)
                                                     : from_objects(found, request);
  if (const std::string note = name_note(found, request.name); !note.empty()) result.notes.push_back(note);
  return result;
}

std::size_t choose_alias(const std::vector<std::string>& aliases, const KeyFileRequest& request) {
  if (aliases.empty()) {
    throw Error(ErrorKind::key, in_quotes(request.name) + " holds no private key, but certificates at most",
                "such a file is a truststore; the private key is in another one");
  }
  const std::string_view wanted = request.alias.empty() ? kProductAlias : std::string_view(request.alias);
  std::string known;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    known += (known.empty() ? "" : ", ") + in_quotes(aliases[i]);
    if (equal_ignoring_case(aliases[i], wanted)) found = i;
  }
  if (found) return *found;
  if (request.alias.empty() && aliases.size() == 1) return 0;
  throw Error(ErrorKind::key,
              in_quotes(request.name) + (request.alias.empty()
                                             ? " holds " + std::to_string(aliases.size()) + " private keys"
                                             : " holds no private key " + in_quotes(request.alias)),
              "--source-alias names one: " + known);
}

}  // namespace certstore

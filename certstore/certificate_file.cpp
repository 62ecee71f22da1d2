#include "certstore/certificate_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/openssl.h"

#include <openssl/pkcs7.h>

namespace certstore {
namespace {

void append_certificates(const FileObject& object, const std::string& name,
                         std::vector<Certificate>& certificates) {
  const auto add = [&](X509* x509) {
    unsigned char* der = nullptr;
    const int size = x509 == nullptr ? -1 : i2d_X509(x509, &der);
    openssl::clear_errors();
    if (size <= 0) throw Error(ErrorKind::key, in_quotes(name) + " has a certificate that cannot be read");
    const Bytes bytes(der, der + size);
    OPENSSL_free(der);
    if (certificates.size() == limits::kCertificates)
      throw Error(ErrorKind::key, in_quotes(name) + " holds too many certificates");
    certificates.push_back(certificate_of(bytes, name));
  };
  const unsigned char* position = object.bytes.view().data();
  const auto size = static_cast<long>(object.bytes.size());
  if (object.kind == ObjectKind::certificate) {
    // With what OpenSSL's TRUSTED CERTIFICATE adds, which decides nothing here.
    add(openssl::X509Certificate(d2i_X509_AUX(nullptr, &position, size)).get());
    return;
  }
  const openssl::Pkcs7 answer(d2i_PKCS7(nullptr, &position, size));
  openssl::clear_errors();
  const bool is_signed = answer && PKCS7_type_is_signed(answer.get());
  const STACK_OF(X509)* const stack = is_signed ? answer->d.sign->cert : nullptr;
  for (int i = 0; stack != nullptr && i < sk_X509_num(stack); ++i) add(sk_X509_value(stack, i));
}

}  // namespace

Certificate certificate_of(ByteView der, const std::string& name) {
  try {
    return Certificate::from_der(der, name);
  } catch (const Error& error) {
    // In a package that is a finding; in a person's own file it is a trouble.
    if (error.kind() != ErrorKind::malformed) throw;
    throw Error(ErrorKind::key, error.what());
  }
}

std::vector<Certificate> certificates_in(const FileObjects& found, const std::string& name) {
  std::vector<Certificate> certificates;
  for (const FileObject& object : found.objects) {
    if (object.kind == ObjectKind::certificate || object.kind == ObjectKind::certificates)
      append_certificates(object, name, certificates);
  }
  return certificates;
}

CertificateFile read_certificate_file(ByteView file, const std::string& name) {
  const FileObjects found = objects_in(file, name);
  CertificateFile result{
      .certificates = certificates_in(found, name), .notes = {}, .sha256 = certstore::sha256(file)};
  if (const std::string note = name_note(found, name); !note.empty()) result.notes.push_back(note);
  if (!result.certificates.empty()) return result;
  const ObjectKind kind = found.objects.empty() ? ObjectKind::unknown : found.objects.front().kind;
  std::string hint = "certificates come as PEM, DER or PKCS#7 (.crt, .cer, .pem, .p7b)";
  if (kind == ObjectKind::request) {
    hint = "this is what is sent to the CA; the certificate is what the CA answers";
  } else if (kind == ObjectKind::pkcs12 || kind == ObjectKind::java_keystore) {
    hint = "a keystore holds the key and its certificates: pkgsign key import " + shell_quoted(name);
  } else if (is_private_key(kind)) {
    hint = "the certificate is in another file";
  }
  if (certstore::as_text(file).starts_with("PK\x03\x04")) {
    hint = "it looks like a package: pkgverify trust add --signer SHA256 --from " + shell_quoted(name) +
           " takes a signer out of one";
  }
  throw Error(ErrorKind::key, in_quotes(name) + " holds no certificate, " + what_else(kind), hint);
}

SecretBytes read_person_file(const InputFile& file) {
  if (file.size() > limits::kKeyFileSize) {
    throw Error(ErrorKind::key, in_quotes(file.name()) + " is too large for keys or certificates");
  }
  SecretBytes bytes(static_cast<std::size_t>(file.size()));
  file.read_at(0, bytes.writable());
  return bytes;
}

CertificateFile read_certificate_file(const std::string& path) {
  return read_certificate_file(read_person_file(InputFile::open(path)).view(), path);
}

}  // namespace certstore

#include "certstore/key_file.h"
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "certstore/key_export.h"
#include "tests/unit/certificates.h"
#include "tests/unit/secrets.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace certstore;
using tests::secret;

namespace {

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

const PrivateKey& key() {
  return tests::key_named("Key File");
}

Certificate certificate() {
  return tests::make_self_signed_certificate({.common_name = "Key File", .extensions = {}});
}

// A request that answers with `passphrase`, or fails the test where none may be asked for.
KeyFileRequest request(std::string passphrase, std::string name = "server.key") {
  const auto give = [passphrase] {
    BOOST_REQUIRE(!passphrase.empty());
    return secret(passphrase);
  };
  return {.name = std::move(name), .alias = {}, .passphrase = give, .key_passphrase = give};
}

std::string refusal(ByteView file, ErrorKind kind, const std::string& passphrase = {}) {
  try {
    static_cast<void>(read_key_file(file, request(passphrase)));
    return {};
  } catch (const Error& error) {
    BOOST_TEST(bool(error.kind() == kind), error.what());
    return error.what();
  }
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool is_ours(const KeyFile& file) {
  return file.key.public_key_sha256() == key().public_key_sha256();
}

Bytes plain_der() {
  const SecretBytes pkcs8 = key().to_pkcs8();
  return {pkcs8.view().begin(), pkcs8.view().end()};
}

std::string plain_pem() {
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), key().openssl(), nullptr, nullptr, 0, nullptr, nullptr);
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// EncryptedPrivateKeyInfo with PBKDF2 and the number of rounds, and no key in it.
Bytes with_rounds(int rounds, const EVP_CIPHER* cipher = EVP_aes_256_cbc()) {
  X509_ALGOR* const algorithm = PKCS5_pbe2_set_iv(cipher, 1, nullptr, 16, nullptr, NID_hmacWithSHA256);
  const openssl::Pkcs8 info(EVP_PKEY2PKCS8(key().openssl()));
  const openssl::EncryptedKey sealed(PKCS8_set0_pbe("p", 1, info.get(), algorithm));
  unsigned char* der = nullptr;
  const int size = i2d_X509_SIG(sealed.get(), &der);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  // The only INTEGER 1 after a salt of 16: 04 10 <salt> 02 01 01.
  for (std::size_t i = 0; i + 21 < bytes.size(); ++i) {
    if (bytes[i] == 4 && bytes[i + 1] == 16 && bytes[i + 18] == 2 && bytes[i + 19] == 1)
      bytes[i + 20] = static_cast<std::uint8_t>(rounds);
  }
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(plain_keys_are_read_without_asking_and_with_a_note) {
  for (const Bytes& file :
       {plain_der(), bytes_of(plain_pem()), bytes_of("text around\n" + plain_pem() + "\n")}) {
    const KeyFile read = read_key_file(file, request({}));
    BOOST_TEST(is_ours(read));
    BOOST_REQUIRE(read.notes.size() == 1U);
    BOOST_TEST(holds(read.notes[0], "is not encrypted"));
  }
}

BOOST_AUTO_TEST_CASE(what_we_export_is_what_we_read) {
  const Bytes pem = to_encrypted_pem(key(), secret("p"));
  BOOST_TEST(is_ours(read_key_file(pem, request("p"))));
  BOOST_TEST(read_key_file(pem, request("p")).notes.empty());
  for (const bool legacy : {false, true}) {
    const Bytes file = to_pkcs12(key(), {certificate()}, secret("p\u00E4ss"), {"server", legacy});
    const KeyFile read = read_key_file(file, request("p\u00E4ss"));
    BOOST_TEST(is_ours(read));
    BOOST_REQUIRE(read.certificates.size() == 1U);
    BOOST_TEST((read.certificates[0] == certificate()));
    BOOST_TEST(read.notes.empty() != legacy);
  }
}

BOOST_AUTO_TEST_CASE(two_exports_have_no_secret_bytes_in_common) {
  const Bytes a = to_encrypted_pem(key(), secret("p"));
  const Bytes b = to_encrypted_pem(key(), secret("p"));
  BOOST_TEST((a != b));
  const SecretBytes pkcs8 = key().to_pkcs8();
  const Bytes p12 = to_pkcs12(key(), {certificate()}, secret("p"), {"server", false});
  const auto inside = pkcs8.view().last(64);
  BOOST_TEST(bool(std::search(p12.begin(), p12.end(), inside.begin(), inside.end()) == p12.end()));
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_is_called_that) {
  BOOST_TEST(holds(refusal(to_encrypted_pem(key(), secret("p")), ErrorKind::passphrase, "q"), "server.key"));
  const Bytes p12 = to_pkcs12(key(), {certificate()}, secret("p"), {"server", false});
  BOOST_TEST(holds(refusal(p12, ErrorKind::passphrase, "q"), "PKCS#12"));
}

BOOST_AUTO_TEST_CASE(a_passphrase_with_a_zero_byte_is_refused_for_pkcs12) {
  const SecretBytes zero = secret(std::string_view("a\0b", 3));
  BOOST_CHECK_THROW(static_cast<void>(to_pkcs12(key(), {certificate()}, zero, {"a", false})), Error);
}

BOOST_AUTO_TEST_CASE(rounds_without_bound_are_refused_before_they_run) {
  BOOST_TEST(is_ours(read_key_file(with_rounds(1), request("p"))));
  BOOST_TEST(holds(refusal(with_rounds(0), ErrorKind::unsupported), "hashed 0 times"));
  BOOST_TEST(holds(refusal(with_rounds(-1), ErrorKind::unsupported), "hashed -1 times"));
}

BOOST_AUTO_TEST_CASE(a_pkcs12_file_changed_anywhere_is_refused_or_tells_the_same) {
  const Bytes file = to_pkcs12(key(), {certificate()}, secret("p"), {"server", true});
  for (std::size_t i = 0; i < file.size(); i += 61) {
    Bytes changed = file;
    changed[i] ^= 0x40;
    try {
      BOOST_TEST(is_ours(read_key_file(changed, request("p"))));
    } catch (const Error& error) {
      BOOST_TEST(bool(error.kind() != ErrorKind::internal), error.what());
    }
  }
}

BOOST_AUTO_TEST_CASE(files_without_a_private_key_say_what_they_are) {
  BOOST_TEST(holds(refusal(certificate().der(), ErrorKind::key), "but a certificate"));
  BOOST_TEST(holds(refusal(bytes_of(to_pem(certificate())), ErrorKind::key), "but a certificate"));
  BOOST_TEST(holds(refusal(bytes_of("hello"), ErrorKind::key), "nor anything else that is known here"));
  BOOST_TEST(holds(refusal({}, ErrorKind::key), "is empty"));
  BOOST_TEST(holds(refusal(Bytes(limits::kKeyFileSize + 1, 'a'), ErrorKind::key), "too large"));
  BOOST_TEST(holds(refusal(bytes_of(plain_pem() + plain_pem()), ErrorKind::key), "holds 2 private keys"));
}

BOOST_AUTO_TEST_CASE(a_pem_block_that_is_cut_is_told_from_none) {
  const std::string whole = plain_pem();
  for (const std::size_t size : {whole.size() / 2, whole.size() - 10}) {
    BOOST_TEST(holds(refusal(bytes_of(whole.substr(0, size)), ErrorKind::key), "cut short"));
  }
}

BOOST_AUTO_TEST_CASE(an_alias_is_for_keystores_only) {
  KeyFileRequest wanted = request({});
  wanted.alias = "server";
  BOOST_CHECK_THROW(static_cast<void>(read_key_file(plain_der(), wanted)), Error);
}

BOOST_AUTO_TEST_CASE(aliases_are_chosen_and_never_guessed) {
  KeyFileRequest wanted = request({});
  BOOST_TEST(choose_alias({"only"}, wanted) == 0U);
  BOOST_TEST(choose_alias({"a", "_dunesrsa_alias_", "b"}, wanted) == 1U);
  BOOST_CHECK_THROW(static_cast<void>(choose_alias({"a", "b"}, wanted)), Error);
  BOOST_CHECK_THROW(static_cast<void>(choose_alias({}, wanted)), Error);
  wanted.alias = "B";
  BOOST_TEST(choose_alias({"a", "b"}, wanted) == 1U);
  wanted.alias = "c";
  BOOST_CHECK_THROW(static_cast<void>(choose_alias({"a"}, wanted)), Error);
}

BOOST_AUTO_TEST_CASE(a_name_that_promises_another_form_is_noted) {
  const auto notes = [](const Bytes& file, const std::string& name) {
    return read_certificate_file(file, name).notes;
  };
  BOOST_TEST(holds(notes(certificate().der(), "ca.pem").at(0), "is DER, although its name says PEM"));
  BOOST_TEST(holds(notes(bytes_of(to_pem(certificate())), "ca.der").at(0), "is PEM"));
  BOOST_TEST(notes(certificate().der(), "ca.crt").empty());
}

BOOST_AUTO_TEST_CASE(a_key_given_for_a_certificate_is_said) {
  try {
    static_cast<void>(read_certificate_file(plain_der(), "server.crt"));
    BOOST_FAIL("a key was read as a certificate");
  } catch (const Error& error) {
    BOOST_TEST(holds(error.what(), "holds no certificate, but a private key"));
  }
}

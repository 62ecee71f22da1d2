// The CMS engine as a program, for tests with the programs of others:
//   cms_tool sign KIND CONTENT FOLDER   FOLDER/signature.p7s, .pem, signer.pem, key.pem, ca.pem
//   cms_tool check FILE CONTENT [CERTIFICATES...]   a line for each signer; CONTENT "-": the one in the file
#include "certstore/base/error.h"
#include "certstore/certificate_file.h"
#include "tests/unit/cms_files.h"

#include <openssl/pem.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

using namespace tests;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A key for this test alone, for a program of others to sign with.
void write_key(const std::string& path, const PrivateKey& key) {
  const certstore::openssl::Bio file(BIO_new_file(path.c_str(), "w"));
  PEM_write_bio_PrivateKey(file.get(), key.openssl(), nullptr, nullptr, 0, nullptr, nullptr);
}

int sign_file(const std::string& kind, const std::string& content, const std::string& folder) {
  PrivateKey key = PrivateKey::make(kind);
  write_key(folder + "/key.pem", key);
  const Certificate ca = make_self_signed_certificate(
      {.common_name = "Test CA", .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}});
  const Certificate certificate =
      make_certificate({.common_name = "Signer " + kind, .extensions = {{NID_key_usage, "digitalSignature"}}},
                       key.openssl(), &ca, key_named("Test CA").openssl());
  const Signer signer(std::move(key), certificate, {ca});
  const Bytes signature = sign(signer, read(content));
  write(folder + "/signature.p7s", certstore::as_text(signature));
  write(folder + "/signature.pem", tests::cms::to_pem(signature));
  write(folder + "/signer.pem", certstore::to_pem(certificate));
  write(folder + "/ca.pem", certstore::to_pem(ca));
  return 0;
}

int check_file(const std::string& file, const std::string& content, const std::vector<std::string>& others) {
  auto data = tests::cms::parse(as_bytes(read(file)), file);
  for (const std::string& other : others) {
    for (const Certificate& certificate : certstore::read_certificate_file(other).certificates) {
      data.certificates.push_back(certificate);
    }
  }
  const std::string signed_content =
      content == "-" ? std::string(certstore::as_text(data.content.value())) : read(content);
  bool good = !data.signers.empty();
  for (std::size_t i = 0; i < data.signers.size(); ++i) {
    const auto answer = ask(data, signed_content, {}, i);
    const auto* const refusal = std::get_if<tests::cms::Refusal>(&answer);
    good = good && refusal == nullptr;
    std::cout << word_of(answer) << (refusal == nullptr ? "" : ": " + refusal->detail) << '\n';
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 4 && words[0] == "sign") return sign_file(words[1], words[2], words[3]);
    if (words.size() >= 3 && words[0] == "check") {
      return check_file(words[1], words[2], {words.begin() + 3, words.end()});
    }
  } catch (const certstore::Error& error) {
    std::cout << "refused: " << error.what() << '\n';
    return error.kind() == certstore::ErrorKind::malformed ? 1 : 2;
  }
  std::cerr << "usage: cms_tool sign KIND CONTENT FOLDER | check FILE CONTENT [CERTIFICATES...]\n";
  return 2;
}

#include "certstore/ca_answer_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace certstore {
namespace {

// One block of a PEM file (RFC 7468); its content is wiped, since it may be a key.
class PemBlock {
 public:
  // Reads the next block, whatever text stands before it; empty at the end.
  static std::optional<PemBlock> next(BIO* file) {
    PemBlock block;
    char* header = nullptr;
    const bool found = PEM_read_bio(file, &block.label_, &header, &block.content_, &block.size_) == 1;
    OPENSSL_free(header);
    if (found) return block;
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    openssl::clear_errors();
    if (at_end) return std::nullopt;
    throw Error(ErrorKind::key, "a PEM block is damaged", "was a line cut off or changed on the way?");
  }
  PemBlock(PemBlock&& other) noexcept
      : label_(std::exchange(other.label_, nullptr)),
        content_(std::exchange(other.content_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  PemBlock& operator=(PemBlock&&) = delete;
  ~PemBlock() {
    OPENSSL_free(label_);
    OPENSSL_clear_free(content_, static_cast<std::size_t>(size_));
  }
  [[nodiscard]] std::string_view label() const { return label_; }
  [[nodiscard]] ByteView content() const { return {content_, static_cast<std::size_t>(size_)}; }

 private:
  PemBlock() = default;
  char* label_ = nullptr;
  unsigned char* content_ = nullptr;
  long size_ = 0;
};

void add(std::vector<Certificate>& certificates, Certificate certificate, std::string_view what) {
  if (certificates.size() == limits::kCertificates) {
    throw Error(ErrorKind::key, in_quotes(what) + " holds too many certificates");
  }
  certificates.push_back(std::move(certificate));
}

// RFC 2315 9.1: a SignedData without a signer is the usual envelope of certificates.
bool add_pkcs7(std::vector<Certificate>& certificates, ByteView der, std::string_view what) {
  const unsigned char* position = der.data();
  const openssl::Pkcs7 envelope(d2i_PKCS7(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (!envelope || position != der.data() + der.size()) return false;
  if (PKCS7_type_is_signed(envelope.get()) != 1 || envelope->d.sign == nullptr) return false;
  const STACK_OF(X509)* const held = envelope->d.sign->cert;
  for (int i = 0; i < sk_X509_num(held); ++i) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(sk_X509_value(held, i), &bytes);
    if (size <= 0) openssl::throw_error("writing a certificate");
    const Bytes copy(bytes, bytes + size);
    OPENSSL_free(bytes);
    add(certificates, Certificate::from_der(copy, what), what);
  }
  return true;
}

// What people send in its place, and what they should send.
struct Mistake {
  std::string_view label;
  std::string_view message;
  std::string_view hint;
};
constexpr Mistake kRequest{"CERTIFICATE REQUEST", "holds a certificate request, not the answer to it",
                           "send it to the CA, and import what comes back"};
constexpr Mistake kKey{"PRIVATE KEY", "holds a private key and no certificate",
                       "the CA's answer is a file with certificates; 'pkgsign key import' takes keys"};

Error mistaken(const Mistake& mistake, std::string_view what) {
  return {ErrorKind::key, in_quotes(what) + " " + std::string(mistake.message), std::string(mistake.hint)};
}

std::vector<Certificate> read_pem(ByteView file, std::string_view what) {
  const openssl::Bio memory(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  if (!memory) openssl::throw_error("reading PEM");
  std::vector<Certificate> certificates;
  const Mistake* mistake = nullptr;
  while (const auto block = PemBlock::next(memory.get())) {
    const std::string_view label = block->label();
    if (label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD) {
      add(certificates, Certificate::from_der(block->content(), what), what);
    } else if (label == PEM_STRING_PKCS7 || label == PEM_STRING_PKCS7_SIGNED || label == PEM_STRING_CMS) {
      if (!add_pkcs7(certificates, block->content(), what)) {
        throw Error(ErrorKind::key, in_quotes(what) + " holds PKCS#7 that cannot be read");
      }
    } else if (label.find(kRequest.label) != std::string_view::npos) {
      mistake = &kRequest;
    } else if (label.find(kKey.label) != std::string_view::npos) {
      mistake = &kKey;
    }
  }
  if (certificates.empty() && mistake != nullptr) throw mistaken(*mistake, what);
  return certificates;
}

std::vector<Certificate> read_der(ByteView der, std::string_view what) {
  std::vector<Certificate> certificates;
  if (add_pkcs7(certificates, der, what)) return certificates;
  const unsigned char* position = der.data();
  const openssl::Request request(d2i_X509_REQ(nullptr, &position, static_cast<long>(der.size())));
  openssl::clear_errors();
  if (request) throw mistaken(kRequest, what);
  certificates.push_back(Certificate::from_der(der, what));
  return certificates;
}

// Notepad and its kind put it in front of a PEM file.
ByteView without_byte_order_mark(ByteView file) {
  constexpr std::array<std::uint8_t, 3> kMark = {0xEF, 0xBB, 0xBF};
  const bool marked = file.size() >= kMark.size() && std::equal(kMark.begin(), kMark.end(), file.begin());
  return marked ? file.subspan(kMark.size()) : file;
}

}  // namespace

std::vector<Certificate> read_ca_answer(ByteView file, std::string_view what) {
  try {
    // A text may begin with the digit 0, which is 0x30; a certificate has a length of two bytes or more next.
    const bool is_der = file.size() > 1 && file[0] == 0x30 && file[1] >= 0x80;
    auto certificates = is_der ? read_der(file, what) : read_pem(without_byte_order_mark(file), what);
    if (!certificates.empty()) return certificates;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    // The user's own file is at fault here, not a package: that has another exit code.
    throw Error(ErrorKind::key, error.what(), error.hint());
  }
  throw Error(ErrorKind::key, in_quotes(what) + " holds no certificate",
              "the CA's answer is PEM (-----BEGIN CERTIFICATE-----), DER or PKCS#7");
}

}  // namespace certstore

#include "formats/ova/certificate_file.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/ova/manifest.h"
#include "formats/ova/text_lines.h"

namespace formats::ova {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kPemLine = 64;

[[noreturn]] void refuse(std::size_t number, const std::string& why) {
  throw Error(ErrorKind::malformed, "line " + std::to_string(number) + ": " + why);
}

std::string_view without_blanks(std::string_view line) {
  const std::size_t end = line.find_last_not_of(' ');
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

// One pass over the lines; text around the blocks is nobody's to read and stays unread.
class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  void take(std::string_view line, std::size_t number) {
    line = without_blanks(line);
    if (!label_.empty()) {
      in_block(line, number);
    } else if (line.starts_with(kBegin)) {
      begin(line, number);
    } else if (line.starts_with(kEnd)) {
      refuse(number, "the end of a block that did not begin");
    } else if (looks_like_digest_line(line)) {
      digest(line, number);
    }
  }

  CertificateText finish() {
    if (!label_.empty())
      throw Error(ErrorKind::malformed, "the block " + in_quotes(label_) + " does not end");
    if (!found_.signature) throw Error(ErrorKind::malformed, "it has no line with the signature");
    if (found_.certificates.empty()) throw Error(ErrorKind::malformed, "it has no certificate");
    found_.issues = spelling_findings({*found_.signature}, name_);
    return std::move(found_);
  }

 private:
  // Programs take the first line, or the strongest: which one must not matter.
  void digest(std::string_view line, std::size_t number) {
    if (found_.signature) refuse(number, "a second signature, of which programs take different ones");
    if (!found_.certificates.empty() || found_.cms)
      refuse(number, "the signature stands behind other blocks");
    found_.signature = read_digest_line(line, number);
    if (found_.signature->value.empty()) refuse(number, "the signature is empty");
  }

  void begin(std::string_view line, std::size_t number) {
    if (!line.ends_with(kDashes) || line.size() < kBegin.size() + kDashes.size()) {
      refuse(number, "the head of a block is cut");
    }
    label_ = line.substr(kBegin.size(), line.size() - kBegin.size() - kDashes.size());
    if (label_.ends_with("PRIVATE KEY")) {
      refuse(number, "it holds a private key, which everybody who has the package can take");
    }
    if (label_ != "CERTIFICATE" && label_ != "CMS") {
      refuse(number, "a block " + in_quotes(label_) + ", which has no place there");
    }
    base64_.clear();
  }

  void in_block(std::string_view line, std::size_t number) {
    if (!line.starts_with(kEnd)) {
      base64_ += line;
      return;
    }
    if (line != std::string(kEnd) + label_ + std::string(kDashes)) refuse(number, "it ends another block");
    try {
      end_block(certstore::from_base64(base64_));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      refuse(number, "the block that ends there: " + std::string(error.what()));
    }
    label_.clear();
  }

  void end_block(Bytes der) {
    if (label_ == "CMS") {
      if (found_.cms) throw Error(ErrorKind::malformed, "a second CMS signature");
      found_.cms = std::move(der);
      return;
    }
    if (found_.certificates.size() >= certstore::limits::kCertificates) {
      throw Error(ErrorKind::malformed, "too many certificates");
    }
    found_.certificates.push_back(certstore::Certificate::from_der(der, "the certificate"));
  }

  std::string_view name_;
  CertificateText found_;
  std::string label_;  // of the block that is being read
  std::string base64_;
};

}  // namespace

CertificateText read_certificate_text(certstore::ByteView text, std::string_view name) {
  try {
    Reader reader(name);
    for_each_line(text, [&](std::string_view line, std::size_t number) { reader.take(line, number); });
    return reader.finish();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::malformed) throw;
    CertificateText nothing;
    nothing.issues = {{certstore::IssueCode::malformed_layout, std::string(name), error.what()}};
    return nothing;
  }
}

std::string certificate_text(const std::string& line, const certstore::Certificate& signer,
                             certstore::ByteView cms) {
  std::string text = line + to_pem(signer);
  if (cms.empty()) return text;
  // RFC 7468 section 9: lines of 64 characters. VirtualBox takes the block by this label only.
  text += "\n" + std::string(kBegin) + "CMS" + std::string(kDashes) + "\n";
  const std::string base64 = certstore::to_base64(cms);
  for (std::size_t at = 0; at < base64.size(); at += kPemLine) text += base64.substr(at, kPemLine) + "\n";
  return text + std::string(kEnd) + "CMS" + std::string(kDashes) + "\n";
}

}  // namespace formats::ova

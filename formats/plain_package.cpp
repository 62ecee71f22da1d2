#include "formats/plain_package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <utility>

namespace formats {
namespace {

// What all unsigned packages answer.
class UnsignedPackage : public SignedPackage {
 public:
  explicit UnsignedPackage(const certstore::InputFile& file) : file_(file) {}
  [[nodiscard]] std::span<const Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return {}; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature>) const override { return {}; }
  [[nodiscard]] certstore::Issues check_set(const Coverage&, std::span<const VerifiedSignature>,
                                            std::span<const certstore::Bytes>, unsigned) const override {
    return {};
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage&, unsigned) const override {
    std::vector<Element> elements;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].is_directory) continue;
      Element element;
      element.id = entries_[i].name;
      element.kind = "file";
      element.name = entries_[i].name;
      element.entries = {i};
      elements.push_back(std::move(element));
    }
    return elements;
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage&) const override { return {}; }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest&) const override {
    if (!issues_.empty()) {
      throw certstore::Error(certstore::ErrorKind::malformed,
                             certstore::in_quotes(file_.name()) + " is malformed: " + issues_.front().detail,
                             std::string(certstore::kind_of(issues_.front().code).remedy));
    }
    throw certstore::Error(certstore::ErrorKind::unsupported,
                           certstore::in_quotes(file_.name()) + " is not of a format that can be signed",
                           "a vRO package or any other ZIP archive can be signed");
  }

 protected:
  const certstore::InputFile& file_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
};

class PlainFile final : public UnsignedPackage {
 public:
  explicit PlainFile(const Container& container) : UnsignedPackage(container.file) {
    entries_.push_back({file_.name(), file_.size(), false});
  }
  [[nodiscard]] std::string_view format() const override { return "file"; }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t,
                                                     const certstore::Sink& sink) const override {
    constexpr std::size_t kWindow = 1 << 17;
    certstore::Bytes window(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, file_.size())));
    for (std::uint64_t at = 0; at < file_.size();) {
      const std::uint64_t size = std::min<std::uint64_t>(window.size(), file_.size() - at);
      const std::span<std::uint8_t> piece = std::span(window).first(static_cast<std::size_t>(size));
      file_.read_at(at, piece);
      sink(piece);
      at += size;
    }
    return std::nullopt;
  }
};

}  // namespace

bool recognises_file(const Container&) {
  return true;
}
std::unique_ptr<SignedPackage> open_file(Container container) {
  return std::make_unique<PlainFile>(container);
}

}  // namespace formats

#include "formats/plain_package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file_windows.h"

namespace formats {
namespace {

class PlainFile final : public SignedPackage {
 public:
  explicit PlainFile(const Container& container)
      : file_(container.file), entries_{{file_.name(), file_.size(), false}} {}

  [[nodiscard]] std::string_view format() const override { return "file"; }
  [[nodiscard]] bool is_meant_signed() const override { return false; }
  [[nodiscard]] std::span<const Entry> entries() const override { return entries_; }
  [[nodiscard]] const certstore::Issues& issues() const override { return issues_; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return {}; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature>) const override { return {}; }
  [[nodiscard]] std::optional<certstore::Issue> read(std::size_t,
                                                     const certstore::Sink& sink) const override {
    certstore::read_windows(file_, sink);
    return std::nullopt;
  }
  [[nodiscard]] certstore::Issues check_set(const Coverage&, std::span<const VerifiedSignature>,
                                            std::span<const certstore::Bytes>, unsigned) const override {
    return {};
  }
  [[nodiscard]] std::vector<Element> elements(const Coverage&, unsigned) const override {
    Element element;
    element.id = file_.name();
    element.kind = "file";
    element.name = file_.name();
    element.entries = {0};
    return {element};
  }
  [[nodiscard]] certstore::Issues unprovable(const Coverage&) const override { return {}; }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest&) const override {
    throw certstore::Error(
        certstore::ErrorKind::unsupported,
        certstore::in_quotes(file_.name()) + " is not of a format that can be signed",
        "a vRO package, any other ZIP archive and a tar can be signed; --detached signs any file "
        "beside it");
  }

 private:
  const certstore::InputFile& file_;
  std::vector<Entry> entries_;
  certstore::Issues issues_;
};

}  // namespace

bool recognises_file(const Container&) {
  return true;
}
std::unique_ptr<SignedPackage> open_file(Container container) {
  return std::make_unique<PlainFile>(container);
}

}  // namespace formats

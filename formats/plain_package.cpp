#include "formats/plain_package.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/whole_file.h"

namespace formats {
namespace {

class PlainFile final : public WholeFile {
 public:
  explicit PlainFile(const certstore::InputFile& file) : WholeFile(file, file.name()) {}

  [[nodiscard]] std::string_view format() const override { return "file"; }
  [[nodiscard]] bool is_meant_signed() const override { return false; }
  [[nodiscard]] std::vector<SignatureBlock> signature_blocks() const override { return {}; }
  [[nodiscard]] Coverage covered(std::span<const VerifiedSignature>, unsigned) const override { return {}; }
  [[nodiscard]] certstore::Issues unprovable(const Coverage&) const override { return {}; }
  [[nodiscard]] std::unique_ptr<SigningPlan> plan_signing(const SigningRequest&) const override {
    throw certstore::Error(
        certstore::ErrorKind::unsupported,
        certstore::in_quotes(name()) + " is not of a format that can be signed",
        "a vRO package, any other ZIP archive and a tar can be signed; --detached signs any file "
        "beside it");
  }
};

}  // namespace

bool recognises_file(const Container&) {
  return true;
}
std::unique_ptr<SignedPackage> open_file(Container container) {
  return std::make_unique<PlainFile>(container.file);
}

}  // namespace formats

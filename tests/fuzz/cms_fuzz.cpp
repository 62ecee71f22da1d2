// Any bytes as a CMS signature: refused as malformed, or signers that can each be asked; none is good over a
// content that nobody signed.
#include "certstore/base/error.h"
#include "certstore/cms.h"
#include "certstore/cms_create.h"
#include "tests/fuzz/memory_file.h"

namespace {

namespace cms = certstore::cms;

void ask(const cms::SignedData& data) {
  for (const cms::SignerInfo& signer : data.signers) {
    const certstore::Bytes digest(signer.digest ? certstore::size_of(*signer.digest) : 0);
    for (const std::string_view context : {"", "test 1"}) {
      const cms::Question question{
          .content_digest = digest, .candidates = data.certificates, .context = context};
      const cms::Answer answer = cms::check(signer, question);
      const auto* const refusal = std::get_if<cms::Refusal>(&answer);
      fuzz::require(refusal != nullptr && !refusal->detail.empty());
    }
    static_cast<void>(cms::only_value(signer.unsigned_attributes, "1.2.840.113549.1.9.16.2.14"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    const certstore::ByteView file{bytes, size};
    const cms::SignedData data = cms::parse(file, "input");
    ask(data);
    const certstore::Bytes value = {0x05, 0x00};
    if (data.signers.empty() || bytes[0] == '-') return 0;
    // What was read can be written; all that was signed stays as it was.
    const auto again = cms::parse(cms::add_unsigned_attribute(file, 0, "1.2.3.4", value), "written");
    fuzz::require(again.signers.size() == data.signers.size() && again.content == data.content &&
                  again.content_type == data.content_type);
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::malformed);
  }
  return 0;
}

// Any bytes as a manifest and as a certificate file: reading ends without a crash, what is read is written
// back as the same, and whatever has a line of a manifest is known as one to those who sign other files.
#include "certstore/base/limits.h"
#include "formats/ova/certificate_file.h"
#include "formats/ova/manifest.h"
#include "formats/ova/references.h"
#include "formats/vro_one_meaning.h"
#include "tests/fuzz/memory_file.h"

#include "certstore/base/error.h"

using fuzz::require;
using namespace formats::ova;

namespace {

void read_as_descriptor(certstore::ByteView bytes) {
  try {
    for (const Reference& reference : references_of(bytes, "input")) {
      require(first_file_of(reference).size() <= reference.href.size() + 10);
    }
  } catch (const certstore::Error& error) {
    require(error.kind() == certstore::ErrorKind::malformed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::ByteView input(bytes, size);
  const Manifest manifest = read_manifest(input, "input.mf");
  require(!manifest.lines.empty() || !manifest.issues.empty());
  for (const DigestLine& line : manifest.lines) {
    require(line.value.size() == certstore::size_of(line.algorithm));
    const std::string written = digest_line(line.algorithm, line.name, line.value);
    const DigestLine again = read_digest_line(written.substr(0, written.size() - 1), 1);
    require(again.name == line.name && again.value == line.value && again.spelling.empty());
    require(manifest.find(line.name) != nullptr);
  }
  if (!manifest.lines.empty()) {
    formats::MeaningCheck meaning;
    meaning.feed(input);
    require(meaning.list_meaning() == "a manifest of a virtual appliance");
  }
  const CertificateText text = read_certificate_text(input, "input.cert");
  require(text.signature.has_value() == !text.certificates.empty());
  require(text.signature.has_value() || !text.issues.empty());
  read_as_descriptor(input);
  return 0;
}

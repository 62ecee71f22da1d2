// Any bytes as a Properties document: refused as malformed, or read and written without a change of meaning.
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/properties.h"
#include "formats/vro_content.h"
#include "tests/fuzz/memory_file.h"

#include <array>

namespace {

void read_properties(certstore::ByteView document) {
  try {
    const auto properties = formats::Properties::parse(document, "input");
    for (const auto& [key, value] : properties.pairs()) {
      fuzz::require(certstore::is_utf8(key) && certstore::is_utf8(value));
      fuzz::require(properties.find(key) != nullptr && *properties.find(key) == value);
    }
    const auto written = properties.write("input");
    fuzz::require(formats::Properties::parse(written, "input").pairs() == properties.pairs());
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::malformed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::ByteView document(bytes, size);
  read_properties(document);
  // The other documents of an element are read leniently: nothing is thrown.
  for (const auto* type : std::array{"Workflow", "ScriptModule", "ResourceElement"}) {
    static_cast<void>(formats::read_vro_content(type, document));
    static_cast<void>(formats::history_has(document, type, certstore::Bytes(16)));
  }
  static_cast<void>(formats::read_vro_folder(document));
  return 0;
}

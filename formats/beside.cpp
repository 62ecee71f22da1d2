#include "formats/beside.h"

#include "formats/detached_cms.h"
#include "formats/minisign/package.h"

#include <algorithm>
#include <array>

namespace formats {
namespace {

bool recognises_any(const certstore::InputFile&) {
  return true;
}

constexpr std::array kBeside = {
    BesideFormat{"minisig", ".minisig", false, minisign::recognises_signature, minisign::open_signature},
    BesideFormat{"minisig", ".sig", true, minisign::recognises_signature, minisign::open_signature},
    BesideFormat{"p7s", ".p7s", false, recognises_any, open_detached},
};

}  // namespace

std::span<const BesideFormat> beside_formats() {
  return kBeside;
}

const BesideFormat& beside_format_of(const certstore::InputFile& signature) {
  const auto by_content = std::find_if(kBeside.begin(), kBeside.end() - 1,
                                       [&](const BesideFormat& row) { return row.recognises(signature); });
  if (by_content != kBeside.end() - 1) return *by_content;
  // What is damaged is said in the words of its own kind.
  const auto by_name = std::find_if(kBeside.begin(), kBeside.end(), [&](const BesideFormat& row) {
    return !row.is_shared && signature.name().ends_with(row.suffix);
  });
  return by_name == kBeside.end() ? kBeside.back() : *by_name;
}

}  // namespace formats

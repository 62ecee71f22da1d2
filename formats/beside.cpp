#include "formats/beside.h"

#include "formats/detached_cms.h"
#include "formats/minisign/package.h"
#include "formats/minisign/signing.h"

#include <algorithm>
#include <array>

namespace formats {
namespace {

bool recognises_any(const certstore::InputFile&) {
  return true;
}

bool is_bare(const certstore::SignerIdentity& signer) {
  return signer.bare_key() != nullptr;
}

bool has_certificate(const certstore::SignerIdentity& signer) {
  return signer.certificate() != nullptr;
}

constexpr std::array kBeside = {
    BesideFormat{"minisig", ".minisig", false, minisign::recognises_signature, minisign::open_signature,
                 is_bare, minisign::plan_signature},
    BesideFormat{"minisig", ".sig", true, minisign::recognises_signature, minisign::open_signature},
    BesideFormat{"p7s", ".p7s", false, recognises_any, open_detached, has_certificate, plan_detached, true},
};

}  // namespace

std::span<const BesideFormat> beside_formats() {
  return kBeside;
}

const BesideFormat& beside_format_by(const certstore::SignerIdentity& signer) {
  return *std::find_if(kBeside.begin(), kBeside.end() - 1,
                       [&](const BesideFormat& row) { return row.signs != nullptr && row.signs(signer); });
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

#include "verifier/bundle_source.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "verifier/policy_source.h"

#include <limits>

namespace verifier {
namespace {

using certstore::BundleRoot;
using certstore::Error;
using certstore::ErrorKind;
using certstore::TrustBundle;
using certstore::TrustRecord;
using certstore::cli::Arguments;

constexpr unsigned kMost = std::numeric_limits<unsigned>::max();

// A bundle may retire a key that signed earlier ones: then it must not be by that key itself.
void take_retirements(const TrustBundle& bundle, BundleRoot& root) {
  for (const TrustRecord& record : bundle.records) {
    if (record.kind == TrustRecord::Kind::retire) root.retired.push_back(record.sha256);
  }
}

}  // namespace

std::vector<certstore::cli::Option> bundle_root_options() {
  return {{"bundle-key", '\0', "SHA256", "a key that must have signed it (may be repeated)", true},
          {"bundle-threshold", '\0', "K", "so many of those keys suffice (default: all)"},
          {"bundle-min-version", '\0', "N", "refuse an older one"}};
}

BundleRoot read_bundle_root(const Arguments& arguments) {
  BundleRoot root;
  for (const std::string& key : arguments.values("bundle-key")) {
    root.keys.push_back(parse_fingerprint(key, "bundle-key"));
  }
  if (root.keys.empty()) {
    throw Error(ErrorKind::usage, "a trust bundle is nobody's word without --bundle-key",
                "the SHA-256 that its signer gave by another way: pkgsign bundle key shows it");
  }
  const auto all = static_cast<unsigned>(root.keys.size());
  root.threshold = arguments.number("bundle-threshold", 1, all).value_or(all);
  root.least_version = arguments.number("bundle-min-version", 1, kMost).value_or(0);
  root.now = certstore::now();
  return root;
}

certstore::SignedBundle read_bundle_file(const std::string& path) {
  const auto file = certstore::InputFile::open(path);
  return certstore::read_signed_bundle(file.read_all(certstore::limits::kCmsSize), file.name());
}

bool looks_like_bundle(const std::string& path) {
  std::error_code absent;
  if (!std::filesystem::is_regular_file(path, absent)) return false;
  const auto file = certstore::InputFile::open(path);
  certstore::Bytes first(1);
  if (file.size() == 0) return false;
  file.read_at(0, first);
  constexpr std::uint8_t kDerSequence = 0x30;
  return first[0] == kDerSequence;
}

TrustBundle open_bundle(const std::string& path, BundleRoot root) {
  try {
    certstore::SignedBundle bundle = read_bundle_file(path);
    take_retirements(bundle.bundle, root);
    require_acceptable(bundle, root);
    return std::move(bundle.bundle);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || error.kind() == ErrorKind::internal) throw;
    throw Error(ErrorKind::io, std::string("nothing was judged: ") + error.what(), error.hint());
  }
}

void take_bundle(const TrustBundle& bundle, certstore::TrustPolicy& policy) {
  policy.records = records_in_force(bundle);
  for (const certstore::CrlRecord& record : bundle.crls) {
    policy.crls.lists.push_back(record.list);
    policy.crls.issuers.insert(policy.crls.issuers.end(), record.chain.begin(), record.chain.end());
  }
}

}  // namespace verifier

#include "verifier/bundle_source.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/trust_store.h"
#include "verifier/policy_source.h"

#include <charconv>

namespace verifier {
namespace {

using certstore::BundleRoot;
using certstore::Error;
using certstore::ErrorKind;
using certstore::TrustBundle;
using certstore::TrustRecord;
using certstore::cli::Arguments;

// A bundle may retire a key that signed earlier ones: then it must not be by that key itself.
void take_retirements(const TrustBundle& bundle, BundleRoot& root) {
  for (const TrustRecord& record : bundle.records) {
    if (record.kind == TrustRecord::Kind::retire) root.retired.push_back(record.sha256);
  }
}

// Of the store only this is looked at: a machine that imported a newer version is not shown an older one.
void require_not_before_imported(const certstore::SignedBundle& bundle, const Arguments& arguments,
                                 const BundleRoot& root) {
  if (!names_any_store(arguments)) return;
  const auto store = certstore::TrustStore::open_if_present(trust_folder(arguments));
  if (!store) return;
  for (const certstore::KeptBundle& kept : store->bundles()) {
    if (kept.name == bundle.bundle.name) require_follows(kept, bundle, root.least_version);
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
  root.least_version = least_version_option(arguments);
  root.now = certstore::now();
  return root;
}

std::uint64_t least_version_option(const Arguments& arguments) {
  const auto text = arguments.value("bundle-min-version");
  if (!text) return 0;
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (error == std::errc() && end == text->data() + text->size() && version > 0) return version;
  throw Error(ErrorKind::usage,
              "--bundle-min-version takes a whole number from 1, not " + certstore::in_quotes(*text));
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

TrustBundle open_bundle(const std::string& path, const Arguments& arguments) {
  BundleRoot root = read_bundle_root(arguments);
  try {
    certstore::SignedBundle bundle = read_bundle_file(path);
    take_retirements(bundle.bundle, root);
    require_acceptable(bundle, root);
    require_not_before_imported(bundle, arguments, root);
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

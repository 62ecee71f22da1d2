#include "verifier/entry_check.h"

#include "certstore/base/limits.h"

#include <algorithm>
#include <map>

namespace verifier {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::DigestAlgorithm;
using certstore::Digester;
using certstore::Issue;
using certstore::IssueCode;

using Digests = std::map<DigestAlgorithm, Bytes>;

// Takes what is known; false if the entry must be read. One that nobody asks about is read too, for damage;
// of a stream opening it has shown that there is none.
bool take_known(const formats::SignedPackage& package, std::size_t entry, Digests& digests) {
  for (auto& [algorithm, value] : digests) {
    auto known = package.known_digest(entry, algorithm);
    if (!known) return false;
    value = std::move(*known);
  }
  return !digests.empty() || package.is_stream();
}

// Reads the entry once, through all the algorithms; its bytes are kept in `whole` unless that is null.
std::optional<Issue> digest_entry(const formats::SignedPackage& package, std::size_t entry, Digests& digests,
                                  Bytes* whole = nullptr) {
  if (whole == nullptr && take_known(package, entry, digests)) return std::nullopt;
  std::vector<Digester> running;
  for (const auto& [algorithm, value] : digests) running.emplace_back(algorithm);
  auto damage = package.read(entry, [&](ByteView window) {
    for (Digester& digester : running) digester.update(window);
    if (whole != nullptr) certstore::append(*whole, window);
  });
  std::size_t i = 0;
  for (auto& [algorithm, value] : digests) value = running[i++].finish();
  return damage;
}

// The bytes of a signature entry; one that is too long for any key comes back empty and then matches nothing.
Bytes read_signature(const formats::SignedPackage& package, std::size_t entry) {
  if (package.entries()[entry].size > certstore::limits::kSignatureSize) return {};
  Bytes signature;
  const auto damage = package.read(entry, [&](ByteView window) { certstore::append(signature, window); });
  return damage ? Bytes() : signature;
}

bool is_rsa_signature(const certstore::SignerIdentity& signer, DigestAlgorithm algorithm, ByteView digest,
                      ByteView signature) {
  const certstore::Certificate* const certificate = signer.certificate();
  return certificate != nullptr && certificate->checks_rsa_signature(algorithm, digest, signature);
}

// Why a raw signature does not match: the bytes, or only the digest that the rest of the package uses.
Issue explain_mismatch(const formats::SignedPackage& package, const formats::Covered& cover,
                       const Bytes& signature, const certstore::SignerIdentity& signer) {
  const std::string name(package.entries()[cover.entry].name);
  for (const DigestAlgorithm other : {DigestAlgorithm::sha256, DigestAlgorithm::md5, DigestAlgorithm::sha1}) {
    if (other == cover.algorithm) continue;
    Digests digests{{other, {}}};
    if (!digest_entry(package, cover.entry, digests) &&
        is_rsa_signature(signer, other, digests.at(other), signature)) {
      return {IssueCode::mixed_digests, name,
              "signed with " + std::string(name_of(other)) + ", the package with " +
                  std::string(name_of(cover.algorithm))};
    }
  }
  return {IssueCode::signature_mismatch, name, "its bytes do not match its signature"};
}

// Empty if the cover vouches for the bytes.
std::optional<Issue> check_cover(const formats::SignedPackage& package, const formats::Covered& cover,
                                 const Bytes& digest, const Bytes& whole,
                                 const certstore::SignerIdentity& signer) {
  if (const auto* stated = std::get_if<formats::StatedDigest>(&cover.proof)) {
    if (stated->value == digest) return std::nullopt;
    return Issue{IssueCode::digest_mismatch, std::string(package.entries()[cover.entry].name),
                 "its bytes do not have the " + std::string(name_of(cover.algorithm)) + " that was signed"};
  }
  if (const auto* direct = std::get_if<formats::EntrySignature>(&cover.proof)) {
    const certstore::BareKey* const key = signer.bare_key();
    if (key != nullptr && key->checks(direct->prehashed ? digest : whole, direct->value)) return std::nullopt;
    return Issue{IssueCode::signature_mismatch, std::string(package.entries()[cover.entry].name),
                 "its bytes do not match its signature"};
  }
  const Bytes signature = read_signature(package, std::get<formats::DetachedSignature>(cover.proof).entry);
  if (!signature.empty() && is_rsa_signature(signer, cover.algorithm, digest, signature)) return std::nullopt;
  return explain_mismatch(package, cover, signature, signer);
}

}  // namespace

EntryOutcome check_entry(const formats::SignedPackage& package, const EntryTask& task,
                         std::span<const certstore::SignerIdentity> signers) {
  EntryOutcome outcome;
  Digests digests;
  for (const formats::Covered& cover : task.covers) digests.try_emplace(cover.algorithm);
  if (task.set_digest) digests.try_emplace(*task.set_digest);
  if (task.want_sha256) digests.try_emplace(DigestAlgorithm::sha256);
  Bytes whole;
  const bool want_whole = std::any_of(task.covers.begin(), task.covers.end(), [](const auto& cover) {
    const auto* direct = std::get_if<formats::EntrySignature>(&cover.proof);
    return direct != nullptr && !direct->prehashed;
  });
  if (auto damage = digest_entry(package, task.entry, digests, want_whole ? &whole : nullptr)) {
    outcome.issues.push_back(std::move(*damage));
    return outcome;
  }
  if (task.set_digest) outcome.set_digest = digests.at(*task.set_digest);
  if (task.want_sha256) outcome.sha256 = digests.at(DigestAlgorithm::sha256);
  for (const formats::Covered& cover : task.covers) {
    auto mismatch = check_cover(package, cover, digests.at(cover.algorithm), whole, signers[cover.signature]);
    if (mismatch) {
      outcome.issues.push_back(std::move(*mismatch));
    } else {
      outcome.matching.push_back(cover.signature);
    }
  }
  return outcome;
}

}  // namespace verifier

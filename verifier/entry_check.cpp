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
using certstore::DigestValue;
using certstore::Issue;
using certstore::IssueCode;

// The digests of one entry, each algorithm once.
class Digests {
 public:
  struct Row {
    DigestAlgorithm algorithm;
    DigestValue value;
  };
  void want(DigestAlgorithm algorithm) {
    if (find(algorithm) == rows_.end()) rows_.push_back({algorithm, {}});
  }
  [[nodiscard]] const DigestValue& at(DigestAlgorithm algorithm) const { return find(algorithm)->value; }
  [[nodiscard]] std::span<Row> rows() { return {rows_.data(), rows_.size()}; }

 private:
  using Rows = boost::container::small_vector<Row, 2>;
  [[nodiscard]] Rows::const_iterator find(DigestAlgorithm algorithm) const {
    return std::ranges::find(rows_, algorithm, &Row::algorithm);
  }
  Rows rows_;
};

// Takes what is known; false if the entry must be read. One that nobody asks about is read too, for damage;
// of a stream opening it has shown that there is none.
bool take_known(const formats::SignedPackage& package, std::size_t entry, const KnownDigest& by_caller,
                Digests& digests) {
  for (Digests::Row& row : digests.rows()) {
    auto known = package.known_digest(entry, row.algorithm);
    if (!known && by_caller) known = by_caller(row.algorithm);
    if (!known) return false;
    row.value = *known;
  }
  return !digests.rows().empty() || package.is_stream();
}

// The thread's own: making one costs as much as digesting a small entry.
Digester& digester_of(DigestAlgorithm algorithm) {
  thread_local std::map<DigestAlgorithm, Digester> of_thread;
  Digester& digester = of_thread.try_emplace(algorithm, algorithm).first->second;
  digester.restart();  // the last one may have been left by an exception
  return digester;
}

// Reads the entry once, through all the algorithms; its bytes are kept in `whole` unless that is null.
std::optional<Issue> digest_entry(const formats::Reading& read, Digests& digests, Bytes* whole = nullptr) {
  boost::container::small_vector<Digester*, 2> running;
  for (const Digests::Row& row : digests.rows()) running.push_back(&digester_of(row.algorithm));
  auto damage = read([&](ByteView window) {
    for (Digester* const digester : running) digester->update(window);
    if (whole != nullptr) certstore::append(*whole, window);
  });
  std::size_t i = 0;
  for (Digests::Row& row : digests.rows()) row.value = running[i++]->finish();
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
    Digests digests;
    digests.want(other);
    const auto again = [&](const certstore::Sink& sink) { return package.read(cover.entry, sink); };
    if (!digest_entry(again, digests) && is_rsa_signature(signer, other, digests.at(other), signature)) {
      return {IssueCode::mixed_digests, name,
              "signed with " + std::string(name_of(other)) + ", the package with " +
                  std::string(name_of(cover.algorithm))};
    }
  }
  return {IssueCode::signature_mismatch, name, "its bytes do not match its signature"};
}

// Empty if the cover vouches for the bytes.
std::optional<Issue> check_cover(const formats::SignedPackage& package, const formats::Covered& cover,
                                 const DigestValue& digest, const Bytes& whole,
                                 const certstore::SignerIdentity& signer) {
  if (const auto* stated = std::get_if<formats::StatedDigest>(&cover.proof)) {
    if (stated->value == digest) return std::nullopt;
    return Issue{IssueCode::digest_mismatch, std::string(package.entries()[cover.entry].name),
                 "its bytes do not have the " + std::string(name_of(cover.algorithm)) + " that was signed"};
  }
  if (const auto* direct = std::get_if<formats::EntrySignature>(&cover.proof)) {
    const certstore::BareKey* const key = signer.bare_key();
    if (key != nullptr && key->checks(direct->prehashed ? ByteView(digest) : whole, direct->value))
      return std::nullopt;
    return Issue{IssueCode::signature_mismatch, std::string(package.entries()[cover.entry].name),
                 "its bytes do not match its signature"};
  }
  const Bytes signature = read_signature(package, std::get<formats::DetachedSignature>(cover.proof).entry);
  if (!signature.empty() && is_rsa_signature(signer, cover.algorithm, digest, signature)) return std::nullopt;
  return explain_mismatch(package, cover, signature, signer);
}

}  // namespace

EntryOutcome check_entry(const formats::SignedPackage& package, const formats::Coverage& coverage,
                         const EntryTask& task) {
  EntryOutcome outcome;
  Digests digests;
  bool want_whole = false;
  for (const std::size_t place : task.covers) {
    const formats::Covered& cover = coverage.covered[place];
    digests.want(cover.algorithm);
    const auto* direct = std::get_if<formats::EntrySignature>(&cover.proof);
    want_whole = want_whole || (direct != nullptr && !direct->prehashed);
  }
  const bool want_set_digest = task.want_set_digest && coverage.set_digest.has_value();
  if (want_set_digest) digests.want(*coverage.set_digest);
  if (task.want_sha256) digests.want(DigestAlgorithm::sha256);
  Bytes whole;
  if (want_whole || !take_known(package, task.entry, task.known, digests)) {
    if (auto damage = digest_entry(task.read, digests, want_whole ? &whole : nullptr)) {
      outcome.issues.push_back(std::move(*damage));
      return outcome;
    }
  }
  if (want_set_digest) outcome.set_digest = digests.at(*coverage.set_digest);
  if (task.want_sha256) outcome.sha256 = digests.at(DigestAlgorithm::sha256);
  for (const std::size_t place : task.covers) {
    const formats::Covered& cover = coverage.covered[place];
    auto mismatch =
        check_cover(package, cover, digests.at(cover.algorithm), whole, coverage.signers[cover.signature]);
    if (mismatch) {
      outcome.issues.push_back(std::move(*mismatch));
    } else {
      outcome.matching.push_back(cover.signature);
    }
  }
  return outcome;
}

}  // namespace verifier

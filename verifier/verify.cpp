#include "verifier/verify.h"

#include "certstore/base/error.h"
#include "certstore/base/in_place.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "certstore/file_digest.h"
#include "certstore/record_match.h"
#include "formats/beside.h"
#include "formats/reading_order.h"
#include "verifier/beside.h"
#include "verifier/covers.h"
#include "verifier/elements.h"
#include "verifier/entry_check.h"
#include "verifier/stamps.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <variant>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::Effect;
using certstore::Issue;
using certstore::IssueCode;
using formats::VerifiedSignature;

// One run of verify(): each step reads what the steps before it proved.
class Verification {
 public:
  Verification(const certstore::InputFile& file, const VerifyOptions& options,
               std::unique_ptr<formats::SignedPackage> package)
      : file_(file), options_(options), package_(std::move(package)) {}

  Report run() {
    describe();
    // What two programs could read differently is not read any further.
    if (!any_with_effect(report_.issues, Effect::invalid)) {
      check_signatures();
      coverage_ = package_->covered(verified_, options_.jobs);
      append(report_.issues, coverage_.issues);
      report_.facts = coverage_.facts;
      gather_signers();
      check_entries();
      check_coverage();
      append(report_.issues, package_->check_set(coverage_, verified_, set_digests_, options_.jobs));
      if (!any_with_effect(report_.issues, Effect::invalid)) {
        gather_elements(report_, *package_, coverage_, options_);
      }
      decide_signers();
      report_.unprovable = package_->unprovable(coverage_);
    }
    find_pin();
    file_.require_unchanged();
    return std::move(report_);
  }

 private:
  using FoundIssues = std::vector<std::pair<std::size_t, certstore::Issues>>;  // by entry

  static void append(certstore::Issues& to, const certstore::Issues& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  void describe() {
    report_.file = file_.name();
    report_.format = package_->format();
    report_.is_meant_signed = package_->is_meant_signed();
    report_.size = file_.size();
    report_.issues = package_->issues();
    if (certstore::in_place_state(file_) == certstore::InPlaceState::interrupted) {
      report_.issues.push_back(
          {IssueCode::interrupted_append, "", "the record beside it knows this file, with another end"});
    }
    report_.judged_at = options_.policy.at;
    report_.time_was_given = options_.time_was_given;
    report_.entry_names.reserve(package_->entries().size());
    report_.entries.reserve(package_->entries().size());
    report_.require_owners = options_.rules.require_owners;
    for (const formats::Entry& entry : package_->entries()) {
      report_.entry_names.emplace_back(entry.name);
      report_.entries.push_back({.beside = entry.beside,
                                 .is_executable = entry.is_executable,
                                 .link_target = std::string(entry.link_target)});
    }
  }

  void check_signatures() {
    std::vector<formats::SignatureBlock> blocks = package_->signature_blocks();
    std::vector<std::optional<std::variant<VerifiedSignature, Issue>>> checked(blocks.size());
    certstore::for_each_parallel(blocks.size(), options_.jobs, [&](std::size_t i) {
      checked[i].emplace(check_signature(std::move(blocks[i])));
    });
    for (auto& outcome : checked) {
      if (auto* const proof = std::get_if<VerifiedSignature>(&*outcome)) {
        verified_.push_back(std::move(*proof));
      } else {
        report_.issues.push_back(std::move(std::get<Issue>(*outcome)));
      }
    }
  }

  // One SignerReport per signer; signer_of_ leads from each verified signature to its signer.
  void gather_signers() {
    for (std::size_t i = 0; i < coverage_.signers.size(); ++i) {
      const certstore::SignerIdentity& identity = coverage_.signers[i];
      const auto same = [&](const SignerReport& signer) { return signer.identity == identity; };
      auto found = std::find_if(report_.signers.begin(), report_.signers.end(), same);
      if (found == report_.signers.end()) {
        report_.signers.push_back({identity, {}, 0, 0, {}});
        stamps_.emplace_back();
        found = std::prev(report_.signers.end());
      }
      gather_digests(i, *found);
      signer_of_.push_back(static_cast<std::size_t>(found - report_.signers.begin()));
      stamps_[signer_of_.back()].push_back(stamps_of(verified_[i]));
      for (const Certificate& offered : verified_[i].offered()) {
        if (std::find(report_.certificates.begin(), report_.certificates.end(), offered) ==
            report_.certificates.end()) {
          report_.certificates.push_back(offered);
        }
      }
    }
  }

  void gather_digests(std::size_t signature, SignerReport& signer) const {
    std::vector<certstore::DigestAlgorithm> digests{verified_[signature].digest()};
    if (signature < coverage_.digests.size()) {
      digests.insert(digests.end(), coverage_.digests[signature].begin(), coverage_.digests[signature].end());
    }
    // A chain is as weak as its weakest link: beside MD5, what SHA-1 holds is no weaker for it.
    if (std::ranges::count(digests, certstore::DigestAlgorithm::md5) != 0) {
      std::erase(digests, certstore::DigestAlgorithm::sha1);
    }
    for (const certstore::DigestAlgorithm digest : digests) {
      if (std::find(signer.digests.begin(), signer.digests.end(), digest) == signer.digests.end()) {
        signer.digests.push_back(digest);
      }
    }
  }

  void check_entries() {
    const std::span<const formats::Entry> entries = package_->entries();
    const CoversByEntry covers(coverage_, entries.size());
    const auto size_of = [&](std::size_t entry) { return entries[entry].size; };
    const std::vector<std::size_t> order = formats::reading_order(entries.size(), size_of);
    const std::vector<std::span<const std::size_t>> portions = formats::portions_of(order, size_of);
    const std::uint64_t total =
        std::accumulate(entries.begin(), entries.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const formats::Entry& entry) { return sum + entry.size; });
    certstore::Progress progress("checking " + std::to_string(entries.size()) + " entries", total,
                                 options_.show_progress);
    std::vector<FoundIssues> found(portions.size());
    // Only of a file that is its own one entry.
    const KnownDigest known = coverage_.facts.whole && entries.size() == 1 ? options_.known_digest : nullptr;
    if (coverage_.set_digest) set_digests_.resize(entries.size());
    certstore::for_each_parallel(portions.size(), options_.jobs, [&](std::size_t i) {
      const auto check = [&](std::size_t position, const formats::Reading& read) {
        const std::size_t entry = portions[i][position];
        EntryOutcome outcome = check_entry(
            *package_, coverage_,
            {entry, read, covers.of(entry), covers.is_covered(entry), options_.want_entry_digests, known});
        if (!outcome.issues.empty()) found[i].push_back({entry, std::move(outcome.issues)});
        if (coverage_.set_digest) set_digests_[entry] = outcome.set_digest;
        report_.entries[entry].sha256 = outcome.sha256.bytes();
        for (const std::size_t signature : outcome.matching) vouch(entry, signer_of_[signature]);
        progress.add(entries[entry].size);
      };
      // A stream would be passed through for each portion; opening it has found what is asked of its entries.
      if (package_->is_stream()) return package_->SignedPackage::read_in_order(portions[i], check);
      package_->read_in_order(portions[i], check);
    });
    report_found(std::move(found));
    for (const EntryReport& entry : report_.entries) {
      for (const std::size_t signer : entry.signers) ++report_.signers[signer].entries;
    }
  }

  // In the order of the container, whatever the order of reading was.
  void report_found(std::vector<FoundIssues> found) {
    FoundIssues all;
    for (FoundIssues& part : found) std::move(part.begin(), part.end(), std::back_inserter(all));
    std::ranges::sort(all, {}, &FoundIssues::value_type::first);
    for (const auto& [entry, issues] : all) append(report_.issues, issues);
  }

  // Writes to what is the entry's own only: many threads do.
  void vouch(std::size_t entry, std::size_t signer) {
    auto& signers = report_.entries[entry].signers;
    if (std::find(signers.begin(), signers.end(), signer) == signers.end()) signers.push_back(signer);
  }

  // Coverage both ways is the format's to find; this is the net below it: what no signature vouches for is
  // found here even if a format forgets it.
  void check_coverage() {
    for (const std::size_t entry : coverage_.exempt) report_.entries[entry].needs_cover = false;
    if (verified_.empty()) return;
    for (const formats::Uncovered& uncovered : coverage_.uncovered) report_uncovered(uncovered);
    std::unordered_set<std::string_view> said;  // a search of the list per entry would be quadratic
    for (const Issue& issue : report_.issues) {
      if (kind_of(issue.code).effect == Effect::invalid) said.insert(issue.subject);
    }
    certstore::Issues found;
    std::vector<bool> asked(report_.entries.size());
    for (const formats::Covered& cover : coverage_.covered) asked[cover.entry] = true;
    for (std::size_t entry = 0; entry < asked.size(); ++entry) {
      if (asked[entry] || !report_.entries[entry].needs_cover) continue;
      const std::string& name = report_.entry_names[entry];
      if (!said.contains(name)) found.push_back({IssueCode::unsigned_entry, name, "no signature covers it"});
    }
    append(report_.issues, found);
  }

  // What would take the place of signed content is never only reported.
  void report_uncovered(const formats::Uncovered& uncovered) {
    const Issue& issue = uncovered.issue;
    if (!options_.rules.report_uncovered || issue.code == IssueCode::shadowing_entry) {
      report_.issues.push_back(issue);
    } else {
      report_.entries[uncovered.entry].needs_cover = false;
      report_.issues.push_back({IssueCode::uncovered_entry, issue.subject, issue.detail});
    }
  }

  void decide_signers() {
    for (std::size_t i = 0; i < report_.signers.size(); ++i) {
      SignerReport& signer = report_.signers[i];
      certstore::SignerEvidence evidence{
          signer.identity,    report_.certificates, {signer.digests.begin(), signer.digests.end()},
          report_.facts.name, report_.facts.bound,  {}};
      if (report_.facts.seal) evidence.serial = report_.facts.seal->serial;
      for (const SignatureStamps& stamps : stamps_[i]) evidence.stamps.push_back(stamps.checked);
      signer.decision = certstore::decide(evidence, options_.policy);
      for (const SignatureStamps& stamps : stamps_[i]) append(signer.decision.issues, stamps.useless);
    }
  }

  void find_pin() {
    if (!options_.want_file_digest && !certstore::any_content_pin(options_.policy)) return;
    report_.sha256 = certstore::sha256_of(file_);
    // A pin is of one file's bytes, and here others lie beside it.
    if (report_.spans_files()) return;
    if (const auto* pin = certstore::find_content_pin(options_.policy, *report_.sha256)) {
      report_.content_pin = *pin;
      report_.issues.push_back({IssueCode::content_pinned, "", "accepted by record " + pin->id});
    }
  }

  const certstore::InputFile& file_;
  const VerifyOptions& options_;
  std::unique_ptr<formats::SignedPackage> package_;
  Report report_;
  std::vector<VerifiedSignature> verified_;
  formats::Coverage coverage_;
  std::vector<std::size_t> signer_of_;
  std::vector<std::vector<SignatureStamps>> stamps_;  // of each signer, for each of its signatures
  std::vector<certstore::DigestValue> set_digests_;   // of the entries, where the format asks for them
};

// Whether the only format that is accepted is one of signatures beside the file.
bool expects_beside(const VerifyOptions& options) {
  return options.expect &&
         std::ranges::count(formats::beside_formats(), *options.expect, &formats::BesideFormat::name) != 0;
}

// The package where its own format has signatures; null where those beside the file are its only ones.
std::unique_ptr<formats::SignedPackage> signed_inside(const certstore::InputFile& file,
                                                      const VerifyOptions& options) {
  if (expects_beside(options)) return nullptr;
  try {
    auto package = formats::open_package(file, options.expect);
    if (package->is_meant_signed()) return package;
  } catch (const certstore::Error& error) {
    // A format that is not judged here is bytes like others for the signature beside it.
    if (options.expect || error.kind() != certstore::ErrorKind::unsupported) throw;
  }
  return nullptr;
}

// Whom this machine knows, for signatures that come without their signer.
formats::Acquaintances known_signers(const certstore::TrustPolicy& policy) {
  formats::Acquaintances known;
  const auto add_key = [&](const certstore::BareKey& key) {
    // One that is named twice by two ids is known by both.
    const bool is_there = std::ranges::any_of(
        known.keys, [&](const certstore::BareKey& other) { return other == key && other.id() == key.id(); });
    if (!is_there) known.keys.push_back(key);
  };
  for (const certstore::SignerIdentity& trusted : policy.trusted) {
    if (trusted.certificate() != nullptr) known.certificates.push_back(*trusted.certificate());
    if (trusted.bare_key() != nullptr) add_key(*trusted.bare_key());
  }
  for (const certstore::TrustRecord& record : policy.records) {
    if (!record.certificate.empty()) known.certificates.push_back(certstore::certificate_of(record));
    if (record.bare_key) add_key(*record.bare_key);
  }
  return known;
}

std::vector<Report> judge_beside(const certstore::InputFile& file, const VerifyOptions& options,
                                 std::span<const certstore::InputFile> beside) {
  const bool one_kind = expects_beside(options);
  std::vector<Report> reports;
  for (const certstore::InputFile& signature : beside) {
    const formats::BesideFormat& row = formats::beside_format_of(signature);
    if (one_kind && row.name != *options.expect) continue;
    reports.push_back(Verification(file, options, row.open(file, signature, [&] {
                        return known_signers(options.policy);
                      })).run());
    reports.back().beside = {signature.name()};
  }
  return reports;
}

// As verify(), but for the rules about the package as a whole.
Report judge(const certstore::InputFile& file, const VerifyOptions& options,
             std::span<const certstore::InputFile> beside) {
  std::vector<Report> sealed = judge_beside(file, options, beside);
  if (sealed.empty()) return Verification(file, options, formats::open_package(file, options.expect)).run();
  auto package = signed_inside(file, options);
  if (package == nullptr) return join_equals(std::move(sealed));
  Report report = Verification(file, options, std::move(package)).run();
  for (const Report& one : sealed) join_beside(report, one);
  return report;
}

}  // namespace

Report verify(const certstore::InputFile& file, const VerifyOptions& options,
              std::span<const certstore::InputFile> beside) {
  Report report = judge(file, options, beside);
  const certstore::Issues broken = breaches(options.rules, report);
  report.issues.insert(report.issues.end(), broken.begin(), broken.end());
  return report;
}

}  // namespace verifier

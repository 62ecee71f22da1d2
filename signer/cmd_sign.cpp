#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/in_place.h"
#include "signer/audit_pen.h"
#include "signer/backup_reminder.h"
#include "signer/commands.h"
#include "signer/detached.h"
#include "signer/identity.h"
#include "signer/importer.h"
#include "signer/remaining.h"
#include "signer/retirement.h"
#include "signer/sign.h"
#include "signer/stamping.h"
#include "signer/store_access.h"
#include "signer/targets.h"

#include <array>
#include <charconv>
#include <iostream>

namespace signer {
namespace {

using certstore::DigestAlgorithm;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::in_quotes;
using certstore::cli::Arguments;

// So many packages are parsed before the key is opened for them; each holds a descriptor and its index.
constexpr std::size_t kPackagesAtOnce = 100;

std::optional<std::uint64_t> serial_of(const Arguments& arguments) {
  const auto text = arguments.value("serial");
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    throw Error(ErrorKind::usage, "--serial takes a whole number", "it must rise from release to release");
  }
  return number;
}

DigestAlgorithm digest_of(const Arguments& arguments) {
  if (arguments.has("digest")) {
    if (arguments.has("vro-digest")) throw Error(ErrorKind::usage, "--digest and --vro-digest: say one");
    constexpr std::array<std::string_view, 2> kDigests = {"sha256", "sha512"};
    return arguments.word("digest", kDigests) == "sha512" ? DigestAlgorithm::sha512 : DigestAlgorithm::sha256;
  }
  constexpr std::array<std::string_view, 2> kWords = {"sha256", "md5"};
  return arguments.word("vro-digest", kWords) == "md5" ? DigestAlgorithm::md5 : DigestAlgorithm::sha256;
}

bool is_bound(const Arguments& arguments) {
  constexpr std::array<std::string_view, 1> kProfiles = {"product"};
  const bool as_product = arguments.has("compat") && !arguments.word("compat", kProfiles).empty();
  if ((as_product || arguments.has("vro-unbound")) && arguments.has("serial")) {
    throw Error(ErrorKind::usage, "--serial is part of the seal, which an unbound package does not have");
  }
  return !as_product && !arguments.has("vro-unbound");
}

// The intermediates: a root that came with the package would prove nothing, the importer trusts his own copy.
std::vector<certstore::Certificate> without_roots(std::vector<certstore::Certificate> chain) {
  std::erase_if(chain, [](const certstore::Certificate& issuer) { return issuer.is_self_signed(); });
  return chain;
}

formats::SigningRequest request_of(const Arguments& arguments, std::span<const Identity> identities) {
  if (arguments.has("add") && arguments.has("replace")) {
    throw Error(ErrorKind::usage, "--add keeps the signatures that are there, --replace drops them: say one");
  }
  std::vector<formats::FurtherSigner> also;
  for (const Identity& further : identities.subspan(1)) {
    also.push_back({further.signer, without_roots(further.chain)});
  }
  return {.signer = identities[0].signer,
          .chain = without_roots(identities[0].chain),
          .also = std::move(also),
          .digest = digest_of(arguments),
          .replace = arguments.has("replace"),
          .add = arguments.has("add"),
          .only = arguments.values("only"),
          .bound = is_bound(arguments),
          .with_cms = arguments.has("cms"),
          .time = certstore::signing_time(),
          .serial = serial_of(arguments),
          .jobs = arguments.jobs(),
          .show_progress = !arguments.quiet(),
          .stamper = stamper_of(arguments)};
}

void warn(const Arguments& arguments, const formats::SigningRequest& request) {
  if (request.digest == DigestAlgorithm::md5) {
    std::cerr << arguments.tool()
              << ": warning: MD5 is weak: whoever writes an element can prepare another with the same "
                 "signature; only servers up to 8.2 need it\n";
  }
  if (!request.bound) {
    std::cerr << arguments.tool()
              << ": warning: an unbound package: nobody will notice elements that are dropped, swapped or "
                 "taken from another package\n";
  }
}

// Signs a group of packages; one that fails does not stop the others.
class Batch {
 public:
  Batch(const Arguments& arguments, std::span<const Identity> identities, formats::SigningRequest request)
      : arguments_(arguments),
        identities_(identities),
        request_(std::move(request)),
        importer_(read_importer(arguments)) {}

  void run(std::span<const Job> jobs) {
    std::vector<PreparedPackage> prepared(jobs.size());
    bool any = false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      attempt(jobs[i], [&] {
        if (jobs[i].target.is_input && !arguments_.has("dry-run")) repair(jobs[i]);
        prepared[i] = arguments_.has("detached") ? prepare_detached(jobs[i], request_, arguments_)
                                                 : prepare(jobs[i].input, request_);
      });
      any = any || prepared[i].plan != nullptr;
    }
    if (!any) return;
    // Only now, with all foreign bytes parsed, the keys are opened; they are gone when this returns.
    std::vector<certstore::Signer> signers;
    std::optional<AuditPen> pen;
    if (!arguments_.has("dry-run")) {
      pen.emplace(audit_pen(arguments_));
      for (const Identity& identity : identities_) signers.push_back(identity.unlock(*pen));
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (prepared[i].plan == nullptr) continue;
      attempt(jobs[i], [&] {
        if (pen) {
          write_signed(
              prepared[i], request_, signers, jobs[i].target,
              [&](const certstore::Sha256& sha256) { record(*pen, jobs[i], sha256); },
              importer_ ? &*importer_ : nullptr);
        }
        say_signed(jobs[i], prepared[i]);
      });
      prepared[i] = {};
    }
  }
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  void attempt(const Job& job, const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::interrupted) throw;
      code_ = certstore::leftmost(code_, certstore::exit_code(error.kind()));
      const std::string message = error.what();
      const bool named = message.find(in_quotes(job.input.string())) != std::string::npos;
      const std::string prefix = named ? "" : "cannot sign " + in_quotes(job.input.string()) + ": ";
      std::cerr << certstore::cli::trouble_text(arguments_.tool(),
                                                Error(error.kind(), prefix + message, error.hint()));
    }
  }

  void repair(const Job& job) const {
    if (certstore::repair_in_place(job.target.path) != certstore::InPlaceState::interrupted) return;
    std::cerr << arguments_.tool() << ": note: " << in_quotes(job.target.path.string())
              << " was left in the middle of a change; it is again as it was before\n";
  }

  void record(AuditPen& pen, const Job& job, const certstore::Sha256& sha256) const {
    for (const Identity& identity : identities_) {
      pen.write({.action = "sign",
                 .file = job.target.path.string(),
                 .sha256 = sha256,
                 .alias = identity.alias,
                 .signer = identity.signer.sha256(),
                 .detail = (job.input == job.target.path ? "" : "from " + job.input.string())});
    }
  }

  void say_signed(const Job& job, const PreparedPackage& prepared) const {
    if (arguments_.quiet()) return;
    const bool dry = arguments_.has("dry-run");
    // The package itself is the result on standard output.
    const bool to_stdout = job.target.path == "-";
    const std::string place =
        to_stdout ? "standard output" : certstore::shell_quoted(job.target.path.string());
    std::ostream& out = to_stdout && !dry ? std::cerr : std::cout;
    out << (dry ? "would sign " : "signed ") << place << ": ";
    if (!prepared.beside.empty()) {
      out << "over " << certstore::shell_quoted(job.input.string());
    } else {
      const std::size_t entries = prepared.plan->signed_entries();
      out << entries << (entries == 1 ? " entry, " : " entries, ") << certstore::name_of(request_.digest)
          << (request_.bound ? ", bound" : ", not bound");
    }
    for (const Identity& identity : identities_) {
      out << ", by " << certstore::escaped(identity.signer.subject()) << " (SHA256 "
          << certstore::to_hex(identity.signer.sha256()) << ")";
    }
    out << "\n";
  }

  const Arguments& arguments_;
  std::span<const Identity> identities_;
  formats::SigningRequest request_;
  std::optional<verifier::VerifyOptions> importer_;
  ExitCode code_ = ExitCode::accepted;
};

ExitCode run(const Arguments& arguments) {
  refuse_mixed(arguments);
  const bool is_detached = arguments.has("detached");
  std::vector<Job> jobs;
  if (!is_detached) jobs = choose_targets(arguments, sign_command());
  if (!arguments.has("key") && !arguments.has("dry-run")) require_audit_place(arguments);
  const auto least = arguments.days("min-remaining");
  const std::vector<Identity> identities = choose_identities(arguments);
  // A package takes certificates only; beside a file, the first signer's kind is the signature's.
  for (const Identity& identity : identities) {
    if (!is_detached) static_cast<void>(certificate_of(identity.signer));
  }
  if (is_detached) jobs = choose_detached_targets(arguments, identities.front().signer);
  if (jobs.size() == 1 && jobs[0].target.path == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorKind::usage, "a package is not written to a terminal", "-o FILE, or a pipe");
  }
  if (!arguments.has("key")) {
    remind_of_backup(arguments, open_keys(arguments, certstore::OpenMode::read));
  }
  const formats::SigningRequest request = request_of(arguments, identities);
  const certstore::Instant now = certstore::now();
  require_fit(request, now);
  for (const Identity& identity : identities) {
    require_not_retired(arguments, identity.signer, now);
    for (const certstore::Certificate& issuer : identity.chain) require_not_retired(arguments, issuer, now);
    const certstore::Certificate* const certificate = identity.signer.certificate();
    if (least && certificate != nullptr) require_remaining(*certificate, identity.chain, now, *least);
  }
  warn(arguments, request);
  Batch batch(arguments, identities, request);
  for (std::size_t first = 0; first < jobs.size(); first += kPackagesAtOnce) {
    batch.run(std::span(jobs).subspan(first, std::min(kPackagesAtOnce, jobs.size() - first)));
  }
  return batch.code();
}

}  // namespace

certstore::cli::Command sign_command() {
  std::vector<certstore::cli::Option> options = {
      {"output", 'o', "FILE", "where the signed package goes; - for standard output"},
      {"output-dir", '\0', "DIR", "or the directory for several, under their names"},
      {"in-place", '\0', "", "or in the place of each package"},
      {"replace", '\0', "", "drop the signatures that are there"},
      {"add", '\0', "", "sign beside those that are there (JAR, tar, --detached)"},
      {"only", '\0', "GLOB", "sign only the entries that match (JAR, tar)", true},
      {"serial", '\0', "N", "number that rises with each release (default: the time)"},
      {"digest", '\0', "NAME", "sha256, or sha512 (OVA)"},
      {"cms", '\0', "", "a CMS signature too, with chain and stamp (OVA)"},
      {"vro-digest", '\0', "NAME", "sha256, or md5 for servers up to 8.2"},
      {"vro-unbound", '\0', "", "leave out the seal that binds the set of entries"},
      {"compat", '\0', "product", "as the product signs: unbound"},
      {"min-remaining", '\0', "DAYS", "refuse a certificate that ends sooner, as in 180d"}};
  const auto detached = detached_options();
  options.insert(options.end(), detached.begin(), detached.end());
  const auto importer = importer_options();
  options.insert(options.end(), importer.begin(), importer.end());
  const auto stamping = stamping_options();
  options.insert(options.end(), stamping.begin(), stamping.end());
  const auto identity = identity_options();
  options.insert(options.end(), identity.begin(), identity.end());
  options.push_back(kAuditToOption);
  options.push_back(certstore::cli::kForceOption);
  options.push_back({"dry-run", 'n', "", "parse and hash, say what would be signed, open no key"});
  options.push_back(certstore::cli::kJobsOption);
  return {.name = "sign",
          .operands = "FILE...",
          .summary = "sign packages, and check what was written before it takes its place",
          .options = std::move(options),
          .example = "pkgsign sign com.example.library.package --output-dir signed",
          .exit_codes =
              "0 signed, 13 not sound, 16 public or retired key, 15 dates, 17 no stamp, 1 trouble, 2 usage;\n"
              "            --verify-as: the code that the importer would see",
          .run = run};
}

}  // namespace signer

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/store_place.h"
#include "certstore/succession_rules.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/policy_source.h"
#include "verifier/report_text.h"
#include "verifier/trust_request.h"
#include "verifier/trust_text.h"

#include <iostream>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::escaped;
using certstore::ExitCode;
using certstore::Succession;
using certstore::SuccessionAnswer;
using certstore::TrustRecord;
using certstore::cli::Arguments;

std::vector<Succession> read_files(const std::vector<std::string>& paths) {
  std::vector<Succession> successions;
  for (const std::string& path : paths) {
    const auto file = certstore::InputFile::open(path);
    successions.push_back(
        certstore::read_succession(file.read_all(certstore::limits::kStoreRecord), file.name()));
  }
  return successions;
}

void write_certificate(std::string_view which, const Certificate& certificate) {
  write_fact(std::cout, 2, which, escaped(certificate.subject()));
  write_fact(std::cout, 4, "SHA-256", "sha256:" + certstore::to_hex(certificate.sha256()));
  write_fact(std::cout, 4, "key",
             std::string(name_of(certificate.key_kind())) +
                 ", sha256:" + certstore::to_hex(certificate.public_key_sha256()));
  write_fact(
      std::cout, 4, "valid",
      certstore::to_date(certificate.not_before()) + " to " + certstore::to_date(certificate.not_after()));
}

void write_succession(const Succession& succession, const std::string& path) {
  std::cout << "succession  " << escaped(path) << "\n";
  write_certificate("before", succession.before);
  write_certificate("after", succession.after);
  const certstore::SuccessionTerms& terms = succession.terms;
  write_fact(std::cout, 2, "made", certstore::to_rfc3339(terms.made));
  if (terms.until) write_fact(std::cout, 2, "until", certstore::to_rfc3339(*terms.until));
  if (terms.package)
    write_fact(std::cout, 2, "only for", "the package " + certstore::in_quotes(*terms.package));
}

// What following would carry over from the record that a person made.
void write_proposal(const TrustRecord& record) {
  write_fact(std::cout, 2, "it stands on", "record " + escaped(record.succession.value().record));
  write_fact(std::cout, 4, "scope", scope_of(record));
  write_fact(std::cout, 4, "until", record.until ? certstore::to_rfc3339(*record.until) : "no end");
  for (const auto& allowed : record.allowed) write_fact(std::cout, 4, "allows", allowed.name);
  if (record.bound_required) write_fact(std::cout, 4, "bound", "required");
}

TrustRecord made_by_us(TrustRecord record, const Succession& succession) {
  record.label = succession.after.subject();
  record.made_at = certstore::now();
  record.made_by = certstore::acting_at(record.made_at).user;
  return record;
}

// One key and two successors: nobody keeps force, and the store remembers both.
void remember_contest(certstore::TrustStore& store, const Succession& succession,
                      const SuccessionAnswer& answer) {
  const certstore::Actor actor = certstore::acting_at(certstore::now());
  for (const TrustRecord& known : followed_from(succession.before.public_key_sha256(), store.list())) {
    store.remove(known.id, actor);
    store.add(voided(known), actor);
  }
  for (const TrustRecord& record : answer.records) {
    store.add(made_by_us(voided(record), succession), actor);
  }
}

void follow(certstore::TrustStore& store, const Arguments& arguments, const Succession& succession,
            const SuccessionAnswer& answer) {
  for (const TrustRecord& record : answer.records) {
    const TrustRecord wanted = made_by_us(record, succession);
    const TrustRecord kept = store.add(wanted, certstore::acting_at(wanted.made_at));
    if (arguments.quiet()) continue;
    std::cout << "trusted  " << escaped(kept.label) << "\n";
    write_record(kept, std::cout);
    for (const std::string& line : undo_of_adding(kept, arguments.value("store").value_or(""))) {
      write_fact(std::cout, 2, "to undo", line);
    }
  }
}

// Says what came of one succession, and does it where the policy says so.
ExitCode answer_one(const Arguments& arguments, const Succession& succession,
                    const SuccessionAnswer& answer) {
  const bool follows = arguments.has("follow-succession");
  const bool writes = follows && (answer.may_be_followed() || answer.contested);
  if (!arguments.quiet()) {
    for (const std::string& obstacle : answer.obstacles) write_fact(std::cout, 2, "not followed", obstacle);
    if (answer.may_be_followed() && !follows) {
      write_fact(std::cout, 2, "not followed", "it could be: --follow-succession follows it");
      for (const TrustRecord& record : answer.records) write_proposal(record);
    }
  }
  if (writes) {
    const auto place = certstore::store_place(arguments.value("store").value_or(""));
    auto store = certstore::TrustStore::open_or_create(place.trust());
    if (answer.contested) {
      remember_contest(store, succession, answer);
    } else {
      follow(store, arguments, succession, answer);
    }
  }
  if (answer.exposed) return ExitCode::exposed_key;
  if (!answer.may_be_followed()) return ExitCode::untrusted;
  return follows ? ExitCode::accepted : ExitCode::policy;
}

ExitCode run(const Arguments& arguments) {
  const std::vector<Succession> successions = read_files(arguments.operands());
  const certstore::TrustPolicy policy = read_policy(arguments).policy;
  std::vector<SuccessionAnswer> answers;
  for (const Succession& succession : successions) answers.push_back(judge(succession, successions, policy));
  ExitCode code = ExitCode::accepted;
  for (std::size_t i = 0; i < successions.size(); ++i) {
    if (!arguments.quiet()) write_succession(successions[i], arguments.operands()[i]);
    code = leftmost(code, answer_one(arguments, successions[i], answers[i]));
  }
  return code;
}

}  // namespace

certstore::cli::Command trust_follow_command() {
  return {
      .name = "trust follow",
      .operands = "FILE...",
      .summary = "show a signer's succession, and trust the successor if told to",
      .options = {certstore::cli::kStoreOption,
                  {"follow-succession", '\0', "", "trust the successor as its predecessor, or less"},
                  {"bad-keys", '\0', "FILE", "more keys known to be public: SHA-256 of the key, one a line"}},
      .example =
          "pkgverify trust follow server.succession\n"
          "  pkgverify trust follow --follow-succession server.succession",
      .exit_codes =
          "0 followed, 1 trouble, 2 usage, 11 not to be followed, 12 only with --follow-succession,\n"
          "  13 no sound succession, 16 by a key that is retired or known to be public",
      .run = run};
}

}  // namespace verifier

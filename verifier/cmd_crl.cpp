#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate_file.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/policy_source.h"
#include "verifier/report_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::Certificate;
using certstore::Crl;
using certstore::CrlRecord;
using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::OpenMode;
using certstore::TrustStore;
using certstore::cli::Arguments;

std::string state_of(const Crl& list, certstore::Instant now) {
  if (now < list.this_update()) return "not yet current";
  return list.is_current(now) ? "current" : "stale";
}

std::string kind_of(const Crl& list) {
  return list.is_delta() ? "changes since number " + *list.base_number_hex() : "complete";
}

void write_text(const CrlRecord& record, std::string_view heading, std::ostream& out) {
  const Crl& list = record.list;
  out << heading << "  " << certstore::escaped(list.issuer()) << "\n";
  write_fact(out, 2, "list", certstore::id_of(list));
  write_fact(out, 2, "number", list.number_hex() + " (hexadecimal), " + kind_of(list));
  write_fact(out, 2, "revoked", std::to_string(list.entries()));
  write_fact(out, 2, "from", certstore::to_rfc3339(list.this_update()));
  write_fact(out, 2, "until",
             certstore::to_rfc3339(list.next_update()) + " (" + state_of(list, certstore::now()) + ")");
  write_fact(out, 2, "signed by", "sha256:" + certstore::to_hex(record.chain.front().sha256()));
}

void write_json(const CrlRecord& record, std::ostream& out) {
  const Crl& list = record.list;
  nlohmann::ordered_json object = {{"schema", 1},
                                   {"id", certstore::id_of(list)},
                                   {"issuer", list.issuer()},
                                   {"number", list.number_hex()},
                                   {"delta", list.is_delta()},
                                   {"revoked", list.entries()},
                                   {"thisUpdate", certstore::to_rfc3339(list.this_update())},
                                   {"nextUpdate", certstore::to_rfc3339(list.next_update())},
                                   {"state", state_of(list, certstore::now())},
                                   {"sha256", certstore::to_hex(list.sha256())},
                                   {"signedBy", certstore::to_hex(record.chain.front().sha256())}};
  out << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void write(const CrlRecord& record, std::string_view heading, const Arguments& arguments) {
  if (arguments.quiet()) return;
  if (wants_json(arguments)) {
    write_json(record, std::cout);
  } else {
    write_text(record, heading, std::cout);
  }
}

// Whoever may have signed a list: who is named now, who signed lists before, whom trust records name.
std::vector<Certificate> known_issuers(const Arguments& arguments, const std::optional<TrustStore>& store) {
  std::vector<Certificate> known;
  for (const std::string& path : arguments.values("issuer")) {
    const auto read = certstore::read_certificate_file(path).certificates;
    known.insert(known.end(), read.begin(), read.end());
  }
  if (!store) return known;
  for (const CrlRecord& record : store->crls())
    known.insert(known.end(), record.chain.begin(), record.chain.end());
  for (const certstore::TrustRecord& record : store->list()) {
    if (record.kind == certstore::TrustRecord::Kind::trust && !record.certificate.empty())
      known.push_back(Certificate::from_der(record.certificate, "trust record " + record.id));
  }
  return known;
}

ExitCode add(const Arguments& arguments) {
  const bool force = arguments.has("force");
  static_cast<void>(wants_json(arguments));
  const certstore::StorePlace place = certstore::store_place(arguments.value("store").value_or(""));
  // All are read and checked before one is kept.
  std::vector<CrlRecord> records;
  {
    const std::vector<Certificate> known =
        known_issuers(arguments, TrustStore::open_if_present(place.trust()));
    for (const std::string& path : arguments.operands()) {
      for (const Crl& list : certstore::read_crl_file(path))
        records.push_back(certstore::crl_record(list, known, force));
    }
  }
  certstore::make_store_folder(place);
  TrustStore store = TrustStore::open_or_create(place.trust());
  for (const CrlRecord& record : records) {
    const bool added = store.add_crl(record, force, certstore::acting_at(certstore::now()));
    write(record, added ? "added" : "already there", arguments);
    if (!record.list.is_current(certstore::now()) && !arguments.quiet()) {
      std::cerr << arguments.tool() << ": warning: the list is " << state_of(record.list, certstore::now())
                << ": packages by this CA end with 17 until a newer one is added\n";
    }
  }
  return ExitCode::accepted;
}

ExitCode list(const Arguments& arguments) {
  static_cast<void>(wants_json(arguments));
  const auto store = TrustStore::open_if_present(trust_folder(arguments));
  if (!store) return ExitCode::accepted;
  for (const CrlRecord& record : store->crls())
    write(record, state_of(record.list, certstore::now()), arguments);
  return ExitCode::accepted;
}

ExitCode remove(const Arguments& arguments) {
  static_cast<void>(wants_json(arguments));
  auto store = TrustStore::open_if_present(trust_folder(arguments), OpenMode::write);
  if (!store) {
    throw Error(ErrorKind::store, "there is no revocation list: there is no store",
                "pkgverify crl add makes it");
  }
  const CrlRecord meant = store->find_crl(arguments.operands().front());
  if (!arguments.has("force")) {
    throw Error(
        ErrorKind::store,
        "without the revocation list " + certstore::id_of(meant.list) +
            " packages by keys that the CA took back could be accepted again, and nothing asks for a list",
        "only if the CA is given up, or the list was added by mistake: --force");
  }
  write(store->remove_crl(certstore::id_of(meant.list), certstore::acting_at(certstore::now())), "removed",
        arguments);
  return ExitCode::accepted;
}

constexpr std::string_view kExitCodes = "0 done, 1 trouble, 2 usage";

}  // namespace

certstore::cli::Command crl_add_command() {
  return {.name = "crl add",
          .operands = "FILE...",
          .summary = "take a CA's revocation list: who is on it ends with 16",
          .options = {{"issuer", '\0', "CERT-FILE",
                       "who signed it, if no trust record names it (may be repeated)", true},
                      {"force", 'f', "", "also one that is older, or signed with SHA-1 or MD5"},
                      certstore::cli::kStoreOption,
                      kTextOrJsonOption},
          .example = "pkgverify crl add ca.crl --issuer ca.pem",
          .exit_codes = kExitCodes,
          .run = add};
}

certstore::cli::Command crl_list_command() {
  return {.name = "crl list",
          .operands = "",
          .summary = "list the revocation lists, and whether they are current",
          .options = {certstore::cli::kStoreOption, kTextOrJsonOption},
          .example = "pkgverify crl list",
          .exit_codes = kExitCodes,
          .run = list};
}

certstore::cli::Command crl_remove_command() {
  return {.name = "crl remove",
          .operands = "ID",
          .summary = "forget a revocation list",
          .options = {{"force", 'f', "", "yes: who is on it may count again"},
                      certstore::cli::kStoreOption,
                      kTextOrJsonOption},
          .example = "pkgverify crl remove 3f2a91 --force",
          .exit_codes = kExitCodes,
          .run = remove};
}

}  // namespace verifier

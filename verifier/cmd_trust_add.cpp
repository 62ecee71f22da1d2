#include "certstore/base/escape.h"
#include "certstore/store_place.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/report_text.h"
#include "verifier/trust_request.h"
#include "verifier/trust_text.h"

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::ExitCode;
using certstore::TrustRecord;
using certstore::cli::Arguments;

void print_added(const TrustRecord& record, bool was_there, const std::vector<std::string>& undo) {
  const bool retired = record.kind == TrustRecord::Kind::retire;
  const bool content = record.subject == TrustRecord::Subject::content;
  std::cout << (was_there ? "already " : "")
            << (retired   ? "retired"
                : content ? "accepted"
                          : "trusted")
            << "  " << certstore::escaped(record.label) << "\n";
  write_record(record, std::cout);
  if (!record.until && !retired)
    write_fact(std::cout, 2, "note", "it has no end: --until TIME would set one");
  for (const std::string& line : undo) write_fact(std::cout, 2, "to undo", line);
}

ExitCode add(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const std::vector<TrustRecord> requested = read_trust_request(arguments);
  const std::string store_option = arguments.value("store").value_or("");
  const certstore::StorePlace place = certstore::store_place(store_option);
  certstore::make_store_folder(place);
  certstore::TrustStore store = certstore::TrustStore::open_or_create(place.trust());
  const std::vector<TrustRecord> before = store.list();
  // Of a bundle one line each: what is the same for all of them was just typed.
  const bool many = arguments.has("ca-file");
  for (const TrustRecord& record : requested) {
    const TrustRecord kept = store.add(record, certstore::acting_at(record.made_at));
    if (arguments.quiet()) continue;
    const bool was_there = std::any_of(before.begin(), before.end(),
                                       [&](const TrustRecord& known) { return known.id == kept.id; });
    const std::vector<std::string> undo = undo_of_adding(kept, store_option);
    if (json) {
      write_record_json(kept, undo, std::cout);
    } else if (many) {
      write_record_line(kept, std::cout);
    } else {
      print_added(kept, was_there, undo);
    }
  }
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command trust_add_command() {
  std::vector<certstore::cli::Option> options = trust_request_options();
  options.push_back(certstore::cli::kStoreOption);
  options.push_back(kTextOrJsonOption);
  return {.name = "trust add",
          .operands = "[CERT-FILE...]",
          .summary = "trust a certificate, a signer of a package, or exactly one file",
          .options = std::move(options),
          .example =
              "pkgverify trust add server.pem --name com.example.net --until 2027-12-31\n"
              "  pkgverify trust add --signer sha256:7f3a... --from com.example.net.package",
          .exit_codes = "0 done, 1 trouble, 2 usage, 13 the package of --from is invalid",
          .run = add};
}

}  // namespace verifier

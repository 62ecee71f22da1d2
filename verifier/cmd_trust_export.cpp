#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/certificate_file.h"
#include "certstore/trust_bundle.h"
#include "certstore/trust_store.h"
#include "verifier/commands.h"
#include "verifier/policy_source.h"

#include <charconv>
#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::TrustBundle;
using certstore::TrustRecord;
using certstore::cli::Arguments;

std::string required(const Arguments& arguments, std::string_view option, const std::string& why) {
  const auto value = arguments.value(option);
  if (value) return *value;
  throw Error(ErrorKind::usage, "--" + std::string(option) + " is missing: " + why);
}

std::uint64_t version_of(const Arguments& arguments) {
  const std::string text =
      required(arguments, "bundle-version", "a number that rises with each bundle of that name");
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error == std::errc() && end == text.data() + text.size() && version > 0) return version;
  throw Error(ErrorKind::usage,
              "--bundle-version takes a whole number from 1, not " + certstore::in_quotes(text));
}

std::vector<certstore::Certificate> keys_of(const Arguments& arguments) {
  std::vector<certstore::Certificate> keys;
  for (const std::string& path : arguments.values("key-of")) {
    const auto found = certstore::read_certificate_file(path).certificates;
    keys.insert(keys.end(), found.begin(), found.end());
  }
  if (keys.empty()) {
    throw Error(ErrorKind::usage, "--key-of is missing: who will sign it",
                "each of them: pkgsign bundle key -o KEY.pem");
  }
  return keys;
}

// All that the store says, but what is this machine's own memory.
void take_store(const Arguments& arguments, TrustBundle& bundle) {
  const auto store = certstore::TrustStore::open_if_present(trust_folder(arguments));
  if (!store) {
    throw Error(ErrorKind::store, "there is nothing to export: there is no store",
                "pkgverify trust add makes it");
  }
  std::size_t followed = 0;
  for (TrustRecord& record : store->list()) {
    if (record.origin == TrustRecord::Origin::succession) {
      ++followed;
    } else {
      bundle.records.push_back(std::move(record));
    }
  }
  bundle.crls = store->crls();
  if (followed == 0) return;
  std::cerr << arguments.tool() << ": note: " << followed
            << (followed == 1 ? " record that follows" : " records that follow")
            << " from a succession is left out: it stands on this store; pkgverify trust add decides anew\n";
}

void write(const Arguments& arguments, certstore::ByteView document) {
  const auto path = arguments.value("output");
  if (!path || *path == "-") {
    std::cout << certstore::as_text(document);
    return;
  }
  certstore::AtomicFile file(*path);
  file.write(document);
  file.commit(arguments.has("force") ? certstore::Existing::replace : certstore::Existing::refuse);
  if (arguments.quiet()) return;
  std::cout << "wrote " << certstore::shell_quoted(*path)
            << "; nobody has signed it yet: pkgsign bundle sign " << certstore::shell_quoted(*path)
            << " -o FILE\n";
}

ExitCode run(const Arguments& arguments) {
  TrustBundle bundle;
  bundle.name = required(arguments, "name", "what its versions are called");
  bundle.version = version_of(arguments);
  bundle.made = certstore::signing_time();
  static_cast<void>(
      required(arguments, "expires", "a bundle without an end could be kept in place for ever"));
  bundle.expires = *time_option(arguments, "expires");
  bundle.keys = keys_of(arguments);
  const auto all = static_cast<unsigned>(bundle.keys.size());
  bundle.threshold = arguments.number("threshold", 1, all).value_or(all);
  if (const auto policy = arguments.value("with-policy"))
    bundle.policy = to_text(read_package_policy(policy).policy);
  take_store(arguments, bundle);
  write(arguments, write_bundle(bundle));
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command trust_export_command() {
  return {.name = "trust export",
          .operands = "",
          .summary = "write the decisions and revocation lists of this store as a bundle, to be signed",
          .options = {{"output", 'o', "FILE", "where to (default: standard output)"},
                      {"name", '\0', "NAME", "what the versions of this bundle are called"},
                      {"bundle-version", '\0', "N", "number that rises with each of them"},
                      {"expires", '\0', "TIME", "when it ends, and all that it trusts with it"},
                      {"key-of", '\0', "KEY.pem", "who signs it: pkgsign bundle key (may be repeated)", true},
                      {"threshold", '\0', "K", "so many of them must have signed (default: all)"},
                      {"with-policy", '\0', "NAME|FILE", "the rules that go with it"},
                      certstore::cli::kForceOption,
                      certstore::cli::kStoreOption},
          .example =
              "pkgverify trust export --name site --bundle-version 1 --expires 2027-03-31 \\\n"
              "    --key-of anna.pem --key-of bert.pem -o site.json",
          .exit_codes = "0 written, 1 no store, the file exists or trouble, 2 usage",
          .run = run};
}

}  // namespace verifier

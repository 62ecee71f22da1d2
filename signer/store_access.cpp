#include "signer/store_access.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/passphrase.h"
#include "certstore/statement_key.h"

#include <array>
#include <charconv>
#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::KdfCost;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

struct NamedCost {
  std::string_view name;
  KdfCost cost;
};
// libsodium's three levels for Argon2id.
constexpr std::array<NamedCost, 3> kCosts = {{{"interactive", {2, 64 * kMebibyte}},
                                              {"moderate", {3, 256 * kMebibyte}},
                                              {"sensitive", {4, 1024 * kMebibyte}}}};

std::uint64_t whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // A memory of 2^40 MiB is out of bounds, and times 2^20 it is still no overflow.
  if (error != std::errc() || end != text.data() + text.size() || number >= (std::uint64_t{1} << 40)) {
    throw Error(ErrorKind::usage,
                "--kdf-cost is interactive, moderate, sensitive or PASSES:MiB, as in 3:256");
  }
  return number;
}

}  // namespace

certstore::StorePlace place_of(const certstore::cli::Arguments& arguments) {
  return certstore::store_place(arguments.value("store").value_or(""));
}

std::string alias_of(const certstore::cli::Arguments& arguments) {
  if (const auto alias = arguments.value("alias")) return *alias;
  const auto place = place_of(arguments).keys();
  if (!certstore::KeyStore::exists(place)) return std::string(certstore::kDefaultAlias);
  return certstore::KeyStore::open(place, certstore::OpenMode::read).default_alias();
}

certstore::StoredIdentity get_identity(const certstore::KeyStore& keys, std::string_view alias) {
  auto identity = keys.get(alias);
  if (identity.kind != certstore::kStatementKey) return identity;
  throw Error(ErrorKind::key, certstore::in_quotes(alias) + " is the store's own key and no identity",
              "it signs statements of this store, and nothing else");
}

certstore::KeyStore open_keys(const certstore::cli::Arguments& arguments, certstore::OpenMode mode) {
  const certstore::StorePlace place = place_of(arguments);
  // A place from --store or a configuration file is known already.
  if (arguments.verbose() && !arguments.has("store")) {
    std::cerr << arguments.tool() << ": store = " << certstore::escaped(place.folder.string()) << " (from "
              << place.origin << ")\n";
  }
  if (!certstore::KeyStore::exists(place.keys())) {
    throw Error(ErrorKind::store, "there are no keys in " + certstore::in_quotes(place.folder.string()),
                "pkgsign init makes them");
  }
  return certstore::KeyStore::open(place.keys(), mode);
}

void require_free(const certstore::StorePlace& place, const std::string& alias, const std::string& hint) {
  if (!certstore::KeyStore::open(place.keys(), certstore::OpenMode::read).find(alias)) return;
  throw Error(ErrorKind::store, "the store has an identity " + certstore::in_quotes(alias) + " already",
              hint);
}

certstore::PrivateKey open_key(const certstore::KeyStore& keys, const certstore::MasterKey& master,
                               std::string_view alias) {
  return certstore::PrivateKey::from_pkcs8(keys.open_private_key(master, alias).view(), alias);
}

certstore::SecretBytes store_passphrase(const certstore::cli::Arguments& arguments, bool is_new) {
  return passphrase_from(arguments, "passphrase",
                         is_new ? "new passphrase for the store" : "passphrase of the store", is_new);
}

certstore::SecretBytes passphrase_from(const certstore::cli::Arguments& arguments, std::string_view option,
                                       std::string_view prompt, bool is_new) {
  const auto source = certstore::parse_passphrase_source(arguments.value(option).value_or("prompt"));
  return certstore::read_passphrase(source, {.prompt = std::string(prompt),
                                             .is_new = is_new,
                                             .may_ask = arguments.may_ask(),
                                             .option = "--" + std::string(option)});
}

KdfCost parse_kdf_cost(std::string_view text) {
  for (const NamedCost& named : kCosts) {
    if (named.name == text) return named.cost;
  }
  const std::size_t colon = text.find(':');
  const std::string_view memory = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const KdfCost cost{whole_number(text.substr(0, colon)), whole_number(memory) * kMebibyte};
  certstore::require_within_bounds(cost);
  return cost;
}

}  // namespace signer

#include "signer/identity.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/key_file.h"
#include "signer/audit_pen.h"
#include "signer/store_access.h"

#include <sys/stat.h>

#include <memory>
#include <optional>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::PrivateKey;
using certstore::SecretBytes;
using certstore::Signer;

// Of any form that 'key import' reads. An unencrypted file must be its owner's alone.
PrivateKey private_key_in(const std::string& path, const std::function<SecretBytes()>& passphrase) {
  const auto file = certstore::InputFile::open(path);
  bool is_encrypted = false;
  const auto ask = [&] {
    is_encrypted = true;
    return passphrase();
  };
  certstore::KeyFile found =
      certstore::read_key_file(certstore::read_person_file(file).view(),
                               {.name = path, .alias = {}, .passphrase = ask, .key_passphrase = ask});
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) certstore::throw_errno("read", path, errno);
  if (!is_encrypted && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Error(ErrorKind::key, "others can read the private key in " + certstore::in_quotes(path),
                "chmod 600 " + certstore::shell_quoted(path));
  }
  return std::move(found.key);
}

void require_no_mix(const certstore::cli::Arguments& arguments) {
  if (!arguments.has("key") || !arguments.has("cert")) {
    throw Error(ErrorKind::usage, "--key and --cert go together",
                "without both, the identity comes from the store (--alias)");
  }
  for (const char* option : {"alias", "passphrase", "also"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage, "--" + std::string(option) + " is for the store, --key is without one",
                arguments.has("passphrase") ? "the passphrase of a key file is --file-passphrase" : "");
  }
}

Identity from_files(const certstore::cli::Arguments& arguments) {
  require_no_mix(arguments);
  std::vector<Certificate> chain = certstore::read_certificate_file(*arguments.value("cert")).certificates;
  const Certificate certificate = chain.front();
  chain.erase(chain.begin());
  if (const auto path = arguments.value("chain")) {
    const auto more = certstore::read_certificate_file(*path).certificates;
    chain.insert(chain.end(), more.begin(), more.end());
  }
  const auto passphrase = std::make_shared<std::optional<SecretBytes>>();
  auto unlock = [&arguments, certificate, chain, passphrase](AuditPen&) {
    const auto ask = [&] {
      if (!passphrase->has_value()) {
        *passphrase = passphrase_from(arguments, "file-passphrase", "passphrase of the key file", false);
      }
      return (*passphrase)->copy();
    };
    return Signer(private_key_in(*arguments.value("key"), ask), certificate, chain);
  };
  return {"", certificate, chain, std::move(unlock)};
}

// Taken once for all that come from the store.
using SharedPassphrase = std::shared_ptr<std::optional<SecretBytes>>;

Identity from_store(const certstore::cli::Arguments& arguments, const std::string& alias,
                    const SharedPassphrase& passphrase) {
  const auto stored = get_identity(open_keys(arguments, certstore::OpenMode::read), alias);
  const certstore::SignerIdentity signer = stored.signer();
  const std::vector<Certificate> chain = stored.issuers();
  auto unlock = [&arguments, alias, signer, chain, passphrase](AuditPen& pen) {
    if (!passphrase->has_value()) *passphrase = store_passphrase(arguments);
    const auto keys = certstore::KeyStore::open(place_of(arguments).keys(), certstore::OpenMode::read);
    const auto master = keys.unlock(**passphrase);
    pen.take_key(keys, master);
    if (signer.bare_key() != nullptr) return Signer(open_key(keys, master, alias), *signer.bare_key());
    return Signer(open_key(keys, master, alias), *signer.certificate(), chain);
  };
  return {alias, signer, chain, std::move(unlock)};
}

}  // namespace

std::vector<Identity> choose_identities(const certstore::cli::Arguments& arguments) {
  if (arguments.has("key") || arguments.has("cert")) return {from_files(arguments)};
  for (const char* option : {"chain", "file-passphrase"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage, "--" + std::string(option) + " needs --key and --cert");
  }
  std::vector<std::string> aliases = {alias_of(arguments)};
  for (const std::string& alias : arguments.values("also")) {
    if (std::find(aliases.begin(), aliases.end(), alias) != aliases.end()) {
      throw Error(ErrorKind::usage, certstore::in_quotes(alias) + " would sign twice");
    }
    aliases.push_back(alias);
  }
  return identities_of_store(arguments, aliases);
}

std::vector<Identity> identities_of_store(const certstore::cli::Arguments& arguments,
                                          const std::vector<std::string>& aliases) {
  const auto passphrase = std::make_shared<std::optional<SecretBytes>>();
  std::vector<Identity> identities;
  for (const std::string& alias : aliases) identities.push_back(from_store(arguments, alias, passphrase));
  return identities;
}

AuditPen audit_pen(const certstore::cli::Arguments& arguments) {
  if (arguments.has("key")) return AuditPen::without_store(arguments);
  return {arguments, place_of(arguments)};
}

std::vector<certstore::cli::Option> identity_options() {
  return {
      kAliasOption,
      {"also", '\0', "NAME", "and by this identity too, where the layout carries several (repeatable)", true},
      certstore::cli::kStoreOption,
      certstore::cli::kPassphraseOption,
      {"key", '\0', "FILE", "private key (PEM, DER, PKCS#12, JKS, JCEKS), instead of the store"},
      {"cert", '\0', "FILE", "its certificate"},
      {"chain", '\0', "FILE", "certificates of its issuers"},
      {"file-passphrase", '\0', "SOURCE", "passphrase of the key file"}};
}

}  // namespace signer

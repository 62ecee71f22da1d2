#include "signer/identity.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "signer/store_access.h"

#include <sys/stat.h>

#include <algorithm>
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

std::vector<Certificate> certificates_in(const std::string& path) {
  const auto file = certstore::InputFile::open(path);
  try {
    return certstore::read_certificates(file.read_all(certstore::limits::kKeyFileSize), path);
  } catch (const Error& error) {
    // The signer's own file, not the package, is what is wrong here: that has another exit code.
    throw Error(error.kind() == ErrorKind::malformed ? ErrorKind::key : error.kind(), error.what(),
                error.hint());
  }
}

// The bytes of a key file go straight into locked memory.
SecretBytes secret_file(const certstore::InputFile& file) {
  if (file.size() > certstore::limits::kKeyFileSize) {
    throw Error(ErrorKind::key, certstore::in_quotes(file.name()) + " is too large for a private key");
  }
  SecretBytes bytes(static_cast<std::size_t>(file.size()));
  file.read_at(0, bytes.writable());
  return bytes;
}

PrivateKey read_key_file(const std::string& path, const std::function<SecretBytes()>& passphrase) {
  const auto file = certstore::InputFile::open(path);
  bool is_encrypted = false;
  PrivateKey key = PrivateKey::from_pem(secret_file(file).view(), path, [&] {
    is_encrypted = true;
    return passphrase();
  });
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) certstore::throw_errno("read", path, errno);
  if (!is_encrypted && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Error(ErrorKind::key, "others can read the private key in " + certstore::in_quotes(path),
                "chmod 600 " + certstore::shell_quoted(path));
  }
  return key;
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
  std::vector<Certificate> chain = certificates_in(*arguments.value("cert"));
  const Certificate certificate = chain.front();
  chain.erase(chain.begin());
  if (const auto path = arguments.value("chain")) {
    const auto more = certificates_in(*path);
    chain.insert(chain.end(), more.begin(), more.end());
  }
  const auto passphrase = std::make_shared<std::optional<SecretBytes>>();
  auto unlock = [&arguments, certificate, chain, passphrase] {
    const auto ask = [&] {
      if (!passphrase->has_value()) {
        *passphrase = passphrase_from(arguments, "file-passphrase", "passphrase of the key file", false);
      }
      SecretBytes copy((*passphrase)->size());
      std::ranges::copy((*passphrase)->view(), copy.writable().begin());
      return copy;
    };
    return Signer(read_key_file(*arguments.value("key"), ask), certificate, chain);
  };
  return {certificate, chain, std::move(unlock)};
}

// Taken once for all that come from the store.
using SharedPassphrase = std::shared_ptr<std::optional<SecretBytes>>;

Identity from_store(const certstore::cli::Arguments& arguments, const std::string& alias,
                    const SharedPassphrase& passphrase) {
  const auto stored = get_identity(open_keys(arguments, certstore::OpenMode::read), alias);
  const auto certificate = Certificate::from_der(stored.certificate, alias);
  std::vector<Certificate> chain;
  for (const auto& der : stored.chain) chain.push_back(Certificate::from_der(der, alias));
  auto unlock = [&arguments, alias, certificate, chain, passphrase] {
    if (!passphrase->has_value()) *passphrase = store_passphrase(arguments);
    const auto keys = certstore::KeyStore::open(place_of(arguments).keys(), certstore::OpenMode::read);
    const auto master = keys.unlock(**passphrase);
    const SecretBytes pkcs8 = keys.open_private_key(master, alias);
    return Signer(PrivateKey::from_pkcs8(pkcs8.view(), alias), certificate, chain);
  };
  return {certificate, chain, std::move(unlock)};
}

}  // namespace

std::vector<Identity> choose_identities(const certstore::cli::Arguments& arguments) {
  if (arguments.has("key") || arguments.has("cert")) return {from_files(arguments)};
  for (const char* option : {"chain", "file-passphrase"}) {
    if (!arguments.has(option)) continue;
    throw Error(ErrorKind::usage, "--" + std::string(option) + " needs --key and --cert");
  }
  std::vector<std::string> aliases = {alias_of(arguments)};
  const auto passphrase = std::make_shared<std::optional<SecretBytes>>();
  for (const std::string& alias : arguments.values("also")) {
    if (std::find(aliases.begin(), aliases.end(), alias) != aliases.end()) {
      throw Error(ErrorKind::usage, certstore::in_quotes(alias) + " would sign twice");
    }
    aliases.push_back(alias);
  }
  std::vector<Identity> identities;
  for (const std::string& alias : aliases) identities.push_back(from_store(arguments, alias, passphrase));
  return identities;
}

std::vector<certstore::cli::Option> identity_options() {
  return {
      kAliasOption,
      {"also", '\0', "NAME", "and by this identity too, where the layout carries several (repeatable)", true},
      certstore::cli::kStoreOption,
      certstore::cli::kPassphraseOption,
      {"key", '\0', "FILE", "private key in PEM form, instead of the store"},
      {"cert", '\0', "FILE", "its certificate"},
      {"chain", '\0', "FILE", "certificates of its issuers"},
      {"file-passphrase", '\0', "SOURCE", "passphrase of the key file"}};
}

}  // namespace signer

// Signatures that stand in a file of their own beside the file that they sign: a row for each kind.
#pragma once

#include "formats/format.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace formats {

// Whom this machine knows, for signatures that come without their signer.
struct Acquaintances {
  std::vector<certstore::Certificate> certificates;
  std::vector<certstore::BareKey> keys;
};
// Asked only where it is needed.
using KnownSigners = std::function<Acquaintances()>;

struct BesideWish {
  const certstore::InputFile* add_to = nullptr;  // signatures that stay, with these behind them
  bool pem = false;
  bool any_meaning = false;    // sign also what is a manifest of another layout
  std::string file_name = {};  // for a signature that tells it; empty: it does not
};

struct BesideFormat {
  std::string_view name;    // as in all_formats(), for --expect
  std::string_view suffix;  // of the file's name: where it stands by itself
  // Whether a file with that suffix is one only if it is recognised: others use it too.
  bool is_shared = false;
  bool (*recognises)(const certstore::InputFile& signature);
  std::unique_ptr<SignedPackage> (*open)(const certstore::InputFile& file,
                                         const certstore::InputFile& signature, const KnownSigners& known);
  // Whether a signer of that kind signs in this way; null where this is only read.
  bool (*signs)(const certstore::SignerIdentity& signer) = nullptr;
  // Digests the file now; write() then makes the signature file. Throws as SignedPackage::plan_signing(), and
  // Error(usage) for a wish that the form has no place for.
  std::unique_ptr<SigningPlan> (*plan)(const certstore::InputFile& file, const SigningRequest& request,
                                       const BesideWish& wish) = nullptr;
  bool takes_several = false;  // signatures in one file
};

// In the order in which they are tried; the last recognises everything.
[[nodiscard]] std::span<const BesideFormat> beside_formats();
// The row by which this signer signs.
[[nodiscard]] const BesideFormat& beside_format_by(const certstore::SignerIdentity& signer);
// The row for a signature file: by its content, else by its name.
[[nodiscard]] const BesideFormat& beside_format_of(const certstore::InputFile& signature);

}  // namespace formats

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

struct BesideFormat {
  std::string_view name;    // as in all_formats(), for --expect
  std::string_view suffix;  // of the file's name: where it stands by itself
  // Whether a file with that suffix is one only if it is recognised: others use it too.
  bool is_shared = false;
  bool (*recognises)(const certstore::InputFile& signature);
  std::unique_ptr<SignedPackage> (*open)(const certstore::InputFile& file,
                                         const certstore::InputFile& signature, const KnownSigners& known);
};

// In the order in which they are tried; the last recognises everything.
[[nodiscard]] std::span<const BesideFormat> beside_formats();
// The row for a signature file: by its content, else by its name.
[[nodiscard]] const BesideFormat& beside_format_of(const certstore::InputFile& signature);

}  // namespace formats

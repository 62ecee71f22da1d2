// What a package holds, as values: entries, what verified signatures cover, the seal, elements and owners.
// Nothing here judges; the strings come from the package and are printed escaped.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/issue.h"
#include "certstore/base/time.h"
#include "certstore/digest.h"
#include "certstore/signer_identity.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace formats {

// One named byte stream of the container.
struct Entry {
  std::string_view name;  // lives as long as the package
  std::uint64_t size = 0;
  bool is_directory = false;
  bool beside = false;           // a file of its own beside the one that was opened, which does not hold it
  bool is_executable = false;    // where the signature covers the mode
  std::string_view link_target;  // of a symbolic link, as long-lived; no bytes of the entry
};

// Gives the content of one entry to a sink, as SignedPackage::read() does; to be called once at most.
using Reading = std::function<std::optional<certstore::Issue>(const certstore::Sink& sink)>;
// Takes one of several entries, by its position among those that were asked for.
using EntryVisitor = std::function<void(std::size_t position, const Reading& read)>;

// The digest that a verified manifest states for an entry.
struct StatedDigest {
  certstore::DigestValue value;
};
// A raw signature over the entry's bytes, by the signer of the verified signature, held in another entry.
struct DetachedSignature {
  std::size_t entry = 0;
};

// A signature over the entry by the bare key of the verified signature's signer: over its digest, or over its
// very bytes, which the format then bounds.
struct EntrySignature {
  certstore::Bytes value;
  bool prehashed = false;
};

// An entry that a verified signature vouches for.
struct Covered {
  std::size_t entry = 0;
  std::size_t signature = 0;  // index into the verified signatures
  certstore::DigestAlgorithm algorithm = certstore::DigestAlgorithm::sha256;
  std::variant<StatedDigest, DetachedSignature, EntrySignature> proof;
};

// What binds the entries into one set, as stated inside a verified signature.
struct Seal {
  std::uint64_t serial = 0;
  certstore::Instant signed_at;
};

// What the package says of itself inside verified bytes.
struct PackageFacts {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;  // further ones, to show
  std::optional<Seal> seal;
  bool bound = false;  // the signatures say which entries belong together
  bool whole = false;  // they are over the file itself
};

// An entry that needs a signature and has none, and what that means in this layout.
struct Uncovered {
  std::size_t entry = 0;
  certstore::Issue issue;
};

// What the verified signatures cover.
struct Coverage {
  std::vector<Covered> covered;
  std::vector<std::size_t> exempt;  // signature files and directories, which nothing needs to cover
  // Digests that check_set() needs of every covered entry, besides those of `covered`.
  std::optional<certstore::DigestAlgorithm> set_digest;
  // For each verified signature its signer; of several certificates of his key the one that its bytes name.
  std::vector<certstore::SignerIdentity> signers;
  // For each verified signature the digests on which what it covers hangs, besides its own; may be left
  // empty.
  std::vector<std::vector<certstore::DigestAlgorithm>> digests;
  // Where rules allow it, these are only reported.
  std::vector<Uncovered> uncovered;
  PackageFacts facts;
  certstore::Issues issues;
};

enum class OwnerStanding { confirmed, older_version, not_confirmed, certificate_absent, other_key };

// Who last saved an element, as it says itself; provenance, not proof.
struct Owner {
  std::string claimed_name;
  std::optional<certstore::Certificate> certificate;
  OwnerStanding standing = OwnerStanding::certificate_absent;
};

// What the user thinks of as one thing: a workflow of a vRO package, a file of an archive.
struct Element {
  std::string id;
  std::string kind;
  std::string name;
  std::string folder;   // its category path
  std::string version;  // as the element states it
  std::vector<std::size_t> entries;
  std::optional<Owner> owner;
};

}  // namespace formats

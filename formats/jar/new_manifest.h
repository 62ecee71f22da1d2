// The manifest of a JAR that is to be signed: what was there, and a section with a digest for each entry.
#pragma once

#include "formats/jar/manifest.h"

#include <optional>
#include <string_view>
#include <vector>

namespace formats::jar {

// An entry to be listed.
struct ListedEntry {
  std::string_view name;
  certstore::DigestValue sha256;
};

// Where the section of a listed entry stands in the bytes, its closing empty line included.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct NewManifest {
  certstore::Bytes bytes;
  Place main;
  std::vector<Place> entries;  // in the order of the listed entries
};

// Keeps main attributes and all that sections say beside digests; writes the rest anew. For an archive whose
// signatures, if any, go: `old` is its manifest, if it has one.
[[nodiscard]] NewManifest write_manifest(const Manifest* old, const std::vector<ListedEntry>& entries);

// Keeps every byte, so that signatures over it stay good, and adds sections behind. `old` must list each
// entry by a digest that is not weak, or not at all. Throws Error(usage) where that cannot be.
[[nodiscard]] NewManifest extend_manifest(const Manifest& old, const std::vector<ListedEntry>& entries);

// The manifest without what signing wrote: sections that held digests only are gone. Empty if nothing is left
// that anyone but pkgsign wrote.
[[nodiscard]] certstore::Bytes stripped_manifest(const Manifest& old);

// Signature-Version, digests, and a section for each entry, over a manifest of ours. `whole`: the digest over
// all of it too, which speaks for entries of others.
[[nodiscard]] certstore::Bytes write_signature_file(const NewManifest& manifest,
                                                    const std::vector<ListedEntry>& entries, bool whole);

}  // namespace formats::jar

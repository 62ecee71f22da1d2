#include "formats/vro_elements.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "certstore/base/memory_gate.h"
#include "certstore/base/parallel.h"
#include "formats/properties.h"
#include "formats/vro_content.h"

#include <algorithm>
#include <optional>

namespace formats {
namespace {

using certstore::Bytes;
using certstore::Certificate;

// What is longer is no name; a million elements are kept, and each could have a megabyte of it.
constexpr std::size_t kTextSize = 4096;

std::string shown(std::string text) {
  if (text.size() > kTextSize) text.resize(kTextSize);
  return text;
}

class ElementReader {
 public:
  ElementReader(const VroContents& contents, const Coverage& coverage)
      : contents_(contents), covered_(contents.index.entries.size()) {
    for (const Covered& one : coverage.covered) covered_[one.entry] = true;
  }

  [[nodiscard]] Element read(const VroElementPlace& place) const {
    Element element;
    element.id = place.id;
    element.entries = place.entries;
    std::string owner;
    read_info(place, element, owner);
    if (const auto categories = part(place, "categories", certstore::limits::kPropertiesSize))
      element.folder = read_vro_folder(*categories);
    VroContent content;
    if (const auto data = part(place, "data", certstore::limits::kElementData)) {
      content = read_vro_content(element.kind, *data);
      if (!content.name.empty()) element.name = content.name;
      element.version = content.version;
    }
    if (!owner.empty()) element.owner = owner_of(place, element.kind, owner, content);
    return element;
  }

 private:
  // The file of that part, if it is covered, there, sound and not too large to be looked at.
  [[nodiscard]] std::optional<Bytes> part(const VroElementPlace& place, std::string_view name,
                                          std::size_t most) const {
    const std::optional<std::size_t> entry = part_of(place, contents_.index, name);
    if (!entry || !covered_[*entry]) return std::nullopt;
    try {
      return contents_.read(*entry, most);
    } catch (const certstore::Error& error) {
      if (error.kind() != certstore::ErrorKind::malformed) throw;
      return std::nullopt;
    }
  }

  void read_info(const VroElementPlace& place, Element& element, std::string& owner) const {
    const std::optional<Bytes> info = part(place, "info", certstore::limits::kPropertiesSize);
    if (!info) return;
    try {
      const Properties properties = Properties::parse(*info, "info");
      const auto text = [&](std::string_view key) {
        const std::string* found = properties.find(key);
        return found == nullptr ? std::string() : *found;
      };
      element.kind = shown(text("type"));
      element.name = shown(text("name"));  // the maven plugin writes it here too
      owner = text("signature-owner");
    } catch (const certstore::Error& error) {
      if (error.kind() != certstore::ErrorKind::malformed) throw;
    }
  }

  [[nodiscard]] Owner owner_of(const VroElementPlace& place, std::string_view kind, const std::string& name,
                               const VroContent& content) const {
    Owner owner{shown(name), std::nullopt, OwnerStanding::certificate_absent};
    const Bytes signature =
        part(place, "content-signature", certstore::limits::kSignatureSize).value_or(Bytes());
    for (const VroCertificate& found : contents_.certificates) {
      if (!names_subject(name, found.certificate.subject())) continue;
      // The standing that says most: another certificate of the name may be the owner's.
      const OwnerStanding standing = standing_under(found.certificate, place, kind, signature, content);
      if (!owner.certificate || owner.standing == OwnerStanding::other_key) {
        owner.certificate = found.certificate;
        owner.standing = standing;
      }
    }
    return owner;
  }

  // content-signature is always MD5 (docs/formats/vro.md): provenance, not proof.
  [[nodiscard]] OwnerStanding standing_under(const Certificate& certificate, const VroElementPlace& place,
                                             std::string_view kind, const Bytes& signature,
                                             const VroContent& content) const {
    if (signature.empty()) return OwnerStanding::not_confirmed;
    const std::optional<Bytes> digest =
        certificate.digest_in_rsa_signature(certstore::DigestAlgorithm::md5, signature);
    if (!digest) return OwnerStanding::other_key;
    if (std::find(content.digests.begin(), content.digests.end(), *digest) != content.digests.end()) {
      return OwnerStanding::confirmed;
    }
    const std::optional<Bytes> history = part(place, "version-history", certstore::limits::kElementData);
    const bool is_older = history && history_has(*history, kind, *digest);
    return is_older ? OwnerStanding::older_version : OwnerStanding::not_confirmed;
  }

  const VroContents& contents_;
  std::vector<bool> covered_;
};

// What reading the element may take at its worst: its data or its history, with what is made of it (text in
// the other encoding, a file in memory) and the inner content of a resource, which deflate may blow up.
std::uint64_t memory_for(const VroElementPlace& place, const zip::Index& index) {
  std::uint64_t most = 0;
  for (const std::string_view name : {"data", "version-history"}) {
    if (const auto entry = part_of(place, index, name)) most = std::max(most, index.entries[*entry].size);
  }
  most = std::min<std::uint64_t>(most, certstore::limits::kElementData);
  return 3 * most +
         std::min<std::uint64_t>(most * certstore::limits::kInflateRatio, certstore::limits::kElementData);
}

}  // namespace

std::vector<Element> vro_elements(const VroContents& contents, const Coverage& coverage, unsigned jobs) {
  const ElementReader reader(contents, coverage);
  const std::vector<VroElementPlace>& places = contents.layout.elements;
  std::vector<Element> elements(places.size());
  certstore::MemoryGate gate(certstore::limits::kElementsMemory);
  certstore::for_each_parallel(places.size(), jobs, [&](std::size_t i) {
    const auto share = gate.enter(memory_for(places[i], contents.index));
    elements[i] = reader.read(places[i]);
  });
  return elements;
}

}  // namespace formats

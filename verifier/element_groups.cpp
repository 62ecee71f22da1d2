#include "verifier/element_groups.h"

#include "certstore/base/bytes.h"

#include <map>
#include <tuple>
#include <utility>

namespace verifier {
namespace {

// Two certificates of one name are two owners.
using OwnerKey = std::tuple<bool, std::string, certstore::Bytes, bool>;

OwnerKey key_of(const ElementReport& element) {
  if (!element.element.owner) return {};
  const formats::Owner& owner = *element.element.owner;
  certstore::Bytes certificate;
  if (owner.certificate) {
    const certstore::Sha256& sha256 = owner.certificate->sha256();
    certificate.assign(sha256.begin(), sha256.end());
  }
  return {true, owner.claimed_name, std::move(certificate), element.owner_trusted};
}

// Groups in the order of their first elements.
struct BySigners {
  std::map<OwnerKey, std::size_t> places;
  std::vector<ElementGroup> groups;
};

}  // namespace

std::vector<ElementGroup> group_elements(const Report& report) {
  std::map<std::vector<std::size_t>, std::size_t> places;
  std::vector<BySigners> found;
  for (std::size_t i = 0; i < report.elements.size(); ++i) {
    const ElementReport& element = report.elements[i];
    const auto [signers, new_signers] = places.try_emplace(element.signers, found.size());
    if (new_signers) found.emplace_back();
    BySigners& same = found[signers->second];
    const auto [owner, new_owner] = same.places.try_emplace(key_of(element), same.groups.size());
    if (new_owner) {
      const auto& named = element.element.owner;
      same.groups.push_back({element.signers, named ? &*named : nullptr, element.owner_trusted, {}});
    }
    same.groups[owner->second].elements.push_back(i);
  }
  std::vector<ElementGroup> groups;
  for (BySigners& same : found) {
    for (ElementGroup& group : same.groups) groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<std::size_t> numbered(const std::vector<ElementGroup>& groups) {
  std::vector<std::size_t> elements;
  for (const ElementGroup& group : groups) {
    elements.insert(elements.end(), group.elements.begin(), group.elements.end());
  }
  return elements;
}

}  // namespace verifier

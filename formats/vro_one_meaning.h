// A vRO signature is over raw bytes without context, so a member could be made that is at the same time a CMS
// attribute set, a certificate, or the signed list of another layout. What could be shown as such is not
// signed (docs/formats/vro.md, "One meaning").
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/issue.h"
#include "formats/vro_contents.h"

#include <cstdint>
#include <string>

namespace formats {

// Looks at one member, piece by piece, in bounded memory.
class MeaningCheck {
 public:
  void feed(certstore::ByteView piece);
  // After the last piece: whether the member is one value of DER or BER.
  [[nodiscard]] bool is_der() const;
  // After the last piece: what else the member could be taken for; empty if nothing.
  [[nodiscard]] std::string other_meaning();
  // The same, but for DER documents.
  [[nodiscard]] std::string list_meaning();
  // Whether its root element is `properties`: then the caller reads it whole, and asks properties_meaning().
  [[nodiscard]] bool is_properties() const;

 private:
  void end_line();

  certstore::Bytes prefix_;
  certstore::Bytes tail_;  // the last two bytes
  std::uint64_t size_ = 0;
  std::string line_;  // the line being read, cut
  bool at_first_line_ = true;
  std::string found_;
};

// The members of a package that are DER from end to end and no certificates in their place: with their raw
// signature each is a signed document of another kind, or was one, such as the attributes in a JAR's block.
[[nodiscard]] certstore::Issues vro_der_members(const VroContents& contents, unsigned jobs);

// What a document whose root element is `properties`, other than dunes-meta-inf, could be taken for: a
// dunes-meta-inf, if it has keys of one or cannot be read strictly; empty if nothing.
[[nodiscard]] std::string properties_meaning(certstore::ByteView document);

}  // namespace formats

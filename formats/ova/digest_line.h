// One line of an OVF package's manifest or certificate file (DSP0243 2.1 clause 5.1): `SHA256(name)= hex`.
// Written exactly so; read with the blanks, letters and tokens that tools in the field write, each told
// apart.
#pragma once

#include "certstore/digest.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace formats::ova {

struct DigestLine {
  std::string name;  // what stands in the brackets, as found
  certstore::DigestAlgorithm algorithm = certstore::DigestAlgorithm::sha256;
  certstore::Bytes value;
  std::size_t number = 0;  // of the line in its file, from 1
  std::string spelling;    // how it differs from the standard's form, and who writes it so; empty: not at all
};

// Whether a reader could take it for such a line, sound or not.
[[nodiscard]] bool looks_like_digest_line(std::string_view line);

// Reads one line without its end. Throws Error(malformed) that says what is wrong with it.
[[nodiscard]] DigestLine read_digest_line(std::string_view line, std::size_t number);

// "SHA256(name)= hex" with its line end. Throws Error(malformed) for a name that such a line cannot hold.
[[nodiscard]] std::string digest_line(certstore::DigestAlgorithm algorithm, std::string_view name,
                                      certstore::ByteView value);

// "SHA256", as the standard writes it. Throws Error(usage) for a digest that the layout does not know.
[[nodiscard]] std::string_view token_of(certstore::DigestAlgorithm algorithm);

}  // namespace formats::ova

// Revocation lists from the network, for whoever asked for that (--fetch-crl). What comes is kept for the run
// only, and counts only under the signature of an issuer that is known.
#pragma once

#include "certstore/crl.h"

#include <functional>
#include <string>
#include <vector>

namespace verifier {

// Returns what asks an address once, at most limits::kCrlFetches of them, each for a short time and a bounded
// answer. What cannot be had is told on stderr, in the name of `tool`, and is no list.
[[nodiscard]] std::function<std::vector<certstore::Crl>(const std::string&)> crl_fetcher(std::string tool);

}  // namespace verifier

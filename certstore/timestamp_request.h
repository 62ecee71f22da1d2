// What is said to a time stamp authority and what it answers (RFC 3161 2.4), as bytes: no network, and no
// check of the token, which timestamp.h does.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/digest.h"

#include <string>
#include <string_view>

namespace certstore {

// The token is asked for a digest of the signature value, never of the package.
struct TimestampRequest {
  DigestAlgorithm digest = DigestAlgorithm::sha256;
  Bytes imprint;
  Bytes nonce;         // big-endian, without leading zeros; empty: none was sent
  std::string policy;  // dotted; empty: whatever the authority has
};

struct TimestampWish {
  ByteView signature;
  DigestAlgorithm digest = DigestAlgorithm::sha256;
  std::string_view policy = {};
};

// A request with a random nonce of 64 bits. Throws Error(usage) for a digest weaker than SHA-256 or a policy
// that is no object identifier.
[[nodiscard]] TimestampRequest make_timestamp_request(const TimestampWish& wish);

// TimeStampReq, DER; asks for the authority's certificate too.
[[nodiscard]] Bytes to_der(const TimestampRequest& request);

// What a TimeStampReq asks. Throws Error(status) for what is none, or asks with a digest that we do not
// know.
[[nodiscard]] TimestampRequest parse_timestamp_request(ByteView der, std::string_view what);

// Returns the DER of the token in a TimeStampResp, as found. Throws Error(status) saying how the authority
// refused, or that this is no response; its words are escaped.
[[nodiscard]] Bytes token_in_response(ByteView response, std::string_view what);

}  // namespace certstore

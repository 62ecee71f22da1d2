// What a finding does to the verdict of a package.
#pragma once

namespace certstore {

// Of a signer's findings only those of a trusted signer count, but for
// `invalid` and `exposed`; the verdict is computed in verifier/report.cpp and nowhere else.
enum class Effect {
  invalid,    // 13
  exposed,    // 16
  untrusted,  // 11
  policy,     // 12
  status,     // 17
  dates,      // 15
  none        // said, and without effect
};

}  // namespace certstore

#include "certstore/timestamp_attach.h"

#include "certstore/base/limits.h"
#include "certstore/cms_create.h"

#include <algorithm>
#include <set>
#include <utility>

namespace certstore {

std::vector<ByteView> timestamp_tokens(const cms::SignerInfo& signer) {
  std::vector<ByteView> tokens;
  for (const cms::Attribute& attribute : signer.unsigned_attributes) {
    if (attribute.type != kTimestampAttribute) continue;
    for (const Bytes& value : attribute.values) {
      if (tokens.size() < limits::kTimestamps) tokens.emplace_back(value);
    }
  }
  return tokens;
}

CheckedStamps check_timestamps(const cms::SignerInfo& signer, std::span<const Certificate> known) {
  CheckedStamps stamps;
  for (const ByteView token : timestamp_tokens(signer)) {
    TimestampAnswer answer = check_timestamp(token, {.signature = signer.signature, .candidates = known});
    if (auto* const good = std::get_if<VerifiedTimestamp>(&answer)) {
      stamps.good.push_back(std::move(*good));
    } else {
      stamps.useless.push_back(std::get<std::string>(std::move(answer)));
    }
  }
  return stamps;
}

Bytes with_timestamps(Bytes signed_data, const Stamper& stamper) {
  if (!stamper) return signed_data;
  // By their signatures: adding to one changes the order, since DER sorts a SET OF.
  std::set<Bytes> seen;
  for (;;) {
    const std::vector<cms::SignerInfo> signers = cms::parse(signed_data, "the signature").signers;
    const auto next = std::find_if(signers.begin(), signers.end(), [&](const cms::SignerInfo& signer) {
      return timestamp_tokens(signer).empty() && !seen.contains(signer.signature);
    });
    if (next == signers.end()) return signed_data;
    seen.insert(next->signature);
    const auto token = stamper(next->signature);
    const auto place = static_cast<std::size_t>(next - signers.begin());
    if (token) signed_data = cms::add_unsigned_attribute(signed_data, place, kTimestampAttribute, *token);
  }
}

}  // namespace certstore

#include "certstore/crl_record.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/json_record.h"

#include <algorithm>

namespace certstore {

std::string id_of(const Crl& list) {
  constexpr std::size_t kDigits = 16;
  return to_hex(list.series()).substr(0, kDigits);
}

CrlRecord crl_record(const Crl& list, const std::vector<Certificate>& known, bool force) {
  const auto signer = std::find_if(known.begin(), known.end(),
                                   [&](const Certificate& issuer) { return list.is_signed_by(issuer); });
  if (signer == known.end()) {
    throw Error(ErrorKind::key, "nobody known here signed the revocation list of " + in_quotes(list.issuer()),
                "name the CA's certificate, compared by its fingerprint: --issuer CA.pem");
  }
  if (list.weak_digest() && !force) {
    throw Error(ErrorKind::key,
                "the revocation list of " + in_quotes(list.issuer()) + " is signed with " +
                    std::string(name_of(*list.weak_digest())) + ", which others can move to another list",
                "the CA signs with SHA-256; if you fetched it from the CA itself: --force");
  }
  CrlRecord record{.list = list, .chain = {*signer}};
  for (const Certificate& other : known) {
    if (!(other == *signer) && record.chain.size() < limits::kCrlChain) record.chain.push_back(other);
  }
  return record;
}

Bytes to_json(const CrlRecord& record) {
  nlohmann::json chain = nlohmann::json::array();
  for (const Certificate& certificate : record.chain) chain.push_back(to_base64(certificate.der()));
  return to_bytes({{"sha256", to_hex(record.list.sha256())},
                   {"chain", std::move(chain)},
                   {"added-by", record.added_by},
                   {"added", to_rfc3339(record.added)}});
}

CrlRecord parse_crl_record(ByteView json, ByteView list) {
  JsonRecord fields(json, "revocation list");
  try {
    CrlRecord record{.list = Crl::from_der(list, "a revocation list of the store"), .chain = {}};
    Sha256 sha256{};
    fields.hex("sha256", sha256);
    if (sha256 != record.list.sha256()) fields.refuse("has the list of another");
    for (const auto& item : fields.array("chain")) {
      if (!item.is_string()) fields.refuse("has a chain that is none");
      record.chain.push_back(Certificate::from_der(from_base64(item.get<std::string>()), "its issuer"));
    }
    if (record.chain.empty() || record.chain.size() > limits::kCrlChain) fields.refuse("has no issuer");
    record.added_by = fields.text("added-by");
    record.added = fields.instant("added");
    fields.finish();
    return record;
  } catch (const Error& error) {
    // What is wrong with the store must not look like a verdict on the package.
    throw Error(ErrorKind::store, error.what());
  }
}

}  // namespace certstore

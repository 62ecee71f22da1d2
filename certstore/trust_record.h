// One decision of a person about whom, or what, this machine trusts. A plain value;
// trust_store.h keeps it, trust.h applies it.
#pragma once

#include "certstore/bare_key.h"
#include "certstore/base/bytes.h"
#include "certstore/base/time.h"
#include "certstore/digest.h"

#include <optional>
#include <string>
#include <vector>

namespace certstore {

// A weakness by its name (md5, sha1, dsa, short-key, expired) that a record tolerates, to a date or with the
// record.
struct AllowedWeakness {
  std::string name;
  std::optional<Instant> until;
  friend bool operator==(const AllowedWeakness&, const AllowedWeakness&) = default;
};

// The names of all weaknesses that can be allowed.
inline constexpr std::array<std::string_view, 5> kWeaknesses = {"md5", "sha1", "dsa", "short-key", "expired"};

// How a record came to be that nobody made by hand: a confirmed signer vouched for its successor.
struct SucceededFrom {
  std::string record;   // id of the record that a person made
  Sha256 public_key{};  // of the signer that it names
  Sha256 document{};    // the succession
  friend bool operator==(const SucceededFrom&, const SucceededFrom&) = default;
};

struct TrustRecord {
  enum class Kind { trust, retire };
  // certificate: exactly this one (or, for a CA, what it issued); public_key: any certificate of the key (and
  // the bare key, if it is retired); bare_key: the key itself, and no certificate of it; content: exactly the
  // bytes of one file, whoever signed it.
  enum class Subject { certificate, public_key, bare_key, content };
  enum class Use { package, timestamp, statement };
  enum class Scope { everything, package_name, package_glob };
  enum class Origin { command, prompt, bundle, succession };

  std::string id;  // given by the store
  Kind kind = Kind::trust;
  Subject subject = Subject::certificate;
  Sha256 sha256{};    // of the certificate, its SubjectPublicKeyInfo, or the file
  Bytes certificate;  // DER, where the subject is one; may stand for the key of a public_key record
  std::optional<BareKey> bare_key;  // where the subject is one; may stand for a key that is retired
  std::string label;  // what people call it: the certificate's subject or the file's name when it was made
  Use use = Use::package;
  Scope scope = Scope::everything;
  std::string scope_text;  // the name or glob
  Instant from{};
  std::optional<Instant> until;
  std::string reason;
  std::string made_by;
  Instant made_at{};
  Origin origin = Origin::command;
  bool compared = false;  // the fingerprint was given from another channel
  std::vector<AllowedWeakness> allowed;
  std::optional<SucceededFrom> succession;  // if and only if that is its origin
  bool bound_required = false;              // only bound packages of this signer count
  friend bool operator==(const TrustRecord&, const TrustRecord&) = default;
};

}  // namespace certstore

#include "signer/overlap.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/certificate.h"

#include <algorithm>

namespace signer {
namespace {

using certstore::Certificate;
using certstore::DefaultAlias;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;
using certstore::Instant;
using certstore::StoredIdentity;

// When `next` takes over from `before`, as far as it is known; empty where it has.
std::optional<Instant> end_of_overlap(const StoredIdentity& before, const StoredIdentity& next,
                                      const DefaultAlias& chosen, Instant at) {
  const Instant end = before.own_certificate().not_after();
  if (chosen.alias == next.alias || at > end) return std::nullopt;
  return chosen.next == next.alias ? std::min(chosen.from, end) : end;
}

std::string list_of(const std::vector<std::string>& aliases) {
  std::string text;
  for (const std::string& alias : aliases) text += (text.empty() ? "" : " and ") + in_quotes(alias);
  return text;
}

}  // namespace

Overlap overlap_of(const certstore::KeyStore& keys, const StoredIdentity& identity, Instant at) {
  Overlap overlap;
  const DefaultAlias chosen = keys.planned_default(at);
  if (identity.bare_key) return overlap;
  const Certificate own = identity.own_certificate();
  if (identity.succeeds) overlap.successor_of.emplace();
  for (const StoredIdentity& other : keys.list()) {
    if (other.alias == identity.alias || other.bare_key) continue;
    const Certificate certificate = other.own_certificate();
    if (identity.succeeds && certificate.public_key_sha256() == *identity.succeeds) {
      overlap.successor_of = other.alias;
      overlap.until = end_of_overlap(other, identity, chosen, at);
      overlap.awaits_ca = own.is_self_signed() && !certificate.is_self_signed();
    } else if (other.succeeds == own.public_key_sha256()) {
      overlap.successors.push_back(other.alias);
      overlap.until = end_of_overlap(identity, other, chosen, at);
    }
  }
  return overlap;
}

std::string text_of(const Overlap& overlap) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (overlap.until) add("overlap until " + certstore::to_date(*overlap.until));
  if (overlap.successor_of) {
    add("successor of " +
        (overlap.successor_of->empty() ? "a key that was removed" : in_quotes(*overlap.successor_of)));
  }
  if (overlap.awaits_ca) add("no CA has issued its certificate yet");
  if (!overlap.successors.empty()) {
    add((overlap.until ? "then " : "succeeded by ") + list_of(overlap.successors));
  }
  return text;
}

void plan_default(certstore::KeyStore& keys, const std::string& next, Instant from, Instant at) {
  const std::string date = certstore::to_rfc3339(from);
  if (from <= at) {
    throw Error(ErrorKind::usage, date + " has passed",
                "pkgsign cert default " + certstore::shell_quoted(next) + " takes it at once");
  }
  const std::string alias = keys.default_alias(at);
  const auto present = keys.find(alias);
  if (present && !present->bare_key && from > present->own_certificate().not_after()) {
    throw Error(ErrorKind::usage,
                "the certificate of " + in_quotes(alias) + " ends on " +
                    certstore::to_date(present->own_certificate().not_after()) +
                    ", before that: nothing could be signed in between",
                "name an earlier date");
  }
  const StoredIdentity following = keys.get(next);
  if (!following.signer().is_in_date(from)) {
    throw Error(ErrorKind::usage, "the certificate of " + in_quotes(next) + " is not valid on " + date);
  }
  keys.plan_default_alias(next, from, at);
}

}  // namespace signer

#include "certstore/audit_chain.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/json_record.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace certstore {
namespace {

constexpr std::string_view kPrefix = audit_records::kPrefix;
constexpr std::size_t kDigits = 16;

Bytes big_endian(std::uint64_t number) {
  Bytes bytes(8);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return bytes;
}

AuditHead start_of(const AuditHead& head) {
  return {head.log, 0, {}};
}

// Of a log without a signed head all must be whole.
std::vector<std::string> breaks_in_all(const Transaction& transaction, const AuditHead& head) {
  AuditCheck check({.start = start_of(head), .head = head});
  transaction.visit(kPrefix,
                    [&](std::string_view name, ByteView json) { check.take(audit_number(name), json); });
  return check.finish();
}

// What came since the signed head, and the record of which it is the head.
std::vector<std::string> breaks_since(const Transaction& transaction, const AuditHead& head,
                                      const SignedHead& since, const HeadSigner& signer) {
  const auto at = transaction.get(audit_name(since.head.number));
  if (!at) return {"record " + std::to_string(since.head.number) + " was signed, and is missing"};
  // It is the last of what was signed: with its digest all before it is as it was.
  AuditCheck check({.head = head, .signed_heads = {since}, .signer = signer.certificate().sha256()});
  check.take(since.head.number, *at);
  for (std::uint64_t number = since.head.number + 1;; ++number) {
    const auto json = transaction.get(audit_name(number));
    if (!json) return check.finish();
    check.take(number, *json);
  }
}

std::optional<std::string> find_break(const Transaction& transaction, const AuditHead& head,
                                      const HeadSigner& signer) {
  try {
    const auto since = find_signed_head(transaction);
    const auto breaks =
        since ? breaks_since(transaction, head, *since, signer) : breaks_in_all(transaction, head);
    if (!breaks.empty()) return breaks.front();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::store) throw;
    return error.what();
  }
  return std::nullopt;
}

}  // namespace

std::string audit_name(std::uint64_t number) {
  return std::string(kPrefix) + to_hex(big_endian(number));
}

std::uint64_t audit_number(std::string_view name) {
  std::uint64_t number = 0;
  const std::string_view digits = name.substr(std::min(kPrefix.size(), name.size()));
  if (digits.size() == kDigits && digits.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
    for (const std::uint8_t byte : from_hex(digits)) number = number << 8 | byte;
  }
  if (number != 0 && name.starts_with(kPrefix)) return number;
  throw Error(ErrorKind::store, in_quotes(name) + " is no place in the audit log");
}

Bytes to_json(const AuditHead& head) {
  return to_bytes({{"log", to_hex(head.log)}, {"number", head.number}, {"digest", to_hex(head.digest)}});
}

AuditHead parse_audit_head(ByteView bytes) {
  JsonRecord json(bytes, "head of the audit log");
  AuditHead head;
  json.hex("log", head.log);
  head.number = json.number("number");
  json.hex("digest", head.digest);
  json.finish();
  if (!std::ranges::equal(to_json(head), bytes)) json.refuse("it is not spelled as it was written");
  return head;
}

std::string to_text(const AuditHead& head) {
  return std::to_string(head.number) + ":" + to_hex(head.digest);
}

SavedHead parse_saved_head(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  try {
    if (line.starts_with('{')) {
      const AuditHead head = parse_audit_head(as_bytes(line));
      return {head.log, head.number, head.digest};
    }
    SavedHead saved;
    const char* const end = line.data() + line.size();
    const auto [colon, error] = std::from_chars(line.data(), end, saved.number);
    const Bytes digest = from_hex(line.substr(std::min(line.find(':'), line.size() - 1) + 1));
    if (error == std::errc() && colon != end && *colon == ':' && digest.size() == saved.digest.size()) {
      std::ranges::copy(digest, saved.digest.begin());
      return saved;
    }
  } catch (const Error&) {
    // Said below, in the words of who typed it.
  }
  throw Error(ErrorKind::usage, in_quotes(line) + " is no head of an audit log",
              "write NUMBER:SHA256 as 'pkgsign audit head' says it, or name the file that it made");
}

std::optional<AuditHead> find_audit_head(const Transaction& transaction) {
  const auto bytes = transaction.get(audit_records::kHead);
  return bytes ? std::optional(parse_audit_head(*bytes)) : std::nullopt;
}

std::optional<SignedHead> find_signed_head(const Transaction& transaction) {
  const auto bytes = transaction.get(audit_records::kSignedHead);
  return bytes ? std::optional(parse_signed_head(*bytes)) : std::nullopt;
}

std::optional<std::string> append_audit(Transaction& transaction, const AuditEvent& event, const Actor& who,
                                        const HeadSigner* signer) {
  const auto present = find_audit_head(transaction);
  if (!present && transaction.get(audit_name(1))) {
    throw Error(ErrorKind::store, "the audit log has records, and no head", "put back a copy of the store");
  }
  const AuditHead head = present ? *present : new_audit_log();
  const auto broken = signer == nullptr ? std::nullopt : find_break(transaction, head, *signer);
  const bool signs = signer != nullptr && !broken;
  const AuditRecord record = next_record(head, event, who, signs);
  transaction.put(audit_name(record.number), to_json(record));
  transaction.put(audit_records::kHead, to_json(record.head()));
  if (signs) transaction.put(audit_records::kSignedHead, to_json(signer->sign(record.head(), who.when)));
  return broken;
}

AuditState check_audit(const Transaction& transaction, AuditExpectation expectation) {
  AuditState state;
  const auto attempt = [&](const auto& read) {
    try {
      read();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::store) throw;
      state.broken.emplace_back(error.what());
    }
  };
  attempt([&] { expectation.head = find_audit_head(transaction); });
  attempt([&] { state.signed_head = find_signed_head(transaction); });
  const bool has_head = transaction.get(audit_records::kHead).has_value();
  if (expectation.head) expectation.start = start_of(*expectation.head);
  if (state.signed_head) expectation.signed_heads = {*state.signed_head};
  AuditCheck check(std::move(expectation));
  transaction.visit(kPrefix, [&](std::string_view name, ByteView json) {
    attempt([&] { check.take(audit_number(name), json); });
  });
  const auto found = check.finish();
  if (!has_head && check.records() != 0) state.broken.emplace_back("the log has records, and no head");
  state.broken.insert(state.broken.end(), found.begin(), found.end());
  state.records = check.records();
  state.start = check.start();
  state.last = check.last();
  return state;
}

}  // namespace certstore

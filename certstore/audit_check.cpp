#include "certstore/audit_chain.h"
#include "certstore/base/error.h"

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

// Nobody reads more, and a hostile log has millions.
constexpr std::size_t kMostFindings = 20;

std::string record_text(std::uint64_t number) {
  return "record " + std::to_string(number);
}

std::string missing_text(std::uint64_t first, std::uint64_t last) {
  if (first == last) return record_text(first) + " is missing";
  return "records " + std::to_string(first) + " to " + std::to_string(last) + " are missing";
}

std::string end_text(const AuditHead& last) {
  return last.number == 0 ? "the log is empty" : "the log ends at " + record_text(last.number);
}

}  // namespace

AuditCheck::AuditCheck(AuditExpectation expectation) : expectation_(std::move(expectation)) {
  for (const SignedHead& head : expectation_.signed_heads) wanted_.insert(head.head.number);
  if (expectation_.saved) wanted_.insert(expectation_.saved->number);
  if (!expectation_.start) return;
  began_ = true;
  last_ = *expectation_.start;
  remember(last_);
}

void AuditCheck::find(std::string sentence) {
  if (found_.size() < kMostFindings) {
    found_.push_back(std::move(sentence));
  } else {
    ++unsaid_;
  }
}

void AuditCheck::remember(const AuditHead& head) {
  if (wanted_.contains(head.number)) known_.push_back(head);
}

bool AuditCheck::has(const AuditHead& head) const {
  return std::ranges::find(known_, head) != known_.end();
}

void AuditCheck::begin(const AuditRecord& first) {
  began_ = true;
  last_ = {first.log, first.number - 1, first.previous};
  expectation_.start = last_;
  remember(last_);
}

void AuditCheck::take(std::uint64_t number, ByteView json) {
  ++records_;
  if (began_ && number <= last_.number) {
    return find(record_text(number) + " stands behind record " + std::to_string(last_.number) +
                ": the order was changed");
  }
  if (began_ && number != last_.number + 1) {
    find(missing_text(last_.number + 1, number - 1));
    knows_last_ = false;
  }
  try {
    const AuditRecord record = parse_audit_record(json);
    if (!began_ && record.number != 0) begin(record);
    follow(number, record);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::store) throw;
    find(record_text(number) + " was changed: " + error.what());
    last_.number = number;
    knows_last_ = false;
  }
}

void AuditCheck::follow(std::uint64_t place, const AuditRecord& record) {
  const bool is_in_place = record.number == place;
  if (!is_in_place) {
    find(record_text(record.number) + " stands in the place of record " + std::to_string(place));
  } else if (record.log != last_.log) {
    find(record_text(place) + " belongs to another log, that with the id " + to_hex(record.log));
  } else if (digest_of(record) != record.digest) {
    find(record_text(place) + " was changed after it was written");
  } else if (knows_last_ && record.previous != last_.digest) {
    find(record_text(place) + (place == 1 ? " does not begin the log: it says that another came before"
                                          : " does not follow record " + std::to_string(place - 1) +
                                                ": one of the two was replaced"));
  }
  knows_last_ = is_in_place && record.log == last_.log;
  last_ = {last_.log, place, record.digest};
  if (!knows_last_) return;
  remember(last_);
  if (record.head_signed) last_with_signature_ = place;
}

void AuditCheck::take(const SignedHead& signed_head) {
  compare_signed(signed_head, began_ && knows_last_ && signed_head.head == last_);
}

std::vector<std::string> AuditCheck::finish() {
  compare_end();
  for (const SignedHead& head : expectation_.signed_heads) compare_signed(head, has(head.head));
  if (last_with_signature_ > last_signed_) {
    find(record_text(last_with_signature_) + " says that its head was signed, and no such head is kept");
  }
  compare_saved();
  if (unsaid_ != 0) found_.push_back("and " + std::to_string(unsaid_) + " more");
  return std::move(found_);
}

void AuditCheck::compare_end() {
  if (!expectation_.head) return;
  const AuditHead& head = *expectation_.head;
  if (began_ && head.log != last_.log) return find("the head of the log is that of another log");
  if (head.number > last_.number) {
    return find(missing_text(last_.number + 1, head.number) + " at the end: the log counts " +
                std::to_string(head.number));
  }
  if (head.number < last_.number) {
    return find(record_text(head.number + 1) + " was put behind the end: the log counts " +
                std::to_string(head.number));
  }
  if (knows_last_ && head != last_) find("the head of the log is not that of " + record_text(last_.number));
}

void AuditCheck::compare_signed(const SignedHead& one, bool is_there) {
  last_signed_ = std::max(last_signed_, one.head.number);
  const std::string number = record_text(one.head.number);
  const std::string when = " was signed on " + to_rfc3339(one.time);
  if (!is_genuine(one)) return find("the signature of the head at " + number + " does not hold");
  if (expectation_.signer && one.certificate.sha256() != *expectation_.signer) {
    return find("the head at " + number + " was signed by another key, SHA256 " +
                to_hex(one.certificate.sha256()) + ", than the statement key of the store");
  }
  if (began_ && one.head.log != last_.log) return find("the head that" + when + " is that of another log");
  if (one.head.number > last_.number) {
    return find(end_text(last_) + ", and " + number + when + ": what came after was taken away");
  }
  if (is_there) return;
  find(number + " is not the one that" + when + ": the log was made anew, there or before");
}

void AuditCheck::compare_saved() {
  if (!expectation_.saved) return;
  const SavedHead& saved = *expectation_.saved;
  const std::string number = record_text(saved.number);
  if (saved.log && *saved.log != last_.log) {
    return find("the saved head is that of another log: this one began anew, or is that of another store");
  }
  if (saved.number > last_.number) {
    return find(end_text(last_) + ", and " + number + " was saved: what came after was taken away");
  }
  if (expectation_.start && saved.number < expectation_.start->number) {
    return find("the saved head, " + number + ", is older than all that is here");
  }
  if (saved.number == 0 && !expectation_.start) return;
  const auto same = [&](const AuditHead& head) {
    return head.number == saved.number && head.digest == saved.digest;
  };
  if (std::ranges::any_of(known_, same)) return;
  find(number + " is not the one that was saved: the log was made anew, there or before");
}

}  // namespace certstore

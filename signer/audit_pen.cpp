#include "signer/audit_pen.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "signer/store_access.h"

#include <fcntl.h>
#include <unistd.h>

#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::OpenMode;
using certstore::TrustStore;
using certstore::cli::Arguments;

bool may_write(const std::filesystem::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

// The log, or the folder in which it is to be made.
bool is_writable(const certstore::StorePlace& place) {
  const auto file = place.trust() / "data.mdb";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return may_write(file);
  return !std::filesystem::exists(place.folder, ignored) || may_write(place.folder);
}

Error no_place(const certstore::StorePlace& place) {
  return {ErrorKind::store,
          "the store " + certstore::in_quotes(place.folder.string()) +
              " is read-only, so the use of a key cannot be told in its audit log",
          "--audit-to FILE keeps the record in a file that is appended to"};
}

void warn(const Arguments& arguments, const std::string& text) {
  std::cerr << arguments.tool() << ": warning: " << text << "\n";
}

}  // namespace

AuditPen::AuditPen(const Arguments& arguments, const certstore::StorePlace& place, Unwritable otherwise)
    : arguments_(arguments) {
  writes_store_ = is_writable(place);
  if (writes_store_) {
    store_.emplace(TrustStore::open_or_create(place.trust()));
  } else if (auto there = TrustStore::open_if_present(place.trust(), OpenMode::read)) {
    store_.emplace(std::move(*there));
  }
  if (arguments.has("audit-to")) {
    open_file(store_ ? store_->audit_head() : certstore::new_audit_log());
  } else if (!writes_store_) {
    if (otherwise == Unwritable::refuse) throw no_place(place);
    warn(arguments, "the store is read-only: its audit log does not tell this");
  }
}

AuditPen AuditPen::without_store(const Arguments& arguments) {
  AuditPen pen(arguments);
  pen.open_file(certstore::new_audit_log());
  return pen;
}

void AuditPen::open_file(const certstore::AuditHead& start) {
  if (const auto path = arguments_.value("audit-to")) file_.emplace(*path, start);
}

void AuditPen::take_key(const certstore::KeyStore& keys, const certstore::MasterKey& key) {
  if (!signer_) signer_ = certstore::HeadSigner::open(keys, key);
}

void AuditPen::write(const certstore::AuditEvent& event) {
  const certstore::HeadSigner* const signer = signer_ ? &*signer_ : nullptr;
  const certstore::Actor actor = certstore::acting_at(certstore::now());
  if (file_) file_->append(event, actor, signer);
  if (!writes_store_) return;
  const auto broken = store_->note(event, actor, signer);
  if (!broken) return;
  warn(arguments_, "the audit log is broken, and its head was not signed: " + *broken);
  std::cerr << arguments_.tool() << ": hint: pkgsign audit verify says all of it\n";
}

void note_use(const Arguments& arguments, const certstore::KeyStore& keys, const certstore::MasterKey& key,
              const certstore::AuditEvent& event) {
  AuditPen pen(arguments, place_of(arguments));
  pen.take_key(keys, key);
  pen.write(event);
}

void note(const Arguments& arguments, const certstore::AuditEvent& event) {
  AuditPen(arguments, place_of(arguments), AuditPen::Unwritable::warn).write(event);
}

void require_audit_place(const Arguments& arguments) {
  const certstore::StorePlace place = place_of(arguments);
  if (!arguments.has("audit-to") && !is_writable(place)) throw no_place(place);
}

}  // namespace signer

// How the records of a trust store are named, and what the audit log says of a change: for the parts of
// trust_store.cpp, and for nobody else.
#pragma once

#include "certstore/audit_record.h"
#include "certstore/crl_record.h"
#include "certstore/trust_record.h"

#include <string>
#include <string_view>

namespace certstore {

[[nodiscard]] std::string name_of_record(std::string_view id);
[[nodiscard]] std::string name_of_crl(std::string_view id);
[[nodiscard]] std::string name_of_crl_list(std::string_view id);
[[nodiscard]] AuditEvent event_about(std::string_view action, const TrustRecord& record);
[[nodiscard]] AuditEvent event_about(std::string_view action, const CrlRecord& record);

}  // namespace certstore

// The commands of pkgsign, one file each.
#pragma once

#include "certstore/base/cli.h"

namespace signer {

[[nodiscard]] certstore::cli::Command init_command();
[[nodiscard]] certstore::cli::Command sign_command();
[[nodiscard]] certstore::cli::Command strip_command();
[[nodiscard]] certstore::cli::Command bundle_key_command();
[[nodiscard]] certstore::cli::Command bundle_sign_command();
[[nodiscard]] certstore::cli::Command cert_show_command();
[[nodiscard]] certstore::cli::Command cert_list_command();
[[nodiscard]] certstore::cli::Command cert_default_command();
[[nodiscard]] certstore::cli::Command cert_export_command();
[[nodiscard]] certstore::cli::Command cert_import_command();
[[nodiscard]] certstore::cli::Command cert_remove_command();
[[nodiscard]] certstore::cli::Command cert_renew_command();
[[nodiscard]] certstore::cli::Command cert_retire_command();
[[nodiscard]] certstore::cli::Command cert_rename_command();
[[nodiscard]] certstore::cli::Command cert_status_command();
[[nodiscard]] certstore::cli::Command csr_export_command();
[[nodiscard]] certstore::cli::Command key_import_command();
[[nodiscard]] certstore::cli::Command key_export_command();
[[nodiscard]] certstore::cli::Command passphrase_change_command();
[[nodiscard]] certstore::cli::Command backup_create_command();
[[nodiscard]] certstore::cli::Command backup_verify_command();
[[nodiscard]] certstore::cli::Command backup_restore_command();
[[nodiscard]] certstore::cli::Command succession_create_command();
[[nodiscard]] certstore::cli::Command audit_list_command();
[[nodiscard]] certstore::cli::Command audit_verify_command();
[[nodiscard]] certstore::cli::Command audit_export_command();
[[nodiscard]] certstore::cli::Command audit_head_command();
[[nodiscard]] certstore::cli::Command store_check_command();
[[nodiscard]] certstore::cli::Command store_compact_command();
[[nodiscard]] certstore::cli::Command timestamp_command();

}  // namespace signer

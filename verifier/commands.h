// The commands of pkgverify, one file each; main.cpp is the table of them.
#pragma once

#include "certstore/base/cli.h"

namespace verifier {

[[nodiscard]] certstore::cli::Command check_command();
[[nodiscard]] certstore::cli::Command crl_add_command();
[[nodiscard]] certstore::cli::Command crl_list_command();
[[nodiscard]] certstore::cli::Command crl_remove_command();
[[nodiscard]] certstore::cli::Command diff_command();
[[nodiscard]] certstore::cli::Command explain_command();
[[nodiscard]] certstore::cli::Command import_command();
[[nodiscard]] certstore::cli::Command policy_check_command();
[[nodiscard]] certstore::cli::Command policy_show_command();
[[nodiscard]] certstore::cli::Command show_command();
[[nodiscard]] certstore::cli::Command trust_add_command();
[[nodiscard]] certstore::cli::Command trust_bundles_command();
[[nodiscard]] certstore::cli::Command trust_export_command();
[[nodiscard]] certstore::cli::Command trust_follow_command();
[[nodiscard]] certstore::cli::Command trust_forget_command();
[[nodiscard]] certstore::cli::Command trust_import_command();
[[nodiscard]] certstore::cli::Command trust_list_command();
[[nodiscard]] certstore::cli::Command trust_remove_command();
[[nodiscard]] certstore::cli::Command trust_show_command();

}  // namespace verifier

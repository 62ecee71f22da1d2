#include "signer/commands.h"

int main(int argc, char** argv) {
  const certstore::cli::Tool tool{.name = "pkgsign",
                                  .summary = "signs packages with the identities of its store",
                                  .commands = {
                                      signer::init_command(),           signer::sign_command(),
                                      signer::strip_command(),          signer::cert_show_command(),
                                      signer::cert_list_command(),      signer::cert_export_command(),
                                      signer::cert_import_command(),    signer::cert_remove_command(),
                                      signer::cert_rename_command(),    signer::cert_renew_command(),
                                      signer::cert_retire_command(),    signer::cert_default_command(),
                                      signer::cert_status_command(),    signer::csr_export_command(),
                                      signer::key_import_command(),     signer::succession_create_command(),
                                      signer::key_export_command(),     signer::passphrase_change_command(),
                                      signer::audit_list_command(),     signer::audit_verify_command(),
                                      signer::audit_export_command(),   signer::audit_head_command(),
                                      signer::store_check_command(),    signer::store_compact_command(),
                                      signer::backup_create_command(),  signer::backup_verify_command(),
                                      signer::backup_restore_command(), signer::timestamp_command(),
                                      signer::bundle_key_command(),     signer::bundle_sign_command(),
                                  }};
  return certstore::cli::run_main(tool, argc, argv);
}

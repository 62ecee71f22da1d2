#include "certstore/base/cli.h"
#include "verifier/commands.h"

// It never opens a key, so nothing here asks for locked memory.
int main(int argc, char** argv) {
  const certstore::cli::Tool tool{"pkgverify",
                                  "judges signed packages and remembers whom to trust",
                                  {
                                      verifier::check_command(),        verifier::import_command(),
                                      verifier::show_command(),         verifier::diff_command(),
                                      verifier::trust_add_command(),    verifier::trust_list_command(),
                                      verifier::trust_show_command(),   verifier::trust_remove_command(),
                                      verifier::trust_follow_command(), verifier::trust_export_command(),
                                      verifier::trust_import_command(), verifier::trust_bundles_command(),
                                      verifier::trust_forget_command(), verifier::crl_add_command(),
                                      verifier::crl_list_command(),     verifier::crl_remove_command(),
                                      verifier::policy_check_command(), verifier::policy_show_command(),
                                      verifier::explain_command(),
                                  },
                                  false};
  return certstore::cli::run_main(tool, argc, argv);
}

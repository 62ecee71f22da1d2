// Any bytes as a package, judged under an empty policy and under one that trusts whoever signed: it ends with
// a report or a trouble, never as a bug, and nobody is trusted whom the policy does not name.
#include "certstore/base/error.h"
#include "formats/format.h"
#include "tests/fuzz/memory_file.h"
#include "verifier/report_json.h"
#include "verifier/report_text.h"
#include "verifier/verify.h"

#include <sstream>

namespace {

using certstore::ErrorKind;
using certstore::ExitCode;

void print(const verifier::Report& report) {
  std::ostringstream out;
  verifier::write_text(report, {.color = false, .verbose = true}, out);
  verifier::write_json(report, {.entries = true}, out);
  for (const char c : out.str()) fuzz::require(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

void judge(const certstore::InputFile& file) {
  verifier::VerifyOptions options;
  options.jobs = 1;
  options.want_file_digest = true;
  options.want_entry_digests = true;
  options.policy.at = certstore::Instant(std::chrono::days(20000));
  const verifier::Report stranger = verifier::verify(file, options);
  fuzz::require(stranger.exit_code() != ExitCode::accepted && stranger.exit_code() != ExitCode::internal);
  print(stranger);
  for (const verifier::SignerReport& signer : stranger.signers) {
    options.policy.trusted.push_back(signer.identity);
  }
  const verifier::Report known = verifier::verify(file, options);
  // Success needs positive evidence: every entry covered, by a signer who is trusted.
  if (known.exit_code() != ExitCode::accepted) return;
  fuzz::require(!known.signers.empty() && known.entries_to_cover() > 0);
  fuzz::require(known.entries_covered() == known.entries_to_cover());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const certstore::InputFile file = fuzz::file_of(bytes, size);
  try {
    judge(file);
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == ErrorKind::unsupported);
  }
  return 0;
}

// The only signing algorithm, the same for every format: parse and hash while the key is sealed, write beside
// the target, verify what was written, and only then put it in place. Not for concurrent use on one package.
#pragma once

#include "certstore/base/file.h"
#include "certstore/signer.h"
#include "formats/format.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace verifier {
struct VerifyOptions;
}

namespace signer {

// Where a signed package goes.
struct Target {
  std::filesystem::path path;  // "-": standard output
  certstore::Existing existing = certstore::Existing::refuse;
  std::optional<mode_t> mode;  // of the file that it replaces
  bool is_input = false;       // the package takes its own place
};

// A stranger's package, parsed and hashed, ready for a key.
struct PreparedPackage {
  // Behind pointers, as the package refers to the file and the plan to both.
  std::unique_ptr<certstore::InputFile> input;
  std::unique_ptr<formats::SignedPackage> package;
  std::unique_ptr<formats::SigningPlan> plan;
  std::string_view beside;  // what is written is a signature beside the input, of this format; else empty
  std::unique_ptr<certstore::InputFile> add_to;  // the signatures that stay in it
};

// Throws Error(malformed) for a package that is invalid, whoever signed it.
void require_not_invalid(const certstore::InputFile& package);

// Throws Error(malformed) unless every signature in `beside`, of that format, is one over that file, whoever
// made it.
void require_matching(const certstore::InputFile& file, const certstore::InputFile& beside,
                      std::string_view format);

// Throws if a signature by one of these signers would prove nothing at `at`: Error(exposed_key) for a
// key that anyone can download, Error(dates) outside its validity, Error(key) for an unsound or short one,
// Error(usage) for an unbound signature by a certificate that promises bound packages.
void require_fit(const formats::SigningRequest& request, certstore::Instant at);

// Opens the file once and does all parsing and hashing. Throws Error(malformed) for what must not be signed,
// Error(usage) for a signed package without `replace`, Error(unsupported) for what is no package.
[[nodiscard]] PreparedPackage prepare(const std::filesystem::path& path,
                                      const formats::SigningRequest& request);

// Called with the SHA-256 of a signed package that was written and verified, before it gets its name or
// leaves on standard output: what it throws stops that.
using BeforeNaming = std::function<void(const certstore::Sha256& sha256)>;

// Signs, verifies the result as a stranger would who pins exactly one of these signers, for each of
// them (where others sign too, for his own entries), and then as `importer` would, if there is one; puts it
// in place. `signers` are those of the request, in its order. On any Error the target is as it was; the kind
// of one about the importer has the exit code that he would see.
void write_signed(const PreparedPackage& prepared, const formats::SigningRequest& request,
                  std::span<const certstore::Signer> signers, const Target& target,
                  const BeforeNaming& before_naming, const verifier::VerifyOptions* importer = nullptr);

// Writes the package without its signatures to the target, once it was judged unsigned, and returns the
// number of files that went. Throws as SignedPackage::plan_stripping(); on any Error the target is as it was.
std::size_t strip(const std::filesystem::path& path, const Target& target);

}  // namespace signer

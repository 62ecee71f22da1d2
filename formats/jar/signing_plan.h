// What signing or stripping a JAR will write, in its order: manifest, signatures, everything else as it was.
#pragma once

#include "formats/format.h"
#include "formats/jar/contents.h"

#include <set>
#include <string>
#include <vector>

namespace formats::jar {

struct Output {
  std::string manifest_name{kManifest};
  certstore::Bytes manifest;        // empty: there is none, or it stays as it is
  std::set<std::size_t> dropped;    // entries that do not stay
  certstore::Bytes signature_file;  // the same for all signers
  std::vector<std::string> names;   // of the signatures, without folder and extension, one a signer
  std::size_t signed_entries = 0;
  certstore::Stamper stamper = {};
  bool partial = false;  // see SigningPlan::is_partial()
};

class JarSigningPlan final : public SigningPlan {
 public:
  JarSigningPlan(const Contents& contents, certstore::Instant time, Output output)
      : contents_(contents), time_(time), output_(std::move(output)) {}
  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override;
  [[nodiscard]] std::size_t signed_entries() const override { return output_.signed_entries; }
  [[nodiscard]] bool is_partial() const override { return output_.partial; }

 private:
  const Contents& contents_;
  certstore::Instant time_;
  Output output_;
};

// "RSA" or "EC", by which Java knows what is in a signature block. Throws Error(key) for a kind of key that
// has none here.
[[nodiscard]] std::string_view block_extension(const certstore::Certificate& certificate);

}  // namespace formats::jar

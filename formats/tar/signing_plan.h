// What signing or stripping a tar will write, in its order: signatures that stay, the new one, all members as
// they were.
#pragma once

#include "formats/format.h"
#include "formats/tar/contents.h"

#include <vector>

namespace formats::tar {

struct Output {
  std::vector<std::size_t> kept;  // entries of signatures that stay
  unsigned number = 0;            // of the new pair
  certstore::Bytes manifest;
  certstore::Instant time;
  certstore::Stamper stamper = {};
  std::size_t signed_entries = 0;
  bool partial = false;  // see SigningPlan::is_partial()
};

class TarSigningPlan final : public SigningPlan {
 public:
  TarSigningPlan(const Contents& contents, Output output) : contents_(contents), output_(std::move(output)) {}
  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override;
  [[nodiscard]] std::size_t signed_entries() const override { return output_.signed_entries; }
  [[nodiscard]] bool is_partial() const override { return output_.partial; }

 private:
  [[nodiscard]] certstore::Bytes new_pair(std::span<const certstore::Signer> signers) const;

  const Contents& contents_;
  Output output_;
};

}  // namespace formats::tar

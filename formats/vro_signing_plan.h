// What signing a vRO package will write: made by plan_vro_signing(), written by VroSigningPlan.
#pragma once

#include "formats/format.h"
#include "formats/vro_contents.h"

#include <string>
#include <vector>

namespace formats {

// A file of the signed package, outside signatures/.
struct VroOutput {
  std::string path;
  std::size_t kept = 0;           // the entry that is copied, if `added` is empty
  certstore::Bytes added;         // the new content
  certstore::DigestValue digest;  // of the digest of the request
  certstore::Sha256 sha256{};     // for the seal
  std::uint64_t size = 0;
};

// In the order of the server: dunes-meta-inf, elements and the rest, certificates.
struct VroOutputs {
  std::vector<VroOutput> files;
  std::vector<std::size_t> directories;  // entries that are copied
};

class VroSigningPlan final : public SigningPlan {
 public:
  VroSigningPlan(const VroContents& contents, SigningRequest request, VroOutputs outputs)
      : contents_(contents), request_(std::move(request)), outputs_(std::move(outputs)) {}
  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override;
  [[nodiscard]] std::size_t signed_entries() const override { return outputs_.files.size(); }

 private:
  const VroContents& contents_;
  SigningRequest request_;
  VroOutputs outputs_;
};

}  // namespace formats

#include "formats/tar/signing_plan.h"

#include "certstore/base/limits.h"
#include "certstore/cms_create.h"
#include "certstore/timestamp_attach.h"
#include "formats/signable.h"
#include "formats/tar/rewriting.h"
#include "formats/tar/signing.h"
#include "formats/tar/writer.h"

namespace formats::tar {
namespace {

using certstore::Bytes;
namespace cms = certstore::cms;

Bytes file_member(const std::string& name, certstore::ByteView content, certstore::Instant time) {
  return member_of({.name = name, .size = content.size(), .mtime = time}, content);
}

}  // namespace

Bytes TarSigningPlan::new_pair(std::span<const certstore::Signer> signers) const {
  Bytes signature;
  for (const certstore::Signer& signer : signers) {
    const certstore::DigestAlgorithm algorithm = signer.usual_digest();
    const Bytes digest = certstore::digest(algorithm, output_.manifest);
    const cms::Signing signing{
        .digest = algorithm, .content_digest = digest, .time = output_.time, .context = kManifestContext};
    signature =
        signature.empty() ? cms::create(signer, signing) : cms::add_signer(signature, signer, signing);
  }
  signature = certstore::with_timestamps(std::move(signature), output_.stamper);
  Bytes pair = file_member(signature_name(output_.number, kManifestEnd), output_.manifest, output_.time);
  certstore::append(pair,
                    file_member(signature_name(output_.number, kSignatureEnd), signature, output_.time));
  return pair;
}

void TarSigningPlan::write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const {
  std::vector<Piece> pieces;
  for (const std::size_t entry : output_.kept) pieces.push_back({.entry = entry});
  if (!signers.empty()) pieces.push_back({.entry = std::nullopt, .bytes = new_pair(signers)});
  for (const std::size_t entry : contents_.layout.members) pieces.push_back({.entry = entry});
  write_pieces(contents_, pieces, out);
}

std::size_t stamp_tar(const Contents& contents, const certstore::Issues& issues,
                      const certstore::Stamper& stamper, certstore::AtomicFile& out) {
  require_signable(issues);
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < contents.index.entries.size(); ++i) pieces.push_back({.entry = i});
  std::size_t changed = 0;
  for (const SignaturePlace& place : contents.layout.signatures) {
    const Bytes old = contents.read_small(place.signature, certstore::limits::kCmsSize);
    const Bytes stamped = certstore::with_timestamps(old, stamper);
    if (stamped == old) continue;
    ++changed;
    const Entry& entry = contents.index.entries[place.signature];
    pieces[place.signature] = {
        .entry = std::nullopt,
        .bytes = file_member(entry.name, stamped, certstore::Instant(std::chrono::seconds(entry.mtime)))};
  }
  if (changed > 0) write_pieces(contents, pieces, out);
  return changed;
}

}  // namespace formats::tar

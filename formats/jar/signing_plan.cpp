#include "formats/jar/signing_plan.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/cms_create.h"
#include "certstore/timestamp_attach.h"
#include "formats/zip/writer.h"

namespace formats::jar {
namespace {

using certstore::Bytes;

// The signature files that stay, each where it was among them.
std::vector<std::size_t> kept_signatures(const Contents& contents, const std::set<std::size_t>& dropped) {
  std::vector<std::size_t> kept;
  for (const SignaturePlace& signature : contents.layout.signatures) {
    if (signature.file && !dropped.contains(*signature.file)) kept.push_back(*signature.file);
    for (const std::size_t block : signature.blocks) {
      if (!dropped.contains(block)) kept.push_back(block);
    }
  }
  return kept;
}

Bytes block_of(const certstore::Signer& signer, certstore::Instant time, certstore::ByteView text,
               const certstore::Stamper& stamper) {
  const certstore::DigestAlgorithm digest = signer.usual_digest();
  const Bytes value = certstore::digest(digest, text);
  return certstore::with_timestamps(
      certstore::cms::create(signer, {.digest = digest, .content_digest = value, .time = time}), stamper);
}

}  // namespace

std::string_view block_extension(const certstore::Certificate& certificate) {
  switch (certificate.key_kind()) {
    case certstore::KeyKind::rsa:
    case certstore::KeyKind::rsa_pss:
      return "RSA";
    case certstore::KeyKind::ec:
    case certstore::KeyKind::ed25519:
      return "EC";  // so does jarsigner
    case certstore::KeyKind::dsa:
    case certstore::KeyKind::other:
      break;
  }
  throw certstore::Error(certstore::ErrorKind::key,
                         "the JAR layout is not signed with a key of the kind " +
                             std::string(certstore::name_of(certificate.key_kind())),
                         "pkgsign init makes keys that it knows");
}

void JarSigningPlan::write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const {
  if (signers.size() != output_.names.size()) {
    throw certstore::Error(certstore::ErrorKind::internal, "other signers than were planned");
  }
  const zip::NewEntryOptions options = zip::options_for(contents_.index, time_);
  zip::Writer writer(out);
  std::set<std::size_t> done = output_.dropped;
  const auto copy = [&](std::size_t entry) {
    if (done.insert(entry).second) writer.copy_entry(contents_.file, contents_.index.entries[entry]);
  };
  // A program that reads the archive as a stream meets the manifest first, then the signatures.
  if (!output_.manifest.empty()) {
    writer.add_entry(output_.manifest_name, output_.manifest, options);
  } else if (contents_.layout.manifest) {
    copy(*contents_.layout.manifest);
  }
  for (const std::size_t entry : kept_signatures(contents_, output_.dropped)) copy(entry);
  for (std::size_t i = 0; i < signers.size(); ++i) {
    const std::string base = std::string(kFolder) + output_.names[i];
    writer.add_entry(base + ".SF", output_.signature_file, options);
    writer.add_entry(base + "." + std::string(block_extension(signers[i].certificate())),
                     block_of(signers[i], time_, output_.signature_file, output_.stamper), options);
  }
  for (std::size_t entry = 0; entry < contents_.index.entries.size(); ++entry) copy(entry);
  writer.finish(contents_.index.comment);
  contents_.file.require_unchanged();
}

}  // namespace formats::jar

#include "formats/ova/signing.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/cms_create.h"
#include "certstore/timestamp_attach.h"
#include "formats/ova/new_manifest.h"
#include "formats/signable.h"
#include "formats/tar/writer.h"

#include <algorithm>
#include <set>

namespace formats::ova {
namespace {

using certstore::Bytes;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

void copy_member(const Contents& contents, std::size_t member, certstore::AtomicFile& out) {
  const tar::Entry& entry = contents.index.entries[member];
  out.copy(contents.file, entry.header_offset, entry.end_offset() - entry.header_offset);
}

// The descriptor first (DSP0243 5.3), then what `between` writes, then the rest in its order.
template <typename Between>
void write_archive(const Contents& contents, certstore::AtomicFile& out, const Between& between) {
  copy_member(contents, *contents.layout.descriptor, out);
  between();
  for (std::size_t i = 0; i < contents.index.entries.size(); ++i) {
    if (i != contents.layout.descriptor && !contents.layout.is_signature_file(i)) {
      copy_member(contents, i, out);
    }
  }
  out.write(tar::end_for(out.size()));
  contents.file.require_unchanged();
}

class OvaSigningPlan final : public SigningPlan {
 public:
  OvaSigningPlan(const Contents& contents, const SigningRequest& request)
      : contents_(contents), request_(request), manifest_(new_manifest(contents, request)) {}

  [[nodiscard]] std::size_t signed_entries() const override { return manifest_.entries; }

  void write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const override {
    const Bytes certificate = certificate_member(only(signers));
    write_archive(contents_, out, [&] {
      if (manifest_.is_old) {
        copy_member(contents_, *contents_.layout.manifest, out);
      } else {
        out.write(manifest_member());
      }
      out.write(certificate);
    });
  }

  // Where nothing but manifest and certificate file stands behind the first of them that changes.
  [[nodiscard]] std::optional<NewTail> new_tail(std::span<const certstore::Signer> signers) const override {
    const auto& entries = contents_.index.entries;
    std::set<std::size_t> changed;
    if (contents_.layout.certificate) changed.insert(*contents_.layout.certificate);
    if (contents_.layout.manifest && !manifest_.is_old) changed.insert(*contents_.layout.manifest);
    const std::size_t first = changed.empty() ? entries.size() : *changed.begin();
    for (std::size_t i = first; i < entries.size(); ++i) {
      if (!contents_.layout.is_signature_file(i)) return std::nullopt;
      changed.insert(i);
    }
    NewTail tail;
    tail.keep = first < entries.size() ? entries[first].header_offset : contents_.index.end_offset;
    const bool keeps_manifest = contents_.layout.manifest && !changed.contains(*contents_.layout.manifest);
    if (!keeps_manifest) certstore::append(tail.bytes, manifest_member());
    certstore::append(tail.bytes, certificate_member(only(signers)));
    certstore::append(tail.bytes, tar::end_for(tail.keep + tail.bytes.size()));
    return tail;
  }

 private:
  static const certstore::Signer& only(std::span<const certstore::Signer> signers) {
    if (signers.size() == 1) return signers[0];
    throw Error(ErrorKind::internal, "other signers than were planned");
  }

  [[nodiscard]] std::string manifest_name() const {
    return contents_.layout.manifest ? contents_.name(*contents_.layout.manifest)
                                     : contents_.layout.base + ".mf";
  }

  [[nodiscard]] Bytes manifest_member() const { return member(manifest_name(), manifest_.text); }

  [[nodiscard]] Bytes certificate_member(const certstore::Signer& signer) const {
    const Bytes digest = certstore::digest(request_.digest, manifest_.text);
    const std::string line =
        digest_line(request_.digest, manifest_name(), signer.sign_rsa(request_.digest, digest));
    Bytes cms;
    if (request_.with_cms) {
      cms = certstore::with_timestamps(
          certstore::cms::create(
              signer, {.digest = request_.digest, .content_digest = digest, .time = request_.time}),
          request_.stamper);
    }
    const std::string name = contents_.layout.certificate ? contents_.name(*contents_.layout.certificate)
                                                          : contents_.layout.base + ".cert";
    return member(name, certstore::as_bytes(certificate_text(line, signer.certificate(), cms)));
  }

  [[nodiscard]] Bytes member(const std::string& name, certstore::ByteView content) const {
    return tar::member_of({.name = name, .size = content.size(), .mode = 0644, .mtime = request_.time},
                          content);
  }

  const Contents& contents_;
  SigningRequest request_;
  NewManifest manifest_;
};

class OvaStrippingPlan final : public SigningPlan {
 public:
  explicit OvaStrippingPlan(const Contents& contents) : contents_(contents) {}
  [[nodiscard]] std::size_t signed_entries() const override { return 1; }
  void write(std::span<const certstore::Signer>, certstore::AtomicFile& out) const override {
    // The manifest is no signature: it stays, for whoever checks digests.
    write_archive(contents_, out, [&] {
      if (contents_.layout.manifest) copy_member(contents_, *contents_.layout.manifest, out);
    });
  }

 private:
  const Contents& contents_;
};

// Two files would have to change at once, and a stop between them would leave a manifest without its
// signature.
void require_one_file(const Contents& contents) {
  if (!contents.in_folder) return;
  throw Error(
      ErrorKind::unsupported,
      in_quotes(contents.file.name()) + " is an appliance of several files, and only one file is signed",
      "make it one: tar --format=ustar -cf " + contents.layout.base + ".ova " + contents.layout.base +
          ".ovf and its disks");
}

// The layout has one signature, by an RSA key, and no option of another.
void require_fitting(const Contents& contents, const SigningRequest& request) {
  if (contents.layout.certificate && !request.replace) {
    throw Error(ErrorKind::usage, in_quotes(contents.file.name()) + " is signed already",
                "--replace drops that signature; an appliance has room for one");
  }
  if (!request.also.empty()) throw Error(ErrorKind::usage, "an appliance carries one signature, not several");
  if (!request.only.empty()) throw Error(ErrorKind::usage, "an appliance is signed whole, without --only");
  if (!request.bound || request.serial) {
    throw Error(ErrorKind::usage, "--vro-unbound, --compat and --serial are for vRO packages");
  }
  static_cast<void>(token_of(request.digest));
  if (request.certificate().key_kind() != certstore::KeyKind::rsa) {
    throw Error(ErrorKind::key,
                "an appliance is signed with an RSA key (DSP0243 5.1), and that of " +
                    in_quotes(request.certificate().subject()) + " is " +
                    std::string(certstore::name_of(request.certificate().key_kind())),
                "pkgsign init --alias NAME makes one; --detached signs the file with any key");
  }
  if (request.stamper && !request.with_cms) {
    throw Error(ErrorKind::usage, "the signature of an appliance has no place for a time stamp",
                "--cms writes a CMS signature beside it, which has");
  }
}

}  // namespace

std::unique_ptr<SigningPlan> plan_ova_signing(const Contents& contents, const SigningRequest& request) {
  require_one_file(contents);
  require_signable(contents.container_issues);
  require_fitting(contents, request);
  return std::make_unique<OvaSigningPlan>(contents, request);
}

std::unique_ptr<SigningPlan> plan_ova_stripping(const Contents& contents) {
  require_one_file(contents);
  require_signable(contents.container_issues);
  if (!contents.layout.certificate) {
    throw Error(ErrorKind::usage, in_quotes(contents.file.name()) + " has no signature");
  }
  return std::make_unique<OvaStrippingPlan>(contents);
}

}  // namespace formats::ova

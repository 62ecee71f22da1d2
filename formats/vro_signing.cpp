#include "formats/vro_signing.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "formats/properties.h"
#include "formats/signable.h"
#include "formats/vro_coverage.h"
#include "formats/vro_one_meaning.h"
#include "formats/vro_seal.h"
#include "formats/vro_signing_plan.h"
#include "formats/zip/entry_name.h"
#include "formats/zip/reader.h"

#include <algorithm>
#include <set>

namespace formats {
namespace {

using certstore::Certificate;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

void require_fitting(const VroContents& contents, const SigningRequest& request) {
  const Certificate& certificate = request.certificate();
  require_vro_certificate(certificate);
  if (!request.also.empty()) {
    throw Error(ErrorKind::usage, "the vRO layout carries the signatures of one signer, and no second one's",
                "leave out --also and sign a second copy: --alias NAME -o FILE; or sign beside it by both: "
                "--detached, which "
                "importers with pkgverify read");
  }
  if (request.stamper) {
    throw Error(ErrorKind::usage, "the vRO layout has no place for a time stamp",
                "stamp a signature over the signed package: pkgsign sign --detached --tsa URL FILE");
  }
  if (request.with_cms) {
    throw Error(ErrorKind::usage, "the vRO layout has no place for a CMS signature",
                "--detached makes one beside the package");
  }
  if (request.digest != certstore::DigestAlgorithm::sha256 &&
      request.digest != certstore::DigestAlgorithm::md5) {
    throw Error(ErrorKind::usage, "the vRO layout knows SHA-256 and MD5 only");
  }
  if (!request.bound && certificate.promises_bound_packages()) {
    throw Error(ErrorKind::usage,
                "the certificate says that its packages are always bound: an unbound one would be refused",
                "sign it bound, or with an identity made with --compat product");
  }
  if (request.add || !request.only.empty()) {
    throw Error(ErrorKind::usage,
                "--add and --only are for JARs: a vRO package is signed whole, by one signer",
                "--replace drops the existing signatures");
  }
  if (!contents.layout.signatures.empty() && !request.replace) {
    throw Error(ErrorKind::usage, in_quotes(contents.file.name()) + " is signed already",
                "--replace drops the existing signatures");
  }
}

// Every element's owner, and that each element lies in its place.
std::set<std::string> read_owners(const VroContents& contents, unsigned jobs) {
  require_signable(vro_misplaced(contents, jobs));
  const auto& elements = contents.layout.elements;
  std::vector<std::string> owners(elements.size());
  certstore::for_each_parallel(elements.size(), jobs, [&](std::size_t i) {
    const std::size_t info = *part_of(elements[i], contents.index, "info");
    const Properties properties =
        Properties::parse(contents.read(info, certstore::limits::kPropertiesSize), contents.name(info));
    if (const std::string* owner = properties.find("signature-owner")) owners[i] = *owner;
  });
  return {owners.begin(), owners.end()};
}

[[noreturn]] void refuse_other_key(const Certificate& ours, const Certificate& other) {
  throw Error(ErrorKind::key,
              "the package carries another key under our subject " + in_quotes(ours.subject()) +
                  ", as owner of its elements: ours is SHA256 " + certstore::to_hex(ours.sha256()) +
                  ", the other SHA256 " + certstore::to_hex(other.sha256()),
              "one would take the place of the other; sign with an identity of another subject");
}

// The entries of certificates/ that do not stay: the former signer's, where no element names it as owner, and
// what our certificate takes the place of.
std::set<std::size_t> dropped_certificates(const VroContents& contents, const SigningRequest& request,
                                           const std::set<std::string>& owners, const std::string& former) {
  if (contents.certificates.size() != contents.layout.certificates.size()) {
    throw Error(ErrorKind::malformed, "certificates/ holds a file .cer that is no certificate, or too many");
  }
  std::set<std::size_t> dropped;
  for (const VroCertificate& found : contents.certificates) {
    const std::string_view path = contents.name(found.entry);
    const std::string_view stem =
        path.substr(kVroCertificates.size(), path.size() - kVroCertificates.size() - 4);
    if (!names_subject(stem, found.certificate.subject())) {
      throw Error(ErrorKind::malformed,
                  in_quotes(path) + " is not named by its subject " + in_quotes(found.certificate.subject()));
    }
    const bool is_owner = owners.count(std::string(stem)) != 0;
    const bool is_former = request.replace && stem == former;
    const bool is_ours = found.certificate.subject() == request.certificate().subject();
    const bool same_key = found.certificate.public_key_sha256() == request.certificate().public_key_sha256();
    if (is_ours && !same_key && (is_owner || !is_former)) {
      refuse_other_key(request.certificate(), found.certificate);
    }
    // Ours, in its place already, is an untouched entry.
    const bool stays = found.certificate == request.certificate() && stem == request.certificate().subject();
    if (!stays && (is_ours || (is_former && !is_owner))) dropped.insert(found.entry);
  }
  return dropped;
}

void digest_added(VroOutput& file, certstore::DigestAlgorithm algorithm) {
  file.size = file.added.size();
  file.digest = certstore::digest(algorithm, file.added);
  file.sha256 = certstore::sha256(file.added);
}

void refuse_meaning(std::string_view path, const std::string& meaning) {
  require_signable({{certstore::IssueCode::ambiguous_member, std::string(path),
                     "it is also " + meaning + ", and its signature could be shown as one of that"}});
}

// One pass over the bytes of a file that is kept: its digests, and that it has no second meaning.
void digest_kept(const VroContents& contents, certstore::DigestAlgorithm algorithm, VroOutput& file) {
  const zip::Entry& entry = contents.index.entries[file.kept];
  const bool is_certificate = contents.certificate_at(file.kept) != nullptr;
  certstore::Digester sha256(certstore::DigestAlgorithm::sha256);
  certstore::Digester other(algorithm);
  const bool two = algorithm != certstore::DigestAlgorithm::sha256;
  MeaningCheck check;
  const auto damage = zip::read_entry(contents.file, entry, [&](certstore::ByteView piece) {
    sha256.update(piece);
    if (two) other.update(piece);
    if (!is_certificate) check.feed(piece);
  });
  if (damage) require_signable({*damage});
  if (!is_certificate) {
    if (const std::string meaning = check.other_meaning(); !meaning.empty()) {
      refuse_meaning(entry.name, meaning);
    }
    if (check.is_properties()) {
      const std::string meaning = entry.size > certstore::limits::kPropertiesSize
                                      ? "a dunes-meta-inf"
                                      : properties_meaning(contents.read(file.kept, entry.size));
      if (!meaning.empty()) refuse_meaning(entry.name, meaning);
    }
  }
  const certstore::DigestValue value = sha256.finish();
  std::copy(value.begin(), value.end(), file.sha256.begin());
  file.digest = two ? other.finish() : value;
  file.size = entry.size;
}

VroOutput added_certificate(const Certificate& certificate) {
  VroOutput file;
  file.path = certificate_path(certificate.subject());
  file.added = certificate.der();
  return file;
}

// Elements and the rest in the order as found, then certificates, ours and its chain last.
std::vector<VroOutput> files_to_sign(const VroContents& contents, const SigningRequest& request,
                                     const std::set<std::size_t>& dropped) {
  std::vector<VroOutput> files;
  std::vector<VroOutput> certificates;
  std::set<std::string> taken;
  for (const VroFile& found : contents.layout.files) {
    if (found.entry == contents.layout.meta || dropped.count(found.entry) != 0) continue;
    VroOutput file;
    file.path = contents.name(found.entry);
    file.kept = found.entry;
    const bool is_certificate = contents.certificate_at(found.entry) != nullptr;
    if (is_certificate) taken.insert(file.path);
    (is_certificate ? certificates : files).push_back(std::move(file));
  }
  if (taken.insert(certificate_path(request.certificate().subject())).second) {
    certificates.push_back(added_certificate(request.certificate()));
  }
  for (const Certificate& issuer : request.chain) {
    // A CA whose name cannot be a file name is left out: the importer has it, or gets it another way.
    const std::string path = certificate_path(issuer.subject());
    const bool fits = issuer.subject().find('/') == std::string::npos &&
                      zip::name_fault(std::string(kVroSignatures) + path).empty();
    if (fits && taken.insert(path).second) certificates.push_back(added_certificate(issuer));
  }
  files.insert(files.end(), std::make_move_iterator(certificates.begin()),
               std::make_move_iterator(certificates.end()));
  return files;
}

void digest_all(const VroContents& contents, const SigningRequest& request, std::vector<VroOutput>& files) {
  std::uint64_t total = 0;
  for (const VroOutput& file : files) {
    if (file.added.empty()) total += contents.index.entries[file.kept].size;
  }
  certstore::Progress progress("reading", total, request.show_progress);
  certstore::for_each_parallel(files.size(), request.jobs, [&](std::size_t i) {
    if (!files[i].added.empty()) return digest_added(files[i], request.digest);
    digest_kept(contents, request.digest, files[i]);
    progress.add(files[i].size);
  });
}

VroSeal seal_of(const std::string& package_name, const SigningRequest& request,
                const std::vector<VroOutput>& files) {
  const auto seconds = request.time.time_since_epoch().count();
  if (seconds < 0) throw Error(ErrorKind::usage, "the signing time lies before 1970");
  std::vector<SealedFile> sealed;
  sealed.reserve(files.size());
  for (const VroOutput& file : files) sealed.push_back({file.path, file.size, file.sha256});
  VroSeal seal;
  seal.count = sealed.size();
  seal.digest = seal_digest(package_name, request.certificate().sha256(), std::move(sealed));
  seal.serial = request.serial.value_or(static_cast<std::uint64_t>(seconds));
  seal.signed_at = request.time;
  return seal;
}

// dunes-meta-inf with our properties and no other change.
VroOutput sealed_meta(const Properties& before, const SigningRequest& request,
                      const std::vector<VroOutput>& files) {
  const std::string* name = before.find("pkg-name");
  if (name == nullptr || name->empty()) {
    throw Error(ErrorKind::malformed, "dunes-meta-inf states no pkg-name");
  }
  Properties after = before;
  after.set("pkg-signer", request.certificate().subject());
  if (after.find("pkg-owner") == nullptr) after.set("pkg-owner", request.certificate().subject());
  after.erase(kSealKey);
  if (request.bound) after.set(kSealKey, to_text(seal_of(*name, request, files)));
  VroOutput file;
  file.path = kVroMeta;
  file.added = after.write(kVroMeta);
  for (const std::string& key : differing_keys(before, Properties::parse(file.added, kVroMeta))) {
    if (key == "pkg-signer" || key == kSealKey) continue;
    if (key == "pkg-owner" && before.find(key) == nullptr) continue;
    throw Error(ErrorKind::internal, "signing would change the property " + in_quotes(key));
  }
  digest_added(file, request.digest);
  return file;
}

Properties read_meta(const VroContents& contents) {
  if (!contents.layout.meta) throw Error(ErrorKind::malformed, "the package has no dunes-meta-inf");
  const Properties meta =
      Properties::parse(contents.read(*contents.layout.meta, certstore::limits::kPropertiesSize), kVroMeta);
  for (const auto& [key, value] : meta.pairs()) {
    if (key.starts_with(kOurKeys) && key != kSealKey) {
      throw Error(ErrorKind::malformed, "dunes-meta-inf has the unknown property " + in_quotes(key));
    }
  }
  return meta;
}

}  // namespace

void require_vro_certificate(const Certificate& certificate) {
  if (certificate.key_kind() != certstore::KeyKind::rsa) {
    throw Error(ErrorKind::key,
                "the vRO layout knows RSA keys only, this one is " +
                    std::string(certstore::name_of(certificate.key_kind())),
                "sign with an identity that has an RSA key");
  }
  const std::string path = std::string(kVroSignatures) + certificate_path(certificate.subject());
  if (certificate.subject().find('/') != std::string::npos || certificate.subject().empty() ||
      !zip::name_fault(path).empty()) {
    throw Error(ErrorKind::key,
                "the subject " + in_quotes(certificate.subject()) + " cannot be a file name of a vRO package",
                R"(make an identity whose subject has no / \ " < > or control character)");
  }
}

std::unique_ptr<SigningPlan> plan_vro_signing(const VroContents& contents, const certstore::Issues& issues,
                                              const SigningRequest& request) {
  require_signable(issues);
  require_fitting(contents, request);
  const Properties meta = read_meta(contents);
  const std::string* former = meta.find("pkg-signer");
  const std::set<std::string> owners = read_owners(contents, request.jobs);
  VroOutputs outputs;
  outputs.files = files_to_sign(
      contents, request,
      dropped_certificates(contents, request, owners, former == nullptr ? std::string() : *former));
  digest_all(contents, request, outputs.files);
  outputs.files.insert(outputs.files.begin(), sealed_meta(meta, request, outputs.files));
  outputs.directories = contents.layout.directories;
  return std::make_unique<VroSigningPlan>(contents, request, std::move(outputs));
}

}  // namespace formats

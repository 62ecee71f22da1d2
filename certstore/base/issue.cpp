#include "certstore/base/issue.h"

#include <algorithm>
#include <array>

namespace certstore {
namespace {

using enum IssueCode;

constexpr std::array kKinds = {
    IssueKind{malformed_archive, "malformed-archive", Effect::invalid,
              "two programs could read this archive differently, so a signature on it says nothing",
              "the sender makes the package anew with a sound tool"},
    IssueKind{duplicate_entry, "duplicate-entry", Effect::invalid,
              "two entries have one name: a checker may read the first and a server the second",
              "do not use the package; the sender makes it anew"},
    IssueKind{unsafe_entry_name, "unsafe-entry-name", Effect::invalid,
              "an entry's name leaves the target directory or is read differently by different programs",
              "do not use the package; the sender makes it anew"},
    IssueKind{names_equal_but_for_case, "names-equal-but-for-case", Effect::none,
              "two names differ in case only; on some file systems one replaces the other",
              "extract on a file system that tells them apart"},
    IssueKind{damaged_entry, "damaged-entry", Effect::invalid,
              "an entry's compressed bytes, size or checksum are wrong", "fetch the package again"},
    IssueKind{malformed_layout, "malformed-layout", Effect::invalid,
              "the signature files of the package do not follow its format",
              "the sender exports or signs the package again"},
    IssueKind{ambiguous_layouts, "ambiguous-layouts", Effect::invalid,
              "the file carries the signatures of two formats, of which programs check different ones",
              "ask the sender for a package that is signed in one format"},
    IssueKind{ambiguous_member, "ambiguous-member", Effect::invalid,
              "a signed file could be shown as a signed document of another kind",
              "the author renames or changes the file; pkgsign refuses to sign it"},
    IssueKind{unsigned_entry, "unsigned-entry", Effect::invalid,
              "an entry of a signed package has no signature: it was added later",
              "do not use the package; ask the sender for the original"},
    IssueKind{orphan_signature, "orphan-signature", Effect::invalid,
              "a signature is there and what it signed is not: an entry was removed",
              "do not use the package; ask the sender for the original"},
    IssueKind{signature_mismatch, "signature-mismatch", Effect::invalid,
              "the bytes are not those that were signed",
              "do not use the package; fetch it again from its sender"},
    IssueKind{mixed_digests, "mixed-digests", Effect::invalid,
              "one signature of the package uses another digest than the rest: it comes from elsewhere",
              "do not use the package; the sender signs it whole"},
    IssueKind{signer_certificate_missing, "signer-certificate-missing", Effect::invalid,
              "the package names a signer whose certificate it does not carry",
              "the sender exports or signs the package again"},
    IssueKind{certificate_misnamed, "certificate-misnamed", Effect::invalid,
              "a certificate stands under a name that is not its subject",
              "do not use the package; the sender makes it anew"},
    IssueKind{digest_mismatch, "digest-mismatch", Effect::invalid,
              "an entry's bytes, or its kind, mode or size, are not those of the signed list",
              "do not use the package; fetch it again"},
    IssueKind{seal_malformed, "seal-malformed", Effect::invalid,
              "the line that binds the set of files is not written as its version says",
              "update pkgtrust if the sender has a newer one; else refuse the package"},
    IssueKind{seal_mismatch, "seal-mismatch", Effect::invalid,
              "files were added, dropped, swapped or taken from another package of the same signer",
              "do not use the package; ask the sender for the original"},
    IssueKind{seal_missing, "seal-missing", Effect::invalid,
              "the signer's certificate says that its packages are always bound, and this one is not",
              "do not use the package: its seal was stripped"},
    IssueKind{element_misplaced, "element-misplaced", Effect::invalid,
              "an element's own id is not the id of its folder", "the sender exports the package again"},
    IssueKind{added_entry, "added-entry", Effect::invalid,
              "an entry stands neither in the manifest nor under a signature: it was added after signing",
              "do not use the package; ask the sender for the original"},
    IssueKind{removed_entry, "removed-entry", Effect::invalid,
              "a signature names an entry that is not there: it was removed after signing",
              "do not use the package; ask the sender for the original"},
    IssueKind{
        shadowing_entry, "shadowing-entry", Effect::invalid,
        "an unsigned entry stands where a program takes it instead of a signed one, or loads code by it",
        "do not use the package; ask the sender for the original"},
    IssueKind{duplicate_section, "duplicate-section", Effect::invalid,
              "a signed list has two sections for one entry, of which programs read different ones",
              "the sender makes and signs the package anew"},
    IssueKind{manifest_changed, "manifest-changed", Effect::invalid,
              "the list of entries is not the one that was signed",
              "do not use the package; ask the sender for the original"},
    IssueKind{signature_incomplete, "signature-incomplete", Effect::invalid,
              "one of the two files of a signature is there and the other is not: it was removed or renamed",
              "do not use the package; ask the sender for the original"},
    IssueKind{uncovered_entry, "uncovered-entry", Effect::none,
              "no signature covers the entry, and these rules only report it", "do not rely on the entry"},
    IssueKind{digest_spelling, "digest-spelling", Effect::none,
              "a line of the signed list is not spelled as the standard says: its meaning is plain, and some "
              "programs refuse it",
              "the sender signs again with a tool that writes it as the standard says"},
    IssueKind{member_order, "member-order", Effect::none,
              "the signature files stand in a place where the standard does not put them",
              "nothing to do, unless the program that takes the package refuses it"},
    IssueKind{interrupted_append, "interrupted-append", Effect::invalid,
              "signing in place was stopped while it wrote: the file is neither as it was nor signed",
              "pkgsign sign --in-place again: the record beside the file brings back what was there"},
    IssueKind{untrusted_signer, "untrusted-signer", Effect::untrusted,
              "this machine was never told to trust the signer",
              "compare the fingerprint with the sender by another way, then: pkgverify trust add"},
    IssueKind{wrong_purpose, "certificate-purpose", Effect::policy,
              "a CA issued the certificate for another purpose than signing packages",
              "the signer asks the CA for a certificate with codeSigning"},
    IssueKind{weak_digest, "weak-digest", Effect::policy,
              "MD5 and SHA-1 signatures can be moved to other content by whoever may choose part of it",
              "the sender signs again with SHA-256; or allow it for this signer by name and date"},
    IssueKind{short_key, "short-key", Effect::policy, "RSA and DSA below 2048 bits can be broken",
              "the sender takes a new key; or allow short-key for this signer by date"},
    IssueKind{dsa_key, "dsa-key", Effect::policy, "DSA keys are withdrawn (FIPS 186-5)",
              "the sender takes a new key; or allow dsa for this signer by date"},
    IssueKind{unsound_key, "unsound-key", Effect::invalid,
              "the public key is not one with which a signature proves anything",
              "do not use the package; the sender makes a new key"},
    IssueKind{expired, "expired", Effect::dates, "the signer's certificate has ended",
              "the sender renews the certificate and signs again; or allow expired for this signer by date"},
    IssueKind{not_yet_valid, "not-yet-valid", Effect::dates, "the signer's certificate has not begun",
              "check the clock of this machine, then ask the sender"},
    IssueKind{known_public_key, "known-public-key", Effect::exposed,
              "the private key of this certificate can be downloaded by anyone",
              "refuse it; to take exactly this file: pkgverify trust add --file"},
    IssueKind{retired_key, "retired-key", Effect::exposed, "this machine was told to trust the key no longer",
              "ask the sender for a package signed by the successor"},
    IssueKind{unbound_package, "unbound-package", Effect::none,
              "each file is signed alone: the signatures do not say which files belong together",
              "the sender signs with pkgsign, which binds the set"},
    IssueKind{unbound_refused, "unbound-refused", Effect::policy,
              "this machine takes only bound packages of the signer, and this one is not bound",
              "ask the sender for a package signed by pkgsign; its seal may have been stripped"},
    IssueKind{rollback, "rollback", Effect::policy,
              "a newer package of this name and signer was accepted before", "ask the sender for the newest"},
    IssueKind{content_pinned, "content-pinned", Effect::none, "exactly these bytes were accepted by a person",
              "nothing to do; pkgverify trust list shows who and why"},
    IssueKind{weakness_allowed, "weakness-allowed", Effect::none,
              "a weakness of this signer was allowed by a person",
              "ask the sender to sign anew before the date"},
    IssueKind{
        timestamped, "timestamped", Effect::none,
        "a trusted time stamp proves that the signature was there: the certificate is judged as of then",
        "nothing to do"},
    IssueKind{timestamp_not_trusted, "timestamp-not-trusted", Effect::none,
              "the time stamp is not by an authority that this machine trusts for time stamps, so it proves "
              "no time",
              "if you know the authority: pkgverify trust add CA.pem --use timestamp"},
    IssueKind{timestamp_useless, "timestamp-useless", Effect::none,
              "the time stamp proves nothing about this signature; anyone can attach one",
              "the sender stamps the signature anew: pkgsign timestamp"},
    IssueKind{beside_mismatch, "beside-mismatch", Effect::invalid,
              "the signature beside the package is not over these bytes: one of the two was changed",
              "ask the sender for both files; --signature none judges what is inside the package alone"},
    IssueKind{beside_not_trusted, "beside-not-trusted", Effect::none,
              "the signature beside the package matches and is by nobody trusted: it neither helps nor harms",
              "if you know the signer: pkgverify trust add"},
    IssueKind{owner_older_version, "owner-older-version", Effect::none,
              "the owner signed an older version of the element",
              "ask the owner, if the owner matters to you"},
    IssueKind{owner_not_confirmed, "owner-not-confirmed", Effect::none,
              "the owner's own signature is not over content that the package holds",
              "common after an export; ask the owner, if the owner matters to you"},
    IssueKind{owner_certificate_absent, "owner-certificate-absent", Effect::none,
              "the package does not carry the certificate of the element's owner",
              "ask the owner, if the owner matters to you"},
    IssueKind{owner_other_key, "owner-other-key", Effect::none,
              "the package carries a certificate of the owner's name with another key than the owner's",
              "names prove nothing: compare fingerprints with the owner"},
    IssueKind{owner_not_trusted, "owner-not-trusted", Effect::none,
              "the element was last saved by a server that this machine does not trust",
              "look at the element, or ask its owner; policy owners = require refuses it"},
    IssueKind{unprovable, "unprovable", Effect::none, "the format has no means to prove this",
              "keep it in mind when you decide"},
};

static_assert([] {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<std::size_t>(kKinds[i].code) != i) return false;
  }
  return kKinds.size() == static_cast<std::size_t>(unprovable) + 1;
}());

}  // namespace

const IssueKind& kind_of(IssueCode code) {
  return kKinds.at(static_cast<std::size_t>(code));
}

std::span<const IssueKind> all_issue_kinds() {
  return kKinds;
}

bool any_with_effect(std::span<const Issue> issues, Effect effect) {
  return std::any_of(issues.begin(), issues.end(),
                     [&](const Issue& issue) { return kind_of(issue.code).effect == effect; });
}

}  // namespace certstore

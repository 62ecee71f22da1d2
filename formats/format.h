// Where signatures are and what bytes they cover: the one interface of all formats. A format knows nothing of
// trust, verdicts or printing. Findings come back as Issues; only troubles (I/O, bugs) are thrown.
#pragma once

#include "certstore/base/file.h"
#include "certstore/base/issue.h"
#include "certstore/base/progress.h"
#include "certstore/certificate.h"
#include "certstore/signer.h"
#include "certstore/timestamp_attach.h"
#include "formats/contents.h"
#include "formats/signature.h"
#include "formats/signing_plan.h"
#include "formats/signing_request.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace formats {

// Gives the whole content of a file by its name in the container; nothing where there is no such file, or it
// has more than `most` bytes.
using FileReader = std::function<std::optional<certstore::Bytes>(const std::string& name, std::size_t most)>;

class SignedPackage {
 public:
  virtual ~SignedPackage() = default;
  [[nodiscard]] virtual std::string_view format() const = 0;  // "vro", "zip", ...
  // Whether the file is one that should bear signatures: it is of a layout for them, or has files of them.
  // Any other is a file like all, of which nothing is missing.
  [[nodiscard]] virtual bool is_meant_signed() const { return true; }
  [[nodiscard]] virtual std::span<const Entry> entries() const = 0;
  // Findings of the container and of the layout before any signature is looked at.
  [[nodiscard]] virtual const certstore::Issues& issues() const = 0;
  // The signatures as found, of which the others hang; empty for an unsigned package.
  [[nodiscard]] virtual std::vector<SignatureBlock> signature_blocks() const = 0;
  // Parses what the verified signatures vouch for, and only that.
  [[nodiscard]] virtual Coverage covered(std::span<const VerifiedSignature> verified,
                                         unsigned jobs) const = 0;
  // Streams the entry; returns the finding if its stored bytes are damaged. May be called by many threads.
  [[nodiscard]] virtual std::optional<certstore::Issue> read(std::size_t entry,
                                                             const certstore::Sink& sink) const = 0;
  // The digest of the entry's bytes, where opening the package found it: then nobody need read them again.
  [[nodiscard]] virtual std::optional<certstore::DigestValue> known_digest(std::size_t,
                                                                           certstore::DigestAlgorithm) const {
    return std::nullopt;
  }
  // Whether read() must pass through all that stands before the entry: then many are read by read_in_order().
  [[nodiscard]] virtual bool is_stream() const { return false; }
  // Calls `visit` for each of `wanted`: of a stream in the order in which their bytes stand in the file, in
  // one pass; else in that of `wanted`, and small ones that lie together may be read at once.
  virtual void read_in_order(std::span<const std::size_t> wanted, const EntryVisitor& visit) const;
  // Checks what binds the set; `set_digests[i]` is the digest of entry i, empty where not
  // covered; there are none where Coverage::set_digest asks for none.
  [[nodiscard]] virtual certstore::Issues check_set(const Coverage& coverage,
                                                    std::span<const VerifiedSignature> verified,
                                                    std::span<const certstore::DigestValue> set_digests,
                                                    unsigned jobs) const = 0;
  // The elements with their owners; parses only entries that were checked before.
  [[nodiscard]] virtual std::vector<Element> elements(const Coverage& coverage, unsigned jobs) const = 0;
  // Where each element is one entry and has no owner: these entries, in the order of elements(). Empty where
  // only elements() can tell.
  [[nodiscard]] virtual std::optional<std::vector<std::size_t>> single_entry_elements() const {
    return std::nullopt;
  }
  // The version that an element states of which a copy lies elsewhere: `read` gives the copy's files. Empty
  // where there is none, or it cannot be read, or the format's elements have no versions.
  [[nodiscard]] virtual std::string version_elsewhere(const Element&, const FileReader&) const { return {}; }
  // What this format has no means to prove, about this package.
  [[nodiscard]] virtual certstore::Issues unprovable(const Coverage& coverage) const = 0;
  // Throws Error(malformed) for what must not be signed, Error(key) for a kind of key that the layout does
  // not know, Error(usage) for a signed package without `replace`, and for more signers than the layout
  // carries.
  [[nodiscard]] virtual std::unique_ptr<SigningPlan> plan_signing(const SigningRequest& request) const = 0;
  // A plan, to be written without signers, of the package without its signatures; signed_entries() is then
  // the number of files that go. Throws Error(unsupported) where the layout cannot be without, Error(usage)
  // where nothing is signed, Error(malformed) as plan_signing() does.
  [[nodiscard]] virtual std::unique_ptr<SigningPlan> plan_stripping(certstore::Instant time) const;
  // Writes the file that holds the signatures anew, with a time stamp on each CMS signature that has none and
  // for which `stamper` gives one; the rest stays byte for byte. Returns the number of signature blocks that
  // changed; of 0 `out` is not to be used. Throws Error(unsupported) where the layout has no place for a
  // stamp.
  [[nodiscard]] virtual std::size_t write_stamped(const certstore::Stamper& stamper,
                                                  certstore::AtomicFile& out) const;
};

struct Container;  // container.h

struct Format {
  std::string_view name;         // for --expect
  std::string_view description;  // for people
  bool (*recognises)(const Container& container);
  std::unique_ptr<SignedPackage> (*open)(Container container);
};

// In the order in which they are tried.
[[nodiscard]] std::span<const Format> all_formats();
// Opens with the first format that recognises the content; every file is at least "file", which is unsigned.
// Throws Error(unsupported) for formats that are known by their mark and not judged here, and if `expect`
// names another format than the one found. The file must outlive the package.
[[nodiscard]] std::unique_ptr<SignedPackage> open_package(const certstore::InputFile& file,
                                                          std::optional<std::string_view> expect);

}  // namespace formats

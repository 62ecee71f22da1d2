#include "formats/format.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/container.h"
#include "formats/detached_cms.h"
#include "formats/jar/package.h"
#include "formats/known_marks.h"
#include "formats/minisign/package.h"
#include "formats/ova/package.h"
#include "formats/plain_package.h"
#include "formats/tar/package.h"
#include "formats/vro_package.h"

#include <algorithm>
#include <array>
#include <utility>

namespace formats {
namespace {

constexpr std::array kFormats = {
    Format{"vro", "VMware Orchestrator package", recognises_vro, open_vro},
    Format{"jar", "JAR or other ZIP archive with signatures as in a JAR", jar::recognises_jar, jar::open_jar},
    Format{"zip", "ZIP archive without a signature that we know", jar::recognises_zip, jar::open_zip},
    Format{"ova", "virtual appliance", ova::recognises_ova, ova::open_ova},
    Format{"ovf", "virtual appliance whose files lie in one folder", ova::recognises_ovf, ova::open_ovf},
    Format{"tar", "tar, plain or compressed, with a manifest and signatures or without", tar::recognises_tar,
           tar::open_tar},
    Format{"p7s", "file with a CMS signature beside it", recognises_none, open_none},
    Format{"minisig", "file with a minisign or signify signature beside it", recognises_none, open_none},
    Format{"file", "any other file, unsigned", recognises_file, open_file},
};

void require_known(std::string_view name) {
  if (std::any_of(kFormats.begin(), kFormats.end(), [&](const Format& f) { return f.name == name; })) return;
  throw certstore::Error(certstore::ErrorKind::usage, "there is no format " + certstore::in_quotes(name),
                         "the formats are vro, jar, zip, ova, ovf, tar, p7s, minisig and file");
}

void read_tar(Container& container) {
  if (tar::looks_like_tar(container.file)) {
    container.tar = tar::read_index(container.file);
  } else if (auto pass = tar::read_compressed(container.file)) {
    container.tar = std::move(pass->result);
    container.tar_pass = std::make_shared<const tar::Pass>(std::move(*pass));
  }
}

}  // namespace

void SignedPackage::read_in_order(std::span<const std::size_t> wanted, const EntryVisitor& visit) const {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    visit(i, [&](const certstore::Sink& sink) { return read(wanted[i], sink); });
  }
}

std::unique_ptr<SigningPlan> SignedPackage::plan_stripping(certstore::Instant) const {
  throw certstore::Error(
      certstore::ErrorKind::unsupported,
      "signatures are taken out of JARs, tars and appliances only, and this is of the format " +
          std::string(format()),
      "pkgsign sign --replace signs anew");
}

std::size_t SignedPackage::write_stamped(const certstore::Stamper&, certstore::AtomicFile&) const {
  throw certstore::Error(certstore::ErrorKind::unsupported,
                         "signatures of the format " + std::string(format()) + " carry no time stamp",
                         "pkgsign sign --detached makes a signature beside the file, which can have one");
}

std::span<const Format> all_formats() {
  return kFormats;
}

std::unique_ptr<SignedPackage> open_package(const certstore::InputFile& file,
                                            std::optional<std::string_view> expect) {
  if (expect) require_known(*expect);
  Container container{file, std::nullopt};
  // What begins as an archive and is none is invalid, never an unsigned "file".
  if (zip::looks_like_zip(file)) container.zip = zip::read_index(file);
  if (!container.zip) read_tar(container);
  const Format& format = *std::find_if(kFormats.begin(), kFormats.end(),
                                       [&](const Format& f) { return f.recognises(container); });
  if (format.open != open_vro) refuse_known_marks(container);
  if (expect && *expect != format.name) {
    throw certstore::Error(certstore::ErrorKind::unsupported,
                           certstore::in_quotes(file.name()) + " is " +
                               std::string(format.name == "vro" ? "a vro package" : format.description) +
                               ", not of the format " + std::string(*expect));
  }
  return format.open(std::move(container));
}

}  // namespace formats

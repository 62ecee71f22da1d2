#include "formats/known_marks.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace formats {
namespace {

using namespace std::string_view_literals;
using certstore::Error;
using certstore::ErrorKind;

[[noreturn]] void refuse(const certstore::InputFile& file, std::string_view what, std::string_view tool) {
  throw Error(ErrorKind::unsupported,
              certstore::in_quotes(file.name()) + " is " + std::string(what) + ", which is not judged here",
              "use: " + std::string(tool));
}

struct MemberMark {
  std::string_view member;
  std::string_view what;
  std::string_view tool;
};
constexpr std::array kMembers = {
    MemberMark{"META-INF/cose.sig", "a browser extension signed with COSE", "the browser's add-on manager"},
    MemberMark{".signature.p7s", "a signed NuGet package", "dotnet nuget verify"},
    MemberMark{"AppxSignature.p7x", "a signed Windows app package (MSIX)", "signtool verify"},
    MemberMark{"META-INF/documentsignatures.xml", "a signed OpenDocument file", "LibreOffice"},
    MemberMark{"package/services/digital-signature/origin.psdsor", "a signed OPC package (VSIX)",
               "the program that opens it; signtool verify for VSIX"},
    MemberMark{"_xmlsignatures/origin.sigs", "a signed Office document", "the program that opens it"},
};

struct PrefixMark {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
  std::string_view tool;
};
constexpr std::array kPrefixes = {
    PrefixMark{0, "\xED\xAB\xEE\xDB"sv, "an RPM package", "rpm --checksig"},
    PrefixMark{0, "!<arch>\ndebian-binary"sv, "a Debian package", "debsig-verify"},
    PrefixMark{0, "Cr24"sv, "a browser extension (CRX)", "the browser's extension manager"},
};

bool has_bytes_at(const certstore::InputFile& file, std::uint64_t offset, std::string_view bytes) {
  if (file.size() < bytes.size() || offset > file.size() - bytes.size()) return false;
  certstore::Bytes found(bytes.size());
  file.read_at(offset, found);
  return certstore::as_text(found) == bytes;
}

// The signing block of APK v2 and v3 lies directly before the central directory and ends in this mark.
bool has_apk_block(const Container& container) {
  constexpr std::string_view kMark = "APK Sig Block 42";
  const std::uint64_t central = container.zip->index.central_offset;
  return central >= kMark.size() && has_bytes_at(container.file, central - kMark.size(), kMark);
}

}  // namespace

void refuse_known_marks(const Container& container) {
  const certstore::InputFile& file = container.file;
  for (const PrefixMark& mark : kPrefixes) {
    if (has_bytes_at(file, mark.offset, mark.bytes)) refuse(file, mark.what, mark.tool);
  }
  if (!container.zip) return;
  if (has_apk_block(container)) refuse(file, "a signed Android package", "apksigner verify");
  for (const MemberMark& mark : kMembers) {
    const auto& entries = container.zip->index.entries;
    if (std::any_of(entries.begin(), entries.end(),
                    [&](const zip::Entry& e) { return e.name == mark.member; })) {
      refuse(file, mark.what, mark.tool);
    }
  }
}

}  // namespace formats

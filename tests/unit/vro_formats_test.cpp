#include "certstore/base/error.h"
#include "formats/known_marks.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace vro_test;
using certstore::as_bytes;
using certstore::ErrorKind;

namespace {

// The format that a file of these bytes opens as.
std::string format_of(const certstore::InputFile& file) {
  return std::string(formats::open_package(file, std::nullopt)->format());
}

// The hint of the refusal; empty if the file opens.
std::string refusal(const certstore::InputFile& file) {
  try {
    (void)formats::open_package(file, std::nullopt);
    return {};
  } catch (const certstore::Error& error) {
    BOOST_TEST((error.kind() == ErrorKind::unsupported));
    return error.hint();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(all_formats)

BOOST_AUTO_TEST_CASE(a_file_is_opened_by_what_it_holds) {
  BOOST_TEST(format_of(archive_of(unsigned_members())) == "vro");
  BOOST_TEST(format_of(archive_of({{"a", "1"}})) == "zip");
  for (const std::string name : {"META-INF/A.SF", "meta-inf/a.rsa", "META-INF/X.EC", "META-INF/Y.DSA"}) {
    BOOST_TEST(format_of(archive_of({{name, "x"}})) == "jar");
  }
  BOOST_TEST(format_of(file_of(as_bytes("text"))) == "file");
  BOOST_TEST(format_of(file_of({})) == "file");
}

BOOST_AUTO_TEST_CASE(what_begins_as_an_archive_and_is_none_is_never_a_plain_file) {
  for (const std::string_view start : {"PK\x03\x04 and no more", "PK\x05\x06 and no more"}) {
    const certstore::InputFile file = file_of(as_bytes(start));
    const auto package = formats::open_package(file, std::nullopt);
    BOOST_TEST(package->format() == "zip");
    BOOST_TEST(any_with_effect(package->issues(), certstore::Effect::invalid));
  }
}

BOOST_AUTO_TEST_CASE(a_vro_package_that_is_not_sound_is_invalid_and_not_read) {
  certstore::Bytes bytes = archive_of(unsigned_members()).read_all(1 << 20);
  bytes.insert(bytes.begin(), 0);
  const certstore::InputFile file = file_of(bytes);
  const auto package = formats::open_package(file, std::nullopt);
  BOOST_TEST(any_with_effect(package->issues(), certstore::Effect::invalid));
  BOOST_TEST(package->signature_blocks().empty());
}

BOOST_AUTO_TEST_CASE(signed_files_of_other_formats_are_named_with_their_tool) {
  BOOST_TEST(refusal(archive_of({{"META-INF/cose.sig", "x"}})) != "");
  BOOST_TEST(refusal(archive_of({{".signature.p7s", "x"}})) == "use: dotnet nuget verify");
  BOOST_TEST(refusal(archive_of({{"AppxSignature.p7x", "x"}})) == "use: signtool verify");
  BOOST_TEST(refusal(archive_of({{"META-INF/documentsignatures.xml", "x"}})) == "use: LibreOffice");
  BOOST_TEST(refusal(archive_of({{"_xmlsignatures/origin.sigs", "x"}})) != "");
  BOOST_TEST(refusal(archive_of({{"package/services/digital-signature/origin.psdsor", "x"}})) != "");
  BOOST_TEST(refusal(file_of(as_bytes("Cr24 and more"))) == "use: the browser's extension manager");
  BOOST_TEST(refusal(file_of(as_bytes("\xED\xAB\xEE\xDB and more"))) == "use: rpm --checksig");
  BOOST_TEST(refusal(file_of(as_bytes("!<arch>\ndebian-binary   "))) == "use: debsig-verify");
}

BOOST_AUTO_TEST_CASE(what_only_resembles_a_mark_is_opened) {
  for (const std::string name :
       {"META-INF/MANIFEST.MF", "META-INF/sub/A.SF", "A.SF", "META-INF/.SFX", "META-INF/SIG-X"}) {
    BOOST_TEST(refusal(archive_of({{name, "x"}})) == "");
  }
  BOOST_TEST(refusal(file_of(as_bytes("!<arch>\nother"))) == "");
}

BOOST_AUTO_TEST_CASE(an_android_signing_block_before_the_central_directory_is_named) {
  certstore::Bytes bytes = archive_of({{"a", "1"}}).read_all(1 << 20);
  const std::string_view mark = "APK Sig Block 42";
  const std::string_view text = certstore::as_text(bytes);
  const std::size_t central = text.find("PK\x01\x02");
  const std::size_t end = text.find("PK\x05\x06");
  bytes[end + 16] = static_cast<std::uint8_t>(central + mark.size());
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(central), mark.begin(), mark.end());
  BOOST_TEST(refusal(file_of(bytes)) == "use: apksigner verify");
}

BOOST_AUTO_TEST_CASE(another_format_than_the_expected_one_is_refused) {
  const certstore::InputFile zip = archive_of({{"a", "1"}});
  BOOST_TEST(formats::open_package(zip, "zip")->format() == "zip");
  const auto kind_for = [&](std::string_view expect) {
    try {
      (void)formats::open_package(zip, expect);
    } catch (const certstore::Error& error) {
      return error.kind();
    }
    return ErrorKind::internal;
  };
  BOOST_TEST((kind_for("vro") == ErrorKind::unsupported));
  BOOST_TEST((kind_for("file") == ErrorKind::unsupported));
  BOOST_TEST((kind_for("nonsense") == ErrorKind::usage));
}

BOOST_AUTO_TEST_SUITE_END()

#include "certstore/certificate_request.h"
#include "certstore/signer.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

using namespace vro_test;
using certstore::IssueCode;

namespace {

const certstore::Certificate& certificate() {
  static const certstore::Certificate made = certstore::make_self_signed(
      tests::key_named("Binder"), {.subject = {.common_name = "Binder"},
                                   .not_before = certstore::parse_instant("2020-01-01"),
                                   .not_after = certstore::parse_instant("2040-01-01")});
  return made;
}

// The members of the package as we sign it.
Members bound(const Members& members, std::uint64_t serial) {
  formats::SigningRequest request{.signer = certificate()};
  request.serial = serial;
  const certstore::Signer signer(
      certstore::PrivateKey::from_pkcs8(tests::key_named("Binder").to_pkcs8().view(), "test key"),
      certificate(), {});
  const certstore::InputFile input = archive_of(members);
  const auto package = formats::open_package(input, "vro");
  certstore::AtomicFile out(std::filesystem::temp_directory_path() / "pkgtrust-test.package");
  package->plan_signing(request)->write({&signer, 1}, out);
  const certstore::InputFile output = out.reopen();
  const auto written = formats::open_package(output, "vro");
  Members read;
  for (std::size_t i = 0; i < written->entries().size(); ++i) {
    std::string content;
    const auto damage = written->read(i, [&](certstore::ByteView p) { content += certstore::as_text(p); });
    if (damage) throw std::runtime_error("damaged");
    read.emplace_back(written->entries()[i].name, content);
  }
  return read;
}

// A file and its signature.
void take(Members& to, Members& from, const std::string& name, const std::string& as) {
  member(to, as) = member(from, name);
  member(to, "signatures/" + as) = member(from, "signatures/" + name);
}

certstore::Issues issues_of(const Members& members) {
  return read_package(archive_of(members)).issues;
}

// Every signature of the forgery matches, and only the seal speaks.
bool only_the_seal_speaks(const certstore::Issues& issues) {
  return issues.size() == 1 && issues[0].code == IssueCode::seal_mismatch;
}

constexpr const char* kFirst = "elements/11111111-aaaa/data";
constexpr const char* kSecond = "elements/22222222-bbbb/data";

}  // namespace

BOOST_AUTO_TEST_SUITE(vro_bound)

BOOST_AUTO_TEST_CASE(the_package_as_it_was_signed_is_whole) {
  BOOST_TEST(issues_of(bound(unsigned_members(), 1)).empty());
}

BOOST_AUTO_TEST_CASE(a_dropped_element_is_missed) {
  Members members = bound(unsigned_members(), 1);
  std::erase_if(members, [](const auto& m) { return m.first.find("11111111-aaaa") != std::string::npos; });
  BOOST_TEST(only_the_seal_speaks(issues_of(members)));
}

BOOST_AUTO_TEST_CASE(swapped_contents_are_seen) {
  Members members = bound(unsigned_members(), 1);
  Members copy = members;
  take(members, copy, kFirst, kSecond);
  take(members, copy, kSecond, kFirst);
  BOOST_TEST(only_the_seal_speaks(issues_of(members)));
}

BOOST_AUTO_TEST_CASE(a_content_of_another_package_of_the_signer_is_seen) {
  Members members = bound(unsigned_members(), 2);
  Members older = unsigned_members();
  member(older, kFirst) = "<dunes-script-module name=\"old\"/>";
  older = bound(older, 1);
  take(members, older, kFirst, kFirst);
  BOOST_TEST(only_the_seal_speaks(issues_of(members)));
}

BOOST_AUTO_TEST_CASE(an_added_element_of_another_package_of_the_signer_is_seen) {
  Members members = bound(unsigned_members(), 2);
  Members other = unsigned_members();
  other.emplace_back("elements/11111111-aaaa/tags", "<tags/>");
  other = bound(other, 1);
  for (const std::string name : {"elements/11111111-aaaa/tags", "signatures/elements/11111111-aaaa/tags"}) {
    members.emplace_back(name, member(other, name));
  }
  BOOST_TEST(only_the_seal_speaks(issues_of(members)));
}

BOOST_AUTO_TEST_CASE(the_seal_of_another_package_does_not_fit) {
  Members members = bound(unsigned_members(), 2);
  Members other = unsigned_members();
  member(other, kFirst) = "<dunes-script-module name=\"other\"/>";
  other = bound(other, 3);
  take(members, other, "dunes-meta-inf", "dunes-meta-inf");
  BOOST_TEST(only_the_seal_speaks(issues_of(members)));
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_a_mismatch_of_its_signature_too) {
  Members members = bound(unsigned_members(), 1);
  member(members, kFirst).back() = ' ';
  const certstore::Issues issues = issues_of(members);
  BOOST_TEST(has(issues, IssueCode::signature_mismatch));
  BOOST_TEST(has(issues, IssueCode::seal_mismatch));
}

BOOST_AUTO_TEST_SUITE_END()

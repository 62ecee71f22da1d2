#include "formats/text_encoding.h"
#include "formats/vro_content.h"
#include "tests/unit/certificates.h"
#include "tests/unit/vro_files.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>

using namespace vro_test;
using certstore::as_bytes;
using certstore::Bytes;
using formats::Element;
using formats::OwnerStanding;

namespace {

std::vector<Element> elements_of(const certstore::InputFile& file) {
  const Reading reading = read_package(file);
  return reading.package->elements(reading.coverage, 0);
}

const Element& element(const std::vector<Element>& elements, std::string_view id) {
  return *std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return e.id == id; });
}

std::size_t count(const std::vector<Element>& elements, OwnerStanding standing) {
  return static_cast<std::size_t>(std::count_if(elements.begin(), elements.end(), [&](const Element& e) {
    return e.owner && e.owner->standing == standing;
  }));
}

std::string_view file_named(const std::vector<RealFile>& files, std::string_view part) {
  for (const RealFile& file : files) {
    if (file.path.native().find(part) != std::string::npos) return file.path.native();
  }
  throw std::runtime_error("no such file");
}

Bytes utf16(std::string_view text) {
  Bytes bytes = {0xFE, 0xFF};
  certstore::append(bytes, formats::utf16be_from_utf8(text));
  return bytes;
}

bool has_digest(const formats::VroContent& content, certstore::ByteView of) {
  const Bytes digest = certstore::digest(certstore::DigestAlgorithm::md5, of);
  return std::find(content.digests.begin(), content.digests.end(), digest) != content.digests.end();
}

// Counted by another program (Python's zipfile, hashlib and pow, certificates by the openssl tool) over the
// same files: confirmed, older version, not confirmed, certificate absent.
struct Counted {
  std::string_view file;
  std::array<std::size_t, 4> standings;
};
constexpr std::array kCounted = {
    Counted{"com.gvp.poscodx", {0, 0, 0, 0}},
    Counted{"com.rubrik.devops", {30, 0, 24, 0}},
    Counted{"com.rubrik.library.rest", {3, 0, 3, 14}},
    Counted{"com.vmware.pscoe.o11n.exec", {0, 0, 1, 0}},
    Counted{"net.phpipam", {3, 3, 53, 0}},
    Counted{"o11nplugin-avi-package", {1, 0, 0, 0}},
    Counted{"dfwrulehitcount.653738da", {0, 1, 0, 0}},
    Counted{"dfwrulehitcount.7dd1357f", {0, 0, 1, 0}},
    Counted{"package_v1.0", {0, 0, 0, 4}},
    Counted{"package_v1.1", {4, 0, 0, 0}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(vro_elements)

BOOST_AUTO_TEST_CASE(owners_of_real_elements_stand_as_another_program_counted) {
  const std::vector<RealFile> files = real_files();
  if (files.empty()) return;
  for (const Counted& counted : kCounted) {
    const auto file = certstore::InputFile::open(file_named(files, counted.file));
    const std::vector<Element> elements = elements_of(file);
    BOOST_TEST_CONTEXT(counted.file) {
      BOOST_TEST(count(elements, OwnerStanding::confirmed) == counted.standings[0]);
      BOOST_TEST(count(elements, OwnerStanding::older_version) == counted.standings[1]);
      BOOST_TEST(count(elements, OwnerStanding::not_confirmed) == counted.standings[2]);
      BOOST_TEST(count(elements, OwnerStanding::certificate_absent) == counted.standings[3]);
      BOOST_TEST(count(elements, OwnerStanding::other_key) == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(real_elements_have_names_kinds_and_as_many_owners_as_others_found) {
  for (const RealFile& real : real_files()) {
    if (real.expected.at("expect") == "not-vro") continue;
    const auto file = certstore::InputFile::open(real.path);
    std::set<std::string> owners;
    for (const Element& one : elements_of(file)) {
      BOOST_TEST(!one.name.empty(), real.path << " " << one.id);
      BOOST_TEST(!one.kind.empty(), real.path << " " << one.id);
      BOOST_TEST(!one.folder.empty(), real.path << " " << one.id);
      if (one.owner) owners.insert(one.owner->claimed_name);
    }
    BOOST_TEST(owners.size() == std::stoul(real.expected.at("owners")), real.path);
  }
}

BOOST_AUTO_TEST_CASE(a_real_action_is_described) {
  const std::vector<RealFile> files = real_files();
  if (files.empty()) return;
  const auto file = certstore::InputFile::open(file_named(files, "package_v1.1"));
  const Element action = element(elements_of(file), "1edd4636-b2e1-4423-bcca-29f59d62dbd2");
  BOOST_TEST(action.name == "this_is_action_d");
  BOOST_TEST(action.kind == "ScriptModule");
  BOOST_TEST(action.folder == "io.vuptime.vrocli.module2");
  BOOST_TEST(action.version == "0.0.2");
  BOOST_TEST(action.entries.size() == 5u);
  BOOST_TEST(action.owner->certificate.has_value());
}

BOOST_AUTO_TEST_CASE(a_workflow_is_named_by_its_display_name) {
  const auto content = formats::read_vro_content(
      "Workflow",
      utf16("<?xml version='1.0' encoding='UTF-8'?><w:workflow xmlns:w='x' name=\"no\" version=\"1.2\">"
            "<w:display-name><![CDATA[Zür]]>ich</w:display-name><in><display-name>no</display-name>"
            "</in></w:workflow>"));
  BOOST_TEST(content.name == "Zürich");
  BOOST_TEST(content.version == "1.2");
}

BOOST_AUTO_TEST_CASE(the_text_of_an_action_is_what_its_owner_signed) {
  const auto content = formats::read_vro_content(
      "ScriptModule", utf16("<m name=\"a\"><script encoded=\"false\"><![CDATA[x\r\ny]]></script></m>"));
  BOOST_TEST(has_digest(content, as_bytes("x\ny")));
  BOOST_TEST(has_digest(content, as_bytes("x\r\ny")));
  const auto workflow = formats::read_vro_content("Workflow", as_bytes("<m><script>x</script></m>"));
  BOOST_TEST(!has_digest(workflow, as_bytes("x")));
}

BOOST_AUTO_TEST_CASE(a_configuration_is_signed_in_either_encoding) {
  const std::string text = "<config-element version=\"1\"><display-name>c</display-name></config-element>";
  BOOST_TEST(has_digest(formats::read_vro_content("ConfigurationElement", utf16(text)), as_bytes(text)));
  BOOST_TEST(has_digest(formats::read_vro_content("ConfigurationElement", as_bytes(text)), utf16(text)));
}

BOOST_AUTO_TEST_CASE(a_resource_is_read_through_the_strict_index) {
  const Members parts = {{"VSO-RESOURCE-INF/attribute_name", "logo.png"},
                         {"VSO-RESOURCE-INF/attribute_version", "2.0"},
                         {"VSO-RESOURCE-INF/data", "the bytes"}};
  const Bytes archive = archive_of(parts).read_all(1 << 20);
  const auto content = formats::read_vro_content("ResourceElement", archive);
  BOOST_TEST(content.name == "logo.png");
  BOOST_TEST(content.version == "2.0");
  BOOST_TEST(has_digest(content, as_bytes("the bytes")));
  Bytes twice = archive;
  certstore::append(twice, archive);
  BOOST_TEST(formats::read_vro_content("ResourceElement", twice).name.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_leaves_a_name_empty) {
  for (const std::string_view data : {"", "<", "no xml", "<!DOCTYPE a [<!ENTITY e 'x'>]><a name='&e;'/>",
                                      "\xFE\xFF\x01", "{\"json\": 1}"}) {
    for (const std::string_view type : {"Workflow", "ScriptModule", "ResourceElement", ""}) {
      BOOST_TEST(formats::read_vro_content(type, as_bytes(data)).name.empty());
    }
    BOOST_TEST(formats::read_vro_folder(as_bytes(data)).empty());
    BOOST_TEST(!formats::history_has(as_bytes(data), "Workflow", Bytes(16)));
  }
}

BOOST_AUTO_TEST_CASE(a_former_content_is_found_in_the_history) {
  const std::string former = "<workflow version=\"1\"/>";
  const Bytes history = utf16("<items><item><content>" + certstore::to_base64(as_bytes("other")) +
                              "</content></item><item><content initialized=\"true\">\n" +
                              certstore::to_base64(as_bytes(former)) + "\n</content></item></items>");
  const auto md5 = [](certstore::ByteView bytes) {
    return certstore::digest(certstore::DigestAlgorithm::md5, bytes);
  };
  BOOST_TEST(formats::history_has(history, "Workflow", md5(as_bytes(former))));
  BOOST_TEST(formats::history_has(history, "Workflow", md5(utf16(former))));
  BOOST_TEST(!formats::history_has(history, "Workflow", md5(as_bytes("absent"))));
}

BOOST_AUTO_TEST_CASE(an_owner_is_judged_by_key_and_not_by_name) {
  const auto& key = tests::key_named("Owner");
  const auto& other_key = tests::key_named("Impostor");
  const auto owner = tests::make_self_signed_certificate({.common_name = "Owner"});
  const auto impostor =
      tests::make_certificate({.common_name = "Owner"}, other_key.openssl(), nullptr, other_key.openssl());
  const auto signer = tests::make_self_signed_certificate({.common_name = "Signer"});
  const std::string script = "// 11111111-aaaa";
  for (const bool is_genuine : {true, false}) {
    Members members = unsigned_members();
    member(members, "dunes-meta-inf") = properties({{"pkg-name", "n"}, {"pkg-signer", "CN=Signer"}});
    member(members, "elements/11111111-aaaa/info") =
        properties({{"type", "ScriptModule"}, {"signature-owner", "CN=Owner"}, {"id", "11111111-aaaa"}});
    const Members once = signed_members({{"x", script}}, key, owner, certstore::DigestAlgorithm::md5);
    members.emplace_back("elements/11111111-aaaa/content-signature", once.back().second);
    members.emplace_back("certificates/CN=Signer.cer", certstore::as_text(signer.der()));
    members.emplace_back("certificates/CN=Owner.cer",
                         certstore::as_text((is_genuine ? owner : impostor).der()));
    const auto file = archive_of(
        signed_members(members, tests::key_named("Signer"), signer, certstore::DigestAlgorithm::sha256));
    const std::vector<Element> elements = elements_of(file);
    const Element& action = element(elements, "11111111-aaaa");
    BOOST_TEST_REQUIRE(action.owner.has_value());
    BOOST_TEST(
        (action.owner->standing == (is_genuine ? OwnerStanding::confirmed : OwnerStanding::other_key)));
    BOOST_TEST(action.owner->claimed_name == "CN=Owner");
    BOOST_TEST(!element(elements, "22222222-bbbb").owner.has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_history_of_archives_is_inflated_to_a_bound_and_no_further) {
  const auto resource = [](const std::string& inner) {
    const certstore::InputFile archive = vro_test::archive_of({{"VSO-RESOURCE-INF/data", inner}});
    return "<content>" + certstore::to_base64(archive.read_all(100000)) + "</content>";
  };
  const std::string wanted(1000, 'b');
  const std::string history =
      "<version-history>" + resource(std::string(1000, 'a')) + resource(wanted) + "</version-history>";
  const certstore::Bytes digest =
      certstore::digest(certstore::DigestAlgorithm::md5, certstore::as_bytes(wanted));
  BOOST_TEST(formats::history_has(certstore::as_bytes(history), "ResourceElement", digest));
  BOOST_TEST(formats::history_has(certstore::as_bytes(history), "ResourceElement", digest, 2000));
  BOOST_TEST(!formats::history_has(certstore::as_bytes(history), "ResourceElement", digest, 1999));
}

BOOST_AUTO_TEST_SUITE_END()

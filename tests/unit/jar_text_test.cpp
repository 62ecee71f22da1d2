// The text of manifests and signature files: sections, folding, exact bytes, and what is refused.
#include "certstore/base/error.h"
#include "certstore/base/limits.h"
#include "formats/jar/digests.h"
#include "formats/jar/layout.h"
#include "formats/jar/manifest.h"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using certstore::as_bytes;
using certstore::as_text;
using certstore::Bytes;
using certstore::DigestAlgorithm;
using namespace formats::jar;

// The parser's complaint; empty if there is none.
std::string complaint(std::string_view text) {
  try {
    (void)Text::parse(as_bytes(text), "X.SF");
    return {};
  } catch (const certstore::Error& error) {
    BOOST_TEST((error.kind() == certstore::ErrorKind::malformed));
    return error.what();
  }
}

bool complains(std::string_view text, std::string_view about) {
  const std::string found = complaint(text);
  BOOST_TEST_CONTEXT(found) {
    return found.find(about) != std::string::npos;
  }
  return false;
}

std::string bytes_of(const Text& text, const Section& section) {
  return std::string(as_text(text.bytes_of(section)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jar_text)

BOOST_AUTO_TEST_CASE(sections_have_their_exact_bytes_with_every_line_end) {
  for (const std::string end : {"\r\n", "\n", "\r"}) {
    const std::string main = "Manifest-Version: 1.0" + end + "Created-By: x" + end + end;
    const std::string first = "Name: a" + end + "SHA-256-Digest: AAAA" + end + end;
    const std::string second = "Name: b" + end + end;
    const std::string whole = main + first + end + end + second;
    const Text text = Text::parse(as_bytes(whole), "m");
    BOOST_TEST(bytes_of(text, text.main()) == main);
    BOOST_TEST_REQUIRE(text.sections().size() == 2u);
    BOOST_TEST(bytes_of(text, text.sections()[0]) == first);
    BOOST_TEST(bytes_of(text, text.sections()[1]) == second);
    BOOST_TEST(text.sections()[0].name == "a");
    BOOST_TEST(*text.find(text.sections()[0], "sha-256-DIGEST") == "AAAA");
    BOOST_TEST(!text.find(text.sections()[1], "Name").has_value());
    BOOST_TEST(text.is_closed());
  }
}

BOOST_AUTO_TEST_CASE(a_last_section_that_no_empty_line_closes_ends_with_the_file) {
  const std::string whole = "Manifest-Version: 1.0\r\n\r\nName: a\r\nX: y\r\n";
  const Text text = Text::parse(as_bytes(whole), "m");
  BOOST_TEST(!text.is_closed());
  BOOST_TEST(bytes_of(text, text.sections()[0]) == "Name: a\r\nX: y\r\n");
  BOOST_TEST(complains("Manifest-Version: 1.0", "no end"));
}

BOOST_AUTO_TEST_CASE(folded_lines_are_one_value_also_in_the_middle_of_a_character) {
  const std::string whole = "V: 1\r\n\r\nName: a\xC3\r\n \xA4/\r\n b\r\nX: 1\r\n 2\r\n\r\n";
  const Text text = Text::parse(as_bytes(whole), "m");
  BOOST_TEST(text.sections()[0].name == "a\xC3\xA4/b");
  BOOST_TEST(*text.find(text.sections()[0], "X") == "12");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_folded_at_72_bytes_and_read_back) {
  for (const std::size_t size : {1u, 65u, 66u, 67u, 136u, 137u, 138u, 5000u}) {
    std::string name;
    for (std::size_t i = 0; i < size; ++i) name += static_cast<char>('a' + i % 26);
    Bytes out(as_bytes("V: 1\r\n\r\n").begin(), as_bytes("V: 1\r\n\r\n").end());
    append_attribute(out, "Name", name);
    append_line_end(out);
    std::string_view rest = as_text(out);
    while (!rest.empty()) {
      const std::size_t end = rest.find("\r\n");
      BOOST_TEST(end <= 72u);
      rest.remove_prefix(end + 2);
    }
    const Text text = Text::parse(out, "m");
    BOOST_TEST(text.sections()[0].name == name);
  }
}

BOOST_AUTO_TEST_CASE(what_two_readers_could_take_differently_is_refused) {
  using namespace std::string_view_literals;
  BOOST_TEST(complains("A: 1\0\r\n\r\n"sv, "NUL"));
  BOOST_TEST(complains(" A: 1\r\n\r\n", "continues nothing"));
  BOOST_TEST(complains("A: 1\r\n\r\n x\r\n", "continues nothing"));
  BOOST_TEST(complains("A 1\r\n\r\n", "no attribute"));
  BOOST_TEST(complains("A:1\r\n\r\n", "no attribute"));
  BOOST_TEST(complains(": 1\r\n\r\n", "no attribute"));
  BOOST_TEST(complains("A/B: 1\r\n\r\n", "no attribute"));
  BOOST_TEST(complains("A: 1\r\na: 2\r\n\r\n", "twice"));
  BOOST_TEST(complains("A: 1\r\n\r\nX: 1\r\nName: a\r\n\r\n", "begins with the name"));
  BOOST_TEST(complains("A: 1\r\n\r\nName: a\r\nNAME: b\r\n\r\n", "does not begin"));
  BOOST_TEST(complains("Name: a\r\n\r\n", "does not begin"));
  for (const std::string name : {"", "/a", "./a"}) {
    BOOST_TEST(complains("A: 1\r\n\r\nName: " + name + "\r\n\r\n", "cannot name"));
  }
  BOOST_TEST(complains("A: " + std::string(509, 'x') + "\r\n\r\n", "511"));
  std::string many;
  for (int i = 0; i < 20; ++i) many += "A" + std::to_string(i) + ": 1\r\n";
  BOOST_TEST(complaint(many + "\r\n").empty());
  BOOST_TEST(complains(many + "a7: 1\r\n\r\n", "twice"));
  std::string value = "A: 1\r\n";
  for (int i = 0; i < 200; ++i) value += " " + std::string(500, 'x') + "\r\n";
  BOOST_TEST(complains(value + "\r\n", "too long"));
}

BOOST_AUTO_TEST_CASE(an_empty_text_has_no_version) {
  BOOST_CHECK_THROW(Manifest(as_bytes(""), "m"), certstore::Error);
  BOOST_CHECK_THROW(Manifest(as_bytes("\r\n"), "m"), certstore::Error);
  BOOST_CHECK_THROW(Manifest(as_bytes("Created-By: x\r\nManifest-Version: 1.0\r\n\r\n"), "m"),
                    certstore::Error);
  const Manifest manifest(as_bytes("manifest-version: 1.0\r\n\r\n"), "m");
  BOOST_TEST(manifest.text().sections().empty());
}

BOOST_AUTO_TEST_CASE(a_manifest_finds_sections_by_their_names_and_names_doubles) {
  const std::string whole = "Manifest-Version: 1.0\n\nName: a\n\nName: b\n\nName: b\n\nName: b\n\n";
  const Manifest manifest(as_bytes(whole), "m");
  BOOST_TEST(manifest.find("a") == &manifest.text().sections()[0]);
  BOOST_TEST(manifest.find("A") == nullptr);
  BOOST_TEST(manifest.find("b") == nullptr);
  BOOST_TEST(manifest.issues().size() == 1u);
}

BOOST_AUTO_TEST_CASE(digests_are_known_by_all_names_that_java_gives_them) {
  const auto algorithm_of = [](std::string_view name, std::size_t size) {
    const std::string value = certstore::to_base64(Bytes(size));
    const std::string whole =
        std::string(name) + "-Digest: " + value.substr(0, 20) + "\n " + value.substr(20) + "\n\n";
    const Text text = Text::parse(as_bytes(whole), "m");
    const auto digests = digests_in(text, text.main(), kEntryDigest);
    return digests.size() == 1 ? std::string(certstore::name_of(digests.front().algorithm)) : "";
  };
  BOOST_TEST(algorithm_of("SHA-256", 32) == "SHA-256");
  BOOST_TEST(algorithm_of("sha-384", 48) == "SHA-384");
  BOOST_TEST(algorithm_of("SHA1", 20) == "SHA-1");
  BOOST_TEST(algorithm_of("SHA", 20) == "SHA-1");
  BOOST_TEST(algorithm_of("MD5", 16) == "MD5");
  BOOST_TEST(algorithm_of("SHA-224", 28) == "SHA-224");
  BOOST_TEST(algorithm_of("SHA3-512", 64) == "SHA3-512");
  BOOST_TEST(algorithm_of("WHIRL", 64) == "");
  BOOST_CHECK_THROW(algorithm_of("SHA-256", 31), certstore::Error);
}

BOOST_AUTO_TEST_CASE(a_digest_that_is_none_and_one_under_two_names_are_refused) {
  const auto read = [](std::string_view whole) {
    const Text text = Text::parse(as_bytes(whole), "m");
    return digests_in(text, text.main(), kEntryDigest).size();
  };
  BOOST_CHECK_THROW(read("SHA1-Digest: nonsense\n\n"), certstore::Error);
  const std::string value = certstore::to_base64(Bytes(20));
  BOOST_CHECK_THROW(read("SHA1-Digest: " + value + "\nSHA-Digest: " + value + "\n\n"), certstore::Error);
  BOOST_TEST(read("SHA1-Digest: " + value + "\nSHA1-Digest-Manifest: x\nDigest-Algorithms: SHA\n\n") == 1u);
}

BOOST_AUTO_TEST_CASE(the_roles_of_names_are_those_of_java) {
  BOOST_TEST((role_of("META-INF/MANIFEST.MF") == Role::manifest));
  BOOST_TEST((role_of("meta-inf/Manifest.mf") == Role::manifest));
  BOOST_TEST((role_of("META-INF/A.SF") == Role::signature_file));
  BOOST_TEST((role_of("META-INF/a.ec") == Role::signature_block));
  BOOST_TEST((role_of("META-INF/SIG-A.P7M") == Role::foreign_block));
  BOOST_TEST((role_of("META-INF/SIG-A.class") == Role::file));
  BOOST_TEST((role_of("META-INF/x/A.SF") == Role::file));
  BOOST_TEST((role_of("x/META-INF/A.SF") == Role::file));
  BOOST_TEST((role_of("META-INF/.SF") == Role::file));
  BOOST_TEST(is_shadowing("META-INF/versions/9/A.class"));
  BOOST_TEST(is_shadowing("meta-inf/SERVICES/a"));
  BOOST_TEST(!is_shadowing("META-INF/maven/pom.xml"));
}

BOOST_AUTO_TEST_CASE(many_sections_are_parsed_in_linear_time) {
  const auto seconds_for = [](int count) {
    std::string whole = "Manifest-Version: 1.0\r\n\r\n";
    for (int i = 0; i < count; ++i) {
      whole += "Name: folder/entry-" + std::to_string(i) + "\r\nSHA-256-Digest: " + std::string(44, 'A') +
               "\r\n\r\n";
    }
    const auto start = std::chrono::steady_clock::now();
    const Manifest manifest(as_bytes(whole), "m");
    BOOST_TEST(manifest.text().sections().size() == static_cast<std::size_t>(count));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double small = seconds_for(10'000);
  // Ten times the work may take thirty times as long on a busy machine; a hundred times would be quadratic.
  BOOST_TEST(seconds_for(100'000) < 30 * small + 0.5);
}

BOOST_AUTO_TEST_SUITE_END()

// Names that look like others are told from names of all languages.
#include "verifier/mixed_scripts.h"

#include <boost/test/unit_test.hpp>

using verifier::mixed_scripts;

BOOST_AUTO_TEST_SUITE(scripts)

BOOST_AUTO_TEST_CASE(a_word_with_a_letter_that_looks_alike_is_named) {
  BOOST_TEST(mixed_scripts("release.ex\u0430mple.com") == "Cyrillic and Latin");  // a Cyrillic a
  BOOST_TEST(mixed_scripts("build by g\u03BFogle") == "Greek and Latin");         // an omicron
  BOOST_TEST(mixed_scripts("\u0441\u043E\u0441\u03BF") == "Cyrillic and Greek");
  BOOST_TEST(mixed_scripts("\u0430a1\u13A0") == "Cherokee and Cyrillic and Latin");
}

BOOST_AUTO_TEST_CASE(names_of_one_script_each_are_not) {
  for (const char* const name :
       {"", "Example Ltd.", "M\u00FCller & S\u00F6hne", "Mu\u0308ller", "release-1.2_3",
        "\u041E\u041E\u041E Example", "\u0420\u043E\u0441\u0441\u0438\u044F 2026",
        "\u0395\u03BB\u03BB\u03AC\u03B4\u03B1/Latin", "x@\u0440\u0444",
        "\u6771\u4EAC\u30BF\u30EF\u30FC\u306E\u6771", "\uC11C\uC6B8\u6F22", "NTT\u6771\u65E5\u672C",
        "\xff\u0430a"}) {
    BOOST_TEST(mixed_scripts(name).empty(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_spelled_out_in_ascii) {
  BOOST_TEST(verifier::spelled_out("ex\u0430mple") == "ex\\u{430}mple");
  BOOST_TEST(verifier::spelled_out("\U0001F600\u00FC") == "\\u{1f600}\\u{fc}");
  BOOST_TEST(verifier::spelled_out("a\nb").find('\n') == std::string::npos);
  BOOST_TEST(verifier::spelled_out("\xff"
                                   "a")
                 .find('\xff') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#include "certstore/base/who_acts.h"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace certstore;

BOOST_AUTO_TEST_SUITE(who_acts_of_findings)

BOOST_AUTO_TEST_CASE(every_finding_says_why_it_matters_what_to_do_and_who) {
  BOOST_TEST(!all_issue_kinds().empty());
  for (const IssueKind& kind : all_issue_kinds()) {
    BOOST_TEST_CONTEXT(kind.id) {
      BOOST_TEST(kind.meaning.size() > 10u);
      BOOST_TEST(kind.remedy.size() > 5u);
      BOOST_TEST(!words_for(who_acts(kind.code)).empty());
      BOOST_TEST(!name_of(who_acts(kind.code)).empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(somebody_must_act_wherever_a_package_is_refused) {
  for (const IssueKind& kind : all_issue_kinds()) {
    if (kind.effect == Effect::none) continue;
    BOOST_TEST_CONTEXT(kind.id) {
      BOOST_TEST((who_acts(kind.code) != Party::nobody));
    }
  }
}

BOOST_AUTO_TEST_CASE(each_party_has_words_of_its_own_and_a_finding) {
  std::set<std::string_view> words;
  std::set<Party> parties;
  for (const IssueKind& kind : all_issue_kinds()) {
    parties.insert(who_acts(kind.code));
    words.insert(name_of(who_acts(kind.code)));
  }
  BOOST_TEST(parties.size() == 7u);
  BOOST_TEST(words.size() == parties.size());
}

BOOST_AUTO_TEST_SUITE_END()

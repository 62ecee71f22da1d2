#include "certstore/store_place.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

using namespace certstore;
using namespace store_fixtures;

namespace {

// Starts with none of the variables.
struct Variables {
  Variables() {
    for (const char* name : {"PKGTRUST_STORE", "XDG_DATA_HOME", "HOME"}) ::unsetenv(name);
  }
  void set(const char* name, const char* value) const { ::setenv(name, value, 1); }
};

void is_refused() {
  BOOST_CHECK_EXCEPTION(store_place(), Error, is_usage_error);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(places, Variables)

BOOST_AUTO_TEST_CASE(the_nearer_word_wins) {
  set("HOME", "/home/someone");
  BOOST_CHECK_EQUAL(store_place().folder, "/home/someone/.local/share/pkgtrust");
  BOOST_CHECK_EQUAL(store_place().origin, "$HOME");
  set("XDG_DATA_HOME", "/share");
  BOOST_CHECK_EQUAL(store_place().folder, "/share/pkgtrust");
  BOOST_CHECK_EQUAL(store_place().origin, "$XDG_DATA_HOME");
  set("PKGTRUST_STORE", "/store");
  BOOST_CHECK_EQUAL(store_place().folder, "/store");
  BOOST_CHECK_EQUAL(store_place().origin, "$PKGTRUST_STORE");
  BOOST_CHECK_EQUAL(store_place("/typed").folder, "/typed");
  BOOST_CHECK_EQUAL(store_place("/typed").origin, "--store");
  BOOST_CHECK_EQUAL(store_place("/typed").keys(), "/typed/keys");
  BOOST_CHECK_EQUAL(store_place("/typed").trust(), "/typed/trust");
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_empty_or_relative_is_refused) {
  set("HOME", "/home/someone");
  set("PKGTRUST_STORE", "");
  is_refused();
  set("PKGTRUST_STORE", "store");
  is_refused();
  ::unsetenv("PKGTRUST_STORE");
  set("XDG_DATA_HOME", "./share");
  is_refused();
  ::unsetenv("XDG_DATA_HOME");
  set("HOME", "home");
  is_refused();
}

BOOST_AUTO_TEST_CASE(no_variable_at_all_is_refused) {
  is_refused();
}

BOOST_AUTO_TEST_CASE(the_folder_is_made_for_its_owner_alone) {
  const TemporaryFolder folder;
  const StorePlace place = store_place((folder.path / "a/b/store").string());
  make_store_folder(place);
  make_store_folder(place);
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(place.folder.c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 0777U, 0700);
}

BOOST_AUTO_TEST_SUITE_END()

#include "certstore/lmdb_file.h"
#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kRecords = 40;

// An environment whose file has branch, leaf, overflow and free pages.
struct Fixture {
  Fixture() {
    BOOST_REQUIRE(LmdbEnvironment::create(folder_path, {{"a", Bytes(10, 1)}}));
    LmdbEnvironment environment = LmdbEnvironment::open(folder_path, OpenMode::write);
    for (std::size_t i = 0; i < kRecords; ++i) {
      environment.update([&](Transaction& transaction) {
        transaction.put("record " + std::to_string(i),
                        Bytes(i % 10 == 0 ? 9000 : 300, static_cast<std::uint8_t>(i)));
      });
    }
    records = environment.read().list("");
  }

  // Whether it opens, and then with the very records; any other outcome than that and Error(store) is a
  // failure.
  bool opens(OpenMode mode) const {
    const std::string before = content(file);
    bool opened = false;
    try {
      opened = LmdbEnvironment::open(folder_path, mode).read().list("") == records;
      BOOST_CHECK(opened);
    } catch (const Error& error) {
      BOOST_CHECK_MESSAGE(error.kind() == ErrorKind::store, error.what());
    }
    BOOST_CHECK(content(file) == before);
    return opened;
  }
  void is_refused() const {
    BOOST_CHECK(!opens(OpenMode::read));
    BOOST_CHECK(!opens(OpenMode::write));
  }

  TemporaryFolder folder;
  std::filesystem::path folder_path = folder.path / "keys";
  std::filesystem::path file = folder_path / "data.mdb";
  std::vector<Record> records;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(damage, Fixture)

BOOST_AUTO_TEST_CASE(an_untouched_file_opens) {
  BOOST_CHECK(opens(OpenMode::read));
  BOOST_CHECK(opens(OpenMode::write));
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_any_page_is_refused) {
  const std::size_t size = std::filesystem::file_size(file);
  BOOST_REQUIRE_EQUAL(size, kFirstMapSize);
  for (std::size_t cut = size - kPage; cut > 0; cut -= kPage) {
    std::filesystem::resize_file(file, cut);
    BOOST_CHECK_EXCEPTION(LmdbEnvironment::open(folder_path, OpenMode::read), Error, is_store_error);
    BOOST_CHECK_EXCEPTION(LmdbEnvironment::open(folder_path, OpenMode::write), Error, is_store_error);
    BOOST_CHECK_EQUAL(std::filesystem::file_size(file), cut);
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_an_odd_size_is_refused) {
  const std::string whole = content(file);
  for (const std::size_t size : {std::size_t{1}, std::size_t{16}, std::size_t{151}, std::size_t{152},
                                 kPage - 1, kPage + 1, kPage + 152, 2 * kPage + 7, whole.size() - 1}) {
    write_content(file, whole.substr(0, size));
    is_refused();
  }
  write_content(file, whole + "x");
  is_refused();
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_refused_and_does_not_become_a_new_store) {
  write_content(file, "");
  is_refused();
}

BOOST_AUTO_TEST_CASE(garbage_is_refused) {
  std::mt19937 random(1);
  std::string garbage(kFirstMapSize, '\0');
  write_content(file, garbage);
  is_refused();
  std::generate(garbage.begin(), garbage.end(), [&] { return static_cast<char>(random()); });
  write_content(file, garbage);
  is_refused();
}

BOOST_AUTO_TEST_CASE(an_absent_file_or_another_kind_of_file_is_refused) {
  std::filesystem::remove(file);
  BOOST_CHECK_EXCEPTION(LmdbEnvironment::open(folder_path, OpenMode::write), Error, is_store_error);
  BOOST_CHECK(!std::filesystem::exists(file));
  BOOST_REQUIRE_EQUAL(::mkfifo(file.c_str(), 0600), 0);
  BOOST_CHECK_EXCEPTION(LmdbEnvironment::open(folder_path, OpenMode::write), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(swapped_meta_pages_are_refused) {
  const std::string whole = content(file);
  write_content(file, whole.substr(kPage, kPage) + whole.substr(0, kPage) + whole.substr(2 * kPage));
  is_refused();
}

BOOST_AUTO_TEST_CASE(one_meta_page_twice_is_refused) {
  const std::string whole = content(file);
  write_content(file, whole.substr(0, kPage) + whole.substr(0, kPage) + whole.substr(2 * kPage));
  is_refused();
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_of_a_meta_page_kills_or_lies) {
  const std::string whole = content(file);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < 2 * kPage; i += (i % kPage < 152 ? 1 : 997)) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    write_content(file, changed);
    refused += opens(OpenMode::read) ? 0 : 1;
  }
  BOOST_CHECK_GT(refused, 100);
}

BOOST_AUTO_TEST_CASE(no_page_of_garbage_kills_or_lies) {
  const std::string whole = content(file);
  std::mt19937 random(2);
  std::size_t refused = 0;
  for (std::size_t page = 2; page < 40; ++page) {
    std::string changed = whole;
    for (std::size_t i = 0; i < kPage; ++i) changed[page * kPage + i] = static_cast<char>(random());
    write_content(file, changed);
    refused += opens(OpenMode::read) ? 0 : 1;
    std::fill_n(changed.begin() + static_cast<std::ptrdiff_t>(page * kPage), kPage, '\0');
    write_content(file, changed);
    refused += opens(OpenMode::read) ? 0 : 1;
  }
  BOOST_CHECK_GT(refused, 10);
}

BOOST_AUTO_TEST_CASE(no_flipped_bit_of_a_page_kills_or_lies) {
  const std::string whole = content(file);
  std::mt19937 random(3);
  std::size_t refused = 0;
  for (int i = 0; i < 150; ++i) {
    std::string changed = whole;
    const std::size_t place = 2 * kPage + random() % (30 * kPage);
    changed[place] = static_cast<char>(changed[place] ^ (1 << (random() % 8)));
    write_content(file, changed);
    refused += opens(OpenMode::read) ? 0 : 1;
  }
  BOOST_CHECK_GT(refused, 10);
}

BOOST_AUTO_TEST_CASE(network_file_systems_are_told_by_their_type) {
  BOOST_CHECK(is_network_file_system(0x6969));       // NFS
  BOOST_CHECK(is_network_file_system(0xFF534D42));   // CIFS
  BOOST_CHECK(!is_network_file_system(0xEF53));      // ext4
  BOOST_CHECK(!is_network_file_system(0x01021994));  // tmpfs
  BOOST_CHECK_NO_THROW(require_local_file_system(folder_path));
}

BOOST_AUTO_TEST_SUITE_END()

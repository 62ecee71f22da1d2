// The sealed file under a backup: what was written comes back, and nothing else does.
#include "certstore/backup_file.h"

#include "tests/store/store_fixtures.h"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace certstore;
using namespace store_fixtures;

BOOST_TEST_GLOBAL_FIXTURE(ProtectSecrets);

namespace {

constexpr std::size_t kHeader = 138;
constexpr std::size_t kFullPart = 4 + (64 << 10) + 17;

Bytes content_of(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  return bytes;
}

struct Written {
  explicit Written(std::size_t size) : path(folder.path / "a.backup") {
    AtomicFile file(path, 0600);
    BackupWriter writer(file, secret("right"), kCheap);
    writer.write(content_of(size));
    writer.finish();
    file.commit(Existing::refuse);
    bytes = store_fixtures::content(path);
  }
  // Another file in its place.
  void replace(const std::string& other) const { write_content(path, other); }

  TemporaryFolder folder;
  std::filesystem::path path;
  std::string bytes;
};

Bytes read_all(const std::filesystem::path& path, std::string_view passphrase = "right") {
  const BackupFile backup(InputFile::open(path), secret(passphrase));
  BackupFile::Reader reader(backup);
  Bytes all;
  std::uint8_t byte = 0;
  while (!reader.at_end()) {
    reader.read({&byte, 1});
    all.push_back(byte);
  }
  return all;
}

// What reading says, empty if it says nothing.
std::string trouble_of(const Written& file, const std::string& bytes) {
  file.replace(bytes);
  try {
    static_cast<void>(read_all(file.path));
    return {};
  } catch (const Error& error) {
    BOOST_CHECK(error.kind() == ErrorKind::store);
    return error.what();
  }
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

// The checksum of the header made anew, as somebody would who changes it on purpose.
std::string with_new_sum(std::string bytes) {
  const Sha256 sum = sha256(as_bytes(std::string_view(bytes).substr(0, kHeader - 32)));
  std::copy(sum.begin(), sum.end(), bytes.begin() + kHeader - 32);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_comes_back_whatever_its_size) {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 65535, 65536, 65537, 131072, 200000}) {
    const Written file(size);
    BOOST_CHECK(read_all(file.path) == content_of(size));
  }
}

BOOST_AUTO_TEST_CASE(its_first_line_says_what_it_is) {
  BOOST_CHECK(Written(10).bytes.starts_with("pkgtrust backup 1\n"));
}

BOOST_AUTO_TEST_CASE(two_files_of_the_same_content_share_no_secret_byte) {
  const std::string a = Written(300).bytes;
  const std::string b = Written(300).bytes;
  BOOST_CHECK_NE(a.substr(34, 40), b.substr(34, 40));
  BOOST_CHECK_NE(a.substr(kHeader + 4), b.substr(kHeader + 4));
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_is_noticed) {
  const Written file(70);
  BOOST_REQUIRE_EQUAL(file.bytes.size(), kHeader + 4 + 70 + 17);
  for (std::size_t i = 0; i < file.bytes.size(); ++i) {
    std::string changed = file.bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    BOOST_CHECK_MESSAGE(!trouble_of(file, changed).empty(), "a flip at byte " << i << " was not noticed");
  }
  BOOST_CHECK_EQUAL(trouble_of(file, file.bytes), "");
}

BOOST_AUTO_TEST_CASE(every_truncation_is_noticed) {
  const Written file(70);
  for (std::size_t size = 0; size < file.bytes.size(); ++size) {
    const std::string trouble = trouble_of(file, file.bytes.substr(0, size));
    BOOST_CHECK_MESSAGE(says(trouble, size < 16 ? "not a backup" : "cut short"), size << ": " << trouble);
  }
}

BOOST_AUTO_TEST_CASE(a_file_cut_between_two_parts_is_cut_short) {
  const Written file(200000);
  for (std::size_t end = kHeader; end < file.bytes.size(); end += kFullPart) {
    BOOST_CHECK(says(trouble_of(file, file.bytes.substr(0, end)), "its end is missing"));
  }
}

BOOST_AUTO_TEST_CASE(appended_bytes_are_noticed) {
  const Written file(70);
  BOOST_CHECK(says(trouble_of(file, file.bytes + "x"), "1 bytes follow its end"));
  BOOST_CHECK(says(trouble_of(file, file.bytes + file.bytes.substr(kHeader)), "91 bytes follow its end"));
}

BOOST_AUTO_TEST_CASE(parts_that_are_swapped_repeated_or_left_out_are_noticed) {
  const Written file(200000);
  const std::string header = file.bytes.substr(0, kHeader);
  const std::string first = file.bytes.substr(kHeader, kFullPart);
  const std::string second = file.bytes.substr(kHeader + kFullPart, kFullPart);
  const std::string rest = file.bytes.substr(kHeader + 2 * kFullPart);
  BOOST_CHECK_EQUAL(trouble_of(file, header + first + second + rest), "");
  for (const std::string& body : {second + first + rest, first + first + rest, first + rest, second + rest}) {
    BOOST_CHECK(says(trouble_of(file, header + body), "was changed"));
  }
}

BOOST_AUTO_TEST_CASE(parts_of_another_backup_under_the_same_passphrase_are_noticed) {
  const Written file(70);
  const Written other(70);
  BOOST_CHECK(
      says(trouble_of(file, file.bytes.substr(0, kHeader) + other.bytes.substr(kHeader)), "was changed"));
}

BOOST_AUTO_TEST_CASE(a_wrong_passphrase_is_told_from_damage) {
  const Written file(70);
  BOOST_CHECK_EXCEPTION(read_all(file.path, "wrong"), Error, is_passphrase_error);
  std::string damaged = file.bytes;
  damaged[20] = static_cast<char>(damaged[20] ^ 1);
  file.replace(damaged);
  BOOST_CHECK_EXCEPTION(read_all(file.path, "wrong"), Error, is_store_error);
  std::string sealed = file.bytes;
  sealed[kHeader + 10] = static_cast<char>(sealed[kHeader + 10] ^ 1);
  file.replace(sealed);
  BOOST_CHECK_EXCEPTION(read_all(file.path, "wrong"), Error, is_passphrase_error);
  BOOST_CHECK_EXCEPTION(read_all(file.path), Error, is_store_error);
}

BOOST_AUTO_TEST_CASE(a_cost_out_of_bounds_is_refused_before_it_is_paid) {
  const Written file(70);
  // At 18 the passes, at 26 the memory, little-endian.
  for (const auto& [at, value] :
       {std::pair<std::size_t, char>{18 + 7, '\x7F'}, {18, '\0'}, {26 + 5, '\x7F'}}) {
    std::string changed = file.bytes;
    changed[at] = value;
    BOOST_CHECK(says(trouble_of(file, changed), "header was changed"));
    BOOST_CHECK(says(trouble_of(file, with_new_sum(changed)), "out of bounds"));
  }
  std::string dear = file.bytes;
  dear[18] = 2;
  file.replace(with_new_sum(dear));
  BOOST_CHECK_EXCEPTION(read_all(file.path), Error, is_passphrase_error);
}

BOOST_AUTO_TEST_CASE(another_version_and_another_file_say_so) {
  const Written file(70);
  std::string newer = file.bytes;
  newer[16] = '2';
  BOOST_CHECK(says(trouble_of(file, newer), "of a version that is not known"));
  BOOST_CHECK(says(trouble_of(file, std::string(500, 'x')), "is not a backup"));
}

BOOST_AUTO_TEST_CASE(reading_beyond_what_is_sealed_is_refused) {
  const Written file(70);
  const BackupFile backup(InputFile::open(file.path), secret("right"));
  BackupFile::Reader reader(backup);
  Bytes more(71);
  BOOST_CHECK_EXCEPTION(reader.read(more), Error, is_store_error);
}

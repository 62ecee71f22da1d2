// Beyond 4 GiB, on sparse files: offsets and sizes that need ZIP64.
#include "certstore/base/error.h"
#include "formats/zip/central_record.h"
#include "formats/zip/index.h"
#include "formats/zip/reader.h"
#include "formats/zip/record.h"
#include "tests/unit/zip_builder.h"
#include "tests/unit/zip_files.h"

#include <boost/test/unit_test.hpp>

#include <sys/mman.h>
#include <unistd.h>

using namespace zip_test;
using namespace formats::zip;
using certstore::append;
using certstore::append_u16;
using certstore::append_u32;
using certstore::append_u64;
using certstore::Bytes;
using certstore::ByteView;

namespace {

constexpr std::uint64_t kBig = (std::uint64_t{4} << 30) + 10;

// The first central record of an archive.
Bytes central_of(const BuiltArchive& archive) {
  const auto file = file_of(archive.build());
  const Entry entry = read_index(file).index.entries.at(0);
  Bytes record(entry.central_size);
  file.read_at(entry.central_offset, record);
  return record;
}

Bytes local_of(const BuiltEntry& entry) {
  BuiltArchive archive;
  archive.entries = {entry};
  Bytes content = archive.build();
  content.resize(kLocalSize + entry.local.name.size() + entry.local.extra.size() + entry.data.size());
  return content;
}

BuiltEntry big_entry() {
  BuiltEntry big = stored("big", "");
  big.local.size = big.local.compressed_size = kIn64;
  big.local.extra = block(kExtraZip64, wide_numbers({kBig, kBig}));
  big.central = big.local;
  return big;
}

// Puts `bytes` at `offset` of the sparse file and returns where they end.
std::uint64_t put(const certstore::FileDescriptor& file, std::uint64_t offset, ByteView bytes) {
  BOOST_TEST_REQUIRE(::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
                     static_cast<ssize_t>(bytes.size()));
  return offset + bytes.size();
}

Bytes end_records(std::uint64_t count, std::uint64_t central_offset, std::uint64_t central_size) {
  Bytes out = bytes(kEnd64Mark);
  append_u64(out, kEnd64Size - 12);
  append_u32(out, 0);
  append_u64(out, 0);
  for (const std::uint64_t number : {count, count, central_size, central_offset}) append_u64(out, number);
  append(out, bytes(kLocator64Mark));
  append_u32(out, 0);
  append_u64(out, central_offset + central_size);
  append_u32(out, 1);
  append(out, bytes(kEndMark));
  append_u32(out, 0);
  for (int i = 0; i < 2; ++i) append_u16(out, static_cast<std::uint16_t>(count));
  append_u32(out, static_cast<std::uint32_t>(central_size));
  append_u32(out, kIn64);
  append_u16(out, 0);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zip_wide)

BOOST_AUTO_TEST_CASE(an_entry_beyond_4_gib_is_indexed_and_read) {
  certstore::FileDescriptor descriptor(::memfd_create("sparse", MFD_CLOEXEC));
  BuiltArchive small;
  small.entries = {deflated("small", "text")};
  BuiltArchive big;
  big.entries = {big_entry()};
  std::uint64_t end = put(descriptor, 0, local_of(big.entries[0])) + kBig;
  const std::uint64_t small_at = end;
  end = put(descriptor, end, local_of(small.entries[0]));
  const std::uint64_t central_at = end;
  // The big entry's record cannot come from read_index(): alone it is no sound archive.
  Bytes big_record = big.build();
  big_record.erase(big_record.begin(),
                   big_record.begin() + static_cast<std::ptrdiff_t>(local_of(big.entries[0]).size()));
  big_record.resize(kCentralSize + 3 + big.entries[0].central.extra.size());
  end = put(descriptor, end, big_record);
  end = put(descriptor, end, relocated(central_of(small), small_at));
  put(descriptor, end, end_records(2, central_at, end - central_at));

  const certstore::InputFile file(std::move(descriptor), "sparse");
  const IndexResult result = read_index(file);
  BOOST_TEST(result.issues.empty());
  BOOST_TEST_REQUIRE(result.index.entries.size() == 2u);
  BOOST_TEST(result.index.entries[0].size == kBig);
  BOOST_TEST(result.index.entries[1].local_offset == small_at);
  BOOST_TEST((read_small_entry(file, result.index.entries[1], 10) == bytes("text")));
}

BOOST_AUTO_TEST_CASE(an_offset_that_fits_changes_four_bytes) {
  const Bytes record = central_of(sound_archive());
  Bytes expected = record;
  expected[42] = 0x78;
  expected[43] = 0x56;
  BOOST_TEST((relocated(record, 0x5678) == expected));
  BOOST_TEST((relocated(relocated(record, 0x5678), 0) == record));
}

BOOST_AUTO_TEST_CASE(an_offset_that_does_not_fit_goes_into_a_zip64_block) {
  BuiltArchive archive = sound_archive();
  const Bytes other = block(0x5455, {1, 2, 3, 4, 5});
  set_extra(archive.entries[0], other);
  const Bytes record = central_of(archive);
  const Bytes wide = relocated(record, kBig);
  BOOST_TEST(wide.size() == record.size() + 12);
  Bytes expected = block(kExtraZip64, wide_numbers({kBig}));
  append(expected, other);
  const std::size_t extra_at = kCentralSize + archive.entries[0].central.name.size();
  const Bytes extra(wide.begin() + static_cast<std::ptrdiff_t>(extra_at), wide.end());
  BOOST_TEST((extra == expected));
  BOOST_TEST(wide[6] == 45);  // version needed
  // Once there it stays there.
  const Bytes back = relocated(wide, 7);
  BOOST_TEST(back.size() == wide.size());
  BOOST_TEST(back[extra_at + 4] == 7);
  BOOST_TEST((relocated(back, kBig) == wide));
}

BOOST_AUTO_TEST_CASE(sizes_in_a_zip64_block_stay_before_the_offset) {
  BuiltArchive archive;
  archive.entries = {stored("a", "12345")};
  archive.entries[0].central.size = archive.entries[0].central.compressed_size = kIn64;
  archive.entries[0].central.extra = block(kExtraZip64, wide_numbers({5, 5, 0}));
  const Bytes wide = relocated(central_of(archive), kBig);
  const Bytes extra(wide.begin() + static_cast<std::ptrdiff_t>(kCentralSize + 1), wide.end());
  BOOST_TEST((extra == block(kExtraZip64, wide_numbers({5, 5, kBig}))));
}

BOOST_AUTO_TEST_CASE(an_extra_field_without_room_for_the_offset_is_an_error) {
  BuiltArchive archive = sound_archive();
  archive.entries[0].central.extra = block(0xCAFE, Bytes(65'520));
  BOOST_CHECK_THROW((void)relocated(central_of(archive), kBig), certstore::Error);
}

BOOST_AUTO_TEST_SUITE_END()

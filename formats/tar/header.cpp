#include "formats/tar/header.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace formats::tar {
namespace {

using namespace std::string_view_literals;

// IEEE Std 1003.1, pax, "ustar Interchange Format".
struct Field {
  std::size_t offset;
  std::size_t size;
  std::string_view name;
};
constexpr Field kName{0, 100, "name"};
constexpr Field kMode{100, 8, "mode"};
constexpr Field kUid{108, 8, "uid"};
constexpr Field kGid{116, 8, "gid"};
constexpr Field kSize{124, 12, "size"};
constexpr Field kMtime{136, 12, "mtime"};
constexpr Field kChecksum{148, 8, "checksum"};
constexpr std::size_t kType = 156;
constexpr Field kLink{157, 100, "link name"};
constexpr Field kMark{257, 8, "mark"};
constexpr Field kMajor{329, 8, "device"};
constexpr Field kMinor{337, 8, "device"};
constexpr Field kPrefix{345, 155, "prefix"};

constexpr std::string_view kUstar =
    "ustar\0"
    "00"sv;
constexpr std::string_view kGnu = "ustar  \0"sv;

std::string_view text_in(certstore::ByteView block, const Field& field) {
  return certstore::as_text(block.subspan(field.offset, field.size));
}

// Up to the first NUL; nothing if there is more behind it.
std::optional<std::string_view> name_in(certstore::ByteView block, const Field& field) {
  const std::string_view text = text_in(block, field);
  const std::string_view name = text.substr(0, text.find('\0'));
  if (text.find_first_not_of('\0', name.size()) != std::string_view::npos) return std::nullopt;
  return name;
}

// Blanks, octal digits, then blanks and NULs only; an empty field is 0.
std::optional<std::int64_t> octal(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '7'; ++digits) {
    value = value * 8 + (text[digits] - '0');  // 12 digits at most
  }
  if (text.find_first_not_of(" \0"sv, digits) != std::string_view::npos) return std::nullopt;
  return value;
}

// GNU's binary numbers, big-endian: 0x80 before a positive one, 0xFF before a negative one.
std::optional<std::int64_t> binary(std::string_view text) {
  const bool negative = text[0] == '\xFF';
  if (text[0] != '\x80' && !negative) return std::nullopt;
  text.remove_prefix(1);
  std::uint64_t value = negative ? std::numeric_limits<std::uint64_t>::max() : 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text.size() - i > sizeof value && byte != (negative ? 0xFF : 0)) return std::nullopt;
    value = (value << 8) | byte;
  }
  const auto result = static_cast<std::int64_t>(value);
  return (result < 0) == negative ? std::optional(result) : std::nullopt;
}

std::optional<std::int64_t> number_in(certstore::ByteView block, const Field& field) {
  const std::string_view text = text_in(block, field);
  return (static_cast<unsigned char>(text[0]) & 0x80U) != 0 ? binary(text) : octal(text);
}

bool is_blank(certstore::ByteView block, const Field& field) {
  return text_in(block, field).find_first_not_of(" \0"sv) == std::string_view::npos;
}

// Reads fields and keeps the first fault.
class Fields {
 public:
  explicit Fields(certstore::ByteView block) : block_(block) {}

  std::string text(const Field& field) {
    const auto found = name_in(block_, field);
    if (!found) fail(field, "holds a NUL before its end, where some programs stop to read");
    return std::string(found.value_or(""));
  }
  std::uint64_t number(const Field& field) {
    const std::int64_t found = any_number(field);
    if (found < 0) fail(field, "is negative");
    return found < 0 ? 0 : static_cast<std::uint64_t>(found);
  }
  std::int64_t any_number(const Field& field) {
    const auto found = number_in(block_, field);
    if (!found) fail(field, "is no number that programs read alike");
    return found.value_or(0);
  }
  void require_filled(const Field& field) {
    if (is_blank(block_, field)) fail(field, "is empty");
  }
  void fail(const Field& field, std::string_view why) {
    if (fault_.empty()) fault_ = "has a field '" + std::string(field.name) + "' that " + std::string(why);
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  certstore::ByteView block_;
  std::string fault_;
};

}  // namespace

bool has_mark(certstore::ByteView block) {
  return block.size() >= kBlock && (text_in(block, kMark) == kUstar || text_in(block, kMark) == kGnu);
}

bool is_zero(certstore::ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::uint32_t checksum_of(certstore::ByteView block) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    sum += i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size ? ' ' : block[i];
  }
  return sum;
}

std::variant<Header, std::string> read_header(certstore::ByteView block) {
  if (!has_mark(block)) return std::string("is neither of ustar nor of GNU");
  Fields fields(block);
  fields.require_filled(kChecksum);
  fields.require_filled(kSize);
  const std::uint64_t checksum = fields.number(kChecksum);
  if (fields.fault().empty() && checksum != checksum_of(block)) return std::string("has a wrong checksum");
  Header header;
  header.type = static_cast<char>(block[kType]);
  header.size = fields.number(kSize);
  header.uid = fields.number(kUid);
  header.gid = fields.number(kGid);
  header.mtime = fields.any_number(kMtime);
  // Of no meaning without a device; yet libarchive takes a header that has no numbers there for none.
  for (const Field& device : {kMajor, kMinor}) static_cast<void>(fields.number(device));
  const std::uint64_t mode = fields.number(kMode);
  // GNU tar writes the kind of file into the upper bits of old headers; it says nothing that `type` does not.
  if (mode > 0xFFFF) fields.fail(kMode, "is too large");
  header.mode = static_cast<std::uint16_t>(mode & 07777);
  header.name = fields.text(kName);
  header.link = fields.text(kLink);
  if (text_in(block, kMark) == kGnu) {
    // GNU keeps other things there, which other programs take for a folder.
    const bool is_empty = is_zero(block.subspan(kPrefix.offset, kPrefix.size));
    if (!is_empty && header.type != kGnuSparse)
      fields.fail(kPrefix, "is no prefix to GNU tar, and one to others");
  } else if (const std::string prefix = fields.text(kPrefix); !prefix.empty()) {
    header.name = prefix + "/" + header.name;
  }
  if (!fields.fault().empty()) return fields.fault();
  return header;
}

}  // namespace formats::tar

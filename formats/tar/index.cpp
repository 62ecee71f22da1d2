#include "formats/tar/index.h"

#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "formats/tar/names.h"
#include "formats/tar/pax.h"

#include <algorithm>
#include <optional>

namespace formats::tar {
namespace {

using certstore::Bytes;
using certstore::IssueCode;
using zip::at_byte;

// What fits the field of a ustar header, in name and size.
constexpr std::size_t kUstarName = 100;
constexpr std::uint64_t kUstarSize = std::uint64_t{1} << 33;

// What stands before a member and belongs to it.
struct Pending {
  std::uint64_t start = 0;
  std::optional<std::string> long_name;  // GNU
  std::optional<std::string> long_link;
  std::optional<Pax> pax;
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

// Programs that know one of the two headers only take what the other says not; so a long text must go on
// where the short one ends, and one that fits must be the same.
bool contradicts(const std::string& in_header, const std::string& text, bool gnu) {
  if (text == in_header) return false;
  if (gnu)
    return text.size() < kUstarName || !text.starts_with(in_header) || in_header.size() + 1 < kUstarName;
  return text.size() < kUstarName && is_ascii(text);
}

// One run over the headers.
class IndexReader {
 public:
  IndexReader(Input& input, ContentListener* listener) : input_(input), listener_(listener) {}

  IndexResult run() {
    while (next_block()) certstore::throw_if_interrupted();
    check_names(result_.index, findings_);
    result_.issues = findings_.take();
    return std::move(result_);
  }

 private:
  // Says what is wrong; behind it nothing can be read.
  bool refuse(const std::string& what) {
    findings_.archive(what);
    return false;
  }
  bool refuse_header(const std::string& what) { return refuse("the header" + at_byte(header_) + " " + what); }

  certstore::ByteView take(std::size_t size) {
    const certstore::ByteView bytes = input_.take(size);
    offset_ += bytes.size();
    return bytes;
  }

  bool next_block() {
    header_ = offset_;
    const certstore::ByteView block = take(kBlock);
    if (block.size() < kBlock) {
      return refuse("it ends" + at_byte(offset_) + " without the two empty blocks that end a tar");
    }
    if (is_zero(block)) return check_end();
    const auto read = read_header(block);
    if (const auto* fault = std::get_if<std::string>(&read)) return refuse_header(*fault);
    return take_header(std::get<Header>(read));
  }

  bool check_end() {
    const bool is_left = pending_ && (pending_->pax || pending_->long_name || pending_->long_link);
    if (is_left) return refuse("a header" + at_byte(pending_->start) + " belongs to no member");
    result_.index.end_offset = pending_ ? pending_->start : header_;
    const certstore::ByteView second = take(kBlock);
    if (second.size() < kBlock) return refuse("it ends" + at_byte(offset_) + " after one empty block");
    if (!is_zero(second))
      return refuse("one empty block alone, behind which programs read on or not," + at_byte(header_));
    while (true) {
      const std::uint64_t start = offset_;
      const certstore::ByteView rest = take(std::size_t{64} << 10);
      if (rest.empty()) return false;
      if (!is_zero(rest)) {
        const auto found =
            std::find_if(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte != 0; });
        return refuse("bytes behind the end of the archive" +
                      at_byte(start + static_cast<std::uint64_t>(found - rest.begin())));
      }
    }
  }

  bool take_header(const Header& header) {
    switch (header.type) {
      case kGnuLongName:
      case kGnuLongLink:
        return take_long_text(header);
      case kPaxMember:
      case kPaxGlobal:
        return take_pax(header);
      case kFile:
      case kOldFile:
        return take_member(header, EntryType::file);
      case kDirectory:
        return take_member(header, EntryType::directory);
      case kSymbolicLink:
        return take_member(header, EntryType::symbolic_link);
      case kHardLink:
        return take_member(header, EntryType::hard_link);
      case kCharacterDevice:
      case kBlockDevice:
      case kPipe:
        return refuse_header("is that of a device or pipe, " + certstore::in_quotes(header.name));
      case kGnuSparse:
        return refuse_header("is that of a sparse file, of which programs make different ones");
      default:
        return refuse_header("is of an unknown kind, " + certstore::in_quotes(std::string(1, header.type)));
    }
  }

  Pending& pending() {
    if (!pending_) pending_ = Pending{.start = header_};
    return *pending_;
  }

  // The content of a header that is about the member behind it; nothing if it was refused.
  std::optional<Bytes> header_content(const Header& header, std::size_t limit) {
    if (header.size == 0 || header.size > limit) {
      refuse_header("has " + std::to_string(header.size) + " bytes, where 1 to " + std::to_string(limit) +
                    " are read");
      return std::nullopt;
    }
    const auto size = static_cast<std::size_t>(header.size);
    const auto whole = static_cast<std::size_t>(padded(header.size));
    const certstore::ByteView bytes = take(whole);
    if (bytes.size() < whole) {
      refuse("it is cut short" + at_byte(offset_));
      return std::nullopt;
    }
    return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  }

  bool take_long_text(const Header& header) {
    std::optional<std::string>& into =
        header.type == kGnuLongName ? pending().long_name : pending().long_link;
    if (into) return refuse_header("gives a long name a second time");
    const auto content = header_content(header, certstore::limits::kEntryName + 1);
    if (!content) return false;
    std::string_view text = certstore::as_text(*content);
    if (text.ends_with('\0')) text.remove_suffix(1);
    if (text.find('\0') != std::string_view::npos) {
      return refuse_header("holds a NUL in a name, where some programs stop to read");
    }
    into = text;
    return true;
  }

  bool take_pax(const Header& header) {
    const bool is_global = header.type == kPaxGlobal;
    if (pending().pax) return refuse_header("is a second or misplaced extended header for one member");
    const auto content = header_content(header, certstore::limits::kPaxSize);
    if (!content) return false;
    if (is_global) {
      const std::string fault = fault_of_global_pax(*content);
      return fault.empty() || refuse_header(fault);
    }
    auto read = read_pax(*content);
    if (const auto* fault = std::get_if<std::string>(&read)) return refuse_header(*fault);
    pending().pax = std::move(std::get<Pax>(read));
    return true;
  }

  // What the headers before the member's own say instead of it; empty if they are at one.
  std::string apply(Header& header) const {
    if (pending_->pax && (pending_->long_name || pending_->long_link)) {
      return "has extended headers of two kinds, of which programs take one";
    }
    if (pending_->long_name && contradicts(header.name, *pending_->long_name, true)) {
      return "has another name than the header before it";
    }
    if (pending_->long_link && contradicts(header.link, *pending_->long_link, true)) {
      return "has another link than the header before it";
    }
    if (pending_->long_name) header.name = *pending_->long_name;
    if (pending_->long_link) header.link = *pending_->long_link;
    if (!pending_->pax) return {};
    const Pax& pax = *pending_->pax;
    if (pax.path && contradicts(header.name, *pax.path, false)) {
      return "has another name than its extended header says, " + certstore::in_quotes(*pax.path);
    }
    if (pax.link && contradicts(header.link, *pax.link, false)) {
      return "has another link than its extended header says, " + certstore::in_quotes(*pax.link);
    }
    if (pax.size && *pax.size != header.size && (header.size != 0 || *pax.size < kUstarSize)) {
      return "has another size than its extended header says, " + std::to_string(*pax.size);
    }
    header.name = pax.path.value_or(header.name);
    header.link = pax.link.value_or(header.link);
    header.size = pax.size.value_or(header.size);
    header.uid = pax.uid.value_or(header.uid);
    header.gid = pax.gid.value_or(header.gid);
    header.mtime = pax.mtime.value_or(header.mtime);
    return {};
  }

  bool take_member(Header header, EntryType type) {
    pending();
    if (const std::string fault = apply(header); !fault.empty()) return refuse_header(fault);
    if (type != EntryType::file && header.size != 0) {
      return refuse_header("is of no file and has content, which programs pass over or do not");
    }
    if (header.name.empty()) return refuse_header("has no name");
    if (type == EntryType::file && header.name.ends_with('/')) {
      return refuse_header("is of a file whose name ends as a directory's");
    }
    if (header.size > static_cast<std::uint64_t>(INT64_MAX) - kBlock - offset_) {
      return refuse_header("says a size beyond all files");
    }
    if (result_.index.entries.size() >= certstore::limits::kEntries) {
      return refuse("it has more than " + std::to_string(certstore::limits::kEntries) + " members");
    }
    add_entry(header, type);
    pending_.reset();
    return pass_content();
  }

  void add_entry(const Header& header, EntryType type) {
    Entry entry;
    entry.name = plain_name(header.name);
    if (type == EntryType::hard_link) entry.link = plain_name(header.link);
    if (type == EntryType::symbolic_link) entry.link = header.link;
    entry.header_offset = pending_->start;
    entry.content_offset = offset_;
    entry.size = header.size;
    entry.uid = header.uid;
    entry.gid = header.gid;
    entry.mtime = header.mtime;
    entry.mode = header.mode;
    entry.type = type;
    entry.has_extras = pending_->pax && pending_->pax->has_extras;
    check_texts(entry);
    result_.index.entries.push_back(std::move(entry));
  }

  void check_texts(const Entry& entry) {
    const auto unsafe = [&](std::string_view why, std::string_view what) {
      findings_.add(IssueCode::unsafe_entry_name, entry.name,
                    std::string(what) + std::string(why) + at_byte(entry.header_offset));
    };
    if (const auto fault = plain_name_fault(entry.name); !fault.empty()) unsafe(fault, "");
    if (entry.name == "." && entry.type != EntryType::directory) unsafe("is the root and no directory", "");
    if (entry.type == EntryType::hard_link) {
      if (const auto fault = plain_name_fault(entry.link); !fault.empty()) unsafe(fault, "its link target ");
    }
    if (entry.type == EntryType::symbolic_link) {
      const bool bad = entry.link.empty() || entry.link.size() > certstore::limits::kEntryName ||
                       !certstore::is_utf8(entry.link) ||
                       std::any_of(entry.link.begin(), entry.link.end(),
                                   [](unsigned char c) { return c < 0x20 || c == 0x7F; });
      if (bad) unsafe("is empty, too long, or no plain text", "its link target ");
    }
  }

  bool pass_content() {
    const Entry& entry = result_.index.entries.back();
    const bool listened = listener_ != nullptr && entry.type == EntryType::file;
    if (listened) listener_->begin(result_.index.entries.size() - 1, entry);
    std::uint64_t passed = input_.pass(
        entry.size,
        listened ? certstore::Sink([this](certstore::ByteView piece) { listener_->piece(piece); }) : nullptr);
    if (listened) listener_->end();
    if (passed == entry.size) passed += input_.pass(padded(entry.size) - entry.size, nullptr);
    offset_ += passed;
    if (passed == padded(entry.size)) return true;
    findings_.entry(entry.name, "is cut short" + at_byte(offset_));
    return false;
  }

  Input& input_;
  ContentListener* listener_;
  IndexResult result_;
  zip::Findings findings_;
  std::optional<Pending> pending_;
  std::uint64_t offset_ = 0;
  std::uint64_t header_ = 0;
};

}  // namespace

bool IndexResult::sound() const {
  return !certstore::any_with_effect(issues, certstore::Effect::invalid);
}

bool looks_like_tar(const certstore::InputFile& file) {
  if (file.size() < kBlock) return false;
  Bytes block(kBlock);
  file.read_at(0, block);
  return has_mark(block);
}

IndexResult read_index(const certstore::InputFile& file) {
  FileInput input(file);
  return read_index(input, nullptr);
}

IndexResult read_index(Input& input, ContentListener* listener) {
  return IndexReader(input, listener).run();
}

}  // namespace formats::tar

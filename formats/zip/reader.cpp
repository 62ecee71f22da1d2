#include "formats/zip/reader.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "formats/zip/crc32.h"
#include "formats/zip/inflate.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace formats::zip {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::InputFile;
using certstore::Issue;
using certstore::Sink;

constexpr std::size_t kInputPiece = 128 << 10;

// What a thread keeps between entries: a hundred thousand tiny ones must not cost as many large allocations.
struct Workshop {
  Inflater inflater;
  Bytes input = Bytes(kInputPiece);
};

// Takes one of the thread's idle workshops: a sink may read another entry meanwhile.
class Borrowed {
 public:
  Borrowed() {
    if (idle().empty()) idle().push_back(std::make_unique<Workshop>());
    workshop_ = std::move(idle().back());
    idle().pop_back();
  }
  ~Borrowed() {
    if (idle().size() < kKept) idle().push_back(std::move(workshop_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Workshop* operator->() { return workshop_.get(); }

 private:
  static constexpr std::size_t kKept = 4;
  static std::vector<std::unique_ptr<Workshop>>& idle() {
    thread_local std::vector<std::unique_ptr<Workshop>> of_thread = [] {
      std::vector<std::unique_ptr<Workshop>> none;
      none.reserve(kKept);  // giving one back must not fail
      return none;
    }();
    return of_thread;
  }
  std::unique_ptr<Workshop> workshop_;
};

// Passes pieces on and counts them; never more than the entry declares.
class Checked {
 public:
  Checked(const Entry& entry, const Sink& sink) : entry_(entry), sink_(sink), left_(entry.size) {}
  // Returns whether the piece was within the declared size and passed on.
  [[nodiscard]] bool pass(ByteView piece) {
    if (piece.size() > left_) return false;
    left_ -= piece.size();
    if (piece.empty()) return true;
    crc_ = crc32_of(piece, crc_);
    sink_(piece);
    return true;
  }
  [[nodiscard]] std::string_view fault_at_end() const {
    if (left_ != 0) return "it has fewer bytes than it declares";
    if (crc_ != entry_.crc) return "its checksum is wrong";
    return {};
  }

 private:
  const Entry& entry_;
  const Sink& sink_;
  std::uint64_t left_;
  std::uint32_t crc_ = 0;
};

// Gives the compressed bytes: as they were read before, or piece by piece.
class Source {
 public:
  Source(const InputFile& file, const Entry& entry, Bytes& buffer)
      : file_(file), offset_(entry.data_offset), left_(entry.compressed_size), buffer_(buffer) {}
  // All of them stand in `ready`.
  Source(const InputFile& file, const Entry& entry, Bytes& buffer, ByteView ready)
      : Source(file, entry, buffer) {
    ready_ = ready;
  }
  [[nodiscard]] bool at_end() const { return left_ == 0; }
  // The next piece, behind `untaken`, which is the end of the piece before.
  ByteView next(ByteView untaken = {}) {
    certstore::throw_if_interrupted();
    if (!ready_.empty()) {
      left_ = 0;
      return std::exchange(ready_, {});
    }
    std::copy(untaken.begin(), untaken.end(), buffer_.begin());
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size() - untaken.size()));
    const auto piece = std::span(buffer_).first(untaken.size() + size);
    file_.read_at(offset_, piece.last(size));
    offset_ += size;
    left_ -= size;
    return piece;
  }

 private:
  const InputFile& file_;
  std::uint64_t offset_;
  std::uint64_t left_;
  Bytes& buffer_;
  ByteView ready_;
};

std::string_view read_stored(Source& source, Checked& out) {
  while (!source.at_end()) {
    if (!out.pass(source.next())) return "it has more bytes than it declares";
  }
  return out.fault_at_end();
}

std::string_view read_deflated(Source& source, Checked& out, Inflater& inflater) {
  inflater.restart();
  auto state = Inflater::State::wants_input;
  ByteView input;
  while (state != Inflater::State::finished) {
    if (source.at_end()) return "its deflate stream is cut short";
    input = source.next(input);
    do {
      const Inflater::Step step = inflater.step(input);
      state = step.state;
      input = input.subspan(step.taken);
      if (state == Inflater::State::damaged) return "its deflate stream is damaged";
      if (!out.pass(step.output)) return "it inflates to more bytes than it declares";
    } while (state == Inflater::State::has_more);
  }
  // Bytes behind the final block are read by nobody here, and by somebody elsewhere.
  return source.at_end() && input.empty() ? out.fault_at_end()
                                          : "its deflate stream ends before its last compressed byte";
}

std::optional<Issue> read_from(Source source, const Entry& entry, Inflater& inflater, const Sink& sink) {
  Checked out(entry, sink);
  const std::string_view fault =
      entry.method == kStored ? read_stored(source, out) : read_deflated(source, out, inflater);
  if (fault.empty()) return std::nullopt;
  return Issue{certstore::IssueCode::damaged_entry, std::string(entry.name), std::string(fault)};
}

// From the first compressed byte of several entries to their last one.
struct Stretch {
  std::uint64_t begin = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t end = 0;
  [[nodiscard]] std::uint64_t size() const { return end - begin; }
};

Stretch stretch_of(const Index& index, std::span<const std::size_t> wanted) {
  Stretch stretch;
  for (const std::size_t entry : wanted) {
    const Entry& one = index.entries.at(entry);
    stretch.begin = std::min(stretch.begin, one.data_offset);
    stretch.end = std::max(stretch.end, one.data_offset + one.compressed_size);
  }
  return stretch;
}

}  // namespace

std::optional<Issue> read_entry(const InputFile& file, const Entry& entry, const Sink& sink) {
  Borrowed workshop;
  return read_from(Source(file, entry, workshop->input), entry, workshop->inflater, sink);
}

void read_entries(const InputFile& file, const Index& index, bool sound, std::span<const std::size_t> wanted,
                  const EntryVisitor& visit) {
  const Stretch stretch = sound ? stretch_of(index, wanted) : Stretch{};
  if (!sound || wanted.size() < 2 || stretch.size() > kInputPiece) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      visit(i, [&](const Sink& sink) { return read_entry(file, index, sound, wanted[i], sink); });
    }
    return;
  }
  Borrowed workshop;
  const auto together = std::span(workshop->input).first(static_cast<std::size_t>(stretch.size()));
  file.read_at(stretch.begin, together);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Entry& entry = index.entries[wanted[i]];
    const ByteView ready = together.subspan(static_cast<std::size_t>(entry.data_offset - stretch.begin),
                                            static_cast<std::size_t>(entry.compressed_size));
    visit(i, [&](const Sink& sink) {
      return read_from(Source(file, entry, workshop->input, ready), entry, workshop->inflater, sink);
    });
  }
}

std::optional<Issue> read_entry(const InputFile& file, const Index& index, bool sound, std::size_t entry,
                                const Sink& sink) {
  const Entry& found = index.entries.at(entry);
  if (sound) return read_entry(file, found, sink);
  return Issue{certstore::IssueCode::damaged_entry, std::string(found.name), "the archive is malformed"};
}

Bytes read_small_entry(const InputFile& file, const Entry& entry, std::size_t limit) {
  const std::string name = certstore::in_quotes(entry.name);
  if (entry.size > limit) {
    throw certstore::Error(certstore::ErrorKind::malformed, name + " has " + std::to_string(entry.size) +
                                                                " bytes, at most " + std::to_string(limit) +
                                                                " are read");
  }
  Bytes content;
  content.reserve(static_cast<std::size_t>(entry.size));
  const auto issue = read_entry(file, entry, [&](ByteView piece) { certstore::append(content, piece); });
  if (issue) throw certstore::Error(certstore::ErrorKind::malformed, name + " is damaged: " + issue->detail);
  return content;
}

}  // namespace formats::zip

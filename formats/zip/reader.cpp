#include "formats/zip/reader.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "formats/zip/crc32.h"
#include "formats/zip/inflate.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

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
  bool busy = false;
};

// Takes the thread's workshop, or a new one where a sink reads another entry meanwhile.
class Borrowed {
 public:
  Borrowed() {
    thread_local Workshop of_thread;
    if (of_thread.busy) {
      own_ = std::make_unique<Workshop>();
    }
    workshop_ = own_ ? own_.get() : &of_thread;
    workshop_->busy = true;
  }
  ~Borrowed() { workshop_->busy = false; }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Workshop* operator->() { return workshop_; }

 private:
  std::unique_ptr<Workshop> own_;
  Workshop* workshop_ = nullptr;
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

// Reads the compressed bytes piece by piece.
class Source {
 public:
  Source(const InputFile& file, const Entry& entry, Bytes& buffer)
      : file_(file), offset_(entry.data_offset), left_(entry.compressed_size), buffer_(buffer) {}
  [[nodiscard]] bool at_end() const { return left_ == 0; }
  // The next piece, behind `untaken`, which is the end of the piece before.
  ByteView next(ByteView untaken = {}) {
    certstore::throw_if_interrupted();
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

}  // namespace

std::optional<Issue> read_entry(const InputFile& file, const Entry& entry, const Sink& sink) {
  Borrowed workshop;
  Source source(file, entry, workshop->input);
  Checked out(entry, sink);
  const std::string_view fault =
      entry.method == kStored ? read_stored(source, out) : read_deflated(source, out, workshop->inflater);
  if (fault.empty()) return std::nullopt;
  return Issue{certstore::IssueCode::damaged_entry, entry.name, std::string(fault)};
}

std::optional<Issue> read_entry(const InputFile& file, const Index& index, bool sound, std::size_t entry,
                                const Sink& sink) {
  const Entry& found = index.entries.at(entry);
  if (sound) return read_entry(file, found, sink);
  return Issue{certstore::IssueCode::damaged_entry, found.name, "the archive is malformed"};
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

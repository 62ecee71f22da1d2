#include "formats/tar/compressed.h"

#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "formats/tar/codec.h"

#include <algorithm>
#include <array>

namespace formats::tar {
namespace {

using namespace std::string_view_literals;
using certstore::Bytes;
using certstore::ByteView;

constexpr std::size_t kWindow = std::size_t{256} << 10;

struct Mark {
  Compression compression;
  std::string_view name;
  std::string_view bytes;
};
constexpr std::array kMarks = {Mark{Compression::gzip, "gzip", "\x1F\x8B\x08"sv},
                               Mark{Compression::zstd, "zstd", "\x28\xB5\x2F\xFD"sv},
                               Mark{Compression::xz, "xz",
                                    "\xFD"
                                    "7zXZ\0"sv}};

class Stream final : public CompressedInput {
 public:
  Stream(const certstore::InputFile& file, Compression compression)
      : file_(file), name_(name_of(compression)), decoder_(decoder_for(compression)) {}

  [[nodiscard]] ByteView take(std::size_t size) override {
    while (ready() < size && fill()) {
    }
    const ByteView bytes = ByteView(out_).subspan(begin_, std::min(size, ready()));
    begin_ += bytes.size();
    return bytes;
  }

  [[nodiscard]] std::uint64_t pass(std::uint64_t size, const certstore::Sink& sink) override {
    std::uint64_t done = 0;
    while (done < size && (ready() > 0 || fill())) {
      const ByteView piece = take(static_cast<std::size_t>(std::min<std::uint64_t>(size - done, ready())));
      if (sink) sink(piece);
      done += piece.size();
    }
    return done;
  }

  [[nodiscard]] bool is_unread() const override { return !ended_ && fault_.empty(); }

  [[nodiscard]] std::string fault() const override {
    if (!fault_.empty() || ended_) return fault_;
    return "the " + name_ + " stream was not read to its end";
  }

 private:
  [[nodiscard]] std::size_t ready() const { return end_ - begin_; }

  // Decompresses some more behind what is ready; false at the end, sound or not.
  bool fill() {
    if (ended_ || !fault_.empty()) return false;
    certstore::throw_if_interrupted();
    std::copy(out_.begin() + static_cast<std::ptrdiff_t>(begin_),
              out_.begin() + static_cast<std::ptrdiff_t>(end_), out_.begin());
    end_ -= begin_;
    begin_ = 0;
    if (out_.size() < end_ + kWindow) out_.resize(end_ + kWindow);
    std::size_t made = 0;
    while (made == 0 && !ended_ && fault_.empty()) made = step();
    end_ += made;
    return made > 0;
  }

  // Returns how many bytes came.
  std::size_t step() {
    if (left_.empty()) read_more();
    std::size_t made = 0;
    const Decoder::State state = decoder_->step(left_, std::span(out_).subspan(end_), made);
    given_ += made;
    if (state == Decoder::State::damaged) return refuse("is damaged", made);
    if (given_ > certstore::limits::kStreamFree && given_ / certstore::limits::kStreamRatio > file_.size()) {
      return refuse("gives more than " + std::to_string(certstore::limits::kStreamRatio) + " times its size",
                    made);
    }
    if (state == Decoder::State::ended) {
      ended_ = true;
      if (!left_.empty() || read_ < file_.size()) {
        fault_ = "bytes behind the one " + name_ + " stream at byte " + std::to_string(read_ - left_.size());
      }
    } else if (made == 0 && left_.empty() && read_ == file_.size()) {
      return refuse("is cut short", made);
    }
    return made;
  }

  std::size_t refuse(const std::string& why, std::size_t made) {
    fault_ = "the " + name_ + " stream " + why;
    return made;
  }

  void read_more() {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, file_.size() - read_));
    in_.resize(size);
    file_.read_at(read_, in_);
    read_ += size;
    left_ = in_;
  }

  const certstore::InputFile& file_;
  std::string name_;
  std::unique_ptr<Decoder> decoder_;
  Bytes in_;
  ByteView left_;           // of in_
  std::uint64_t read_ = 0;  // of the file
  Bytes out_;
  std::size_t begin_ = 0;  // of what is ready
  std::size_t end_ = 0;
  std::uint64_t given_ = 0;
  bool ended_ = false;
  std::string fault_;
};

}  // namespace

std::string_view name_of(Compression compression) {
  return std::find_if(kMarks.begin(), kMarks.end(),
                      [&](const Mark& mark) { return mark.compression == compression; })
      ->name;
}

std::optional<Compression> compression_of(const certstore::InputFile& file) {
  for (const Mark& mark : kMarks) {
    if (file.size() < mark.bytes.size()) continue;
    Bytes start(mark.bytes.size());
    file.read_at(0, start);
    if (certstore::as_text(start) == mark.bytes) return mark.compression;
  }
  return std::nullopt;
}

std::unique_ptr<CompressedInput> decompress(const certstore::InputFile& file, Compression compression) {
  return std::make_unique<Stream>(file, compression);
}

}  // namespace formats::tar

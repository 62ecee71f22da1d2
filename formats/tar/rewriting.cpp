#include "formats/tar/rewriting.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "formats/tar/codec.h"
#include "formats/tar/writer.h"

#include <memory>

namespace formats::tar {
namespace {

using certstore::ByteView;

class Output {
 public:
  virtual ~Output() = default;
  virtual void write(ByteView bytes) = 0;
  // Copies from the decompressed input.
  virtual void copy(std::uint64_t offset, std::uint64_t size) = 0;
  virtual void finish() = 0;
};

class PlainOutput final : public Output {
 public:
  PlainOutput(const certstore::InputFile& file, certstore::AtomicFile& out) : file_(file), out_(out) {}
  void write(ByteView bytes) override { out_.write(bytes); }
  void copy(std::uint64_t offset, std::uint64_t size) override { out_.copy(file_, offset, size); }
  void finish() override {}

 private:
  const certstore::InputFile& file_;
  certstore::AtomicFile& out_;
};

class CompressedOutput final : public Output {
 public:
  CompressedOutput(const Contents& contents, certstore::AtomicFile& out)
      : file_(contents.file),
        input_(decompress(contents.file, contents.pass->compression)),
        encoder_(encoder_for(contents.pass->compression)),
        sink_([&out](ByteView bytes) { out.write(bytes); }) {}

  void write(ByteView bytes) override { encoder_->write(bytes, sink_); }
  void copy(std::uint64_t offset, std::uint64_t size) override {
    if (offset < offset_)
      throw certstore::Error(certstore::ErrorKind::internal, "a stream is not read backwards");
    const certstore::Sink through = [this](ByteView bytes) { write(bytes); };
    const std::uint64_t gap = offset - offset_;
    if (input_->pass(gap, nullptr) != gap || input_->pass(size, through) != size) {
      throw certstore::Error(certstore::ErrorKind::io,
                             certstore::in_quotes(file_.name()) + " changed while it was read",
                             "try again when it is complete");
    }
    offset_ = offset + size;
  }
  void finish() override { encoder_->finish(sink_); }

 private:
  const certstore::InputFile& file_;
  std::unique_ptr<CompressedInput> input_;
  std::unique_ptr<Encoder> encoder_;
  certstore::Sink sink_;
  std::uint64_t offset_ = 0;
};

std::unique_ptr<Output> output_for(const Contents& contents, certstore::AtomicFile& out) {
  if (contents.pass) return std::make_unique<CompressedOutput>(contents, out);
  return std::make_unique<PlainOutput>(contents.file, out);
}

}  // namespace

void write_pieces(const Contents& contents, const std::vector<Piece>& pieces, certstore::AtomicFile& out) {
  const auto output = output_for(contents, out);
  std::uint64_t written = 0;
  std::uint64_t begin = 0;  // of the run of neighbours not yet copied
  std::uint64_t end = 0;
  const auto flush = [&] {
    if (end > begin) output->copy(begin, end - begin);
    written += end - begin;
    begin = end = 0;
  };
  for (const Piece& piece : pieces) {
    if (piece.entry) {
      const Entry& entry = contents.index.entries[*piece.entry];
      if (entry.header_offset != end) {
        flush();
        begin = entry.header_offset;
      }
      end = entry.end_offset();
    } else {
      flush();
      output->write(piece.bytes);
      written += piece.bytes.size();
    }
  }
  flush();
  output->write(end_for(written));
  output->finish();
  contents.file.require_unchanged();
}

}  // namespace formats::tar

#include "formats/tar/codec.h"

#include "certstore/base/error.h"
#include "certstore/base/limits.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>

namespace formats::tar {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::Sink;
using State = Decoder::State;

constexpr std::size_t kWindow = std::size_t{256} << 10;
constexpr std::size_t kMost = std::size_t{1} << 30;  // uInt of zlib

[[noreturn]] void fail(std::string_view library) {
  throw certstore::Error(certstore::ErrorKind::internal, std::string(library) + " failed");
}

void require(bool good, std::string_view library) {
  if (!good) fail(library);
}

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() { require(::inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK, "zlib"); }  // 16: gzip alone
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { ::inflateEnd(&stream_); }

  [[nodiscard]] State step(ByteView& in, std::span<std::uint8_t> out, std::size_t& made) override {
    stream_.next_in = const_cast<Bytef*>(in.data());  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
    const int answer = ::inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(static_cast<std::size_t>(stream_.next_in - in.data()));
    made = static_cast<std::size_t>(stream_.next_out - out.data());
    if (answer == Z_STREAM_END) return State::ended;
    return answer == Z_OK || answer == Z_BUF_ERROR ? State::more : State::damaged;
  }

 private:
  z_stream stream_{};
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : stream_(::ZSTD_createDStream(), ::ZSTD_freeDStream) {
    require(stream_ != nullptr, "libzstd");
  }

  // Windows of more than 128 MiB are refused by the library itself.
  [[nodiscard]] State step(ByteView& in, std::span<std::uint8_t> out, std::size_t& made) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t answer = ::ZSTD_decompressStream(stream_.get(), &to, &from);
    in = in.subspan(from.pos);
    made = to.pos;
    if (::ZSTD_isError(answer) != 0U) return State::damaged;
    return answer == 0 ? State::ended : State::more;
  }

 private:
  std::unique_ptr<ZSTD_DStream, decltype(&::ZSTD_freeDStream)> stream_;
};

class XzDecoder final : public Decoder {
 public:
  XzDecoder() {
    require(::lzma_stream_decoder(&stream_, certstore::limits::kStreamMemory, LZMA_TELL_UNSUPPORTED_CHECK) ==
                LZMA_OK,
            "liblzma");
  }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;
  ~XzDecoder() override { ::lzma_end(&stream_); }

  [[nodiscard]] State step(ByteView& in, std::span<std::uint8_t> out, std::size_t& made) override {
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const lzma_ret answer = ::lzma_code(&stream_, LZMA_RUN);
    in = in.subspan(in.size() - stream_.avail_in);
    made = out.size() - stream_.avail_out;
    if (answer == LZMA_STREAM_END) return State::ended;
    return answer == LZMA_OK || answer == LZMA_BUF_ERROR ? State::more : State::damaged;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() {
    const int answer = ::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS,
                                      MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
    require(answer == Z_OK, "zlib");
  }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  ~GzipEncoder() override { ::deflateEnd(&stream_); }

  void write(ByteView bytes, const Sink& sink) override {
    while (!bytes.empty()) {
      const ByteView piece = bytes.first(std::min(bytes.size(), kMost));
      run(piece, Z_NO_FLUSH, sink);
      bytes = bytes.subspan(piece.size());
    }
  }
  void finish(const Sink& sink) override { run({}, Z_FINISH, sink); }

 private:
  void run(ByteView bytes, int flush, const Sink& sink) {
    stream_.next_in = const_cast<Bytef*>(bytes.data());  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<uInt>(out_.size());
      require(::deflate(&stream_, flush) != Z_STREAM_ERROR, "zlib");
      sink(ByteView(out_).first(out_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  Bytes out_ = Bytes(kWindow);
};

class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder() : context_(::ZSTD_createCCtx(), ::ZSTD_freeCCtx) {
    require(context_ != nullptr, "libzstd");
    require(::ZSTD_isError(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1)) == 0U,
            "libzstd");
  }
  void write(ByteView bytes, const Sink& sink) override { run(bytes, ZSTD_e_continue, sink); }
  void finish(const Sink& sink) override { run({}, ZSTD_e_end, sink); }

 private:
  void run(ByteView bytes, ZSTD_EndDirective directive, const Sink& sink) {
    ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer to{out_.data(), out_.size(), 0};
      left = ::ZSTD_compressStream2(context_.get(), &to, &from, directive);
      require(::ZSTD_isError(left) == 0U, "libzstd");
      sink(ByteView(out_).first(to.pos));
    } while (from.pos < from.size || (directive == ZSTD_e_end && left > 0));
  }

  std::unique_ptr<ZSTD_CCtx, decltype(&::ZSTD_freeCCtx)> context_;
  Bytes out_ = Bytes(kWindow);
};

class XzEncoder final : public Encoder {
 public:
  XzEncoder() {
    require(::lzma_easy_encoder(&stream_, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) == LZMA_OK, "liblzma");
  }
  XzEncoder(const XzEncoder&) = delete;
  XzEncoder& operator=(const XzEncoder&) = delete;
  ~XzEncoder() override { ::lzma_end(&stream_); }

  void write(ByteView bytes, const Sink& sink) override { run(bytes, LZMA_RUN, sink); }
  void finish(const Sink& sink) override { run({}, LZMA_FINISH, sink); }

 private:
  void run(ByteView bytes, lzma_action action, const Sink& sink) {
    stream_.next_in = bytes.data();
    stream_.avail_in = bytes.size();
    lzma_ret answer = LZMA_OK;
    do {
      stream_.next_out = out_.data();
      stream_.avail_out = out_.size();
      answer = ::lzma_code(&stream_, action);
      require(answer == LZMA_OK || answer == LZMA_STREAM_END, "liblzma");
      sink(ByteView(out_).first(out_.size() - stream_.avail_out));
    } while (stream_.avail_in > 0 || (action == LZMA_FINISH && answer != LZMA_STREAM_END));
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  Bytes out_ = Bytes(kWindow);
};

}  // namespace

std::unique_ptr<Decoder> decoder_for(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return std::make_unique<GzipDecoder>();
    case Compression::zstd:
      return std::make_unique<ZstdDecoder>();
    case Compression::xz:
      return std::make_unique<XzDecoder>();
  }
  fail("a decompressor");
}

std::unique_ptr<Encoder> encoder_for(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return std::make_unique<GzipEncoder>();
    case Compression::zstd:
      return std::make_unique<ZstdEncoder>();
    case Compression::xz:
      return std::make_unique<XzEncoder>();
  }
  fail("a compressor");
}

}  // namespace formats::tar

// The Inflater by ISA-L, which decodes about twice as fast as zlib. It is given one block at a time, each
// marked as the last one so that it stops there, and each header is read by us first.
#include "certstore/base/error.h"
#include "formats/zip/block_header.h"
#include "formats/zip/inflate.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace formats::zip {
namespace {

constexpr std::size_t kHistory = ISAL_DEF_HIST_SIZE;  // how far back a distance can reach (RFC 1951 2)

}  // namespace

struct Inflater::Stream {
  inflate_state isal{};
  certstore::Bytes room = certstore::Bytes(kHistory + kPiece);  // what was put out last, then the piece
  std::size_t end = 0;                                          // of what is in `room`
  bool in_block = false;
  bool is_last = false;

  // Leaves only what later distances can reach, at the front.
  void keep_history() {
    if (end <= kHistory) return;
    std::memmove(room.data(), room.data() + end - kHistory, kHistory);
    end = kHistory;
  }

  // Reads the header in what ISA-L has left over and `input`, and makes ready for the block. Takes a byte of
  // `input`, or none.
  HeaderVerdict begin_block(certstore::ByteView& input) {
    std::uint64_t bits = isal.read_in;
    auto count = static_cast<unsigned>(isal.read_in_length);
    const BlockHeader header = read_block_header(bits, count, input);
    if (header.verdict != HeaderVerdict::sound) return header.verdict;
    isal_inflate_init(&isal);
    if (end > 0) set_history();
    if (count == 0) {
      bits = input.front();
      count = 8;
      input = input.subspan(1);
    }
    // The lowest bit says whether this is the last block, which we know and ISA-L is to think.
    isal.read_in = bits | 1U;
    isal.read_in_length = static_cast<std::int32_t>(count);
    is_last = header.is_last;
    in_block = true;
    return HeaderVerdict::sound;
  }

  void set_history() {
    const std::size_t size = std::min(end, kHistory);
    if (isal_inflate_set_dict(&isal, room.data() + end - size, static_cast<std::uint32_t>(size)) != COMP_OK) {
      throw certstore::Error(certstore::ErrorKind::internal, "cannot go on with a deflate stream");
    }
  }

  // Decodes as far as `input` and the room before `limit` go. Returns whether nothing was wrong.
  bool decode(certstore::ByteView& input, std::size_t limit) {
    isal.next_in = const_cast<std::uint8_t*>(input.data());  // ISA-L reads only
    isal.avail_in = static_cast<std::uint32_t>(input.size());
    isal.next_out = room.data() + end;
    isal.avail_out = static_cast<std::uint32_t>(limit - end);
    const int outcome = isal_inflate(&isal);
    input = input.last(isal.avail_in);
    end = limit - isal.avail_out;
    return outcome >= ISAL_DECOMP_OK;
  }
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  isal_inflate_init(&stream_->isal);
}

Inflater::~Inflater() = default;

void Inflater::restart() {
  isal_inflate_init(&stream_->isal);
  stream_->end = 0;
  stream_->in_block = false;
}

Inflater::Step Inflater::step(certstore::ByteView input) {
  Stream& stream = *stream_;
  stream.keep_history();
  const std::size_t begin = stream.end;
  const std::size_t limit = begin + kPiece;
  const std::size_t offered = std::min<std::size_t>(input.size(), std::numeric_limits<std::uint32_t>::max());
  certstore::ByteView rest = input.first(offered);
  const auto stop = [&](State state) {
    return Step{state, offered - rest.size(),
                certstore::ByteView(stream.room).subspan(begin, stream.end - begin)};
  };
  for (;;) {
    if (!stream.in_block) {
      const HeaderVerdict header = stream.begin_block(rest);
      if (header == HeaderVerdict::refused) return stop(State::damaged);
      if (header == HeaderVerdict::cut_short) return stop(State::wants_input);
    }
    if (!stream.decode(rest, limit)) return stop(State::damaged);
    if (stream.isal.block_state == ISAL_BLOCK_FINISH) {
      stream.in_block = false;
      if (!stream.is_last) continue;
      // Whole bytes that ISA-L has read ahead were not needed. They can only be of this input.
      const auto ahead = static_cast<std::size_t>(stream.isal.read_in_length) / 8;
      if (ahead > offered - rest.size()) return stop(State::damaged);
      rest = input.first(offered).last(rest.size() + ahead);
      return stop(State::finished);
    }
    return stop(stream.end == limit ? State::has_more : State::wants_input);
  }
}

}  // namespace formats::zip

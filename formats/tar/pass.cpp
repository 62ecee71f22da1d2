#include "formats/tar/pass.h"

#include "certstore/base/limits.h"
#include "formats/tar/layout.h"

namespace formats::tar {
namespace {

// Digests what flows by, and keeps the signature files.
class Gatherer final : public ContentListener {
 public:
  explicit Gatherer(Pass& pass) : pass_(pass) {}

  void begin(std::size_t number, const Entry& entry) override {
    fill_up_to(number);
    kept_ = nullptr;
    if (!signature_number(entry.name) || entry.size > certstore::limits::kMtreeSize - held_) return;
    kept_ = &pass_.kept[number];
  }
  void piece(certstore::ByteView bytes) override {
    digester_.update(bytes);
    if (kept_ == nullptr) return;
    certstore::append(*kept_, bytes);
    held_ += bytes.size();
  }
  void end() override {
    const certstore::DigestValue digest = digester_.finish();
    std::copy(digest.begin(), digest.end(), pass_.sha256.emplace_back().begin());
  }
  // What is between files has no content.
  void fill_up_to(std::size_t number) { pass_.sha256.resize(number, certstore::sha256({})); }

 private:
  Pass& pass_;
  certstore::Digester digester_{certstore::DigestAlgorithm::sha256};
  certstore::Bytes* kept_ = nullptr;
  std::size_t held_ = 0;
};

bool is_tar(const certstore::InputFile& file, Compression compression) {
  return has_mark(decompress(file, compression)->take(kBlock));
}

}  // namespace

std::optional<Pass> read_compressed(const certstore::InputFile& file) {
  const auto compression = compression_of(file);
  if (!compression || !is_tar(file, *compression)) return std::nullopt;
  Pass pass;
  pass.compression = *compression;
  Gatherer gatherer(pass);
  const auto input = decompress(file, *compression);
  pass.result = read_index(*input, &gatherer);
  gatherer.fill_up_to(pass.result.index.entries.size());
  // A stream that breaks off looks like a tar that does: the cause stands first. Where the tar is not read to
  // its end, nor is the stream.
  const bool unread = !pass.result.sound() && input->is_unread();
  if (const std::string fault = input->fault(); !fault.empty() && !unread) {
    pass.result.issues.insert(pass.result.issues.begin(),
                              {certstore::IssueCode::malformed_archive, "", fault});
  }
  return pass;
}

}  // namespace formats::tar

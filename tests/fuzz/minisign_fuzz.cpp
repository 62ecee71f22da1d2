// Any bytes as a minisign or signify signature, and as a public key: refused as malformed, or values that are
// written and read as the same.
#include "certstore/base/error.h"
#include "certstore/minisign_text.h"
#include "formats/minisign/signature_file.h"
#include "tests/fuzz/memory_file.h"

namespace {

template <typename Read>
void read_or_refuse(Read read) {
  try {
    read();
  } catch (const certstore::Error& error) {
    fuzz::require(error.kind() == certstore::ErrorKind::malformed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace formats::minisign;
  const certstore::ByteView file(bytes, size);
  read_or_refuse([&] {
    const SignatureFile found = read_signature_file(file, "a signature");
    const SignatureFile again = read_signature_file(certstore::as_bytes(to_text(found)), "the same");
    fuzz::require(again.signature == found.signature && again.key_id == found.key_id);
    fuzz::require(again.prehashed == found.prehashed &&
                  again.comment.has_value() == found.comment.has_value());
    if (!found.comment) return;
    fuzz::require(again.comment->text == found.comment->text);
    const CommentFields fields = fields_of(found.comment->text);
    fuzz::require(fields.file.size() + fields.sha256.size() <= found.comment->text.size());
  });
  read_or_refuse([&] {
    const certstore::BareKey key = certstore::read_minisign_public_key(file, "a key");
    const std::string text = certstore::to_minisign_public_key(key);
    fuzz::require(certstore::read_minisign_public_key(certstore::as_bytes(text), "the same") == key);
  });
  return 0;
}

#include "certstore/base/error.h"
#include "certstore/cms_asn1.h"
#include "certstore/cms_create.h"

#include <algorithm>

namespace certstore::cms {
namespace {

asn1::Owner<asn1::ContentInfo> read(ByteView file) {
  auto info = asn1::decode<asn1::ContentInfo>(file, asn1::ContentInfo_it);
  if (!info || info->signed_data == nullptr) {
    throw Error(ErrorKind::malformed, "the file is not a CMS signature in DER");
  }
  return info;
}

// Moves the elements of one stack to the end of another. A SET OF has each value once: those equal to one
// that is there are left where they are.
void move_all(OPENSSL_STACK*& to, OPENSSL_STACK* from, const ASN1_ITEM* item) {
  if (from == nullptr) return;
  if (to == nullptr) to = OPENSSL_sk_new_null();
  for (int i = 0; i < OPENSSL_sk_num(from);) {
    const Bytes der = asn1::encode(OPENSSL_sk_value(from, i), item);
    bool there = false;
    for (int k = 0; k < OPENSSL_sk_num(to); ++k) {
      there = there || asn1::encode(OPENSSL_sk_value(to, k), item) == der;
    }
    if (there) {
      ++i;
    } else if (to == nullptr || OPENSSL_sk_push(to, OPENSSL_sk_value(from, i)) <= 0) {
      openssl::throw_error("joining CMS signatures");
    } else {
      OPENSSL_sk_delete(from, i);
    }
  }
}

template <typename Stack>
void move_stack(Stack*& to, Stack* from, const ASN1_ITEM* item) {
  auto* target = reinterpret_cast<OPENSSL_STACK*>(to);
  move_all(target, reinterpret_cast<OPENSSL_STACK*>(from), item);
  to = reinterpret_cast<Stack*>(target);
}

}  // namespace

Bytes join(ByteView first, ByteView second) {
  const auto info = read(first);
  const auto more = read(second);
  asn1::SignedData& into = *info->signed_data;
  asn1::SignedData& from = *more->signed_data;
  if (OBJ_cmp(into.content->type, from.content->type) != 0) {
    throw Error(ErrorKind::malformed, "the two signatures are of contents of different types");
  }
  move_stack(into.digests, from.digests, X509_ALGOR_it());
  move_stack(into.certificates, from.certificates, ASN1_ANY_it());
  move_stack(into.revocation_lists, from.revocation_lists, ASN1_ANY_it());
  move_stack(into.signers, from.signers, asn1::SignerInfo_it());
  // RFC 5652 5.1: 3 where any signer is named by its key; readers take no notice.
  if (ASN1_INTEGER_get(from.version) > ASN1_INTEGER_get(into.version)) std::swap(into.version, from.version);
  return asn1::encode(info.get(), asn1::ContentInfo_it());
}

}  // namespace certstore::cms

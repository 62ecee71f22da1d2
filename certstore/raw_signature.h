// Signatures over a message itself, for documents that are nobody else's format: who calls puts a context in
// front, so that the bytes cannot be anything else.
#pragma once

#include "certstore/certificate.h"
#include "certstore/key.h"
#include "certstore/openssl.h"

namespace certstore {

// Ed25519 over the message (RFC 8032), every other kind over its SHA-256.
[[nodiscard]] Bytes sign_message(const PrivateKey& key, ByteView message);
// With a context that EVP_DigestSignInit() made ready.
[[nodiscard]] Bytes sign_message(const openssl::DigestContext& ready, ByteView message);
// Whether `signature` is one of `message` by the key of the certificate.
[[nodiscard]] bool checks_message(const Certificate& certificate, ByteView message, ByteView signature);
// Whether `signature` is an ECDSA one (X9.62: SEQUENCE of r and s) of a message with that digest, by the key
// of the certificate; false for other kinds of key.
[[nodiscard]] bool checks_ecdsa_signature(const Certificate& certificate, DigestAlgorithm algorithm,
                                          ByteView message_digest, ByteView signature);

}  // namespace certstore

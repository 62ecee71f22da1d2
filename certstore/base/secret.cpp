#include "certstore/base/secret.h"

#include "certstore/base/error.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <iostream>

namespace certstore {
namespace {

// Room for the private keys and bignums of a few RSA-4096 operations at once; a power of two, as OpenSSL
// wants.
constexpr std::size_t kSecureHeap = 1 << 18;
constexpr std::size_t kSecureHeapGranule = 32;

bool memory_locks() {
  std::uint8_t* const probe = static_cast<std::uint8_t*>(sodium_malloc(1));
  if (probe == nullptr) return false;
  // sodium_malloc ignores a failed lock; sodium_mlock on the same page reports it.
  const bool locks = sodium_mlock(probe, 1) == 0;
  sodium_free(probe);
  return locks;
}

}  // namespace

void SecretBytes::Free::operator()(std::uint8_t* memory) const {
  sodium_free(memory);
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  // Before the first one is made sodium_malloc would know neither the page size nor its canary; later it is
  // a comparison.
  if (sodium_init() < 0) throw Error(ErrorKind::internal, "libsodium does not start");
  memory_.reset(static_cast<std::uint8_t*>(sodium_malloc(std::max<std::size_t>(size, 1))));
  if (!memory_) throw Error(ErrorKind::internal, "no memory for a secret");
  sodium_memzero(memory_.get(), std::max<std::size_t>(size, 1));
}

void SecretBytes::shrink(std::size_t size) {
  if (size >= size_) return;
  sodium_memzero(memory_.get() + size, size_ - size);
  size_ = size;
}

bool SecretBytes::equals(const SecretBytes& other) const {
  return size_ == other.size_ &&
         (size_ == 0 || sodium_memcmp(memory_.get(), other.memory_.get(), size_) == 0);
}

SecretBytes SecretBytes::copy() const {
  SecretBytes other(size_);
  std::ranges::copy(view(), other.writable().begin());
  return other;
}

void protect_secrets(std::string_view tool) {
  if (sodium_init() < 0) throw Error(ErrorKind::internal, "libsodium does not start");
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef PKGTRUST_SANITIZED  // the leak checker attaches by ptrace
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  const bool heap_locks = CRYPTO_secure_malloc_init(kSecureHeap, kSecureHeapGranule) == 1;
  if (!heap_locks || !memory_locks()) {
    std::cerr << tool << ": warning: memory cannot be locked here (ulimit -l), secrets may reach the swap\n";
  }
}

}  // namespace certstore

// Secret bytes in locked memory that is wiped.
#pragma once

#include "certstore/base/bytes.h"

#include <memory>
#include <string_view>

namespace certstore {

// Guarded, locked, wiped memory (sodium_malloc). Move only; compared in constant time only.
class SecretBytes {
 public:
  SecretBytes() = default;
  // Filled with zeros. Throws Error(internal) when there is no memory.
  explicit SecretBytes(std::size_t size);
  SecretBytes(SecretBytes&&) noexcept = default;
  SecretBytes& operator=(SecretBytes&&) noexcept = default;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ByteView view() const { return {memory_.get(), size_}; }
  [[nodiscard]] std::span<std::uint8_t> writable() { return {memory_.get(), size_}; }
  void shrink(std::size_t size);  // to at most size()
  [[nodiscard]] bool equals(const SecretBytes& other) const;
  // A second one, for an owner of its own; never made unasked.
  [[nodiscard]] SecretBytes copy() const;

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const;
  };
  std::unique_ptr<std::uint8_t[], Free> memory_;
  std::size_t size_ = 0;
};

// Starts libsodium and OpenSSL's secure heap, forbids core dumps and ptrace. Called once, before any secret.
// Prints one warning line to stderr, prefixed with `tool`, where memory cannot be locked (ulimit -l).
void protect_secrets(std::string_view tool);

}  // namespace certstore

#include "certstore/openssl.h"

#include "certstore/base/error.h"

#include <openssl/err.h>

#include <array>
#include <string>

namespace certstore::openssl {

void throw_error(std::string_view doing) {
  std::string text = "OpenSSL failed " + std::string(doing);
  std::array<char, 256> buffer{};
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    ERR_error_string_n(code, buffer.data(), buffer.size());
    text += std::string(": ") + buffer.data();
  }
  throw Error(ErrorKind::internal, text);
}

void require(int result, std::string_view doing) {
  if (result != 1) throw_error(doing);
}

void clear_errors() {
  ERR_clear_error();
}

}  // namespace certstore::openssl

#include "certstore/base/error.h"

#include "certstore/base/escape.h"

#include <system_error>

namespace certstore {

void throw_errno(std::string_view action, std::string_view subject, int errno_value) {
  throw Error(ErrorKind::io, "cannot " + std::string(action) + " " + in_quotes(subject) + ": " +
                                 std::generic_category().message(errno_value));
}

}  // namespace certstore

#include "certstore/actor.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace certstore {
namespace {

std::string user_name(uid_t user) {
  std::vector<char> buffer(1 << 14);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return "user " + std::to_string(user);
}

std::string host_name() {
  std::array<char, 257> buffer{};  // POSIX: at most 255 bytes; the last one stays NUL when it is cut
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return {};
  return buffer.data();
}

}  // namespace

Actor acting_at(Instant when) {
  const uid_t user = ::getuid();
  return {.uid = user, .user = user_name(user), .host = host_name(), .when = when};
}

}  // namespace certstore

#include "certstore/store_place.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

namespace certstore {
namespace {

std::optional<std::filesystem::path> from_variable(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr) return std::nullopt;
  std::filesystem::path folder(value);
  if (folder.is_absolute()) return folder.lexically_normal();
  throw Error(ErrorKind::usage,
              std::string(variable) + " is " +
                  (folder.empty() ? "empty" : in_quotes(value) + ", which is not an absolute path"),
              "set it to an absolute path, or unset it");
}

void make_folder(const std::filesystem::path& folder, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return;
  if (errno != ENOENT || !folder.has_relative_path())
    throw_errno("make the store's folder", folder.string(), errno);
  make_folder(folder.parent_path(), 0777);
  if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    throw_errno("make the store's folder", folder.string(), errno);
  }
}

// A file in its place would look like a store that is not made yet.
StorePlace require_folder(StorePlace place) {
  std::error_code ignored;
  const auto status = std::filesystem::status(place.folder, ignored);
  if (!std::filesystem::exists(status) || std::filesystem::is_directory(status)) return place;
  throw Error(ErrorKind::store, in_quotes(place.folder.string()) + " is no directory, so no store",
              place.origin + " says where the store is: name its directory");
}

StorePlace named_place(std::string_view option) {
  if (!option.empty()) {
    return {std::filesystem::absolute(std::filesystem::path(option)).lexically_normal(), "--store"};
  }
  if (const auto folder = from_variable("PKGTRUST_STORE")) return {*folder, "$PKGTRUST_STORE"};
  if (const auto folder = from_variable("XDG_DATA_HOME")) return {*folder / "pkgtrust", "$XDG_DATA_HOME"};
  if (const auto folder = from_variable("HOME")) return {*folder / ".local/share/pkgtrust", "$HOME"};
  throw Error(ErrorKind::usage, "nothing says where the store lives: HOME is not set",
              "set PKGTRUST_STORE to an absolute path");
}

}  // namespace

StorePlace store_place(std::string_view option) {
  return require_folder(named_place(option));
}

void make_store_folder(const StorePlace& place) {
  make_folder(place.folder, 0700);
}

}  // namespace certstore

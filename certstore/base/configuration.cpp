#include "certstore/base/configuration.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"

#include <boost/program_options.hpp>

#include <array>
#include <cstdlib>
#include <sstream>

namespace certstore::cli {
namespace {

struct Key {
  const char* name;
  const char* variable;
};
constexpr std::array<Key, 5> kKeys = {{{"store", "PKGTRUST_STORE"},
                                       {"color", "PKGTRUST_COLOR"},
                                       {"jobs", "PKGTRUST_JOBS"},
                                       {"min-remaining", "PKGTRUST_MIN_REMAINING"},
                                       {"policy", "PKGTRUST_POLICY"}}};

void read_file(const std::filesystem::path& path, std::map<std::string, ConfiguredValue>& values) {
  namespace options = boost::program_options;
  std::error_code absent;
  if (!std::filesystem::exists(path, absent)) return;
  const Bytes bytes = InputFile::open(path).read_all(limits::kConfigurationSize);
  options::options_description keys;
  for (const Key& key : kKeys) keys.add_options()(key.name, options::value<std::string>());
  std::istringstream text{std::string(as_text(bytes))};
  try {
    for (const auto& found : options::parse_config_file(text, keys).options) {
      values[found.string_key] = {found.value.empty() ? "" : found.value.front(), path.string()};
    }
  } catch (const options::error& error) {
    throw Error(ErrorKind::usage, in_quotes(path.string()) + ": " + escaped(error.what()),
                "the keys are store, color, jobs, min-remaining and policy, written as: jobs = 2");
  }
}

std::filesystem::path user_folder() {
  const char* const xdg = std::getenv("XDG_CONFIG_HOME");
  // XDG Base Directory Specification: a relative path is invalid and ignored.
  if (xdg != nullptr && *xdg == '/') return xdg;
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::filesystem::path(home) / ".config" : std::filesystem::path();
}

}  // namespace

std::map<std::string, ConfiguredValue> read_configuration() {
  std::map<std::string, ConfiguredValue> values;
  read_file("/etc/pkgtrust/pkgtrust.conf", values);
  if (const auto folder = user_folder(); !folder.empty())
    read_file(folder / "pkgtrust/pkgtrust.conf", values);
  for (const Key& key : kKeys) {
    const char* const value = std::getenv(key.variable);
    if (value != nullptr && *value != '\0') values[key.name] = {value, key.variable};
  }
  return values;
}

}  // namespace certstore::cli

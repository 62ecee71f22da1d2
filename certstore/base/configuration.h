// Defaults that do not stand on the command line: files of the administrator and of the user, the
// environment. Nothing is ever read from the working directory, which belongs to whoever wrote the pull
// request.
#pragma once

#include <map>
#include <string>

namespace certstore::cli {

struct ConfiguredValue {
  std::string value;
  std::string origin;  // "/etc/pkgtrust/pkgtrust.conf", "PKGTRUST_JOBS", for --verbose
};

// Reads /etc/pkgtrust/pkgtrust.conf, $XDG_CONFIG_HOME/pkgtrust/pkgtrust.conf (default ~/.config) and the
// variables PKGTRUST_STORE, PKGTRUST_COLOR, PKGTRUST_JOBS, PKGTRUST_MIN_REMAINING, PKGTRUST_POLICY; the
// later wins. Keys are names of options ("store", "color", "jobs", "min-remaining", "policy"); an unknown key
// throws Error(usage) with the file's name.
[[nodiscard]] std::map<std::string, ConfiguredValue> read_configuration();

}  // namespace certstore::cli

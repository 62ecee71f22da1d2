// Where the store lives, and who said so.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace certstore {

struct StorePlace {
  std::filesystem::path folder;
  std::string origin;  // "--store", "$PKGTRUST_STORE", "$XDG_DATA_HOME", "$HOME": for -v
  [[nodiscard]] std::filesystem::path keys() const { return folder / "keys"; }
  [[nodiscard]] std::filesystem::path trust() const { return folder / "trust"; }
};

// The place named by `option` (empty: not given; may be relative, a person typed it), else $PKGTRUST_STORE,
// else $XDG_DATA_HOME/pkgtrust, else $HOME/.local/share/pkgtrust. Throws Error(usage) for a variable that is
// set and empty or relative (what it means would hang on the working directory), and when none is set, and
// Error(store) where there is something that is no directory. Makes nothing.
[[nodiscard]] StorePlace store_place(std::string_view option = {});

// Makes the folder (0700) where it is absent, with its parents; throws Error(store) where it cannot.
void make_store_folder(const StorePlace& place);

}  // namespace certstore

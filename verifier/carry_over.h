// Carries what is in a directory over into a new one: hard links where the file system has them, else copies
// (sharing blocks where it can), so that modes, owners and times stay.
#pragma once

#include "verifier/folder.h"

#include <sys/stat.h>

#include <set>
#include <string>
#include <vector>

namespace verifier {

struct CarriedFolder {
  std::string name;
  struct stat facts {};
};

// Carries everything in `from` (an open directory) into `into`, but for the files named in `replaced`.
// Returns the folders made, whose modes restore_folders() sets when nothing more is written into them.
// Throws Error(io), also where `from` holds another file system.
[[nodiscard]] std::vector<CarriedFolder> carry_over(int from, Folder& into,
                                                    const std::set<std::string>& replaced);
// Gives mode and owner of `facts` to an open folder.
void restore_folder(int folder, const struct stat& facts, const std::string& shown);
void restore_folders(const std::vector<CarriedFolder>& folders, const Folder& in);

}  // namespace verifier

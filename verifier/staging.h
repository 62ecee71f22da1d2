// The place beside a target where a tree is built before it takes the target's name: ".NAME.<hex>.new",
// holding a locked mark, which says whose it is, and the tree. Removed on every way out; what a kill -9 left
// is recognised by the mark.
#pragma once

#include "certstore/base/file.h"

#include <string>
#include <vector>

namespace verifier {

// Removes `name` in `folder` with all that is in it; follows no symbolic link. Throws Error(io) for what
// cannot be removed, but for what is absent. Not stopped by Ctrl-C.
void remove_tree(int folder, const std::string& name);

// Removes the staging place `name` in `parent`, its mark last: until then a removal that was killed can be
// recognised and finished.
void remove_staging(int parent, const std::string& name);

class Staging {
 public:
  // Makes the place in `parent` (an open directory, called `shown`). Throws Error(io).
  Staging(int parent, const std::string& target_name, std::string shown);
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();  // removes it with everything in it

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int descriptor() const { return folder_.get(); }
  // The folder inside it where the tree is built.
  static constexpr const char* kTree = "tree";

 private:
  int parent_;
  std::string name_;
  std::string shown_;
  certstore::FileDescriptor folder_;
  certstore::FileDescriptor mark_;
};

struct Leftovers {
  std::vector<std::string> removable;  // ours, and nobody works in them
  std::vector<std::string> foreign;    // named like ours, without our mark or of another user: left alone
};

// What earlier runs for this target left in `parent`. Throws Error(io) if one of them is still running.
[[nodiscard]] Leftovers find_leftovers(int parent, const std::string& target_name,
                                       const std::string& besides = {});

}  // namespace verifier

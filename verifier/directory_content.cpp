#include "verifier/directory_content.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/base/parallel.h"
#include "certstore/file_digest.h"
#include "certstore/store_folder.h"
#include "verifier/folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace verifier {
namespace {

namespace limits = certstore::limits;
using certstore::Error;
using certstore::ErrorKind;
using certstore::FileDescriptor;
using certstore::in_quotes;
using certstore::throw_errno;

bool is_safe_name(const std::string& name) {
  try {
    require_safe_name(name);
    return true;
  } catch (const Error&) {
    return false;
  }
}

class Listing {
 public:
  explicit Listing(std::string shown) : shown_(std::move(shown)) {}

  void read(int folder, const std::string& prefix, std::size_t depth) {
    for (const std::string& leaf : names_in(folder)) {
      certstore::throw_if_interrupted();
      const std::string name = prefix + leaf;
      struct stat facts {};
      if (::fstatat(folder, leaf.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        throw_errno("read", shown_ + "/" + name, errno);
      }
      if (S_ISDIR(facts.st_mode)) {
        read_below(folder, leaf, name, depth);
      } else {
        add(folder, leaf, name, facts);
      }
    }
  }

  Content content;
  std::vector<std::string> to_hash;

 private:
  void read_below(int folder, const std::string& leaf, const std::string& name, std::size_t depth) {
    if (depth + 1 >= limits::kFolderDepth) {
      throw Error(ErrorKind::io, "too many folders in one another: " + in_quotes(shown_ + "/" + name));
    }
    const FileDescriptor below(
        ::openat(folder, leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below.is_open()) throw_errno("read", shown_ + "/" + name, errno);
    read(below.get(), name + "/", depth + 1);
  }

  void add(int folder, const std::string& leaf, const std::string& name, const struct stat& facts) {
    if (content.size() == limits::kEntries) {
      throw Error(ErrorKind::io,
                  "more than " + std::to_string(limits::kEntries) + " files are in " + in_quotes(shown_));
    }
    std::string& words = content[name];
    if (S_ISLNK(facts.st_mode)) {
      if (const auto target = read_link(folder, leaf, shown_ + "/" + name)) words = content_of_link(*target);
    } else if (S_ISREG(facts.st_mode) && is_safe_name(name)) {
      to_hash.push_back(name);
    }
  }

  std::string shown_;
};

}  // namespace

bool is_directory(const std::string& path) {
  std::error_code failed;
  return std::filesystem::is_directory(path, failed);
}

std::string content_of_link(const std::string& target) {
  return "link to " + target;
}

DirectoryContent read_directory(const std::string& path, unsigned jobs) {
  const Folder folder(certstore::open_folder(path), path);
  Listing listing(path);
  listing.read(folder.descriptor(), "", 0);
  std::vector<std::string> digests(listing.to_hash.size());
  certstore::for_each_parallel(digests.size(), jobs, [&](std::size_t i) {
    const std::string& name = listing.to_hash[i];
    auto file = folder.open(name);
    if (!file) throw Error(ErrorKind::io, in_quotes(path + "/" + name) + " went away while it was compared");
    digests[i] =
        certstore::to_hex(certstore::sha256_of(certstore::InputFile(std::move(*file), path + "/" + name)));
  });
  for (std::size_t i = 0; i < digests.size(); ++i)
    listing.content[listing.to_hash[i]] = std::move(digests[i]);
  return {path, std::move(listing.content)};
}

}  // namespace verifier

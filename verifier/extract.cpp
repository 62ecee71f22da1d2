#include "verifier/extract.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"

#include <unistd.h>

#include <cerrno>

namespace verifier {
namespace {

using certstore::ByteView;
using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

void write_all(int descriptor, ByteView bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      certstore::throw_if_interrupted();
      continue;
    }
    if (put < 0) certstore::throw_errno("write", name, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void extract_one(const formats::Reading& read, const ExtractedEntry& item, const Folder& into,
                 certstore::Progress& progress) {
  const certstore::FileDescriptor file = into.create_file(item.name, item.is_executable);
  certstore::Digester digester(certstore::DigestAlgorithm::sha256);
  const auto issue = read([&](ByteView bytes) {
    certstore::throw_if_interrupted();
    digester.update(bytes);
    write_all(file.get(), bytes, item.name);
    progress.add(bytes.size());
  });
  if (issue || digester.finish() != item.judged) {
    throw Error(ErrorKind::io,
                in_quotes(item.name) + " is not what was judged: the package changed meanwhile",
                "try again when nobody writes to the package");
  }
}

// Makes what has no bytes; gives the positions of the rest.
std::vector<std::size_t> make_folders(std::span<const formats::Entry> all,
                                      std::span<const ExtractedEntry> entries, Folder& into) {
  std::vector<std::size_t> files;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ExtractedEntry& item = entries[i];
    const bool is_directory = all[item.entry].is_directory;
    require_safe_name(is_directory ? item.name.substr(0, item.name.size() - 1) : item.name);
    const std::size_t slash = item.name.rfind('/');
    if (slash != std::string::npos) into.make_folder(item.name.substr(0, slash));
    if (!is_directory && !item.is_link()) files.push_back(i);
  }
  return files;
}

void extract_files(const formats::SignedPackage& package, std::span<const ExtractedEntry> entries,
                   std::span<const std::size_t> files, const Folder& into, const ExtractOptions& options,
                   certstore::Progress& progress) {
  if (package.is_stream()) {
    std::vector<std::size_t> wanted;
    for (const std::size_t i : files) wanted.push_back(entries[i].entry);
    package.read_in_order(wanted, [&](std::size_t i, const formats::Reading& read) {
      extract_one(read, entries[files[i]], into, progress);
    });
    return;
  }
  certstore::for_each_parallel(files.size(), options.jobs, [&](std::size_t i) {
    const ExtractedEntry& item = entries[files[i]];
    extract_one([&](const certstore::Sink& sink) { return package.read(item.entry, sink); }, item, into,
                progress);
  });
}

}  // namespace

void extract(const formats::SignedPackage& package, std::span<const ExtractedEntry> entries, Folder& into,
             const ExtractOptions& options) {
  std::uint64_t total = 0;
  const auto all = package.entries();
  for (const ExtractedEntry& item : entries) {
    if (item.entry >= all.size() || all[item.entry].name != item.name ||
        all[item.entry].link_target != item.link_target) {
      throw Error(ErrorKind::io, "the package changed while it was imported");
    }
    total += all[item.entry].size;
  }
  const std::vector<std::size_t> files = make_folders(all, entries, into);
  certstore::Progress progress("importing", total, options.show_progress);
  extract_files(package, entries, files, into, options, progress);
  for (const ExtractedEntry& item : entries) {
    if (item.is_link()) into.make_link(item.name, item.link_target);
  }
}

}  // namespace verifier

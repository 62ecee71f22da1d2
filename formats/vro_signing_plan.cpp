#include "formats/vro_signing_plan.h"

#include "certstore/base/error.h"
#include "certstore/base/parallel.h"
#include "certstore/base/progress.h"
#include "formats/zip/writer.h"

#include <algorithm>
#include <set>

namespace formats {
namespace {

// Signatures that are held at once: enough to keep all cores busy, little memory.
constexpr std::size_t kBatch = 4096;

// The folders of `paths` with a slash at the end, each before what lies in it.
std::set<std::string> folders_of(const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      folders.insert(path.substr(0, at + 1));
    }
  }
  return folders;
}

// The writers with directory entries have one for each folder.
void add_folders(zip::Writer& writer, const VroContents& contents, const VroOutputs& outputs,
                 const zip::NewEntryOptions& options) {
  if (outputs.directories.empty()) return;
  std::vector<std::string> paths;
  for (const VroOutput& file : outputs.files) {
    paths.push_back(file.path);
    paths.push_back(std::string(kVroSignatures) + file.path);
  }
  for (const std::string& folder : folders_of(paths)) {
    const zip::Entry* known = contents.index.find(folder);
    if (known == nullptr) writer.add_entry(folder, {}, options);
  }
}

}  // namespace

void VroSigningPlan::write(std::span<const certstore::Signer> signers, certstore::AtomicFile& out) const {
  const certstore::Signer& signer = signers.front();
  if (signers.size() != 1 || signer.certificate() != request_.certificate()) {
    throw certstore::Error(certstore::ErrorKind::key, "the key is of another certificate than was planned");
  }
  const zip::NewEntryOptions options = zip::options_for(contents_.index, request_.time);
  const std::vector<VroOutput>& files = outputs_.files;
  zip::Writer writer(out);
  for (const std::size_t directory : outputs_.directories) {
    writer.copy_entry(contents_.file, contents_.index.entries[directory]);
  }
  add_folders(writer, contents_, outputs_, options);
  for (const VroOutput& file : files) {
    if (file.added.empty()) {
      writer.copy_entry(contents_.file, contents_.index.entries[file.kept]);
    } else {
      writer.add_entry(file.path, file.added, options);
    }
  }
  certstore::Progress progress("signing", files.size(), request_.show_progress);
  for (std::size_t first = 0; first < files.size(); first += kBatch) {
    std::vector<certstore::Bytes> signatures(std::min(kBatch, files.size() - first));
    certstore::for_each_parallel(signatures.size(), request_.jobs, [&](std::size_t i) {
      signatures[i] = signer.sign_rsa(request_.digest, files[first + i].digest);
      progress.add(1);
    });
    for (std::size_t i = 0; i < signatures.size(); ++i) {
      writer.add_entry(std::string(kVroSignatures) + files[first + i].path, signatures[i], options);
    }
  }
  writer.finish(contents_.index.comment);
  contents_.file.require_unchanged();
}

}  // namespace formats

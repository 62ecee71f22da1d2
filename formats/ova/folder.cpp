#include "formats/ova/folder.h"

#include "certstore/base/error.h"
#include "certstore/base/file_windows.h"
#include "certstore/base/limits.h"
#include "formats/ova/manifest.h"

#include <algorithm>

namespace formats::ova {
namespace {

// Longer comments before the root element are not looked behind.
constexpr std::size_t kHead = 16 << 10;

std::string file_name(const certstore::InputFile& descriptor) {
  return descriptor.path().filename().string();
}

std::string beside(const certstore::InputFile& descriptor, std::string_view extension) {
  return descriptor.path().stem().string() + std::string(extension);
}

// The name space of OVF 1 and 2 (DSP0243), and of VMware's first descriptors.
bool is_envelope(const certstore::InputFile& file) {
  certstore::Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(kHead, file.size())));
  file.read_at(0, head);
  const std::string_view text = certstore::as_text(head);
  return text.find("http://schemas.dmtf.org/ovf/envelope/") != std::string_view::npos ||
         text.find("http://www.vmware.com/schema/ovf/1/envelope") != std::string_view::npos;
}

}  // namespace

bool is_descriptor_in_folder(const Container& container) {
  const certstore::InputFile& file = container.file;
  if (container.zip || container.tar || file.path().empty()) return false;
  if (!has_extension(file_name(file), ".ovf") || !is_envelope(file)) return false;
  const certstore::Neighbours neighbours(file);
  return neighbours.open(beside(file, ".mf")) || neighbours.open(beside(file, ".cert"));
}

FolderMembers::FolderMembers(const certstore::InputFile& descriptor)
    : descriptor_(descriptor), neighbours_(descriptor) {
  members_.push_back({file_name(descriptor), descriptor.size(), true});
  const std::string manifest = beside(descriptor, ".mf");
  add(manifest);
  const bool has_manifest = !files_.empty();
  add(beside(descriptor, ".cert"));
  if (!has_manifest || files_.front().size() > certstore::limits::kOvaText) return;
  const Manifest named = read_manifest(files_.front().read_all(certstore::limits::kOvaText), manifest);
  if (named.by_name.size() > certstore::limits::kOvfFiles) {
    throw certstore::Error(certstore::ErrorKind::unsupported,
                           "the manifest names more than " + std::to_string(certstore::limits::kOvfFiles) +
                               " files, each of which would be held open",
                           "put them into one file: tar -cf vm.ova vm.ovf vm.mf vm.cert ...");
  }
  for (const DigestLine& line : named.lines) {
    const bool known = std::any_of(members_.begin(), members_.end(),
                                   [&](const Member& member) { return member.name == line.name; });
    if (!known) add(line.name);
  }
}

void FolderMembers::add(const std::string& name) {
  auto file = neighbours_.open(name);
  if (!file) return;
  members_.push_back({name, file->size(), true});
  files_.push_back(std::move(*file));
}

void FolderMembers::read(std::size_t member, const certstore::Sink& sink) const {
  const certstore::InputFile& file = member == 0 ? descriptor_ : files_[member - 1];
  certstore::read_windows(file, sink);
  file.require_unchanged();
}

}  // namespace formats::ova

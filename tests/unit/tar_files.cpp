#include "tests/unit/tar_files.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace tar_test {

using certstore::Bytes;
using namespace formats::tar;

certstore::InputFile file_of(certstore::ByteView bytes) {
  certstore::FileDescriptor descriptor(::memfd_create("tar", MFD_CLOEXEC));
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (put <= 0) throw std::runtime_error("cannot write a file in memory");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {std::move(descriptor), "test.tar"};
}

Bytes member(const std::string& name, std::string_view content) {
  return member_of({.name = name, .size = content.size(), .mtime = {}}, certstore::as_bytes(content));
}

Bytes directory(const std::string& name) {
  return member_of({.name = name, .mode = 0755, .mtime = {}, .type = kDirectory}, {});
}

Bytes link(char type, const std::string& name, const std::string& target) {
  return member_of({.name = name, .mode = 0777, .mtime = {}, .type = type, .link = target}, {});
}

Bytes extension(char type, std::string_view content) {
  return changed(member("extension", content),
                 [&](Bytes& block) { block[156] = static_cast<std::uint8_t>(type); });
}

std::string pax_record(const std::string& keyword, const std::string& value) {
  const std::string rest = " " + keyword + "=" + value + "\n";
  std::size_t size = rest.size() + 1;
  while (std::to_string(size).size() + rest.size() != size) ++size;
  return std::to_string(size) + rest;
}

Bytes changed(Bytes bytes, const std::function<void(Bytes& block)>& lie) {
  lie(bytes);
  std::string sum = "000000";
  std::uint32_t value = checksum_of(certstore::ByteView(bytes).first(kBlock));
  for (std::size_t i = sum.size(); i-- > 0; value >>= 3) sum[i] = static_cast<char>('0' + (value & 7U));
  put(bytes, 148, sum);
  return bytes;
}

void put(Bytes& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

Bytes tar_of(const std::vector<Bytes>& members) {
  Bytes all;
  for (const Bytes& one : members) certstore::append(all, one);
  certstore::append(all, end_for(all.size()));
  return all;
}

std::string findings_of(certstore::ByteView bytes) {
  std::string all;
  const certstore::InputFile file = file_of(bytes);
  for (const certstore::Issue& issue : read_index(file).issues) {
    all +=
        std::string(certstore::kind_of(issue.code).id) + " '" + issue.subject + "': " + issue.detail + "\n";
  }
  return all;
}

bool finds(certstore::ByteView bytes, std::string_view id, std::string_view text) {
  const certstore::InputFile file = file_of(bytes);
  const certstore::Issues issues = read_index(file).issues;
  return std::any_of(issues.begin(), issues.end(), [&](const certstore::Issue& issue) {
    return certstore::kind_of(issue.code).id == id && issue.detail.find(text) != std::string::npos;
  });
}

}  // namespace tar_test

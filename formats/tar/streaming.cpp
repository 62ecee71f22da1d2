#include "formats/tar/streaming.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>
#include <vector>

namespace formats::tar {
namespace {

// What is to be visited, at the place where its content is.
struct Visit {
  std::size_t content = 0;
  std::size_t position = 0;  // in `wanted`
};

// Goes through the stream once; takes of each content the first visit and returns the others.
std::vector<Visit> one_pass(const Contents& contents, const std::vector<Visit>& visits,
                            const EntryVisitor& visit) {
  const auto input = decompress(contents.file, contents.pass->compression);
  const auto require = [&](bool good) {
    if (good) return;
    throw certstore::Error(certstore::ErrorKind::io,
                           certstore::in_quotes(contents.file.name()) + " changed while it was read",
                           "try again when it is complete");
  };
  std::vector<Visit> later;
  std::uint64_t offset = 0;
  std::optional<std::size_t> last;
  for (const Visit& next : visits) {
    if (last == next.content) {
      later.push_back(next);
      continue;
    }
    last = next.content;
    const Entry& entry = contents.index.entries[next.content];
    require(input->pass(entry.content_offset - offset, nullptr) == entry.content_offset - offset);
    std::uint64_t given = 0;
    visit(next.position, [&](const certstore::Sink& sink) -> std::optional<certstore::Issue> {
      given += input->pass(entry.size, sink);
      return std::nullopt;
    });
    require(given == entry.size);
    offset = entry.content_offset + entry.size;
  }
  return later;
}

}  // namespace

void stream_entries(const Contents& contents, std::span<const std::size_t> wanted,
                    const EntryVisitor& visit) {
  std::vector<Visit> visits;
  for (std::size_t i = 0; i < wanted.size(); ++i) visits.push_back({contents.content_of(wanted[i]), i});
  std::stable_sort(visits.begin(), visits.end(),
                   [](const Visit& a, const Visit& b) { return a.content < b.content; });
  while (!visits.empty()) visits = one_pass(contents, visits, visit);
}

}  // namespace formats::tar

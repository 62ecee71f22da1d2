// vRO packages for tests: made in memory, and those of others.
#pragma once

#include "certstore/base/bytes.h"
#include "certstore/base/file.h"
#include "certstore/certificate.h"
#include "certstore/key.h"
#include "formats/format.h"
#include "formats/zip/writer.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vro_test {

// The members of an archive in their order.
using Members = std::vector<std::pair<std::string, std::string>>;

// A file without a name that holds `bytes`.
[[nodiscard]] certstore::InputFile file_of(certstore::ByteView bytes);
[[nodiscard]] certstore::InputFile archive_of(const Members& members,
                                              formats::zip::Style style = formats::zip::Style::server);

// The members of an unsigned package "com.example.test" with two actions, as the server writes them; `owner`
// is pkg-owner where it is not empty.
[[nodiscard]] Members unsigned_members(const std::string& owner = {});
// Those members with a signature of each by that key, as a server of that digest would.
[[nodiscard]] Members signed_members(Members members, const certstore::PrivateKey& key,
                                     const certstore::Certificate& certificate,
                                     certstore::DigestAlgorithm algorithm);
// The content of the member of that name.
[[nodiscard]] std::string& member(Members& members, const std::string& name);
// A document of properties as the server writes it.
[[nodiscard]] std::string properties(const std::vector<std::pair<std::string, std::string>>& pairs);

// The package, what its root signature covers, and every finding of a whole reading: layout, coverage,
// signatures, set.
struct Reading {
  std::unique_ptr<formats::SignedPackage> package;
  std::optional<formats::VerifiedSignature> root;
  formats::Coverage coverage;
  std::size_t matching = 0;
  certstore::Issues issues;
};
[[nodiscard]] Reading read_package(const certstore::InputFile& file);
[[nodiscard]] bool has(const certstore::Issues& issues, certstore::IssueCode code);

// The rows of ../shared/data/vro/expected.tsv by column; nothing if the data is absent, which is said, or
// fails if PKGTRUST_REQUIRE_DATA=1.
struct RealFile {
  std::filesystem::path path;
  std::map<std::string, std::string> expected;
};
[[nodiscard]] std::vector<RealFile> real_files();

}  // namespace vro_test

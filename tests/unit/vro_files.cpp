#include "tests/unit/vro_files.h"

#include "certstore/signer.h"

#include <sys/mman.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace vro_test {

using certstore::IssueCode;

certstore::InputFile file_of(certstore::ByteView bytes) {
  certstore::FileDescriptor memory(::memfd_create("package", MFD_CLOEXEC));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t put = ::write(memory.get(), bytes.data() + done, bytes.size() - done);
    if (put <= 0) throw std::runtime_error("cannot write a file in memory");
    done += static_cast<std::size_t>(put);
  }
  return {std::move(memory), "test.package"};
}

certstore::InputFile archive_of(const Members& members, formats::zip::Style style) {
  certstore::AtomicFile out(std::filesystem::temp_directory_path() / "pkgtrust-test.package");
  formats::zip::Writer writer(out);
  formats::zip::NewEntryOptions options;
  options.style = style;
  for (const auto& [name, content] : members) writer.add_entry(name, certstore::as_bytes(content), options);
  writer.finish({});
  return out.reopen();
}

std::string properties(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
      "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n"
      "<properties>\n<comment>UTF-16</comment>\n";
  for (const auto& [key, value] : pairs) text += "<entry key=\"" + key + "\">" + value + "</entry>\n";
  return text + "</properties>\n";
}

Members unsigned_members(const std::string& owner) {
  std::vector<std::pair<std::string, std::string>> meta = {{"pkg-name", "com.example.test"},
                                                           {"pkg-id", "0123456789abcdef"}};
  if (!owner.empty()) meta.emplace_back("pkg-owner", owner);
  Members members = {{"dunes-meta-inf", properties(meta)}};
  for (const std::string id : {"11111111-aaaa", "22222222-bbbb"}) {
    const std::string folder = "elements/" + id + "/";
    members.emplace_back(folder + "info", properties({{"type", "ScriptModule"}, {"id", id}}));
    members.emplace_back(folder + "data", "<dunes-script-module name=\"act" + id.substr(0, 2) +
                                              "\" version=\"1.0.0\"><script encoded=\"false\"><![CDATA[// " +
                                              id + "]]></script></dunes-script-module>");
    members.emplace_back(folder + "categories",
                         "<categories><category name='com.example'><name><![CDATA[com.example]]></name>"
                         "</category></categories>");
  }
  return members;
}

std::string& member(Members& members, const std::string& name) {
  for (auto& [found, content] : members) {
    if (found == name) return content;
  }
  throw std::runtime_error("no member " + name);
}

Members signed_members(Members members, const certstore::PrivateKey& key,
                       const certstore::Certificate& certificate, certstore::DigestAlgorithm algorithm) {
  const certstore::Signer signer(certstore::PrivateKey::from_pkcs8(key.to_pkcs8().view(), "test key"),
                                 certificate, {});
  const std::size_t files = members.size();
  for (std::size_t i = 0; i < files; ++i) {
    const certstore::Bytes digest = certstore::digest(algorithm, certstore::as_bytes(members[i].second));
    members.emplace_back("signatures/" + members[i].first,
                         certstore::as_text(signer.sign_rsa(algorithm, digest)));
  }
  return members;
}

bool has(const certstore::Issues& issues, IssueCode code) {
  for (const certstore::Issue& issue : issues) {
    if (issue.code == code) return true;
  }
  return false;
}

namespace {

certstore::Bytes content_of(const formats::SignedPackage& package, std::size_t entry) {
  certstore::Bytes content;
  const auto damage =
      package.read(entry, [&](certstore::ByteView piece) { certstore::append(content, piece); });
  if (damage) throw std::runtime_error("damaged: " + damage->subject);
  return content;
}

// What the one verification algorithm does with a covered entry, in the plainest way.
void check_entries(Reading& reading) {
  std::vector<certstore::DigestValue> set(reading.package->entries().size());
  for (const formats::Covered& covered : reading.coverage.covered) {
    const certstore::Bytes content = content_of(*reading.package, covered.entry);
    const auto& proof = std::get<formats::DetachedSignature>(covered.proof);
    if (reading.root->signer().certificate()->checks_rsa_signature(
            covered.algorithm, certstore::digest(covered.algorithm, content),
            content_of(*reading.package, proof.entry))) {
      ++reading.matching;
    } else {
      reading.issues.push_back(
          {IssueCode::signature_mismatch, std::string(reading.package->entries()[covered.entry].name), ""});
    }
    if (reading.coverage.set_digest) {
      set[covered.entry] = certstore::digest(*reading.coverage.set_digest, content);
    }
  }
  const certstore::Issues found =
      reading.package->check_set(reading.coverage, std::span(&*reading.root, 1), set, 0);
  reading.issues.insert(reading.issues.end(), found.begin(), found.end());
}

}  // namespace

Reading read_package(const certstore::InputFile& file) {
  Reading reading;
  reading.package = formats::open_package(file, std::nullopt);
  reading.issues = reading.package->issues();
  std::vector<formats::SignatureBlock> blocks = reading.package->signature_blocks();
  if (blocks.empty()) return reading;
  auto checked = formats::check_signature(std::move(blocks.at(0)));
  if (const auto* issue = std::get_if<certstore::Issue>(&checked)) {
    reading.issues.push_back(*issue);
    return reading;
  }
  reading.root = std::move(std::get<formats::VerifiedSignature>(checked));
  reading.coverage = reading.package->covered(std::span(&*reading.root, 1), 1);
  reading.issues.insert(reading.issues.end(), reading.coverage.issues.begin(), reading.coverage.issues.end());
  check_entries(reading);
  return reading;
}

std::vector<RealFile> real_files() {
  const char* const folder = std::getenv("PKGTRUST_TEST_DATA");
  const std::filesystem::path data =
      std::filesystem::path(folder == nullptr ? "../shared/data" : folder) / "vro";
  std::ifstream table(data / "expected.tsv");
  if (!table) {
    const char* const required = std::getenv("PKGTRUST_REQUIRE_DATA");
    if (required != nullptr && std::string(required) == "1") throw std::runtime_error("no test data");
    std::cout << "skipped: no test data\n";
    return {};
  }
  const auto cut = [](const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
    return cells;
  };
  std::string line;
  std::getline(table, line);
  const std::vector<std::string> names = cut(line);
  std::vector<RealFile> files;
  while (std::getline(table, line)) {
    RealFile file;
    const std::vector<std::string> cells = cut(line);
    for (std::size_t i = 0; i < cells.size(); ++i) file.expected[names.at(i)] = cells[i];
    file.path = data / file.expected["file"];
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace vro_test

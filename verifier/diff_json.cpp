#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/diff_text.h"

#include <nlohmann/json.hpp>

namespace verifier {
namespace {

using Json = nlohmann::ordered_json;

// nlohmann throws for what is not UTF-8.
std::string text(std::string_view found) {
  return certstore::is_utf8(found) ? std::string(found) : certstore::escaped(found);
}

Json package_of(const Compared& compared) {
  if (const auto* const directory = std::get_if<DirectoryContent>(&compared)) {
    return {{"file", text(directory->shown)},
            {"verdict", nullptr},
            {"exitCode", nullptr},
            {"format", "directory"},
            {"packageName", nullptr}};
  }
  const Report& report = std::get<Report>(compared);
  return {{"file", text(report.file)},
          {"verdict", word_of(report.verdict())},
          {"exitCode", static_cast<int>(report.exit_code())},
          {"format", text(report.format)},
          {"packageName", report.facts.name.empty() ? Json(nullptr) : Json(text(report.facts.name))}};
}

Json owner_of(const std::optional<formats::Owner>& owner) {
  if (!owner) return nullptr;
  const auto& certificate = owner->certificate;
  return {{"claimedName", text(owner->claimed_name)},
          {"certificateSha256", certificate ? Json(certstore::to_hex(certificate->sha256())) : Json(nullptr)},
          {"standing", name_of(owner->standing)}};
}

Json side_of(const std::optional<DiffSide>& side) {
  if (!side) return nullptr;
  Json signers = Json::array();
  for (const auto& signer : side->signers) {
    signers.push_back({{"subject", text(signer.subject())},
                       {"sha256", certstore::to_hex(signer.sha256())},
                       {"publicKeySha256", certstore::to_hex(signer.public_key_sha256())}});
  }
  return {
      {"version", text(side->version)}, {"owner", owner_of(side->owner)}, {"signers", std::move(signers)}};
}

Json words_for(const Difference& one) {
  Json words = Json::array();
  if (!one.before) words.push_back("added");
  if (!one.after) words.push_back("removed");
  if (one.changed) words.push_back("changed");
  if (one.reowned) words.push_back("re-owned");
  if (one.resigned) words.push_back("re-signed");
  return words;
}

Json difference_of(const Difference& one) {
  Json entries = Json::array();
  for (const std::string& name : one.entries) entries.push_back(text(name));
  return {{"what", one.is_element ? "element" : "file"},
          {"id", text(one.id)},
          {"type", text(one.kind)},
          {"name", text(one.name)},
          {"folder", text(one.folder)},
          {"differences", words_for(one)},
          {"entries", std::move(entries)},
          {"before", side_of(one.before)},
          {"after", side_of(one.after)}};
}

}  // namespace

void write_diff_json(const Compared& before, const Compared& after,
                     const std::optional<Comparison>& comparison, std::ostream& out) {
  const auto code = certstore::leftmost(exit_code_of(before), exit_code_of(after));
  Json json = {{"schema", 1},
               {"tool", "pkgverify " PKGTRUST_VERSION},
               {"exitCode", static_cast<int>(code)},
               {"before", package_of(before)},
               {"after", package_of(after)},
               {"compared", comparison.has_value()},
               {"same", comparison ? Json(comparison->same) : Json(nullptr)},
               {"differences", Json::array()}};
  if (comparison) {
    for (const Difference& one : comparison->differences) json["differences"].push_back(difference_of(one));
  }
  // Everything beyond ASCII as \uXXXX: a bidi mark must not reorder a terminal line.
  out << json.dump(-1, ' ', true) << "\n";
}

}  // namespace verifier

#include "formats/jar/new_manifest.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <unordered_map>

namespace formats::jar {
namespace {

using certstore::Bytes;
using certstore::ByteView;
using certstore::DigestAlgorithm;

constexpr std::string_view kCreatedBy = "pkgtrust";

void append_digest(Bytes& out, std::string_view kind, ByteView sha256) {
  append_attribute(out, attribute_name(DigestAlgorithm::sha256, kind), certstore::to_base64(sha256));
}

void append_listed(Bytes& out, const ListedEntry& entry) {
  append_attribute(out, "Name", entry.name);
  append_digest(out, kEntryDigest, entry.sha256);
  append_line_end(out);
}

// The main section as it was, closed.
void append_main(Bytes& out, const Text& text) {
  certstore::append(out, text.bytes_of(text.main()));
  if (text.sections().empty() && !text.is_closed()) append_line_end(out);
}

void append_default_main(Bytes& out) {
  append_attribute(out, "Manifest-Version", "1.0");
  append_attribute(out, "Created-By", kCreatedBy);
  append_line_end(out);
}

bool is_ours(const Text& text) {
  const auto by = text.find(text.main(), "Created-By");
  return text.main().count == 2 && by && *by == kCreatedBy;
}

// Name and all attributes but digests; false, and nothing written, if there are none.
bool append_kept(Bytes& out, const Text& text, const Section& section) {
  bool any = section.count == 0;
  for (const Attribute& attribute : text.attributes(section)) any = any || !is_entry_digest(attribute.name);
  if (!any) return false;
  append_attribute(out, "Name", section.name);
  for (const Attribute& attribute : text.attributes(section)) {
    if (!is_entry_digest(attribute.name)) append_attribute(out, attribute.name, attribute.value);
  }
  return true;
}

certstore::Error would_break(std::string_view name, const std::string& why) {
  return {certstore::ErrorKind::usage,
          "cannot sign " + certstore::in_quotes(name) + " beside the signatures that are there: " + why,
          "--replace drops them and signs anew"};
}

// Throws unless the section can be signed as it stands.
void require_usable(const Text& text, const Section& section, const ListedEntry& entry) {
  for (const Digest& digest : digests_in(text, section, kEntryDigest)) {
    if (digest.algorithm != DigestAlgorithm::sha256) continue;
    if (digest.value == entry.sha256) return;
    throw certstore::Error(certstore::ErrorKind::malformed,
                           certstore::in_quotes(entry.name) + " is not what the manifest says of it",
                           "do not use the package; ask the sender for the original");
  }
  throw would_break(entry.name,
                    "its section in the manifest has no SHA-256, and a changed section breaks them");
}

}  // namespace

NewManifest write_manifest(const Manifest* old, const std::vector<ListedEntry>& entries) {
  NewManifest made;
  if (old == nullptr) {
    append_default_main(made.bytes);
  } else {
    append_main(made.bytes, old->text());
  }
  made.main = {0, made.bytes.size()};
  made.entries.resize(entries.size());
  std::unordered_map<std::string_view, std::size_t> place_of;
  place_of.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) place_of.emplace(entries[i].name, i);
  std::vector<bool> written(entries.size());
  for (const Section& section : old == nullptr ? std::span<const Section>() : old->text().sections()) {
    const std::size_t begin = made.bytes.size();
    const auto listed = place_of.find(section.name);
    if (!append_kept(made.bytes, old->text(), section)) continue;
    if (listed != place_of.end()) append_digest(made.bytes, kEntryDigest, entries[listed->second].sha256);
    append_line_end(made.bytes);
    if (listed == place_of.end()) continue;
    made.entries[listed->second] = {begin, made.bytes.size()};
    written[listed->second] = true;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (written[i]) continue;
    const std::size_t begin = made.bytes.size();
    append_listed(made.bytes, entries[i]);
    made.entries[i] = {begin, made.bytes.size()};
  }
  return made;
}

NewManifest extend_manifest(const Manifest& old, const std::vector<ListedEntry>& entries) {
  const Text& text = old.text();
  NewManifest made;
  made.bytes.assign(text.bytes().begin(), text.bytes().end());
  made.main = {text.main().begin, text.main().end};
  for (const ListedEntry& entry : entries) {
    if (const Section* const section = old.find(entry.name)) {
      require_usable(text, *section, entry);
      made.entries.push_back({section->begin, section->end});
      continue;
    }
    if (!text.is_closed())
      throw would_break(entry.name, "no empty line ends the manifest, so nothing can follow");
    const std::size_t begin = made.bytes.size();
    append_listed(made.bytes, entry);
    made.entries.push_back({begin, made.bytes.size()});
  }
  return made;
}

Bytes stripped_manifest(const Manifest& old) {
  const Text& text = old.text();
  Bytes out;
  append_main(out, text);
  const std::size_t main_size = out.size();
  for (const Section& section : text.sections()) {
    if (append_kept(out, text, section)) append_line_end(out);
  }
  if (out.size() == main_size && is_ours(text)) return {};
  return out;
}

Bytes write_signature_file(const NewManifest& manifest, const std::vector<ListedEntry>& entries, bool whole) {
  const auto digest_at = [&](const Place& place) {
    return certstore::sha256(ByteView(manifest.bytes).subspan(place.begin, place.end - place.begin));
  };
  Bytes out;
  append_attribute(out, "Signature-Version", "1.0");
  append_attribute(out, "Created-By", kCreatedBy);
  if (whole) append_digest(out, kManifestDigest, certstore::sha256(manifest.bytes));
  append_digest(out, kMainDigest, digest_at(manifest.main));
  append_line_end(out);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    append_attribute(out, "Name", entries[i].name);
    append_digest(out, kEntryDigest, digest_at(manifest.entries[i]));
    append_line_end(out);
  }
  return out;
}

}  // namespace formats::jar

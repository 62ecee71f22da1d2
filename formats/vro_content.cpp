#include "formats/vro_content.h"

#include "certstore/base/error.h"
#include "certstore/base/file.h"
#include "certstore/base/limits.h"
#include "certstore/digest.h"
#include "formats/xml_reader.h"
#include "formats/zip/reader.h"

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <optional>

namespace formats {
namespace {

using certstore::Bytes;
using certstore::ByteView;

constexpr std::string_view kResource = "ResourceElement";
constexpr std::string_view kInner = "VSO-RESOURCE-INF/";
// A name or version that is longer is no name.
constexpr std::size_t kNameSize = 4096;

Bytes md5(ByteView bytes) {
  return certstore::digest(certstore::DigestAlgorithm::md5, bytes);
}

// Former contents that are looked at: each may be an archive that inflates a thousandfold, inside one that
// did.
constexpr std::size_t kFormerContents = 256;

// Runs `read`; what is malformed is left as far as it was read.
template <typename Read>
void leniently(Read read) {
  try {
    read();
  } catch (const certstore::Error& error) {
    if (error.kind() != certstore::ErrorKind::malformed) throw;
  }
}

// Names in `data` come with or without a namespace prefix.
std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// The parts of a workflow, action, configuration or policy that we show.
class DataEvents final : public XmlEvents {
 public:
  void start(std::string_view name, std::span<const XmlAttribute> attributes) override {
    ++depth_;
    const std::string_view local = local_name(name);
    if (depth_ == 1) {
      for (const XmlAttribute& attribute : attributes) {
        if (attribute.name == "version") version = attribute.value;
        if (attribute.name == "name") root_name = attribute.value;
      }
    } else if (depth_ == 2) {
      target_ = local == "display-name" ? &display_name : local == "script" ? &script.emplace() : nullptr;
    }
  }
  void end(std::string_view) override {
    if (depth_-- == 2) target_ = nullptr;
  }
  void text(std::string_view characters) override {
    if (target_ != nullptr && depth_ == 2) target_->append(characters);
  }

  std::string root_name;
  std::string display_name;
  std::string version;
  std::optional<std::string> script;

 private:
  std::size_t depth_ = 0;
  std::string* target_ = nullptr;
};

// The text of each <content> of a version history, which is base64.
class HistoryEvents final : public XmlEvents {
 public:
  explicit HistoryEvents(const std::function<void(std::string_view)>& take) : take_(take) {}
  void start(std::string_view name, std::span<const XmlAttribute>) override {
    in_content_ = local_name(name) == "content";
    text_.clear();
  }
  void end(std::string_view) override {
    if (in_content_) take_(text_);
    in_content_ = false;
  }
  void text(std::string_view characters) override {
    if (!in_content_) return;
    for (const char c : characters) {
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') text_.push_back(c);
    }
  }

 private:
  const std::function<void(std::string_view)>& take_;
  std::string text_;
  bool in_content_ = false;
};

class CategoryEvents final : public XmlEvents {
 public:
  void start(std::string_view name, std::span<const XmlAttribute> attributes) override {
    if (local_name(name) != "category") return;
    for (const XmlAttribute& attribute : attributes) {
      if (attribute.name != "name") continue;
      if (path.size() + attribute.value.size() >= kNameSize) return;
      if (!path.empty()) path.push_back('/');
      path += attribute.value;
    }
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  std::string path;
};

// An archive inside the archive, through the same strict index; a file in memory, since an index reads files.
certstore::InputFile file_in_memory(ByteView bytes) {
  certstore::FileDescriptor memory(::memfd_create("resource", MFD_CLOEXEC));
  if (!memory.is_open()) certstore::throw_errno("make a file in memory for", "a resource element", errno);
  while (!bytes.empty()) {
    const ssize_t put = ::write(memory.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) certstore::throw_errno("write in memory", "a resource element", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {std::move(memory), "a resource element"};
}

void read_resource(ByteView data, std::size_t most, VroContent& content) {
  const certstore::InputFile file = file_in_memory(data);
  const zip::IndexResult result = zip::read_index(file);
  if (!result.sound()) return;
  const auto part = [&](std::string_view name, std::size_t limit) -> std::optional<Bytes> {
    const zip::Entry* entry = result.index.find(std::string(kInner) + std::string(name));
    if (entry == nullptr || entry->is_directory) return std::nullopt;
    return zip::read_small_entry(file, *entry, limit);
  };
  if (const auto name = part("attribute_name", kNameSize)) content.name = certstore::as_text(*name);
  if (const auto version = part("attribute_version", kNameSize))
    content.version = certstore::as_text(*version);
  if (const auto inner = part("data", most)) {
    content.digests.push_back(md5(*inner));
    content.inflated = inner->size();
  }
}

// XML takes CR LF for LF; the server signed the text as it was typed.
std::string with_carriage_returns(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out.push_back('\r');
    out.push_back(c);
  }
  return out;
}

void add_script(const std::string& script, VroContent& content) {
  content.digests.push_back(md5(certstore::as_bytes(script)));
  if (script.find('\n') != std::string::npos) {
    content.digests.push_back(md5(certstore::as_bytes(with_carriage_returns(script))));
  }
}

// The same XML in the other of the two encodings: servers store UTF-16BE and sign configurations as UTF-8;
// the history holds UTF-8.
void add_other_encoding(ByteView data, VroContent& content) {
  if (has_utf16be_mark(data)) {
    const auto text = utf8_from_utf16be(data.subspan(2));
    if (text) content.digests.push_back(md5(certstore::as_bytes(*text)));
    return;
  }
  Bytes utf16 = {0xFE, 0xFF};
  certstore::append(utf16, utf16be_from_utf8(certstore::as_text(data)));
  content.digests.push_back(md5(utf16));
}

}  // namespace

VroContent read_vro_content(std::string_view type, ByteView data, std::size_t most) {
  VroContent content;
  content.digests.push_back(md5(data));
  if (type == kResource) {
    leniently([&] { read_resource(data, most, content); });
    return content;
  }
  DataEvents events;
  leniently([&] { read_xml(data, "data", std::nullopt, events); });
  const std::string& name = events.display_name.empty() ? events.root_name : events.display_name;
  if (name.size() <= kNameSize) content.name = name;
  if (events.version.size() <= kNameSize) content.version = events.version;
  if (type == "ScriptModule") {
    if (events.script) add_script(*events.script, content);
  } else {
    leniently([&] { add_other_encoding(data, content); });
  }
  return content;
}

bool history_has(ByteView history, std::string_view type, const Bytes& digest, std::size_t most) {
  bool found = false;
  std::size_t left = kFormerContents;
  const std::function<void(std::string_view)> look = [&](std::string_view base64) {
    if (found || left == 0) return;
    --left;
    leniently([&] {
      const VroContent former = read_vro_content(type, certstore::from_base64(base64), most);
      most -= former.inflated;
      found = std::find(former.digests.begin(), former.digests.end(), digest) != former.digests.end();
    });
  };
  HistoryEvents events(look);
  leniently([&] { read_xml(history, "version-history", std::nullopt, events); });
  return found;
}

std::string read_vro_folder(ByteView categories) {
  CategoryEvents events;
  leniently([&] { read_xml(categories, "categories", std::nullopt, events); });
  return events.path;
}

}  // namespace formats

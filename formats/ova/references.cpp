#include "formats/ova/references.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "formats/xml_reader.h"

namespace formats::ova {
namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

class ReferenceEvents final : public XmlEvents {
 public:
  explicit ReferenceEvents(std::vector<Reference>& found) : found_(found) {}
  void start(std::string_view name, std::span<const XmlAttribute> attributes) override {
    ++depth_;
    if (depth_ == 2) inside_ = local_name(name) == "References";
    if (depth_ != 3 || !inside_ || local_name(name) != "File") return;
    Reference reference;
    for (const XmlAttribute& attribute : attributes) {
      if (local_name(attribute.name) == "href") reference.href = attribute.value;
      if (local_name(attribute.name) == "chunkSize") reference.chunked = true;
    }
    if (found_.size() >= certstore::limits::kEntries) {
      throw certstore::Error(certstore::ErrorKind::malformed, "it refers to too many files");
    }
    found_.push_back(std::move(reference));
  }
  void end(std::string_view) override { --depth_; }
  void text(std::string_view) override {}

 private:
  std::vector<Reference>& found_;
  std::size_t depth_ = 0;
  bool inside_ = false;
};

}  // namespace

std::vector<Reference> references_of(certstore::ByteView descriptor, std::string_view what) {
  std::vector<Reference> found;
  ReferenceEvents events(found);
  read_xml(descriptor, what, std::nullopt, events);
  return found;
}

bool is_elsewhere(const Reference& reference) {
  return reference.href.find("://") != std::string::npos;
}

std::string first_file_of(const Reference& reference) {
  std::string name;
  for (std::size_t i = 0; i < reference.href.size(); ++i) {
    const std::string digits = reference.href.substr(i + 1, 2);
    const bool is_escape = reference.href[i] == '%' && digits.size() == 2 &&
                           digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (is_escape) {
      name += static_cast<char>(certstore::from_hex(digits)[0]);
      i += 2;
    } else {
      name += reference.href[i];
    }
  }
  return reference.chunked ? name + ".000000000" : name;
}

}  // namespace formats::ova

#include "formats/ova/members.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <algorithm>

namespace formats::ova {
namespace {

using certstore::in_quotes;
using certstore::IssueCode;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view without_extension(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

// One run over the names.
class Sorting {
 public:
  explicit Sorting(std::span<const Member> members) : members_(members) {}

  Layout run() {
    find_one(".ovf", layout_.descriptor);
    find_one(".mf", layout_.manifest);
    find_one(".cert", layout_.certificate);
    for (const Member& member : members_) {
      if (!member.is_file) malformed(member.name, "only files have a place in an OVA");
    }
    if (!layout_.descriptor) {
      malformed({}, "there is no descriptor (.ovf)");
      return std::move(layout_);
    }
    const std::string& descriptor = members_[*layout_.descriptor].name;
    layout_.base = without_extension(descriptor);
    if (layout_.descriptor != 0u) malformed(descriptor, "the descriptor is not the first member");
    require_base(layout_.manifest);
    require_base(layout_.certificate);
    if (layout_.certificate && !layout_.manifest) {
      layout_.issues.push_back({IssueCode::signature_incomplete, members_[*layout_.certificate].name,
                                "the manifest that it signs (.mf) is not there"});
    }
    return std::move(layout_);
  }

 private:
  void malformed(const std::string& subject, std::string detail) {
    layout_.issues.push_back({IssueCode::malformed_layout, subject, std::move(detail)});
  }

  // Of several, programs take the first or the last.
  void find_one(std::string_view extension, std::optional<std::size_t>& place) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!has_extension(members_[i].name, extension)) continue;
      if (place) {
        malformed(members_[i].name, "a second file of the kind " + std::string(extension) + " beside " +
                                        in_quotes(members_[*place].name));
      } else {
        place = i;
      }
    }
  }

  void require_base(const std::optional<std::size_t>& place) {
    if (!place || without_extension(members_[*place].name) == layout_.base) return;
    malformed(members_[*place].name, "it is not named like the descriptor, " + in_quotes(layout_.base));
  }

  std::span<const Member> members_;
  Layout layout_;
};

}  // namespace

bool has_extension(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() &&
         std::equal(extension.begin(), extension.end(), name.end() - static_cast<long>(extension.size()),
                    [](char expected, char found) { return expected == lower(found); });
}

certstore::Bytes read_small(const Members& members, std::size_t member, std::size_t limit) {
  const Member& found = members.all()[member];
  if (found.size > limit) {
    throw certstore::Error(certstore::ErrorKind::malformed,
                           in_quotes(found.name) + " has " + std::to_string(found.size) + " bytes, at most " +
                               std::to_string(limit) + " are read");
  }
  certstore::Bytes bytes;
  bytes.reserve(static_cast<std::size_t>(found.size));
  members.read(member, [&](certstore::ByteView piece) { certstore::append(bytes, piece); });
  return bytes;
}

Layout layout_of(std::span<const Member> members) {
  return Sorting(members).run();
}

certstore::Issues order_findings(const Layout& layout, std::size_t members) {
  const std::size_t count = (layout.manifest ? 1u : 0u) + (layout.certificate ? 1u : 0u);
  if (!layout.manifest || members < count) return {};
  const auto stand_at = [&](std::size_t first) {
    return *layout.manifest == first && (!layout.certificate || *layout.certificate == first + 1);
  };
  if (stand_at(1) || stand_at(members - count)) return {};
  return {{IssueCode::member_order, "",
           "manifest and certificate file stand neither directly behind the descriptor nor as the last ones "
           "(DSP0243 5.3); open-vmdk writes it so"}};
}

}  // namespace formats::ova

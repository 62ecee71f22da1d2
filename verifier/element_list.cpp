// The numbered list of elements in the import prompt, under headings of signers and owners.
#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/element_groups.h"
#include "verifier/prompt_text.h"
#include "verifier/report_parts.h"

#include <algorithm>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::in_quotes;

class ElementList {
 public:
  ElementList(const Report& report, const std::vector<TreeChange>& changes, const PromptPage& page,
              std::ostream& out)
      : report_(report), changes_(changes), page_(page), out_(out) {}

  void write() {
    const std::vector<ElementGroup> groups = group_elements(report_);
    has_owners_ = std::any_of(groups.begin(), groups.end(),
                              [](const ElementGroup& group) { return group.owner != nullptr; });
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (i == 0 || groups[i].signers != groups[i - 1].signers) write_signers(groups, i);
      write_owner(groups[i]);
      for (const std::size_t element : groups[i].elements) write_element(report_.elements[element]);
    }
  }

 private:
  void write_signers(const std::vector<ElementGroup>& groups, std::size_t first) {
    std::size_t elements = 0;
    for (std::size_t i = first; i < groups.size() && groups[i].signers == groups[first].signers; ++i) {
      elements += groups[i].elements.size();
    }
    std::string text = "signed by ";
    for (const std::size_t signer : groups[first].signers) {
      if (signer != groups[first].signers.front()) text += " and ";
      text += in_quotes(report_.signers.at(signer).identity.subject(), 0);
    }
    if (groups[first].signers.empty()) text += "nobody";
    out_ << "  " << wrapped(text + ": " + count_of(elements, "element", "elements"), 2, 4, page_.columns)
         << "\n";
  }

  void write_owner(const ElementGroup& group) {
    // Where nothing has an owner there is nothing to tell apart.
    if (!has_owners_) return;
    const std::string who = group.owner == nullptr ? "no owner"
                                                   : "owner " + in_quotes(group.owner->claimed_name) + ", " +
                                                         (group.owner_trusted ? "trusted" : "not trusted");
    const std::string text = who + ": " + count_of(group.elements.size(), "element", "elements");
    out_ << "    " << wrapped(text, 4, 6, page_.columns) << "\n";
  }

  void write_element(const ElementReport& report) {
    const formats::Element& element = report.element;
    std::string number = std::to_string(++number_);
    number.insert(0, number.size() < 7 ? 7 - number.size() : 0, ' ');
    std::string text =
        escaped(element.kind) + " " + in_quotes(element.name.empty() ? element.id : element.name);
    if (!element.folder.empty()) text += " in " + in_quotes(element.folder);
    if (!changes_.empty()) {
      const TreeChange change = change_of(report, changes_);
      text += ", " + std::string(name_of(change));
      if (change == TreeChange::older) text += " than what is there";
    }
    out_ << number << "  " << wrapped(text, number.size() + 2, 9, page_.columns) << "\n";
  }

  const Report& report_;
  const std::vector<TreeChange>& changes_;
  const PromptPage& page_;
  std::ostream& out_;
  bool has_owners_ = false;
  std::size_t number_ = 0;
};

}  // namespace

void write_elements(const Report& report, const std::vector<TreeChange>& changes, const PromptPage& page,
                    std::ostream& out) {
  ElementList(report, changes, page, out).write();
}

}  // namespace verifier

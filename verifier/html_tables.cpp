#include "verifier/html_tables.h"

#include "certstore/base/bytes.h"
#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/batch_limits.h"
#include "verifier/report_parts.h"

#include <map>

namespace verifier {
namespace {

using certstore::escaped;
using pugi::xml_node;

void add_groups_of_four(xml_node parent, const std::string& hex) {
  const xml_node digits = add(parent, "span", "print");
  for (std::size_t i = 0; i < hex.size(); i += 4) add(digits, "span", "", hex.substr(i, 4));
}

// Returns the body of a table with these headings.
xml_node add_table(xml_node page, std::initializer_list<const char*> headings) {
  const xml_node table = add(add(page, "div", "wide"), "table");
  const xml_node row = add(add(table, "thead"), "tr");
  for (const char* heading : headings) {
    xml_node cell = add(row, "th", "", heading);
    cell.append_attribute("scope").set_value("col");
  }
  return add(table, "tbody");
}

std::string title_of(const Report& report, const std::vector<std::size_t>& signers) {
  std::string names;
  for (const std::size_t signer : signers) {
    names += (names.empty() ? "" : ", ") + std::to_string(signer + 1) + ". " +
             escaped(report.signers.at(signer).identity.subject());
  }
  return names.empty() ? "Whole by no signer" : "Signed by " + names;
}

void add_element(xml_node body, const ElementReport& element) {
  const formats::Element& found = element.element;
  const xml_node row = add(body, "tr");
  add(row, "td", "", escaped(found.name));
  add(row, "td", "", escaped(found.kind));
  add(row, "td", "", escaped(found.folder));
  add(row, "td", "", escaped(found.version));
  const xml_node owner = add(row, "td");
  if (!found.owner) return;
  add_text(owner, escaped(found.owner->claimed_name));
  add(owner, "div", "soft",
      std::string(name_of(found.owner->standing)) + (element.owner_trusted ? "; trusted" : "; not trusted"));
}

void add_rest(xml_node page, std::size_t count) {
  if (count > 0) add(page, "p", "soft", "and " + std::to_string(count) + " more; --format json lists all");
}

}  // namespace

void add_fact(xml_node list, const std::string& label, const std::string& value) {
  add(list, "dt", "", label);
  add(list, "dd", "", value);
}

void add_fingerprint(xml_node list, const std::string& label, const std::string& hex) {
  add(list, "dt", "", label);
  add_groups_of_four(add(list, "dd"), hex);
}

void add_elements(xml_node page, const Report& report) {
  if (report.elements.empty()) return;
  std::map<std::vector<std::size_t>, std::vector<const ElementReport*>> groups;
  for (const ElementReport& element : report.elements) groups[element.signers].push_back(&element);
  add(page, "h3", "", "Elements by signer");
  std::size_t room = limits::kPageRows;
  std::size_t rest = 0;
  for (const auto& [signers, elements] : groups) {
    const std::size_t shown = std::min(room, elements.size());
    room -= shown;
    rest += elements.size() - shown;
    if (shown == 0) continue;
    add(page, "h4", "",
        title_of(report, signers) + " (" + count_of(elements.size(), "element", "elements") + ")");
    const xml_node body = add_table(page, {"name", "kind", "folder", "version", "last saved by"});
    for (std::size_t i = 0; i < shown; ++i) add_element(body, *elements[i]);
  }
  add_rest(page, rest);
}

void add_owners(xml_node page, const Report& report) {
  const std::vector<OwnerCount> owners = count_owners(report);
  if (owners.empty()) return;
  add(page, "h3", "", "Owners of elements");
  if (const std::size_t flagged = flagged_elements(report); flagged != 0) {
    add(page, "p", "doubtful",
        count_of(flagged, "element", "elements") + " last saved by an owner who is not trusted");
  }
  const xml_node body = add_table(page, {"owner by its own account", "certificate SHA-256", "elements", ""});
  const std::size_t shown = std::min(owners.size(), limits::kPageRows);
  for (std::size_t i = 0; i < shown; ++i) {
    const xml_node row = add(body, "tr");
    add(row, "td", "", escaped(owners[i].claimed_name));
    const xml_node digits = add(row, "td");
    if (owners[i].certificate) {
      add_groups_of_four(digits, certstore::to_hex(owners[i].certificate->sha256()));
    } else {
      add_text(digits, "absent");
    }
    add(row, "td", "", std::to_string(owners[i].elements) + standings_of(owners[i]));
    add(add(row, "td"), "span", owners[i].trusted ? "badge good" : "badge doubtful",
        owners[i].trusted ? "trusted" : "not trusted");
  }
  add_rest(page, owners.size() - shown);
}

}  // namespace verifier

// Tables and lists of facts of the HTML report.
#pragma once

#include "verifier/markup.h"
#include "verifier/report.h"

namespace verifier {

// A line of a <dl>; both texts are safe to print.
void add_fact(pugi::xml_node list, const std::string& label, const std::string& value);
// The same with hexadecimal digits in groups of four that are copied without spaces.
void add_fingerprint(pugi::xml_node list, const std::string& label, const std::string& hex);
// A table for each set of signers, at most limits::kPageRows rows in all; nothing without elements.
void add_elements(pugi::xml_node page, const Report& report);
// Likewise for the owners of elements.
void add_owners(pugi::xml_node page, const Report& report);

}  // namespace verifier

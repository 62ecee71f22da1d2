// Elements of XML and HTML, built as a tree, so that no text of a package becomes markup.
#pragma once

#include <pugixml.hpp>

#include <string>

namespace verifier {

// Appends <name class="style">; without a class if that is empty.
pugi::xml_node add(pugi::xml_node parent, const char* name, const char* style = "");
// The same with `text` in it, which is trusted or escaped() by the caller.
pugi::xml_node add(pugi::xml_node parent, const char* name, const char* style, const std::string& text);
void add_text(pugi::xml_node parent, const std::string& text);
// The first child of `root` and all beneath, with an end tag everywhere and without spaces added.
[[nodiscard]] std::string print(const pugi::xml_document& root);

}  // namespace verifier

#include "verifier/markup.h"

#include <sstream>

namespace verifier {

pugi::xml_node add(pugi::xml_node parent, const char* name, const char* style) {
  pugi::xml_node node = parent.append_child(name);
  if (*style != '\0') node.append_attribute("class").set_value(style);
  return node;
}

pugi::xml_node add(pugi::xml_node parent, const char* name, const char* style, const std::string& text) {
  pugi::xml_node node = add(parent, name, style);
  add_text(node, text);
  return node;
}

void add_text(pugi::xml_node parent, const std::string& text) {
  parent.append_child(pugi::node_pcdata).set_value(text.c_str());
}

std::string print(const pugi::xml_document& root) {
  std::ostringstream out;
  root.save(out, "", pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags,
            pugi::encoding_utf8);
  return out.str();
}

}  // namespace verifier

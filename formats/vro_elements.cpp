#include "formats/vro_elements.h"

namespace formats {

std::vector<Element> vro_elements(const VroContents& contents, const Coverage&, unsigned) {
  std::vector<Element> elements;
  for (const VroElementPlace& place : contents.layout.elements) {
    Element element;
    element.id = place.id;
    element.entries = place.entries;
    elements.push_back(std::move(element));
  }
  return elements;
}

}  // namespace formats

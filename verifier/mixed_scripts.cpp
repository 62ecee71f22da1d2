#include "verifier/mixed_scripts.h"

#include "certstore/base/escape.h"

#include <unictype.h>
#include <unistr.h>

#include <algorithm>
#include <array>
#include <set>

namespace verifier {
namespace {

using Scripts = std::set<std::string_view>;

// What is written together in one language: UTS 39, 5.2, "Highly Restrictive", and with Latin letters,
// which look like none of these.
const std::array<Scripts, 3> kTogether = {Scripts{"Han", "Hiragana", "Katakana", "Latin"},
                                          Scripts{"Han", "Bopomofo", "Latin"},
                                          Scripts{"Han", "Hangul", "Latin"}};

bool are_mixed(const Scripts& scripts) {
  return scripts.size() > 1 && std::none_of(kTogether.begin(), kTogether.end(), [&](const Scripts& together) {
           return std::includes(together.begin(), together.end(), scripts.begin(), scripts.end());
         });
}

std::string joined(const Scripts& scripts) {
  std::string text;
  for (const std::string_view script : scripts) {
    if (!text.empty()) text += " and ";
    text += script;
  }
  return text;
}

}  // namespace

std::string mixed_scripts(std::string_view name) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto* const end = at + name.size();
  Scripts scripts;
  while (at < end) {
    ucs4_t character = 0;
    const int size = u8_mbtoucr(&character, at, static_cast<std::size_t>(end - at));
    if (size <= 0) return {};
    at += size;
    const uc_script_t* const script = uc_script(character);
    const std::string_view called = script == nullptr ? "Common" : script->name;
    if (called != "Common" && called != "Inherited") {
      scripts.insert(called);
    } else if (!uc_is_property(character, UC_PROPERTY_ID_CONTINUE)) {
      if (are_mixed(scripts)) return joined(scripts);
      scripts.clear();
    }
  }
  return are_mixed(scripts) ? joined(scripts) : std::string();
}

std::string spelled_out(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  while (!name.empty()) {
    ucs4_t character = 0;
    const int size = u8_mbtoucr(&character, reinterpret_cast<const std::uint8_t*>(name.data()), name.size());
    const std::string_view bytes = name.substr(0, size <= 0 ? 1 : static_cast<std::size_t>(size));
    name.remove_prefix(bytes.size());
    if (size < 2) {
      text += certstore::escaped(bytes);
      continue;
    }
    std::string digits;
    for (; character > 0; character >>= 4U) digits.insert(digits.begin(), kHex[character & 15U]);
    text += "\\u{" + digits + "}";
  }
  return text;
}

}  // namespace verifier

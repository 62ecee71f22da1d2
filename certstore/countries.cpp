#include "certstore/certificate_request.h"

#include "country_table.h"  // made from the package iso-codes by certstore/countries.cmake

#include <algorithm>

namespace certstore {
namespace {

// Lower case, and Latin letters without their accents: "cote d'ivoire" finds "Côte d'Ivoire".
std::string folded(std::string_view text) {
  // U+00C0 to U+00FF, in UTF-8 C3 80 to C3 BF.
  constexpr std::string_view kLatin = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if (c == '\xC3' && next >= 0x80 && next <= 0xBF) {
      out += kLatin[next - 0x80];
      ++i;
    } else {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return out;
}

// Those of which `matches` says yes to the name or to one of its other names.
template <typename Matches>
std::vector<Country> select(const Matches& matches) {
  std::vector<Country> found;
  for (std::size_t i = 0; i < kCountries.size(); ++i) {
    const auto& others = kOtherNames[i];
    if (matches(kCountries[i].name) || std::any_of(others.begin(), others.end(), matches)) {
      found.push_back(kCountries[i]);
    }
  }
  return found;
}

}  // namespace

std::span<const Country> all_countries() {
  return kCountries;
}

std::vector<Country> find_countries(std::string_view code_or_name) {
  if (code_or_name.empty()) return {};
  const std::string wanted = folded(code_or_name);
  for (const Country& country : kCountries) {
    if (folded(country.code) == wanted) return {country};
  }
  auto found = select([&](std::string_view name) { return folded(name) == wanted; });
  // Two letters are a code or nothing: "uk" must not become Ukraine.
  if (!found.empty() || wanted.size() < 3) return found;
  return select([&](std::string_view name) { return folded(name).find(wanted) != std::string::npos; });
}

}  // namespace certstore

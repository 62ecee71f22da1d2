#include "signer/init_form.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/terminal.h"

#include <algorithm>
#include <array>
#include <iostream>

namespace signer {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::SubjectName;

// More candidates than fit on a screen help nobody.
constexpr std::size_t kMostCandidates = 12;

constexpr std::array<SubjectField, 6> kFields = {
    {{&SubjectName::common_name, "common-name", "name of this server, as importers shall see it"},
     {&SubjectName::organization, "organization", "organisation"},
     {&SubjectName::organizational_unit, "unit", "unit"},
     {&SubjectName::city, "city", "city"},
     {&SubjectName::state, "state", "state or province"},
     {&SubjectName::country, "country", "country (code or name)"}}};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

std::string candidates_of(std::span<const certstore::Country> found) {
  std::string list;
  for (const certstore::Country& country : found.first(std::min(found.size(), kMostCandidates))) {
    list += "\n    " + std::string(country.code) + "  " + std::string(country.name);
  }
  if (found.size() > kMostCandidates) {
    list += "\n    and " + std::to_string(found.size() - kMostCandidates) + " more; write more of the name";
  }
  return list;
}

std::string_view name_of_country(std::string_view code) {
  const auto all = certstore::all_countries();
  return std::ranges::find(all, code, &certstore::Country::code)->name;
}

// Puts the answer in its place; throws Error(usage) when it is not sound there.
void accept(SubjectName& subject, const SubjectField& field, const std::string& answer) {
  SubjectName candidate = subject;
  const bool is_country = field.part == &SubjectName::country;
  candidate.*field.part = is_country && !answer.empty() ? country_code(answer) : answer;
  certstore::require_sound_subject(candidate);
  subject = candidate;
  if (is_country && !subject.country.empty() && answer != subject.country) {
    std::cerr << "    " << subject.country << "  " << name_of_country(subject.country) << "\n";
  }
}

void ask_field(SubjectName& subject, const SubjectField& field) {
  for (;;) {
    const auto answer = certstore::ask_line("  " + std::string(field.question) + ": ");
    if (!answer) throw Error(ErrorKind::interrupted, "the form was left; nothing was made");
    try {
      return accept(subject, field, trimmed(*answer));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      std::cerr << "    " << error.what() << "\n";
      if (!error.hint().empty()) std::cerr << "    " << error.hint() << "\n";
    }
  }
}

}  // namespace

std::span<const SubjectField> subject_fields() {
  return kFields;
}

std::string country_code(std::string_view text) {
  const auto found = certstore::find_countries(text);
  if (found.size() == 1) return std::string(found.front().code);
  if (found.empty()) {
    throw Error(ErrorKind::usage, "no country is called " + certstore::in_quotes(text),
                "give its code or name as in ISO 3166-1, or a part of the name");
  }
  throw Error(ErrorKind::usage, "several countries are called " + certstore::in_quotes(text),
              "one of" + candidates_of(found));
}

SubjectName ask_subject(SubjectName subject, const std::set<std::string_view>& given) {
  std::cerr
      << "A certificate for this server, to sign packages with. What is said here stands in every package.\n"
         "Enter leaves a part out; Ctrl-C stops, and nothing is made.\n\n";
  for (const SubjectField& field : kFields) {
    if (!given.contains(field.option)) ask_field(subject, field);
  }
  std::cerr << "\n";
  return subject;
}

}  // namespace signer

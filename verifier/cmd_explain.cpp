#include "certstore/base/cli_parse.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/issue.h"
#include "certstore/base/who_acts.h"
#include "verifier/answers.h"
#include "verifier/commands.h"
#include "verifier/judging_options.h"
#include "verifier/report_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::IssueKind;
using certstore::cli::Arguments;

const IssueKind& find_kind(const std::string& id) {
  const auto kinds = certstore::all_issue_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const IssueKind& kind) { return kind.id == id; });
  if (found != kinds.end()) return *found;
  std::vector<std::string> ids;
  for (const IssueKind& kind : kinds) ids.emplace_back(kind.id);
  const std::string near = certstore::cli::nearest(id, ids);
  throw Error(ErrorKind::usage, "no finding is called " + certstore::in_quotes(id),
              near.empty() ? "pkgverify explain lists them" : "did you mean " + near + "?");
}

// What a finding does to the verdict, with the exit code that it leads to.
std::string_view consequence_of(certstore::Effect effect) {
  switch (effect) {
    case certstore::Effect::invalid:
      return "the package is invalid: exit code 13";
    case certstore::Effect::exposed:
      return "the package is untrusted: exit code 16";
    case certstore::Effect::untrusted:
      return "the package is untrusted: exit code 11";
    case certstore::Effect::policy:
      return "the package is untrusted, if its signer is trusted otherwise: exit code 12";
    case certstore::Effect::status:
      return "the package is untrusted, if its signer is trusted otherwise: exit code 17";
    case certstore::Effect::dates:
      return "the package is untrusted, if its signer is trusted otherwise: exit code 15";
    case certstore::Effect::none:
      return "none: it is said, and changes nothing";
  }
  return "";
}

void print(const IssueKind& kind, bool json) {
  if (json) {
    const nlohmann::ordered_json object = {{"schema", 1},
                                           {"id", kind.id},
                                           {"effect", name_of(kind.effect)},
                                           {"meaning", kind.meaning},
                                           {"remedy", kind.remedy},
                                           {"who", name_of(certstore::who_acts(kind.code))}};
    std::cout << object.dump() << "\n";
    return;
  }
  std::cout << kind.id << "\n";
  write_fact(std::cout, 2, "what it is", kind.meaning);
  write_fact(std::cout, 2, "effect", consequence_of(kind.effect));
  write_fact(std::cout, 2, "what to do", kind.remedy);
  write_fact(std::cout, 2, "who must act", words_for(certstore::who_acts(kind.code)));
}

ExitCode explain(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  std::vector<const IssueKind*> kinds;
  for (const std::string& id : arguments.operands()) kinds.push_back(&find_kind(id));
  if (kinds.empty()) {
    for (const IssueKind& kind : certstore::all_issue_kinds()) kinds.push_back(&kind);
  }
  if (arguments.quiet()) return ExitCode::accepted;
  for (const IssueKind* const kind : kinds) print(*kind, json);
  return ExitCode::accepted;
}

}  // namespace

certstore::cli::Command explain_command() {
  return {.name = "explain",
          .operands = "[ID...]",
          .summary = "say why a finding matters, what to do and who; without ID, all of them",
          .options = {kTextOrJsonOption},
          .example = "pkgverify explain weak-digest",
          .exit_codes = "0 done, 2 no such finding",
          .run = explain};
}

}  // namespace verifier

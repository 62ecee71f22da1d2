// What is another in one package than in another, or than in a directory: element by element, and file by
// file where a layout has no elements. Only what is; whether a package may be accepted is for its own report.
#pragma once

#include "verifier/directory_content.h"
#include "verifier/report.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace verifier {

// A package by its report, made with Elements::listed and VerifyOptions::want_entry_digests.
using Compared = std::variant<Report, DirectoryContent>;

// As `check` ends; accepted for a directory, which nobody signed and nobody judges.
[[nodiscard]] certstore::ExitCode exit_code_of(const Compared& compared);

// One element, or one file that belongs to none, as it is in one of the two.
struct DiffSide {
  bool in_directory = false;                       // nothing of the rest is known of it
  std::string version;                             // as the element states it
  std::optional<formats::Owner> owner;             // who saved it last, as it says
  std::vector<certstore::SignerIdentity> signers;  // that cover all of it, by fingerprint
};

struct Difference {
  bool is_element = false;
  std::string id;                  // of the element, or the name of the file
  std::string kind;                // of the element
  std::string name;                // likewise, from the later of the two that has it
  std::string folder;              // likewise
  std::optional<DiffSide> before;  // empty: it was added
  std::optional<DiffSide> after;   // empty: it was removed
  bool changed = false;            // bytes of its files, or which files it has
  bool reowned = false;
  bool resigned = false;
  std::vector<std::string> entries;  // whose bytes differ, or that only one side has
};

struct Comparison {
  std::vector<Difference> differences;  // elements first, each in the order of its id
  std::size_t same = 0;                 // elements and files with no difference
};

// Empty where a package is invalid: what it holds has no meaning to compare. With a directory only names,
// bytes and link targets count, as in what an import would write: no modes, no signature files, and the files
// of an element together are that element. Throws Error(usage) for a directory and a package that is one
// file.
[[nodiscard]] std::optional<Comparison> compare(const Compared& before, const Compared& after);

}  // namespace verifier

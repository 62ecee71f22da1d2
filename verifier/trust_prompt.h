// The import prompt: shows whom a package comes from and asks what to do. Enter is the safe answer. Decides
// nothing by itself and writes nothing to the store.
#pragma once

#include "certstore/trust_record.h"
#include "verifier/import_question.h"
#include "verifier/import_selection.h"
#include "verifier/import_tree.h"
#include "verifier/prompt_text.h"

#include <optional>
#include <string>
#include <vector>

namespace verifier {

struct PromptSubject {
  const Report& report;
  const Question& question;
  const certstore::TrustPolicy& policy;
  PromptPage page;
  bool may_select = false;          // into a directory; a package that stays a file is whole
  std::vector<TreeChange> changes;  // by entry; empty where nothing is compared
  bool replace_changed = false;     // --force
  certstore::Instant now;           // from which "one year" counts
};

struct PromptAnswer {
  enum class Kind { cancel, import_once, trust };
  Kind kind = Kind::cancel;
  Selection selection;
  certstore::TrustRecord record;   // for Kind::trust: what was decided, without who and when it was made
  bool everything_allowed = true;  // for Kind::trust: each weakness in question was allowed by name
};

// Shows and asks on stderr until there is an answer; the end of input cancels. Throws Error(interrupted).
[[nodiscard]] PromptAnswer ask_whom_to_trust(const PromptSubject& subject, Selection selection);

}  // namespace verifier

// One import, from the open file to what it leaves: judges, asks where a person may decide, writes the
// target, then keeps what was decided.
#pragma once

#include "certstore/base/cli.h"
#include "certstore/trust_store.h"
#include "verifier/import_question.h"
#include "verifier/import_tree.h"
#include "verifier/trust_prompt.h"
#include "verifier/verify.h"

#include <optional>
#include <string>
#include <vector>

namespace verifier {

struct ImportRequest {
  std::string file;
  std::optional<std::string> directory;  // --to
  std::optional<std::string> copy;       // --output
  VerifyOptions options;
  TextStyle style;       // of the result, on stdout
  PromptPage page;       // of the question, on stderr
  std::string store;     // --store as typed, empty if it was not
  bool replace = false;  // --force
  bool dry_run = false;
  bool may_ask = false;
  bool quiet = false;
};

class ImportRun {
 public:
  // Opens the file and looks at the target. Throws Error(io) where the target cannot be written.
  explicit ImportRun(ImportRequest request);
  // The exit code: 0 if and only if the package was imported (or would be, in a dry run).
  [[nodiscard]] certstore::ExitCode run();

 private:
  enum class Settled { accepted, refused };

  void judge();
  void name_leftovers() const;
  [[nodiscard]] Settled settle();
  [[nodiscard]] Settled ask();
  [[nodiscard]] certstore::ExitCode refuse() const;
  [[nodiscard]] ImportPlan plan() const;
  void write();
  void write_copy() const;
  void open_store();
  void open_store_if_writable();
  void note_in_audit_log(std::string_view action);
  void keep_decisions();
  void remember_serial(const certstore::Actor& actor);
  void print_result(std::string_view word) const;
  void print_changes() const;

  ImportRequest request_;
  certstore::InputFile file_;
  std::optional<ImportTarget> target_;
  Report report_;
  std::vector<TreeChange> changes_;  // by entry, if there is a target directory
  Selection selection_;
  std::vector<certstore::TrustRecord> decided_;
  std::optional<certstore::TrustStore> store_;  // made if something was decided, else that which is there
  bool asked_ = false;
  bool accepted_once_ = false;
};

}  // namespace verifier

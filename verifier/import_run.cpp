#include "verifier/import_run.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/file_digest.h"
#include "certstore/store_place.h"
#include "verifier/answers.h"
#include "verifier/beside.h"
#include "verifier/older_elements.h"
#include "verifier/report_text.h"
#include "verifier/trust_request.h"
#include "verifier/trust_text.h"

#include <algorithm>
#include <iostream>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::ExitCode;
using certstore::InputFile;
using certstore::TrustRecord;
using certstore::TrustStore;

void remark(std::string_view kind, std::string_view text) {
  std::cerr << "pkgverify: " << kind << ": " << text << "\n";
}

// For the audit log, which holds no more of it than a person reads.
std::string left_out_text(const Report& report, const Selection& selection) {
  constexpr std::size_t kMostNames = 50;
  std::string text = "left out " + std::to_string(report.elements.size() - selection.elements.size()) +
                     " of " + std::to_string(report.elements.size()) + " elements";
  std::size_t named = 0;
  for (std::size_t i = 0; i < report.elements.size(); ++i) {
    if (std::ranges::binary_search(selection.elements, i)) continue;
    if (++named > kMostNames) return text + ", ...";
    text += (named == 1 ? ": " : ", ") + report.elements[i].element.name;
  }
  return text;
}

void refuse_existing(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::not_found) return;
  throw Error(ErrorKind::io, certstore::in_quotes(path) + " exists", "choose another name, or say --force");
}

}  // namespace

ImportRun::ImportRun(ImportRequest request)
    : request_(std::move(request)), file_(InputFile::open(request_.file)) {
  // Before anybody is asked: a decision must not be lost for a target that never could be written.
  if (request_.directory) target_.emplace(*request_.directory);
  if (request_.copy && !request_.replace) refuse_existing(*request_.copy);
  request_.options.want_entry_digests = request_.directory.has_value();
  request_.options.want_file_digest = true;
  name_leftovers();
}

void ImportRun::name_leftovers() const {
  if (!target_) return;
  const Leftovers leftovers = target_->leftovers();
  for (const std::string& name : leftovers.foreign) {
    remark("warning", certstore::in_quotes(name) +
                          " beside the target looks like a left-over import, and is "
                          "not known to be one; it stays");
  }
  for (const std::string& name : leftovers.removable) {
    remark("note", std::string(request_.dry_run ? "an import was killed and left "
                                                : "removing what a killed "
                                                  "import left: ") +
                       certstore::in_quotes(name));
  }
  if (!request_.dry_run) target_->remove_leftovers(leftovers);
}

void ImportRun::judge() {
  report_ = verify(file_, request_.options, open_beside(request_.file, request_.options.signatures));
  report_.file = request_.file;
  if (request_.copy && report_.spans_files()) {
    throw Error(ErrorKind::usage, "-o takes one file, and this package has others beside it",
                "--to DIR leaves all of them there");
  }
  const ExitCode code = report_.exit_code();
  changes_.clear();
  if (!target_ || (code != ExitCode::accepted && !may_be_asked(code))) return;
  const std::vector<ExtractedEntry> all = entries_of(report_, {});
  const std::vector<TreeChange> found = target_->compare(all, request_.options.jobs);
  // What is not written at all (directories, signatures) changes nothing.
  changes_.assign(report_.entries.size(), TreeChange::same);
  for (std::size_t i = 0; i < all.size(); ++i) changes_[all[i].entry] = found[i];
  if (std::any_of(found.begin(), found.end(), would_replace)) {
    mark_older(report_, *formats::open_package(file_, request_.options.expect), *target_, changes_);
  }
}

ExitCode ImportRun::run() {
  judge();
  if (settle() == Settled::refused) return refuse();
  if (request_.dry_run) {
    print_result("would be imported");
    print_changes();
    return ExitCode::accepted;
  }
  write();
  keep_decisions();
  return ExitCode::accepted;
}

ImportRun::Settled ImportRun::settle() {
  while (report_.exit_code() != ExitCode::accepted) {
    if (!may_be_asked(report_.exit_code()) || !request_.may_ask || request_.dry_run) return Settled::refused;
    if (ask() == Settled::refused) {
      if (asked_) note_in_audit_log("import refused");
      keep_decisions();
      return Settled::refused;
    }
    if (accepted_once_) break;
    judge();
  }
  return Settled::accepted;
}

// One question. Refused also where the answer cannot be enough: then what was decided is kept all the same.
ImportRun::Settled ImportRun::ask() {
  const Question question = question_about(report_);
  for (const certstore::Issue& issue : question.blockers) {
    remark("error", std::string(kind_of(issue.code).id) + " cannot be allowed at a prompt: " + issue.detail);
    remark("hint", kind_of(issue.code).remedy);
  }
  if (!question.blockers.empty()) return Settled::refused;
  asked_ = true;
  const PromptAnswer answer =
      ask_whom_to_trust({.report = report_,
                         .question = question,
                         .policy = request_.options.policy,
                         .page = request_.page,
                         .may_select = target_.has_value() && !report_.elements.empty(),
                         .changes = changes_,
                         .replace_changed = request_.replace,
                         .now = certstore::now()},
                        selection_);
  selection_ = answer.selection;
  switch (answer.kind) {
    case PromptAnswer::Kind::cancel:
      return Settled::refused;
    case PromptAnswer::Kind::import_once:
      accepted_once_ = true;
      return Settled::accepted;
    case PromptAnswer::Kind::trust:
      break;
  }
  TrustRecord record = answer.record;
  record.made_at = certstore::now();
  record.made_by = certstore::acting_at(record.made_at).user;
  request_.options.policy.records.push_back(record);
  // The store gives the true id when it is kept.
  request_.options.policy.records.back().id = "of just now";
  decided_.push_back(std::move(record));
  if (answer.everything_allowed) return Settled::accepted;
  judge();
  return Settled::refused;
}

ExitCode ImportRun::refuse() const {
  const ExitCode code = report_.exit_code();
  if (asked_) {
    // The person has just seen the rest.
    if (!request_.quiet) write_verdict(report_, request_.style, std::cout);
    std::cerr << "nothing was imported\n";
    return code;
  }
  if (!request_.quiet) write_text(report_, request_.style, std::cout);
  if (request_.dry_run) print_changes();
  if (code == ExitCode::untrusted) {
    for (const std::string& line : approval_lines(report_)) remark("hint", line);
  }
  return code;
}

ImportPlan ImportRun::plan() const {
  ImportPlan plan;
  plan.files = entries_of(report_, selection_);
  for (const ExtractedEntry& file : plan.files) plan.changes.push_back(changes_.at(file.entry));
  return plan;
}

void ImportRun::write() {
  // First: a decision that could not be kept must not take effect, and what is taken is told before it is
  // there.
  note_in_audit_log(accepted_once_ ? "import once" : "import");
  if (target_) {
    const auto package = formats::open_package(file_, request_.options.expect);
    target_->write(*package, plan(),
                   {.replace_changed = request_.replace,
                    .jobs = request_.options.jobs,
                    .show_progress = request_.options.show_progress});
  } else {
    write_copy();
  }
  print_result("imported");
  print_changes();
}

void ImportRun::write_copy() const {
  certstore::AtomicFile copy(*request_.copy);
  copy.copy(file_, 0, file_.size());
  file_.require_unchanged();
  if (certstore::sha256_of(copy.reopen()) != report_.sha256) {
    throw Error(ErrorKind::io, "the package is not what was judged: it changed meanwhile", "try again");
  }
  copy.commit(request_.replace ? certstore::Existing::replace : certstore::Existing::refuse);
}

void ImportRun::print_result(std::string_view word) const {
  if (request_.quiet) return;
  const ExitCode code = report_.exit_code();
  if (code == ExitCode::accepted) {
    write_verdict(report_, request_.style, std::cout);
  } else {
    std::cout << word_of(report_.verdict()) << "  " << certstore::escaped(report_.file)
              << "\n  accepted by a person, this once\n";
  }
  const std::string place = request_.directory ? *request_.directory : *request_.copy;
  write_fact(std::cout, 2, word, certstore::in_quotes(place, 0));
}

void ImportRun::print_changes() const {
  if (request_.quiet || changes_.empty()) return;
  const ImportPlan all = plan();
  for (const TreeChange change :
       {TreeChange::added, TreeChange::same, TreeChange::changed, TreeChange::older}) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < all.files.size(); ++i) {
      if (all.changes[i] != change || all.files[i].is_directory()) continue;
      ++count;
      const bool listed = would_replace(change) || request_.style.verbose;
      if (listed) write_fact(std::cout, 4, name_of(change), certstore::in_quotes(all.files[i].name, 0));
    }
    if (change == TreeChange::older && count == 0) continue;  // most formats have no versions
    write_fact(std::cout, 2, std::string(name_of(change)) + " files", std::to_string(count));
  }
}

void ImportRun::remember_serial(const certstore::Actor& actor) {
  for (const SignerReport& signer : report_.signers) {
    if (!report_.facts.seal || !signer.decision.trusted) continue;
    store_->raise_serial({signer.identity.sha256(), report_.facts.name}, report_.facts.seal->serial, actor);
  }
}

void ImportRun::open_store() {
  const certstore::StorePlace place = certstore::store_place(request_.store);
  certstore::make_store_folder(place);
  store_.emplace(TrustStore::open_or_create(place.trust()));
}

// A package that was accepted anyway makes no store, and needs none.
void ImportRun::open_store_if_writable() {
  try {
    auto there = TrustStore::open_if_present(certstore::store_place(request_.store).trust(),
                                             certstore::OpenMode::write);
    if (there) store_.emplace(std::move(*there));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::store && error.kind() != ErrorKind::io) throw;
    remark("warning",
           std::string(report_.facts.seal ? "the serial cannot be remembered against rollback, nor" : "") +
               " the import be told in the audit log: " + error.what());
  }
}

void ImportRun::note_in_audit_log(std::string_view action) {
  if (!decided_.empty() || accepted_once_) {
    open_store();
  } else {
    open_store_if_writable();
  }
  if (!store_) return;
  certstore::AuditEvent event{.action = std::string(action), .file = request_.file, .sha256 = report_.sha256};
  if (!report_.signers.empty()) event.signer = report_.signers.front().identity.sha256();
  if (!selection_.whole) event.detail = left_out_text(report_, selection_);
  store_->note(event, certstore::acting_at(certstore::now()));
}

void ImportRun::keep_decisions() {
  if (!store_) return;
  const certstore::Actor actor = certstore::acting_at(certstore::now());
  for (const TrustRecord& record : decided_) {
    const TrustRecord kept = store_->add(record, actor);
    std::cerr << "trusted: " << certstore::in_quotes(kept.label) << "\n";
    for (const std::string& line : undo_of_adding(kept, request_.store))
      std::cerr << "to undo: " << line << "\n";
  }
  if (report_.exit_code() == ExitCode::accepted) remember_serial(actor);
}

}  // namespace verifier

#include "verifier/diff_text.h"

#include "certstore/base/escape.h"
#include "verifier/answers.h"
#include "verifier/report_text.h"

#include <map>

namespace verifier {
namespace {

using certstore::escaped;
using certstore::in_quotes;

std::string signers_in(const DiffSide& side) {
  std::string text;
  for (const auto& signer : side.signers) {
    text += (text.empty() ? "" : ", ") + escaped(signer.subject()) +
            " (sha256:" + certstore::to_hex(signer.sha256()) + ")";
  }
  return text.empty() ? "nobody" : text;
}

std::string owner_in(const DiffSide& side) {
  if (!side.owner) return "nobody";
  const auto& certificate = side.owner->certificate;
  return in_quotes(side.owner->claimed_name) + " (" +
         (certificate ? "sha256:" + certstore::to_hex(certificate->sha256()) : "no certificate") + ", " +
         std::string(name_of(side.owner->standing)) + ")";
}

std::string words_for(const Difference& one) {
  if (!one.before) return "added";
  if (!one.after) return "removed";
  std::string words;
  const auto add = [&](bool holds, std::string_view word) {
    if (holds) words += (words.empty() ? "" : ", ") + std::string(word);
  };
  add(one.changed, "changed");
  add(one.reowned, "re-owned");
  add(one.resigned, "re-signed");
  return words;
}

bool is_only_resigned(const Difference& one) {
  return one.before && one.after && !one.changed && !one.reowned;
}

bool is_in_directory(const std::optional<DiffSide>& side) {
  return side && side->in_directory;
}

void write_difference(const Difference& one, const TextStyle& style, std::ostream& out) {
  const Tone tone = one.before && one.after ? Tone::doubtful : Tone::quiet;
  const std::string what = one.is_element ? (one.kind.empty() ? "" : escaped(one.kind) + "  ") +
                                                in_quotes(one.name.empty() ? one.id : one.name)
                                          : "file  " + in_quotes(one.id);
  out << "  " << in_tone(style, tone, words_for(one)) << "  " << what << "\n";
  if (one.is_element && !one.name.empty() && one.id != one.name) write_fact(out, 4, "id", escaped(one.id));
  if (!one.folder.empty()) write_fact(out, 4, "folder", in_quotes(one.folder));
  const bool of_packages = !is_in_directory(one.before) && !is_in_directory(one.after);
  if (of_packages && one.before && one.after && one.before->version != one.after->version) {
    write_fact(out, 4, "version", escaped(one.before->version) + " to " + escaped(one.after->version));
  }
  if (one.changed && one.is_element) {
    for (const std::string& name : one.entries) write_fact(out, 4, "differs", escaped(name));
  }
  if (one.reowned) {
    write_fact(out, 4, "owner was", owner_in(*one.before));
    write_fact(out, 4, "owner is", owner_in(*one.after));
  }
  if (one.resigned) {
    write_fact(out, 4, "signed by, was", signers_in(*one.before));
    write_fact(out, 4, "signed by, is", signers_in(*one.after));
  }
  if (!one.before && !is_in_directory(one.after)) write_fact(out, 4, "signed by", signers_in(*one.after));
  if (!one.after && !is_in_directory(one.before))
    write_fact(out, 4, "signed by, was", signers_in(*one.before));
}

// A package that was signed anew has one line for it, not one for each element.
void write_resigned(const Comparison& comparison, std::ostream& out) {
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  for (const Difference& one : comparison.differences) {
    if (is_only_resigned(one)) ++counts[{signers_in(*one.before), signers_in(*one.after)}];
  }
  for (const auto& [signers, count] : counts) {
    out << "  re-signed  " << count << (count == 1 ? " element or file" : " elements and files")
        << ", the same otherwise\n";
    write_fact(out, 4, "signed by, was", signers.first);
    write_fact(out, 4, "signed by, is", signers.second);
  }
}

void write_compared(const Compared& compared, const TextStyle& style, std::ostream& out) {
  if (const auto* const report = std::get_if<Report>(&compared)) {
    write_verdict(*report, style, out);
    return;
  }
  const auto& directory = std::get<DirectoryContent>(compared);
  out << in_tone(style, Tone::quiet, "directory") << "  " << escaped(directory.shown) << "\n";
  write_fact(out, 2, "files", std::to_string(directory.files.size()) + ", nothing in it is signed or judged");
}

}  // namespace

void write_diff(const Compared& before, const Compared& after, const std::optional<Comparison>& comparison,
                const TextStyle& style, std::ostream& out) {
  write_compared(before, style, out);
  write_compared(after, style, out);
  if (!comparison) {
    out << "not compared: what an invalid package holds has no meaning; pkgverify check says what is wrong\n";
    return;
  }
  out << "differences\n";
  for (const Difference& one : comparison->differences) {
    if (style.verbose || !is_only_resigned(one)) write_difference(one, style, out);
  }
  if (!style.verbose) write_resigned(*comparison, out);
  if (comparison->differences.empty()) out << "  none\n";
  write_fact(out, 2, "the same", std::to_string(comparison->same) + " elements and other files");
}

}  // namespace verifier

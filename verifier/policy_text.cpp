#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/base/statements.h"
#include "formats/format.h"
#include "verifier/package_policy.h"
#include "verifier/policy_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

namespace verifier {
namespace {

using certstore::Error;
using certstore::ErrorKind;
using certstore::in_quotes;

struct Preset {
  std::string_view name;
  std::string_view text;
};

constexpr std::array kPresets = {
    Preset{"default", "# Sound, and every file signed by somebody whom this machine trusts.\n"},
    Preset{"strict",
           "# Nothing that the layout leaves open: the set of files is bound, and every owner is known.\n"
           "bound = require\n"
           "owners = require\n"},
    Preset{
        "legacy-vro",
        "# Orchestrator packages as servers up to 8.1 wrote them, from signers whom this machine trusts.\n"
        "# Whoever may save an element there can have content of his choosing signed with MD5: give each\n"
        "# such package a content pin where you can (pkgverify trust add --file), and this policy an end.\n"
        "format = vro\n"
        "# What a CA issues for a server is of a TLS server.\n"
        "purpose = server\n"
        "allow-weak = md5 until 2027-12-31\n"
        "allow-weak = short-key until 2027-12-31\n"
        "allow-weak = expired until 2027-12-31\n"}};
constexpr std::array<std::string_view, kPresets.size()> kPresetNames = {"default", "strict", "legacy-vro"};

// A value that cannot be meant; the reader adds the place.
Error unmeant(std::string_view value, const std::string& wanted) {
  return {ErrorKind::usage, in_quotes(value) + " is not " + wanted};
}

bool one_of_two(std::string_view value, std::string_view no, std::string_view yes) {
  if (value == yes) return true;
  if (value == no) return false;
  throw unmeant(value, std::string(no) + " or " + std::string(yes));
}

void require_word(std::string_view value) {
  if (value != "require") throw unmeant(value, "require; leave the line out otherwise");
}

std::string read_format(std::string_view value) {
  std::string known;
  for (const formats::Format& format : formats::all_formats()) {
    if (format.name == value) return std::string(value);
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  throw unmeant(value, "one of " + known);
}

unsigned read_count(std::string_view value, unsigned least, unsigned most) {
  unsigned count = 0;
  const char* const end = value.data() + value.size();
  const auto [stopped, failure] = std::from_chars(value.data(), end, count);
  if (failure != std::errc{} || stopped != end || count < least || count > most) {
    throw unmeant(value, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return count;
}

constexpr unsigned kMostSigners = 64;  // as many as one package can carry

certstore::AllowedWeakness read_weakness(std::string_view value) {
  const std::size_t end = value.find(" until ");
  certstore::AllowedWeakness allowed{.name = std::string(value.substr(0, end)), .until = {}};
  require_weakness(allowed.name);
  if (end == std::string_view::npos) {
    throw Error(ErrorKind::usage, "no end is given for " + in_quotes(value),
                "allow-weak = " + allowed.name + " until 2027-12-31");
  }
  allowed.until = certstore::parse_instant(certstore::trimmed(value.substr(end + 7)));
  return allowed;
}

ElementRule read_element_rule(std::string_view value) {
  const std::size_t end = value.rfind(" signer ");
  if (end == std::string_view::npos || end == 0) {
    throw unmeant(value, "a glob and a signer: lib/* signer sha256:...");
  }
  return {std::string(certstore::trimmed(value.substr(0, end))),
          parse_fingerprint(certstore::trimmed(value.substr(end + 8)), "signer")};
}

struct Key {
  std::string_view name;
  bool many;
  void (*take)(PackagePolicy& policy, std::string_view value);
};

constexpr std::array kKeys = {
    Key{"format", true, [](PackagePolicy& p, std::string_view v) { p.formats.insert(read_format(v)); }},
    Key{"signers", false,
        [](PackagePolicy& p, std::string_view v) { p.signers = read_count(v, 1, kMostSigners); }},
    Key{"required-signer", true,
        [](PackagePolicy& p, std::string_view v) {
          p.required_signers.push_back(parse_fingerprint(v, "required-signer"));
        }},
    Key{"timestamp", false,
        [](PackagePolicy& p, std::string_view v) {
          require_word(v);
          p.require_timestamp = true;
        }},
    Key{"seal", false,
        [](PackagePolicy& p, std::string_view v) {
          require_word(v);
          p.require_seal = true;
        }},
    Key{"bound", false,
        [](PackagePolicy& p, std::string_view v) {
          require_word(v);
          p.require_bound = true;
        }},
    Key{"owners", false,
        [](PackagePolicy& p, std::string_view v) { p.require_owners = one_of_two(v, "report", "require"); }},
    Key{"uncovered", false,
        [](PackagePolicy& p, std::string_view v) { p.report_uncovered = one_of_two(v, "refuse", "report"); }},
    Key{"purpose", false,
        [](PackagePolicy& p, std::string_view v) {
          p.accept_servers = one_of_two(v, "code-signing", "server");
        }},
    Key{"path-length", false,
        [](PackagePolicy& p, std::string_view v) {
          p.most_issuers = read_count(v, 0, certstore::limits::kPathDepth);
        }},
    Key{"allow-weak", true,
        [](PackagePolicy& p, std::string_view v) { p.allowed.push_back(read_weakness(v)); }},
    Key{"element", true,
        [](PackagePolicy& p, std::string_view v) { p.elements.push_back(read_element_rule(v)); }},
};

const Key& key_named(std::string_view name) {
  const auto found =
      std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == name; });
  if (found != kKeys.end()) return *found;
  std::string known;
  for (const Key& key : kKeys) known += (known.empty() ? "" : ", ") + std::string(key.name);
  throw Error(ErrorKind::usage, "there is no key " + in_quotes(name), "the keys are " + known);
}

void take_line(PackagePolicy& policy, std::string_view line, std::set<std::string_view>& seen) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    throw Error(ErrorKind::usage, in_quotes(line) + " is not of the form key = value");
  }
  const Key& key = key_named(certstore::trimmed(line.substr(0, equals)));
  if (!seen.insert(key.name).second && !key.many) {
    throw Error(ErrorKind::usage, "the key " + std::string(key.name) + " stands twice");
  }
  key.take(policy, certstore::trimmed(line.substr(equals + 1)));
}

}  // namespace

std::span<const std::string_view> policy_presets() {
  return kPresetNames;
}

std::string_view text_of_preset(std::string_view name) {
  const auto found = std::find_if(kPresets.begin(), kPresets.end(),
                                  [&](const Preset& preset) { return preset.name == name; });
  if (found == kPresets.end()) throw Error(ErrorKind::internal, "there is no preset " + in_quotes(name));
  return found->text;
}

PackagePolicy parse_package_policy(certstore::ByteView text, const std::string& what) {
  PackagePolicy policy;
  std::set<std::string_view> seen;
  certstore::for_each_statement(certstore::as_text(text), [&](std::size_t number, std::string_view line) {
    try {
      take_line(policy, line, seen);
    } catch (const Error& error) {
      throw Error(ErrorKind::usage,
                  "line " + std::to_string(number) + " of " + in_quotes(what) + ": " + error.what(),
                  error.hint());
    }
  });
  return policy;
}

std::string to_text(const PackagePolicy& policy) {
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    text += std::string(key) + " = " + value + "\n";
  };
  for (const std::string& format : policy.formats) add("format", format);
  add("signers", std::to_string(policy.signers));
  for (const auto& signer : policy.required_signers)
    add("required-signer", "sha256:" + certstore::to_hex(signer));
  if (policy.require_timestamp) add("timestamp", "require");
  if (policy.require_seal) add("seal", "require");
  if (policy.require_bound) add("bound", "require");
  add("owners", policy.require_owners ? "require" : "report");
  add("uncovered", policy.report_uncovered ? "report" : "refuse");
  add("purpose", policy.accept_servers ? "server" : "code-signing");
  if (policy.most_issuers) add("path-length", std::to_string(*policy.most_issuers));
  for (const auto& allowed : policy.allowed) {
    add("allow-weak",
        allowed.name + (allowed.until ? " until " + certstore::to_rfc3339(*allowed.until) : ""));
  }
  for (const ElementRule& rule : policy.elements) {
    add("element", certstore::escaped(rule.glob) + " signer sha256:" + certstore::to_hex(rule.signer));
  }
  return text;
}

}  // namespace verifier

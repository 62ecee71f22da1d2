#include "certstore/base/cli.h"

#include "certstore/base/cli_parse.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/secret.h"

#include <sodium.h>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <new>

namespace certstore::cli {
namespace {

constexpr std::string_view kVersionText = PKGTRUST_VERSION;

std::vector<std::string> command_names(const Tool& tool) {
  std::vector<std::string> names;
  for (const Command& command : tool.commands) names.emplace_back(command.name);
  return names;
}

struct Found {
  const Command* command;
  std::size_t words;  // that its name takes
};

// Finds the command at the front of the words: two words before one, so that "cert show" is found.
Found find_command(const Tool& tool, std::span<const std::string> words) {
  for (std::size_t length = std::min<std::size_t>(2, words.size()); length > 0; --length) {
    const std::string name = length == 2 ? words[0] + " " + words[1] : words[0];
    for (const Command& command : tool.commands) {
      if (command.name == name) return {&command, length};
    }
  }
  std::string group;
  for (const Command& command : tool.commands) {
    if (command.name.starts_with(words[0] + " "))
      group += (group.empty() ? "" : ", ") + std::string(command.name);
  }
  const bool has_second = words.size() > 1 && !words[1].empty() && words[1].front() != '-';
  if (!group.empty() && !has_second) {
    throw Error(ErrorKind::usage, in_quotes(words[0]) + " needs a second word", "one of " + group);
  }
  const auto names = command_names(tool);
  const std::string whole = has_second ? words[0] + " " + words[1] : words[0];
  std::string near = nearest(whole, names);
  if (near.empty()) near = nearest(words[0], names);
  if (near.empty() && !group.empty()) near = "one of " + group;
  throw Error(
      ErrorKind::usage, "unknown command " + in_quotes(group.empty() ? words[0] : whole),
      near.empty() ? std::string(tool.name) + " --help lists the commands" : "did you mean " + near + "?");
}

// What may come next, one candidate a line: the bash completion asks this, so it never lags behind.
ExitCode complete(const Tool& tool, std::span<const std::string> words) {
  std::vector<std::string> before(words.begin(), words.end());
  if (!before.empty()) before.pop_back();
  const auto starts = [&](const Command& command) {
    return before.size() == 1 ? command.name.starts_with(before[0] + " ") : before.empty();
  };
  for (const Command& command : tool.commands) {
    if (!starts(command)) continue;
    const std::string_view rest = before.empty() ? command.name : command.name.substr(before[0].size() + 1);
    std::cout << rest.substr(0, rest.find(' ')) << "\n";
  }
  if (before.empty()) return ExitCode::accepted;
  for (const Command& command : tool.commands) {
    const bool two = command.name.find(' ') != std::string_view::npos;
    const std::string typed = two && before.size() > 1 ? before[0] + " " + before[1] : before[0];
    if (command.name != typed) continue;
    for (const Option& option : all_options(command)) std::cout << "--" << option.name << "\n";
  }
  return ExitCode::accepted;
}

ExitCode run_words(const Tool& tool, std::span<const std::string> words) {
  if (words.empty()) {
    print_help(tool, std::cerr);
    return ExitCode::usage;
  }
  if (words[0] == "--version" || words[0] == "-V") {
    std::cout << tool.name << " " << kVersionText << "\n";
    return ExitCode::accepted;
  }
  if (words[0] == "__complete") return complete(tool, words.subspan(1));
  const bool help_command = words[0] == "help";
  if (words[0] == "--help" || words[0] == "-h" || (help_command && words.size() == 1)) {
    print_help(tool, std::cout);
    return ExitCode::accepted;
  }
  if (help_command) words = words.subspan(1);
  const Found found = find_command(tool, words);
  const Arguments arguments =
      help_command ? Arguments() : Parser(tool, *found.command).parse(words.subspan(found.words));
  if (help_command || arguments.has("help")) {
    print_help(tool, *found.command, std::cout);
    return ExitCode::accepted;
  }
  return found.command->run(arguments);
}

std::string line(std::string_view tool, std::string_view kind, std::string_view text) {
  return std::string(tool) + ": " + std::string(kind) + ": " + std::string(text) + "\n";
}

constexpr std::string_view kReport = "this is a bug in pkgtrust; please report it";

}  // namespace

std::string trouble_text(std::string_view tool, const Error& error) {
  std::string text = line(tool, "error", error.what());
  if (!error.hint().empty()) text += line(tool, "hint", error.hint());
  if (error.kind() == ErrorKind::internal) text += line(tool, "hint", kReport);
  return text;
}

int run_tool(const Tool& tool, std::span<const std::string> words) {
  ExitCode code = ExitCode::internal;
  try {
    code = run_words(tool, words);
    std::cout.flush();
    if (!std::cout) throw Error(ErrorKind::io, "cannot write the result to standard output");
  } catch (const Error& error) {
    std::cerr << trouble_text(tool.name, error);
    code = exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    std::cerr << line(tool.name, "error", "not enough memory");
    code = ExitCode::trouble;
  } catch (const std::exception& error) {
    std::cerr << line(tool.name, "error", escaped(error.what())) << line(tool.name, "hint", kReport);
    code = ExitCode::internal;
  }
  return static_cast<int>(code);
}

int run_main(const Tool& tool, int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  try {
    catch_interrupts();
    if (sodium_init() < 0) throw Error(ErrorKind::internal, "libsodium does not start");
    if (tool.opens_secrets) protect_secrets(tool.name);
  } catch (const Error& error) {
    std::cerr << trouble_text(tool.name, error);
    return static_cast<int>(exit_code(error.kind()));
  }
  const std::vector<std::string> words(argv + 1, argv + argc);
  return run_tool(tool, words);
}

void print_help(const Tool& tool, std::ostream& out) {
  out << tool.name << " - " << tool.summary << "\n\nusage: " << tool.name
      << " COMMAND [OPTION...] [FILE...]\n\n";
  for (const Command& command : tool.commands) {
    out << "  " << std::left << std::setw(20) << command.name << command.summary << "\n";
  }
  out << "\n" << tool.name << " COMMAND --help says more about a command; --version shows the version\n";
}

void print_help(const Tool& tool, const Command& command, std::ostream& out) {
  out << "usage: " << tool.name << " " << command.name << " [OPTION...]";
  if (!command.operands.empty()) out << " " << command.operands;
  out << "\n" << command.summary << "\n\n";
  for (const Option& option : all_options(command)) {
    std::string left = option.letter == '\0' ? "    " : std::string("-") + option.letter + ", ";
    left += "--" + std::string(option.name);
    if (!option.value.empty()) left += " " + std::string(option.value);
    out << "  " << std::left << std::setw(26) << left << (left.size() >= 26 ? " " : "") << option.description
        << "\n";
  }
  if (!command.example.empty()) out << "\nexample:\n  " << command.example << "\n";
  if (!command.exit_codes.empty()) out << "\nexit codes: " << command.exit_codes << "\n";
}

}  // namespace certstore::cli

#include "certstore/base/cli_parse.h"

#include "certstore/base/configuration.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/passphrase.h"
#include "certstore/base/terminal.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <numeric>

namespace certstore::cli {
namespace {

namespace options = boost::program_options;

constexpr std::array kCommon = {
    Option{"quiet", 'q', "", "no result on stdout: only the exit code"},
    Option{"verbose", 'v', "", "say more, also where a value comes from"},
    Option{"no-input", '\0', "", "never ask; what would be asked ends with its exit code"},
    Option{"color", '\0', "WHEN", "auto, always or never"},
    Option{"help", 'h', "", "show this help"},
};

options::options_description describe(const Command& command) {
  options::options_description description;
  for (const Option& option : all_options(command)) {
    std::string name(option.name);
    if (option.letter != '\0') name += std::string(",") + option.letter;
    if (option.value.empty()) {
      description.add_options()(name.c_str(), "");
    } else {
      description.add_options()(name.c_str(), options::value<std::vector<std::string>>()->composing(), "");
    }
  }
  description.add_options()("operand", options::value<std::vector<std::string>>());
  return description;
}

std::string text_of(const options::error& error) {
  std::string text = escaped(error.what());
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// "--out --force": the second is meant as an option, and would be taken for the value of the first. A value
// that begins so is given as --out=--force.
void require_value(const Command& command, const options::option& found) {
  if (found.original_tokens.size() < 2 || found.value.empty()) return;
  const std::string& value = found.value.front();
  if (!value.starts_with("--")) return;
  const std::vector<Option> all = all_options(command);
  const auto option =
      std::find_if(all.begin(), all.end(), [&](const Option& one) { return one.name == found.string_key; });
  if (option == all.end()) return;
  const std::string name = "--" + std::string(option->name);
  throw Error(ErrorKind::usage,
              name + " needs " + std::string(option->value) + ", not the option " + in_quotes(value),
              name + ": " + std::string(option->description));
}

}  // namespace

std::span<const Option> common_options() {
  return kCommon;
}

std::vector<Option> all_options(const Command& command) {
  std::vector<Option> all = command.options;
  all.insert(all.end(), kCommon.begin(), kCommon.end());
  return all;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    // Levenshtein distance, one row at a time.
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0]++;
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const std::size_t substitution = diagonal + (word[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitution});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

void Parser::read_words(std::span<const std::string> words, Arguments& arguments) const {
  const options::options_description description = describe(command_);
  options::positional_options_description positional;
  positional.add("operand", -1);
  const std::vector<std::string> copy(words.begin(), words.end());
  using namespace options::command_line_style;
  // No guessing of abbreviated names: a later option must not change what a script means.
  const auto parsed = options::command_line_parser(copy)
                          .options(description)
                          .positional(positional)
                          .style(unix_style & ~allow_guessing)
                          .run();
  for (const auto& found : parsed.options) {
    require_value(command_, found);
    auto& values = found.string_key == "operand" ? arguments.operands_ : arguments.values_[found.string_key];
    values.insert(values.end(), found.value.begin(), found.value.end());
  }
}

void Parser::fill_from_configuration(Arguments& arguments) const {
  const auto all = all_options(command_);
  for (const auto& [name, configured] : read_configuration()) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&, &name = name](const Option& o) { return o.name == name; });
    if (!known || arguments.has(name)) continue;
    arguments.values_[name] = {configured.value};
    if (arguments.verbose()) {
      std::cerr << tool_.name << ": " << name << " = " << escaped(configured.value) << " (from "
                << escaped(configured.origin) << ")\n";
    }
  }
}

Arguments Parser::parse(std::span<const std::string> words) const {
  const std::vector<Option> all = all_options(command_);
  Arguments arguments;
  arguments.tool_ = tool_.name;
  try {
    read_words(words, arguments);
  } catch (const options::unknown_option& error) {
    std::vector<std::string> names;
    for (const Option& option : all) names.push_back("--" + std::string(option.name));
    const std::string near = nearest(error.get_option_name(), names);
    throw Error(ErrorKind::usage, "unknown option " + in_quotes(error.get_option_name()),
                near.empty()
                    ? std::string(tool_.name) + " " + std::string(command_.name) + " --help lists them"
                    : "did you mean " + near + "?");
  } catch (const options::error& error) {
    throw Error(ErrorKind::usage, text_of(error));
  }
  for (const Option& option : all) {
    if (!option.repeatable && arguments.values(option.name).size() > 1) {
      throw Error(ErrorKind::usage, "--" + std::string(option.name) + " is given twice");
    }
  }
  if (arguments.has("help")) return arguments;
  fill_from_configuration(arguments);
  require_operands(arguments);
  require_sources(arguments);
  return arguments;
}

void Parser::require_sources(const Arguments& arguments) const {
  const auto& operands = arguments.operands();
  bool has_file = std::find(operands.begin(), operands.end(), "-") != operands.end();
  for (const Option& option : command_.options) {
    const auto& values = arguments.values(option.name);
    // -o - is standard output.
    has_file = has_file || (option.value == "FILE" && option.name != "output" &&
                            std::find(values.begin(), values.end(), "-") != values.end());
  }
  for (const Option& option : command_.options) {
    if (option.value != "SOURCE") continue;
    for (const std::string& text : arguments.values(option.name)) {
      const PassphraseSource source = parse_passphrase_source(text);
      require_open(source);
      if (!reads_standard_input(source) || !has_file) continue;
      throw Error(
          ErrorKind::usage,
          "standard input cannot hold both a file and the passphrase of --" + std::string(option.name),
          "take the passphrase from env:VAR, file:PATH or fd:N");
    }
  }
}

void Parser::require_operands(const Arguments& arguments) const {
  const std::size_t count = arguments.operands().size();
  const std::string usage = std::string(tool_.name) + " " + std::string(command_.name) + " " +
                            std::string(command_.operands) + " (--help says more)";
  if (command_.operands.empty() && count > 0) {
    throw Error(ErrorKind::usage, "unexpected argument " + in_quotes(arguments.operands().front()), usage);
  }
  const bool optional = command_.operands.starts_with('[');
  const auto words =
      static_cast<std::size_t>(std::count(command_.operands.begin(), command_.operands.end(), ' ')) + 1;
  const bool many = command_.operands.find("...") != std::string_view::npos;
  if (!command_.operands.empty() && !optional && count < words) {
    throw Error(ErrorKind::usage, "an argument is missing", usage);
  }
  if (!command_.operands.empty() && !many && count > words) {
    throw Error(ErrorKind::usage, "unexpected argument " + in_quotes(arguments.operands()[words]), usage);
  }
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = values_.find(option);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

const std::vector<std::string>& Arguments::values(std::string_view option) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(option);
  return found == values_.end() ? none : found->second;
}

std::optional<unsigned> Arguments::number(std::string_view option, unsigned least, unsigned most) const {
  const auto text = value(option);
  if (!text) return std::nullopt;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    throw Error(ErrorKind::usage, "--" + std::string(option) + " takes a whole number from " +
                                      std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::optional<std::chrono::days> Arguments::days(std::string_view option) const {
  constexpr unsigned kMost = 36500;
  const auto text = value(option);
  if (!text) return std::nullopt;
  unsigned days = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, days);
  if (error != std::errc() || stop + 1 != end || *stop != 'd' || days > kMost) {
    throw Error(ErrorKind::usage, "--" + std::string(option) + " takes a number of days, as in 90d");
  }
  return std::chrono::days(days);
}

std::string Arguments::word(std::string_view option, std::span<const std::string_view> words) const {
  const auto text = value(option);
  if (!text) return std::string(words.front());
  if (std::find(words.begin(), words.end(), *text) != words.end()) return *text;
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  throw Error(ErrorKind::usage, "--" + std::string(option) + " is one of " + list);
}

bool Arguments::may_ask() const {
  return !has("no-input") && has_person();
}

}  // namespace certstore::cli

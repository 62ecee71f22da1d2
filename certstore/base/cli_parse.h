// Words of the command line into Arguments; suggestions for what is mistyped.
#pragma once

#include "certstore/base/cli.h"

namespace certstore::cli {

class Parser {
 public:
  Parser(const Tool& tool, const Command& command) : tool_(tool), command_(command) {}
  // Throws Error(usage), with the nearest option as the hint. Values of the configuration fill what was not
  // typed, if the command has the option.
  [[nodiscard]] Arguments parse(std::span<const std::string> words) const;

 private:
  // Throws what Boost does for words that are no options of the command.
  void read_words(std::span<const std::string> words, Arguments& arguments) const;
  void fill_from_configuration(Arguments& arguments) const;
  void require_operands(const Arguments& arguments) const;
  // Sources of passphrases are words that can be meant, and none is standard input beside a file from there.
  void require_sources(const Arguments& arguments) const;
  const Tool& tool_;
  const Command& command_;
};

// All options of a command: its own, then the common ones.
[[nodiscard]] std::vector<Option> all_options(const Command& command);
// The candidate that differs in the fewest letters, if it is near enough to have been meant; else empty.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace certstore::cli

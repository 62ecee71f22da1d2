#include "formats/tar/pax.h"

#include "certstore/base/escape.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <string_view>
#include <system_error>

namespace formats::tar {
namespace {

using certstore::in_quotes;

// A decimal number as everybody reads it: digits only, no zero before others.
std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return value > INT64_MAX ? std::nullopt : std::optional(value);
}

// Seconds, of which the fraction is left out.
std::optional<std::int64_t> seconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const std::string_view whole = text.substr(0, text.find('.'));
  const std::string_view rest = text.substr(whole.size());
  if (rest.find_first_not_of("0123456789", rest.empty() ? 0 : 1) != std::string_view::npos)
    return std::nullopt;
  const auto value = decimal(whole);
  if (!value) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
}

// What makes another file of the member than its header and its bytes say (GNU tar manual, "Storing Sparse
// Files"; star(5)).
bool is_sparse_keyword(std::string_view keyword) {
  return keyword.starts_with("GNU.sparse.") || keyword == "SCHILY.realsize" || keyword == "SCHILY.offset" ||
         keyword == "SUN.holesdata" || keyword == "SCHILY.filetype" || keyword == "GNU.volume.size" ||
         keyword == "GNU.volume.offset" || keyword == "GNU.volume.filename";
}

bool is_extra_keyword(std::string_view keyword) {
  constexpr std::array<std::string_view, 6> kExtras = {"SCHILY.xattr.", "LIBARCHIVE.xattr.", "SCHILY.acl.",
                                                       "RHT.security.", "SCHILY.fflags",     "MSWINDOWS."};
  for (const std::string_view extra : kExtras) {
    if (keyword.starts_with(extra)) return true;
  }
  return false;
}

using Take = std::function<std::string(std::string_view keyword, std::string_view value)>;

// Calls take() for each record, "LENGTH KEYWORD=VALUE\n"; returns the first fault.
std::string each_record(certstore::ByteView records, const Take& take) {
  std::string_view text = certstore::as_text(records);
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const auto length = decimal(text.substr(0, std::min(blank, text.size())));
    if (blank == std::string_view::npos || !length || *length > text.size() || *length < blank + 4 ||
        text[*length - 1] != '\n') {
      return "has a record whose length is wrong";
    }
    const std::string_view record = text.substr(blank + 1, *length - blank - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return "has a record without a keyword";
    const std::string_view keyword = record.substr(0, equals);
    if (std::any_of(keyword.begin(), keyword.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7F; })) {
      return "has a keyword that is no plain word";
    }
    if (!seen.insert(keyword).second) return "says " + in_quotes(keyword) + " twice";
    if (std::string fault = take(keyword, record.substr(equals + 1)); !fault.empty()) return fault;
    text.remove_prefix(*length);
  }
  return {};
}

// What every reader must know about names before it reads any.
std::string charset_fault(std::string_view keyword, std::string_view value) {
  if (keyword != "hdrcharset" || value == "ISO-IR 10646 2000 UTF-8" || value == "BINARY") return {};
  return "has names in the character set " + in_quotes(value);
}

template <typename Value>
std::string put(std::optional<Value>& into, std::optional<Value> value, std::string_view keyword) {
  into = std::move(value);
  return into ? "" : "has no usable value of " + in_quotes(keyword);
}

std::string put_text(std::optional<std::string>& into, std::string_view value, std::string_view keyword) {
  if (value.empty()) return "has an empty " + in_quotes(keyword) + ", which programs take differently";
  into = value;
  return {};
}

}  // namespace

std::variant<Pax, std::string> read_pax(certstore::ByteView records) {
  Pax pax;
  const std::string fault =
      each_record(records, [&](std::string_view keyword, std::string_view value) -> std::string {
        if (keyword == "path") return put_text(pax.path, value, keyword);
        if (keyword == "linkpath") return put_text(pax.link, value, keyword);
        if (keyword == "size") return put(pax.size, decimal(value), keyword);
        if (keyword == "uid") return put(pax.uid, decimal(value), keyword);
        if (keyword == "gid") return put(pax.gid, decimal(value), keyword);
        if (keyword == "mtime") return put(pax.mtime, seconds(value), keyword);
        if (is_sparse_keyword(keyword))
          return "says " + in_quotes(keyword) + ", which makes another file of it";
        if (is_extra_keyword(keyword)) pax.has_extras = true;
        return charset_fault(keyword, value);
      });
  if (!fault.empty()) return fault;
  return pax;
}

std::string fault_of_global_pax(certstore::ByteView records) {
  return each_record(records, [](std::string_view keyword, std::string_view value) -> std::string {
    if (keyword == "path" || keyword == "linkpath" || keyword == "size" || is_sparse_keyword(keyword)) {
      return "says " + in_quotes(keyword) + " for all members, which some programs apply and some do not";
    }
    return charset_fault(keyword, value);
  });
}

}  // namespace formats::tar

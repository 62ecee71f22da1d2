#include "certstore/json_record.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"

#include <algorithm>
#include <utility>

namespace certstore {
namespace {

constexpr int kDepth = 8;

}  // namespace

JsonRecord::JsonRecord(ByteView bytes, std::string_view what) : what_(what) {
  if (bytes.size() > limits::kStoreRecord) refuse("it is too long");
  // Copying a value goes down as deep as it is nested; no record has more than an object in a list.
  const nlohmann::json::parser_callback_t shallow = [this](int depth, nlohmann::json::parse_event_t,
                                                           nlohmann::json&) {
    if (depth > kDepth) refuse("it is nested too deeply");
    return true;
  };
  object_ = nlohmann::json::parse(bytes.begin(), bytes.end(), shallow, false);
  if (!object_.is_object()) refuse("it is not a JSON object");
}

JsonRecord JsonRecord::of(nlohmann::json object, std::string_view what) {
  JsonRecord record(what);
  record.object_ = std::move(object);
  if (!record.object_.is_object()) record.refuse("it is not a JSON object");
  return record;
}

void JsonRecord::refuse(const std::string& why) const {
  throw Error(ErrorKind::store, "the store's " + escaped(what_) + " cannot be read: " + why);
}

const nlohmann::json& JsonRecord::take(const char* field) {
  const auto found = object_.find(field);
  if (found == object_.end()) refuse("it has no " + in_quotes(field));
  taken_.insert(field);
  return *found;
}

std::string JsonRecord::text(const char* field) {
  const nlohmann::json& value = take(field);
  if (!value.is_string()) refuse(in_quotes(field) + " is not a text");
  return value.get<std::string>();
}

std::uint64_t JsonRecord::number(const char* field) {
  const nlohmann::json& value = take(field);
  if (!value.is_number_unsigned()) refuse(in_quotes(field) + " is not a number");
  return value.get<std::uint64_t>();
}

bool JsonRecord::flag(const char* field) {
  const nlohmann::json& value = take(field);
  if (!value.is_boolean()) refuse(in_quotes(field) + " is neither true nor false");
  return value.get<bool>();
}

Bytes JsonRecord::base64(const char* field) {
  try {
    return from_base64(text(field));
  } catch (const Error& error) {
    refuse(in_quotes(field) + ": " + error.what());
  }
}

void JsonRecord::hex(const char* field, std::span<std::uint8_t> out) {
  const std::string value = text(field);
  if (value.size() != out.size() * 2) refuse(in_quotes(field) + " has the wrong length");
  try {
    const Bytes bytes = from_hex(value);
    std::copy(bytes.begin(), bytes.end(), out.begin());
  } catch (const Error& error) {
    refuse(in_quotes(field) + ": " + error.what());
  }
}

Instant JsonRecord::instant(const char* field) {
  try {
    return parse_instant(text(field));
  } catch (const Error& error) {
    refuse(in_quotes(field) + ": " + error.what());
  }
}

nlohmann::json JsonRecord::array(const char* field) {
  const nlohmann::json& value = take(field);
  if (!value.is_array()) refuse(in_quotes(field) + " is not a list");
  return value;
}

nlohmann::json JsonRecord::object(const char* field) {
  const nlohmann::json& value = take(field);
  if (!value.is_object()) refuse(in_quotes(field) + " is not an object");
  return value;
}

void JsonRecord::finish() const {
  for (const auto& [name, value] : object_.items()) {
    if (!taken_.contains(name))
      refuse("it has a field " + in_quotes(name) + " that this version does not know");
  }
}

Bytes to_bytes(const nlohmann::json& object) {
  const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::strict);
  return {text.begin(), text.end()};
}

}  // namespace certstore

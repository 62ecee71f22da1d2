#include "certstore/backup_note.h"

#include "certstore/json_record.h"

#include <algorithm>

namespace certstore {

bool BackupNote::has_key(const Sha256& public_key) const {
  return std::ranges::binary_search(keys, public_key);
}

Bytes to_record(const BackupNote& note) {
  nlohmann::json keys = nlohmann::json::array();
  for (const Sha256& key : note.keys) keys.push_back(to_hex(key));
  return to_bytes({{"schema", 1}, {"made", to_rfc3339(note.made)}, {"keys", keys}});
}

BackupNote parse_backup_note(ByteView bytes, std::string_view what) {
  JsonRecord record(bytes, what);
  if (record.number("schema") != 1) record.refuse("it is of a newer schema");
  BackupNote note;
  note.made = record.instant("made");
  for (const nlohmann::json& key : record.array("keys")) {
    JsonRecord item = JsonRecord::of({{"key", key}}, what);
    item.hex("key", note.keys.emplace_back());
  }
  record.finish();
  if (!std::ranges::is_sorted(note.keys)) record.refuse("its keys are not in order");
  return note;
}

}  // namespace certstore

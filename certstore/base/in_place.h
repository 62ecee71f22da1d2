// The end of a file written in place, so that a stop at any moment leaves the file as it was, or one that is
// known to be neither that nor the new one, and can be brought back (docs/formats/ova.md, "In place").
#pragma once

#include "certstore/base/file.h"

#include <filesystem>
#include <string>

namespace certstore {

// What the record beside a file says about it.
enum class InPlaceState {
  none,         // there is no record that is about this file
  before,       // the file is as it was
  interrupted,  // it is neither
  after         // it is the new one
};

// Of a file without a path: none. Throws Error(io).
[[nodiscard]] InPlaceState in_place_state(const InputFile& file);

// Whether both are one file, opened twice.
[[nodiscard]] bool is_one_file(const InputFile& file, const InputFile& other);

// Removes the record beside a path where another file was put. Throws Error(io).
void forget_in_place(const std::filesystem::path& path);

// Makes the file at the path of `file` hold `tail` from byte `keep` on, durably. Throws Error(io) if it
// changed since it was opened, or cannot be written; it then is as it was, or the message says that it is
// not.
void write_in_place(const InputFile& file, std::uint64_t keep, ByteView tail);

// Whether write_in_place() can be used on the file: its own name is its only one, it may be written, and what
// it would lose is not too much to be kept in the record.
[[nodiscard]] bool can_write_in_place(const InputFile& file, std::uint64_t keep, ByteView tail);

// Brings the file back to what it was if a change of it was stopped, and removes the record. Returns the
// state that was found. Throws Error(io).
InPlaceState repair_in_place(const std::filesystem::path& path);

}  // namespace certstore

// The marks and sizes of ZIP records (APPNOTE.TXT 4.3), and the flags we know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace formats::zip {

using namespace std::string_view_literals;
inline constexpr std::string_view kLocalMark = "PK\x03\x04"sv;
inline constexpr std::string_view kDescriptorMark = "PK\x07\x08"sv;
inline constexpr std::string_view kCentralMark = "PK\x01\x02"sv;
inline constexpr std::string_view kEndMark = "PK\x05\x06"sv;
inline constexpr std::string_view kEnd64Mark = "PK\x06\x06"sv;
inline constexpr std::string_view kLocator64Mark = "PK\x06\x07"sv;

inline constexpr std::size_t kLocalSize = 30;    // without name and extra field
inline constexpr std::size_t kCentralSize = 46;  // without name, extra field and comment
inline constexpr std::size_t kEndSize = 22;      // without comment
inline constexpr std::size_t kEnd64Size = 56;
inline constexpr std::size_t kLocator64Size = 20;

// "The true value is in the ZIP64 extra field or record."
inline constexpr std::uint16_t kIn64Short = 0xFFFF;
inline constexpr std::uint32_t kIn64 = 0xFFFFFFFF;

inline constexpr std::uint16_t kFlagEncrypted = 1U << 0;
inline constexpr std::uint16_t kFlagDescriptor = 1U << 3;
inline constexpr std::uint16_t kFlagPatch = 1U << 5;
inline constexpr std::uint16_t kFlagStrongEncryption = 1U << 6;
inline constexpr std::uint16_t kFlagUtf8 = 1U << 11;
inline constexpr std::uint16_t kFlagMaskedHeaders = 1U << 13;
// Bits 1 and 2 only tell how hard the compressor tried.
inline constexpr std::uint16_t kFlagsKnown = 0x0006 | kFlagDescriptor | kFlagUtf8;

inline constexpr std::uint16_t kExtraZip64 = 0x0001;
inline constexpr std::uint16_t kExtraUnicodePath = 0x7075;

}  // namespace formats::zip

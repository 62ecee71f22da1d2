// Every upper bound on untrusted input, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace certstore::limits {

// A certificate seen in the wild has 1 to 4 KB; 64 KB leaves room for name constraints and post-quantum keys.
inline constexpr std::size_t kCertificateSize = 64 << 10;
// Certificates of one package: 7 is the most seen in 187 real ones.
inline constexpr std::size_t kCertificates = 256;
// Certificates between a signer and a trusted CA: three are many, and a longer path is made to cost time.
inline constexpr int kPathDepth = 16;
// A revocation list: 30,000 revoked certificates; one of a larger CA is split (RFC 5280 5.2.5) or has deltas.
inline constexpr std::size_t kCrlSize = 1000 << 10;
// Certificates that a list is kept with: who signed it, and the CAs above.
inline constexpr std::size_t kCrlChain = 8;
// Lists that one store holds, each parsed before a package is judged.
inline constexpr std::size_t kCrls = 256;
// What one run asks the network for.
inline constexpr std::size_t kCrlFetches = 32;
// A CMS file without the content: certificates, CRLs and time stamps; 16 MiB is Java's bound for a JAR's.
inline constexpr std::size_t kCmsSize = 16 << 20;
// Signers of one CMS file, attributes of one signer: people have one to three, writers a dozen.
inline constexpr std::size_t kCmsSigners = 64;
inline constexpr std::size_t kCmsAttributes = 64;
// Certificates that answer to the name of one signer: each costs a check of the signature.
inline constexpr std::size_t kCmsCandidates = 8;
// RSA-16384 is the longest that others sign Android packages with, and OpenSSL's own bound; real keys end at
// 4096. With the exponent below it a check takes about 2 ms, and a JAR, certificate path or CMS file has few.
inline constexpr int kRsaBits = 16384;
inline constexpr int kRsaExponentBits = 32;
// RSA-8192, where each file has a signature of its own: a check takes at most 0.5 ms, and a package of 100 MB
// holds a hundred thousand of them.
inline constexpr std::size_t kSignatureSize = 8192 / 8;
inline constexpr int kDsaBits = 4096;
// A PEM or DER file that the user names: certificates, chains, keys.
inline constexpr std::size_t kKeyFileSize = 1 << 20;
// Entries of a keystore and objects in a PEM file: a person's file has a few.
inline constexpr std::size_t kKeystoreEntries = 1024;
// Bags of a PKCS#12 file in one another: RFC 7292 names no bound, writers use one level.
inline constexpr int kBagDepth = 4;
// Encrypted parts of a PKCS#12 file: each costs the hashing of the passphrase anew; writers make one or two.
inline constexpr int kSafes = 16;
// Rounds of passphrase hashing that a file may ask for: Java's own bound is 5,000,000 (about 5 s).
inline constexpr std::int64_t kPbeRounds = 10'000'000;
inline constexpr std::uint64_t kJavaRounds = 5'000'000;
// Memory for scrypt in a file: the bound that OpenSSL has by default.
inline constexpr std::uint64_t kScryptMemory = 32 << 20;
// A passphrase: longer ones come from a mistaken file.
inline constexpr std::size_t kPassphraseSize = 4096;
// A reply at a prompt.
inline constexpr std::size_t kReplySize = 4096;
// A configuration file.
inline constexpr std::size_t kConfigurationSize = 1 << 20;

// Container entries: a million is the largest workload; the index takes about 150 bytes each.
inline constexpr std::size_t kEntries = 4'000'000;
// Findings about one container: nobody reads more, and a hostile index has millions.
inline constexpr std::size_t kContainerFindings = 100;
// Linux PATH_MAX.
inline constexpr std::size_t kEntryName = 4096;
// Folders in one another when a package is written to a directory: walking holds a descriptor for each.
inline constexpr std::size_t kFolderDepth = 128;
// dunes-meta-inf and info: 1 to 4 KB in real packages.
inline constexpr std::size_t kPropertiesSize = 1 << 20;
// data of an element that is parsed for its name (26 MB is the largest resource element seen in the field).
inline constexpr std::size_t kElementData = 64 << 20;
// What all elements that are parsed at one time may take, however many cores there are.
inline constexpr std::uint64_t kElementsMemory = std::uint64_t{1} << 30;
// Manifest and signature files of a JAR: a million sections take 130 MB. (Java's own bound is 16 MB.)
inline constexpr std::size_t kJarTextSize = 256 << 20;
// What a file gets, and loses, at its end when it is changed in place: a signature, not content.
inline constexpr std::size_t kNewTail = 64 << 20;
// The descriptor of a virtual appliance: 10 to 200 KB in real ones.
inline constexpr std::size_t kOvfSize = 16 << 20;
// Files of an appliance that lie in a folder: each holds a descriptor, and real ones have two or three disks.
inline constexpr std::size_t kOvfFiles = 200;
// Manifest and certificate file of a virtual appliance: a line a disk, certificates and a CMS block.
inline constexpr std::size_t kOvaText = 4 << 20;
// A line of the two without its digits: who looks for lists signed as something else reads 1024 bytes of one.
inline constexpr std::size_t kOvaLine = 1000;
// Signature files of a JAR: each may name every entry. Two are common, jarsigner knows no bound.
inline constexpr std::size_t kJarSigners = 64;
// Deflate cannot exceed 1032:1, so a declared size beyond that is a lie told before inflating.
inline constexpr std::uint64_t kInflateRatio = 1032;

// The extended header of one member of a tar: two names, and attributes of 64 KB each (XATTR_SIZE_MAX).
inline constexpr std::size_t kPaxSize = 1 << 20;
// The manifest of a signed tar: a million lines take 150 MB.
inline constexpr std::size_t kMtreeSize = 512 << 20;
// Signatures in a signed tar: each may list every member.
inline constexpr std::size_t kTarSigners = 64;
// What a stream may decompress to whatever its size, and how many times its size beyond that (zlib's bound
// for deflate; zstd and xz know none): a disk image of zeros is no bomb, and a bomb ends.
inline constexpr std::uint64_t kStreamFree = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kStreamRatio = 1032;
// Memory of a decompressor: xz -9 needs 65 MiB, zstd --ultra -22 128 MiB.
inline constexpr std::uint64_t kStreamMemory = std::uint64_t{256} << 20;

// What a time stamp authority answers: a token with a chain has 2 to 10 KB.
inline constexpr std::size_t kTimestampResponse = 256 << 10;
// Tokens on one signature that are looked at: each costs a path; writers attach one, archives a few.
inline constexpr std::size_t kTimestamps = 16;
// Sentences with which it refuses: one or two.
inline constexpr int kTimestampStatusTexts = 8;

// A store record: the longest holds a certificate chain and a reason.
inline constexpr std::size_t kStoreRecord = 1 << 20;
// The file of a store: a million trust records, and a size field that damage cannot turn into terabytes.
inline constexpr std::uint64_t kStoreMap = std::uint64_t{1} << 30;
// An alias: LMDB's keys end at 511 bytes, and people type it.
inline constexpr std::size_t kAliasSize = 100;
// Argon2id memory, bytes: below, guessing is cheap; above, a small server swaps or dies.
inline constexpr std::uint64_t kKdfMemoryLeast = std::uint64_t{8} << 20;
inline constexpr std::uint64_t kKdfMemoryMost = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kKdfPassesMost = 32;

}  // namespace certstore::limits

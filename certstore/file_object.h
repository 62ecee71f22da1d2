// What is in a file that a person calls a key or a certificate: PEM blocks, one DER object, a keystore. Told
// by content; a name or a label decides nothing that the bytes can say.
#pragma once

#include "certstore/base/secret.h"

#include <string>
#include <string_view>
#include <vector>

namespace certstore {

enum class ObjectKind {
  certificate,
  certificates,  // PKCS#7 without a signature, as CAs answer
  request,       // PKCS#10
  public_key,
  revocation_list,
  private_key,            // PKCS#8 or traditional, not encrypted
  encrypted_private_key,  // PKCS#8
  locked_private_key,     // traditional PEM with DEK-Info
  openssh_key,
  pkcs12,
  java_keystore,
  unknown
};

// "a certificate request", for messages.
[[nodiscard]] std::string_view name_of(ObjectKind kind);
[[nodiscard]] bool is_private_key(ObjectKind kind);
// "but a certificate request", "nor anything else that is known here": after what a file does not hold.
[[nodiscard]] std::string what_else(ObjectKind kind);

struct FileObject {
  ObjectKind kind = ObjectKind::unknown;
  SecretBytes bytes;   // DER; of a locked key what its cipher made
  std::string header;  // of a locked key: Proc-Type and DEK-Info
};

struct FileObjects {
  bool is_pem = false;
  std::vector<FileObject> objects;  // in the file's order; what no rule needs (EC PARAMETERS) left out
};

// Returns what the file holds; an object that is none of those is `unknown`. Throws Error(key) for an empty
// file, a PEM block that is cut or not base64, or more than limits::kKeystoreEntries objects.
[[nodiscard]] FileObjects objects_in(ByteView file, std::string_view what);

// Says where the name promises another form than the bytes have ("a DER file named .pem"); else empty.
[[nodiscard]] std::string name_note(const FileObjects& found, std::string_view file_name);

}  // namespace certstore

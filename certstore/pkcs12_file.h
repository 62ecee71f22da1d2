// PKCS#12 (RFC 7292): reads the files of keytool, OpenSSL, GnuTLS and Windows.
#pragma once

#include "certstore/key_file.h"

namespace certstore {

// As read_key_file. The MAC, where there is one, is checked before anything is opened.
[[nodiscard]] KeyFile read_pkcs12(ByteView file, const KeyFileRequest& request);

}  // namespace certstore

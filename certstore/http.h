// One HTTP request, for whoever was told a URL: libcurl, loaded at the first call and never before
// (docs/decisions/0012). Not for concurrent use.
#pragma once

#include "certstore/base/bytes.h"

#include <chrono>
#include <string>

namespace certstore {

struct HttpPost {
  std::string url;  // http or https
  std::string content_type;
  Bytes body;
  std::size_t limit = 0;           // of the answer
  std::chrono::seconds timeout{};  // for everything, from the look-up of the name to the last byte
};

// Whether this is a URL that can be asked: http:// or https:// with a host, and neither a user nor control
// characters.
[[nodiscard]] bool is_http_url(std::string_view url);

// Returns the answer's body. Redirects are followed to the same scheme only. Throws Error(status) naming the
// URL for any answer but 200, one that is longer than the limit, cut, or late; Error(io) where libcurl is not
// installed; Error(interrupted).
[[nodiscard]] Bytes http_post(const HttpPost& request);
// The same of what lies at `url`.
[[nodiscard]] Bytes http_get(const std::string& url, std::size_t limit, std::chrono::seconds timeout);

}  // namespace certstore

#include "certstore/http.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"

// Its type checks are macros around the function that is not linked here.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <memory>

namespace certstore {
namespace {

constexpr long kMostRedirects = 3;
constexpr long kConnectSeconds = 10;

// The few functions of libcurl that are used, found when it is loaded. Its macros of the same names are for
// checking types only.
#undef curl_easy_setopt
#undef curl_easy_getinfo
class Curl {
 public:
  static const Curl& loaded() {
    static const Curl curl;
    return curl;
  }
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;

 private:
  Curl() : library_(::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) {
      throw Error(ErrorKind::io, "cannot load libcurl, which asks time stamp authorities and CAs",
                  "install the package libcurl4; or carry the request there (--tsq-out FILE), the list here "
                  "(pkgverify crl add FILE)");
    }
    find(easy_init, "curl_easy_init");
    find(easy_cleanup, "curl_easy_cleanup");
    find(easy_setopt, "curl_easy_setopt");
    find(easy_getinfo, "curl_easy_getinfo");
    find(easy_perform, "curl_easy_perform");
    find(slist_append, "curl_slist_append");
    find(slist_free_all, "curl_slist_free_all");
    decltype(&::curl_global_init) global_init = nullptr;
    find(global_init, "curl_global_init");
    if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error(ErrorKind::io, "cannot start libcurl");
  }
  template <typename Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr) {
      throw Error(ErrorKind::io, "the libcurl of this machine has no " + std::string(name));
    }
  }
  void* library_;  // stays until the process ends, as its threads and handlers may
};

struct CleanUp {
  void operator()(CURL* handle) const { Curl::loaded().easy_cleanup(handle); }
  void operator()(curl_slist* list) const { Curl::loaded().slist_free_all(list); }
};

struct Answer {
  Bytes body;
  std::size_t limit = 0;
  bool too_long = false;
};

std::size_t take(char* bytes, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<Answer*>(target);
  if (size > answer.limit - answer.body.size()) {
    answer.too_long = true;
    return 0;
  }
  append(answer.body, as_bytes({bytes, size}));
  return size;
}

// Anything but 0 ends the transfer.
int stop_if_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted() ? 1 : 0;
}

class Transfer {
 public:
  explicit Transfer(const HttpPost& request)
      : request_(request), curl_(Curl::loaded()), handle_(curl_.easy_init()) {
    if (!handle_) throw Error(ErrorKind::io, "cannot start libcurl");
    answer_.limit = request.limit;
    say_what();
    say_how_far();
  }

  Bytes run() {
    std::array<char, CURL_ERROR_SIZE> reason{};
    set(CURLOPT_ERRORBUFFER, reason.data());
    const CURLcode code = curl_.easy_perform(handle_.get());
    throw_if_interrupted();
    if (answer_.too_long)
      throw failed("the answer is longer than " + std::to_string(request_.limit) + " bytes");
    if (code == CURLE_OPERATION_TIMEDOUT) {
      throw failed("no answer within " + std::to_string(request_.timeout.count()) + " seconds");
    }
    if (code != CURLE_OK) throw failed(reason[0] != '\0' ? escaped(reason.data()) : "the transfer failed");
    long status = 0;
    curl_.easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) throw failed("it answers with HTTP status " + std::to_string(status));
    return std::move(answer_.body);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_.easy_setopt(handle_.get(), option, value) != CURLE_OK) {
      throw Error(ErrorKind::io, "the libcurl of this machine lacks option " + std::to_string(option));
    }
  }

  void say_what() {
    set(CURLOPT_URL, request_.url.c_str());
    if (!request_.content_type.empty()) say_body();
    set(CURLOPT_USERAGENT, "pkgtrust/" PKGTRUST_VERSION);
    set(CURLOPT_WRITEFUNCTION, take);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer_));
  }

  void say_body() {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, static_cast<const void*>(request_.body.data()));
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    add_header("Content-Type: " + request_.content_type);
    add_header("Expect:");  // small bodies need no leave, and some servers never give it
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void say_how_far() {
    // A redirect to file: or to a plain scheme from a safe one would go where nobody sent us.
    const char* const scheme = request_.url.starts_with("https:") ? "https" : "http";
    set(CURLOPT_PROTOCOLS_STR, scheme);
    set(CURLOPT_REDIR_PROTOCOLS_STR, scheme);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMostRedirects);
    set(CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
    set(CURLOPT_TIMEOUT, static_cast<long>(request_.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT, std::min<long>(kConnectSeconds, request_.timeout.count()));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, stop_if_interrupted);
  }

  void add_header(const std::string& line) {
    curl_slist* const longer = curl_.slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw Error(ErrorKind::io, "no memory for a request");
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }

  Error failed(const std::string& why) const {
    return {ErrorKind::status, in_quotes(request_.url) + ": " + why};
  }

  const HttpPost& request_;
  const Curl& curl_;
  std::unique_ptr<CURL, CleanUp> handle_;
  std::unique_ptr<curl_slist, CleanUp> headers_;
  Answer answer_;
};

}  // namespace

bool is_http_url(std::string_view url) {
  const std::size_t start = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (start == 0) return false;
  const std::string_view host = url.substr(start, url.find_first_of("/?#", start) - start);
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7F'; });
  // A user and a passphrase in a URL would stand in logs.
  return plain && !host.empty() && host.find('@') == std::string_view::npos;
}

Bytes http_post(const HttpPost& request) {
  return Transfer(request).run();
}

Bytes http_get(const std::string& url, std::size_t limit, std::chrono::seconds timeout) {
  // What has no content type has no body.
  return Transfer({.url = url, .content_type = {}, .body = {}, .limit = limit, .timeout = timeout}).run();
}

}  // namespace certstore

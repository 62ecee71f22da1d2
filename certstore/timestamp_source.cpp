#include "certstore/timestamp_source.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/interrupt.h"
#include "certstore/base/limits.h"
#include "certstore/http.h"

#include <array>
#include <thread>

namespace certstore {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 4> kPauses = {0s, 1s, 2s, 4s};

void pause(std::chrono::seconds length) {
  constexpr auto kStep = 50ms;
  for (auto left = std::chrono::milliseconds(length); left > 0ms; left -= kStep) {
    throw_if_interrupted();
    std::this_thread::sleep_for(kStep);
  }
}

// What asking one authority came to: a token, or why not.
struct Outcome {
  Bytes token;
  std::string reason;
  bool may_pass = false;  // asking again may help
};

Outcome ask(const TimestampSource& source, const std::string& url, ByteView signature) {
  // Each asking has its own nonce: an answer that comes late to one must not serve another.
  const TimestampRequest request = make_timestamp_request({signature, source.digest, source.policy});
  Outcome outcome{{}, {}, true};
  try {
    const Bytes response = http_post({.url = url,
                                      .content_type = "application/timestamp-query",
                                      .body = to_der(request),
                                      .limit = limits::kTimestampResponse,
                                      .timeout = source.timeout});
    outcome.may_pass = false;
    outcome.token = token_in_response(response, url);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::status) throw;
    outcome.reason = error.what();
    return outcome;
  }
  const TimestampAnswer answer =
      check_timestamp(outcome.token, {.signature = signature, .request = &request});
  if (const auto* const why = std::get_if<std::string>(&answer)) {
    outcome.reason = "the time stamp of " + in_quotes(url) + " is of no use: " + *why;
  }
  return outcome;
}

}  // namespace

Bytes obtain_timestamp(const TimestampSource& source, ByteView signature) {
  std::vector<std::string> urls = source.urls;
  std::string reason = "no authority to ask";
  for (const std::chrono::seconds length : kPauses) {
    if (urls.empty()) break;
    pause(length);
    std::vector<std::string> again;
    for (const std::string& url : urls) {
      Outcome outcome = ask(source, url, signature);
      if (outcome.reason.empty()) return std::move(outcome.token);
      reason = outcome.reason;
      if (source.failed) source.failed(reason);
      if (outcome.may_pass) again.push_back(url);
    }
    urls = std::move(again);
  }
  throw Error(ErrorKind::status, "no time stamp: " + reason,
              "try again later, name another authority, or say --timestamp best-effort");
}

}  // namespace certstore

#include "verifier/crl_fetch.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/http.h"

#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace verifier {
namespace {

using certstore::Crl;

class Fetcher {
 public:
  explicit Fetcher(std::string tool) : tool_(std::move(tool)) {}

  std::vector<Crl> fetch(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto known = fetched_.find(address);
    if (known != fetched_.end()) return known->second;
    std::vector<Crl>& lists = fetched_[address];
    try {
      if (fetched_.size() > certstore::limits::kCrlFetches)
        throw certstore::Error(certstore::ErrorKind::status, "too many addresses for one run");
      constexpr std::chrono::seconds kPatience{10};
      const certstore::Bytes answer =
          certstore::http_get(address, 2 * certstore::limits::kCrlSize, kPatience);
      lists = certstore::read_crl_file(answer, address);
    } catch (const certstore::Error& error) {
      if (error.kind() == certstore::ErrorKind::interrupted) throw;
      std::cerr << tool_ << ": warning: no revocation list from " << certstore::in_quotes(address) << ": "
                << error.what() << "\n";
    }
    return lists;
  }

 private:
  std::string tool_;
  std::mutex mutex_;
  std::map<std::string, std::vector<Crl>> fetched_;
};

}  // namespace

std::function<std::vector<Crl>(const std::string&)> crl_fetcher(std::string tool) {
  const auto fetcher = std::make_shared<Fetcher>(std::move(tool));
  return [fetcher](const std::string& address) { return fetcher->fetch(address); };
}

}  // namespace verifier

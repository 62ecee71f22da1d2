#include "certstore/x509_values.h"

#include "certstore/base/bytes.h"
#include "certstore/base/error.h"
#include "certstore/base/escape.h"

namespace certstore {
namespace {

Error malformed(std::string_view what, const std::string& reason) {
  return {ErrorKind::malformed, in_quotes(what) + " " + reason};
}

}  // namespace

std::string text_of(const X509_NAME* name, std::string_view what) {
  const openssl::Bio memory(BIO_new(BIO_s_mem()));
  // XN_FLAG_RFC2253 without ASN1_STRFLGS_ESC_MSB: letters outside ASCII stay UTF-8, as Java's getName() has
  // them.
  constexpr unsigned long kFlags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!memory) openssl::throw_error("writing a name");
  if (X509_NAME_print_ex(memory.get(), name, 0, kFlags) < 0) {
    openssl::clear_errors();
    throw malformed(what, "has a name that cannot be read");
  }
  const char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string hex_of(const ASN1_INTEGER* serial) {
  const ASN1_STRING* const bytes = serial;
  return to_hex({ASN1_STRING_get0_data(bytes), static_cast<std::size_t>(ASN1_STRING_length(bytes))});
}

Instant instant_of(const ASN1_TIME* time, std::string_view what) {
  tm broken{};
  if (ASN1_TIME_to_tm(time, &broken) != 1) throw malformed(what, "has a date that is not one");
  using namespace std::chrono;
  const year_month_day day{year(broken.tm_year + 1900), month(static_cast<unsigned>(broken.tm_mon + 1)),
                           std::chrono::day(static_cast<unsigned>(broken.tm_mday))};
  if (!day.ok()) throw malformed(what, "has a date that is not one");
  return sys_days(day) + hours(broken.tm_hour) + minutes(broken.tm_min) + seconds(broken.tm_sec);
}

}  // namespace certstore

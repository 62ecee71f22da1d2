#include "certstore/cms_attributes.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"
#include "certstore/base/limits.h"
#include "certstore/cms_algorithms.h"

#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <set>

namespace certstore::cms {
namespace {

// Only what is written back byte for byte: one encoding of one value.
template <typename Value>
asn1::Owner<Value> decode_der(ByteView value, const ASN1_ITEM* (*item)()) {
  auto found = asn1::decode<Value>(value, item);
  if (found && !std::ranges::equal(asn1::encode(found.get(), item()), value)) found.reset();
  return found;
}

Attribute read_attribute(const X509_ATTRIBUTE* found) {
  // OpenSSL's getters do not take const, and change nothing.
  auto* const attribute = const_cast<X509_ATTRIBUTE*>(found);
  Attribute read{asn1::dotted(X509_ATTRIBUTE_get0_object(attribute)), {}};
  for (int i = 0; i < X509_ATTRIBUTE_count(attribute); ++i) {
    read.values.push_back(asn1::encode(X509_ATTRIBUTE_get0_type(attribute, i), ASN1_ANY_it()));
  }
  return read;
}

std::string malformation_of(const AttributeSet& set, ByteView found, bool each_is_der) {
  if (set.attributes.empty()) return "the set of signed attributes is empty";
  // RFC 5652 5.3: DER, even where the rest is BER; else two readers could check two different encodings.
  if (!each_is_der || !std::ranges::equal(found, ByteView(set.der).last(found.size()))) {
    return "the signed attributes are not in DER";
  }
  std::set<std::string_view> types;
  for (const Attribute& attribute : set.attributes) {
    if (!types.insert(attribute.type).second) return "the attribute " + attribute.type + " is there twice";
    if (attribute.values.empty()) return "the attribute " + attribute.type + " has no value";
  }
  return {};
}

template <typename Value>
Bytes encode_and_free(Value* value, const ASN1_ITEM* (*item)()) {
  const asn1::Owner<Value> owner(value, openssl::FreeItem{item});
  if (!owner) openssl::throw_error("making an attribute");
  return asn1::encode(owner.get(), item());
}

}  // namespace

AttributeSet read_attributes(const STACK_OF(ASN1_TYPE) * found, std::string_view what) {
  AttributeSet set;
  Bytes as_found;
  bool each_is_der = true;
  if (sk_ASN1_TYPE_num(found) > static_cast<int>(limits::kCmsAttributes)) {
    throw Error(ErrorKind::malformed, in_quotes(what) + " has too many attributes");
  }
  for (int i = 0; i < sk_ASN1_TYPE_num(found); ++i) {
    const ASN1_TYPE* const any = sk_ASN1_TYPE_value(found, i);
    const ByteView bytes = any->type == V_ASN1_SEQUENCE ? asn1::view_of(any->value.sequence) : ByteView();
    const auto attribute = asn1::decode<X509_ATTRIBUTE>(bytes, X509_ATTRIBUTE_it);
    if (!attribute) throw Error(ErrorKind::malformed, in_quotes(what) + " has a malformed attribute");
    each_is_der =
        each_is_der && std::ranges::equal(asn1::encode(attribute.get(), X509_ATTRIBUTE_it()), bytes);
    set.attributes.push_back(read_attribute(attribute.get()));
    append(as_found, bytes);
  }
  set.der = asn1::encode(found, ASN1_SET_ANY_it());
  set.malformation = malformation_of(set, as_found, each_is_der);
  return set;
}

Bytes attribute(std::string_view type, ByteView value) {
  const auto any = asn1::decode<ASN1_TYPE>(value, ASN1_ANY_it);
  const openssl::Asn1Object object(OBJ_txt2obj(std::string(type).c_str(), 1));
  if (!any || !object) openssl::throw_error("making an attribute");
  const asn1::Owner<X509_ATTRIBUTE> made(X509_ATTRIBUTE_new(), openssl::FreeItem{X509_ATTRIBUTE_it});
  if (!made) openssl::throw_error("making an attribute");
  openssl::require(X509_ATTRIBUTE_set1_object(made.get(), object.get()), "making an attribute");
  const bool is_simple = any->type == V_ASN1_OBJECT;
  const void* const content =
      is_simple ? static_cast<const void*>(any->value.object) : any->value.asn1_string;
  openssl::require(X509_ATTRIBUTE_set1_data(made.get(), any->type, content, -1), "making an attribute");
  return asn1::encode(made.get(), X509_ATTRIBUTE_it());
}

std::optional<std::string> object_in(ByteView value) {
  const auto object = decode_der<ASN1_OBJECT>(value, ASN1_OBJECT_it);
  if (!object) return std::nullopt;
  return asn1::dotted(object.get());
}

std::optional<Bytes> octets_in(ByteView value) {
  const auto string = decode_der<ASN1_OCTET_STRING>(value, ASN1_OCTET_STRING_it);
  if (!string) return std::nullopt;
  const ByteView octets = asn1::view_of(string.get());
  return Bytes(octets.begin(), octets.end());
}

std::optional<std::string> text_in(ByteView value) {
  const auto string = decode_der<ASN1_UTF8STRING>(value, ASN1_UTF8STRING_it);
  if (!string) return std::nullopt;
  return std::string(as_text(asn1::view_of(string.get())));
}

std::optional<Instant> time_in(ByteView value) {
  const auto time = decode_der<ASN1_TIME>(value, ASN1_TIME_it);
  std::tm parts{};
  // RFC 5280 4.1.2.5 as RFC 5652 11.3 asks: seconds and Z, no fraction.
  if (!time || ASN1_TIME_check(time.get()) != 1 ||
      ASN1_TIME_set_string_X509(nullptr, std::string(as_text(asn1::view_of(time.get()))).c_str()) != 1 ||
      ASN1_TIME_to_tm(time.get(), &parts) != 1) {
    openssl::clear_errors();
    return std::nullopt;
  }
  return Instant(std::chrono::seconds(timegm(&parts)));
}

Bytes object_value(std::string_view dotted) {
  return encode_and_free(OBJ_txt2obj(std::string(dotted).c_str(), 1), ASN1_OBJECT_it);
}

Bytes octets_value(ByteView octets) {
  const openssl::Asn1OctetString string(ASN1_OCTET_STRING_new());
  if (!string) openssl::throw_error("making an attribute");
  openssl::require(ASN1_OCTET_STRING_set(string.get(), octets.data(), static_cast<int>(octets.size())),
                   "making an attribute");
  return asn1::encode(string.get(), ASN1_OCTET_STRING_it());
}

Bytes text_value(std::string_view text) {
  ASN1_UTF8STRING* const string = ASN1_UTF8STRING_new();
  if (string != nullptr) {
    openssl::require(ASN1_STRING_set(string, text.data(), static_cast<int>(text.size())),
                     "making an attribute");
  }
  return encode_and_free(string, ASN1_UTF8STRING_it);
}

Bytes time_value(Instant time) {
  // UTCTime up to 2049, as RFC 5652 11.3 asks.
  return encode_and_free(ASN1_TIME_set(nullptr, time.time_since_epoch().count()), ASN1_TIME_it);
}

Bytes protection_value(ByteView digest, ByteView signature) {
  const asn1::Owner<asn1::AlgorithmProtection> made(
      reinterpret_cast<asn1::AlgorithmProtection*>(ASN1_item_new(asn1::AlgorithmProtection_it())),
      openssl::FreeItem{asn1::AlgorithmProtection_it});
  if (!made) openssl::throw_error("making an attribute");
  openssl::replace(made->digest, asn1::decode<X509_ALGOR>(digest, X509_ALGOR_it));
  made->signature = asn1::decode<X509_ALGOR>(signature, X509_ALGOR_it).release();
  return asn1::encode(made.get(), asn1::AlgorithmProtection_it());
}

bool is_protection_of(ByteView value, ByteView digest, ByteView signature) {
  const auto found = decode_der<asn1::AlgorithmProtection>(value, asn1::AlgorithmProtection_it);
  if (!found || found->signature == nullptr || found->mac != nullptr) return false;
  return std::ranges::equal(asn1::encode(found->digest, X509_ALGOR_it()), digest) &&
         std::ranges::equal(asn1::encode(found->signature, X509_ALGOR_it()), signature);
}

}  // namespace certstore::cms

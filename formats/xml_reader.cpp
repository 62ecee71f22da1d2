#include "formats/xml_reader.h"

#include "certstore/base/error.h"
#include "certstore/base/escape.h"

#include <expat.h>

#include <exception>
#include <limits>
#include <memory>

namespace formats {
namespace {

using certstore::Error;
using certstore::ErrorKind;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

struct Reading {
  XML_Parser parser = nullptr;
  XmlEvents* events = nullptr;
  std::optional<AllowedDoctype> allowed;
  TextEncoding encoding = TextEncoding::utf8;
  std::exception_ptr failure;
  bool has_doctype = false;
};

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorKind::malformed, reason);
}

// An exception must not unwind through expat's C frames: it is kept and thrown again by read_xml().
template <typename Work>
void guarded(void* user, Work work) {
  Reading& reading = *static_cast<Reading*>(user);
  if (reading.failure) return;
  try {
    work(reading);
  } catch (...) {
    reading.failure = std::current_exception();
    XML_StopParser(reading.parser, XML_FALSE);
  }
}

std::string_view view(const XML_Char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void on_declaration(void* user, const XML_Char* version, const XML_Char* encoding, int standalone) {
  guarded(user, [&](Reading& reading) {
    if (view(version) != "1.0") refuse("is not XML 1.0");
    std::optional<std::string_view> named;
    if (encoding != nullptr) named = view(encoding);
    std::optional<bool> alone;
    if (standalone >= 0) alone = standalone == 1;
    reading.events->declaration(named, alone);
  });
}

void on_doctype(void* user, const XML_Char* name, const XML_Char* system_id, const XML_Char* public_id,
                int has_internal_subset) {
  guarded(user, [&](Reading& reading) {
    if (!reading.allowed) refuse("has a document type");
    // An internal subset could declare entities and default attributes: another reader would see other text.
    if (has_internal_subset != 0) refuse("has an internal subset");
    if (public_id != nullptr || view(name) != reading.allowed->name ||
        view(system_id) != reading.allowed->system_id) {
      refuse("has an unknown document type");
    }
    reading.has_doctype = true;
    reading.events->doctype();
  });
}

// The raw bytes of the tag being reported, in the encoding of the document.
std::string_view raw_tag(XML_Parser parser) {
  int offset = 0;
  int size = 0;
  const char* buffer = XML_GetInputContext(parser, &offset, &size);
  const int count = XML_GetCurrentByteCount(parser);
  if (buffer == nullptr || offset < 0 || count < 0 || offset > size || count > size - offset) {
    throw Error(ErrorKind::internal, "expat does not show the tag that it reports");
  }
  return {buffer + offset, static_cast<std::size_t>(count)};
}

bool names_one_of_the_five(std::string_view reference) {
  return reference == "amp" || reference == "lt" || reference == "gt" || reference == "quot" ||
         reference == "apos" || reference.starts_with('#');
}

// Under an external subset that is not read, expat drops an unknown entity inside an attribute without a word
// (XML 1.0 4.1, "well-formedness constraint: entity declared" does not apply there), so that
// key="pkg-&x;signer" would read as pkg-signer. The raw tag shows it.
void refuse_unknown_entities(const Reading& reading) {
  std::string tag(raw_tag(reading.parser));
  if (reading.encoding == TextEncoding::utf16be) {
    tag = utf8_from_utf16be(certstore::as_bytes(tag)).value_or("&");
  }
  for (std::size_t at = tag.find('&'); at != std::string::npos; at = tag.find('&', at + 1)) {
    const std::size_t end = tag.find(';', at);
    if (end == std::string::npos ||
        !names_one_of_the_five(std::string_view(tag).substr(at + 1, end - at - 1))) {
      refuse("refers to an entity");
    }
  }
}

void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
  guarded(user, [&](Reading& reading) {
    if (reading.has_doctype) refuse_unknown_entities(reading);
    std::vector<XmlAttribute> list;
    for (; *attributes != nullptr; attributes += 2)
      list.push_back({view(attributes[0]), view(attributes[1])});
    reading.events->start(view(name), list);
  });
}

void on_end(void* user, const XML_Char* name) {
  guarded(user, [&](Reading& reading) { reading.events->end(view(name)); });
}

void on_text(void* user, const XML_Char* characters, int length) {
  guarded(user, [&](Reading& reading) {
    reading.events->text({characters, static_cast<std::size_t>(length)});
  });
}

void on_skipped_entity(void* user, const XML_Char*, int) {
  guarded(user, [](Reading&) { refuse("refers to an entity"); });
}

void on_entity_declaration(void* user, const XML_Char*, int, const XML_Char*, int, const XML_Char*,
                           const XML_Char*, const XML_Char*, const XML_Char*) {
  guarded(user, [](Reading&) { refuse("declares an entity"); });
}

void set_handlers(Reading& reading) {
  XML_Parser parser = reading.parser;
  XML_SetUserData(parser, &reading);
  XML_SetXmlDeclHandler(parser, on_declaration);
  XML_SetStartDoctypeDeclHandler(parser, on_doctype);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  XML_SetSkippedEntityHandler(parser, on_skipped_entity);
  XML_SetEntityDeclHandler(parser, on_entity_declaration);
}

}  // namespace

void XmlEvents::declaration(std::optional<std::string_view>, std::optional<bool>) {}
void XmlEvents::doctype() {}

TextEncoding encoding_of(certstore::ByteView document) {
  return has_utf16be_mark(document) ? TextEncoding::utf16be : TextEncoding::utf8;
}

void read_xml(certstore::ByteView document, std::string_view what, std::optional<AllowedDoctype> allowed,
              XmlEvents& events) {
  const std::string name = certstore::in_quotes(what);
  if (document.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    refuse(name + " is too large for XML");
  }
  const TextEncoding encoding = encoding_of(document);
  const std::unique_ptr<XML_ParserStruct, FreeParser> parser(
      XML_ParserCreate(encoding == TextEncoding::utf16be ? "UTF-16" : "UTF-8"));
  if (!parser) throw Error(ErrorKind::internal, "expat did not start");
  Reading reading{parser.get(), &events, allowed, encoding, nullptr, false};
  set_handlers(reading);
  const std::string_view text = certstore::as_text(document);
  const XML_Status status = XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (reading.failure) {
    try {
      std::rethrow_exception(reading.failure);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::malformed) throw;
      refuse(name + " " + error.what());
    }
  }
  if (status != XML_STATUS_OK) {
    refuse(name + " is not well-formed XML: " + XML_ErrorString(XML_GetErrorCode(parser.get())) +
           " in line " + std::to_string(XML_GetCurrentLineNumber(parser.get())));
  }
}

}  // namespace formats

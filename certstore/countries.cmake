# Turns the ISO 3166-1 list of the package iso-codes into country_table.h, sorted by code.
find_file(PKGTRUST_COUNTRIES iso_3166-1.json PATHS /usr/share/iso-codes/json REQUIRED
  DOC "ISO 3166-1 list of the package iso-codes")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PKGTRUST_COUNTRIES}")

function(pkgtrust_country_row json index result)
  string(JSON country GET "${json}" ${index})
  string(JSON code GET "${country}" alpha_2)
  set(row "{\"${code}\"")
  foreach(key name alpha_3 common_name official_name)
    string(JSON text ERROR_VARIABLE absent GET "${country}" ${key})
    if(absent)
      set(text "")
    endif()
    string(REPLACE "\"" "\\\"" text "${text}")
    string(APPEND row "|\"${text}\"")
  endforeach()
  set(${result} "${row}" PARENT_SCOPE)
endfunction()

function(pkgtrust_country_table output)
  file(READ "${PKGTRUST_COUNTRIES}" json)
  string(JSON json GET "${json}" 3166-1)
  string(JSON count LENGTH "${json}")
  math(EXPR last "${count} - 1")
  foreach(index RANGE ${last})
    pkgtrust_country_row("${json}" ${index} row)
    list(APPEND rows "${row}")
  endforeach()
  list(SORT rows)
  foreach(row IN LISTS rows)
    string(REGEX MATCH "^([^|]*)\\|([^|]*)\\|(.*)$" all "${row}")
    string(APPEND names "    ${CMAKE_MATCH_1}, ${CMAKE_MATCH_2}},\n")
    string(REPLACE "|" ", " others "${CMAKE_MATCH_3}")
    string(APPEND other_names "    {${others}},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT
"// Made by certstore/countries.cmake.
#pragma once

#include <array>

namespace certstore {

inline constexpr std::array<Country, @count@> kCountries = {{
@names@}};
// Code of three letters, common and official name; empty where there is none.
inline constexpr std::array<std::array<std::string_view, 3>, @count@> kOtherNames = {{
@other_names@}};

}  // namespace certstore
")
endfunction()

set(table "${CMAKE_CURRENT_BINARY_DIR}/country_table.h")
if(NOT EXISTS "${table}" OR "${PKGTRUST_COUNTRIES}" IS_NEWER_THAN "${table}"
   OR "${CMAKE_CURRENT_LIST_FILE}" IS_NEWER_THAN "${table}")
  pkgtrust_country_table("${table}")
endif()

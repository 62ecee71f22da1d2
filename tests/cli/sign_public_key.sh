#!/bin/bash
# A key that anyone can download signs nothing. Its certificate stands in a real package.
. "$(dirname "$0")/harness.sh"
need_data vro
package=$repository/samples/com.example.greeting.package
cd "$scratch" || exit 1
name=$(unzip -Z1 "$data"/vro/o11nplugin-avi-*.package 'certificates/*Archetype.cer')
unzip -p "$data"/vro/o11nplugin-avi-*.package "$name" >public.cer
openssl genrsa -out some.key 2048 2>/dev/null

begin 'the certificate is refused before its key is looked at'
expect 16 pkgsign sign "$package" -o out.package --key some.key --cert public.cer
warns 'is known to be public: anyone can sign with it'
expect 16 pkgsign sign "$package" -o out.package --key absent.key --cert public.cer
check_that 'nothing is written' test ! -e out.package

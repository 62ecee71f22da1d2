#!/bin/bash
# `pkgsign sign`: where the package goes, what is refused, and that a target is whole, or as it was.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret WRONG=wrong
samples=$repository/samples
package=$samples/com.example.greeting.package
other=$samples/com.example.inventory.package
work=$scratch/work
mkdir "$work" "$work/out"
cd "$work" || exit 1
sign() { expect "$1" pkgsign sign --passphrase env:GIVEN "${@:2}"; }
make_key() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.crt" -subj "/CN=$1" "${@:2}" 2>/dev/null; }
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgsign backup create -o a.backup --passphrase env:GIVEN --file-passphrase env:GIVEN

begin 'without a target the alternatives can be pasted'
cp "$package" "it's.package"
sign 2 "it's.package" --serial 7
warns "^  pkgsign sign --serial 7 --passphrase env:GIVEN 'it'\\\\''s.package' -o 'it'\\\\''s.signed.package'\$"
warns '--output-dir signed$'
warns '--in-place$'
line=$(grep -o 'pkgsign sign .* -o .*' "$err")
expect 0 bash -c "$line"
check_that 'the pasted line wrote the package' test -s "it's.signed.package"
sign 2 "$package" -o a --in-place
sign 2 "$package" "$other" -o a
sign 2 "$package" "$work/../work/com.example.greeting.package" --output-dir out

begin 'one line says what was signed'
sign 0 "$package" -o one.package
says '^signed one\.package: [0-9]+ entries, SHA-256, bound, by CN=a\.example \(SHA256 [0-9a-f]{64}\)$'
check_that 'one line' test "$(wc -l <"$out")" = 1
never_warns .

begin 'what exists is not replaced without --force'
cp one.package kept.package
sign 1 "$other" -o one.package
warns 'exists'
same one.package kept.package
sign 0 "$other" -o one.package --force
check_that 'it is another package now' sh -c '! cmp -s one.package kept.package'

begin 'in place keeps the mode and follows a link'
cp "$package" place.package && chmod 640 place.package && ln -s place.package link.package
sign 0 link.package --in-place
check_that 'the link is still one' test -L link.package
check_that 'the mode is kept' test "$(stat -c %a place.package)" = 640
sign 2 place.package --in-place
warns '--replace'
cp place.package before.package
sign 0 place.package --in-place --replace --serial 1
check_that 'signed anew' sh -c '! cmp -s place.package before.package'

begin 'one bad file does not stop the others, and the code is the leftmost'
printf 'no package' >bad.package
sign 1 "$package" bad.package "$other" absent.package --output-dir out
warns "bad\.package"
warns "absent\.package"
check_that 'the others are signed' test -s out/com.example.greeting.package -a -s out/com.example.inventory.package
check_that 'and no further file appeared' test "$(find out -type f | wc -l)" = 2

begin 'the same input gives the same bytes with SOURCE_DATE_EPOCH'
export SOURCE_DATE_EPOCH=1795435200
sign 0 "$package" -o first.package
sign 0 "$package" -o second.package
same first.package second.package
unset SOURCE_DATE_EPOCH

begin 'standard input and output'
pkgsign sign --passphrase env:GIVEN - -o - <"$package" >piped.package 2>piped.err
check_that 'it went through' test -s piped.package
check_that 'the line went to stderr' grep -q '^signed standard output: ' piped.err
sign 0 "$package" -o -
sign 2 - --in-place
sign 2 - --output-dir out

begin 'a dry run needs no passphrase and writes nothing'
expect 0 pkgsign sign "$package" -o dry.package -n
says '^would sign dry\.package: '
check_that 'nothing is written' test ! -e dry.package

begin 'a wrong passphrase, store or identity writes nothing'
expect 1 pkgsign sign "$package" -o no.package --passphrase env:WRONG
expect 1 pkgsign sign "$package" -o no.package
warns '--passphrase env:VAR'
sign 1 "$package" -o no.package --alias nobody
sign 1 "$package" -o no.package --store "$work/nowhere"
check_that 'nothing is written' test ! -e no.package

begin 'a key and a certificate do without a store'
make_key files
expect 0 pkgsign sign "$package" -o files.package --key files.key --cert files.crt
says 'by CN=files '
expect 2 pkgsign sign "$package" -o no.package --key files.key
expect 2 pkgsign sign "$package" -o no.package --key files.key --cert files.crt --alias server
expect 2 pkgsign sign "$package" -o no.package --chain files.crt --passphrase env:GIVEN
expect 1 pkgsign sign "$package" -o no.package --key files.key --cert "$package"
expect 1 pkgsign sign "$package" -o no.package --key files.crt --cert files.crt
openssl pkey -in files.key -aes256 -passout env:GIVEN -out sealed.key
expect 0 pkgsign sign "$package" -o sealed.package --key sealed.key --cert files.crt --file-passphrase env:GIVEN
expect 1 pkgsign sign "$package" -o no.package --key sealed.key --cert files.crt --file-passphrase env:WRONG
openssl pkcs12 -export -inkey files.key -in files.crt -out files.p12 -passout env:GIVEN
expect 0 pkgsign sign "$package" -o keystore.package --key files.p12 --cert files.crt --file-passphrase env:GIVEN
expect 1 pkgsign sign "$package" -o no.package --key sealed.key --cert files.crt
chmod 644 files.key
expect 1 pkgsign sign "$package" -o no.package --key files.key --cert files.crt
warns 'chmod 600'
check_that 'nothing is written' test ! -e no.package

begin 'keys and certificates that prove nothing are refused, with the target as it was'
cp "$package" target.package
refused() { expect "$1" pkgsign sign "$package" -o target.package --force --key "$2" --cert "$3"; same "$package" target.package; }
make_key strange && chmod 600 files.key
refused 1 strange.key files.crt
make_key ended -not_before 20200101000000Z -not_after 20210101000000Z 2>/dev/null ||
  { openssl req -new -key strange.key -subj /CN=ended -out ended.csr 2>/dev/null
    faketime '2020-01-01' openssl x509 -req -in ended.csr -signkey strange.key -days 366 -out ended.crt 2>/dev/null; cp strange.key ended.key; chmod 600 ended.key; }
refused 15 ended.key ended.crt
warns 'ended on 2021-01-0'
faketime '2080-01-01' openssl req -x509 -new -key strange.key -subj /CN=later -days 9 -out later.crt
refused 15 strange.key later.crt
warns 'not valid before 2080-'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.crt -subj /CN=ec 2>/dev/null
refused 1 ec.key ec.crt
openssl req -x509 -newkey rsa:1024 -nodes -keyout short.key -out short.crt -subj /CN=short 2>/dev/null
refused 1 short.key short.crt
warns '1024 bits'
openssl req -x509 -new -key strange.key -subj '/CN=with a slash\/in it' -out slash.crt
refused 1 strange.key slash.crt

begin 'an unbound package is asked for, warned of, and refused where the certificate promises bound ones'
sign 2 "$package" -o no.package --vro-unbound
sign 2 "$package" -o no.package --compat product
warns 'promises'
expect 0 pkgsign sign "$package" -o unbound.package --vro-unbound --key files.key --cert files.crt
warns 'warning: an unbound package'
says 'not bound'
sign 2 "$package" -o no.package --compat product --serial 3
expect 0 pkgsign sign "$package" -o md5.package --vro-digest md5 --key files.key --cert files.crt
warns 'warning: MD5 is weak'
says ', MD5, '
sign 2 "$package" -o no.package --vro-digest sha1

begin 'a full disk leaves the target as it was, and no other file'
cp "$package" target.package
find . | sort >../listed
trap '' XFSZ
expect 1 bash -c 'ulimit -f 4; exec pkgsign sign --passphrase env:GIVEN "$1" -o target.package --force' - "$package"
expect 1 bash -c 'ulimit -f 4; exec pkgsign sign --passphrase env:GIVEN target.package --in-place' -
trap - XFSZ
same "$package" target.package
find . | sort | diff - ../listed || fail 'another file appeared'

begin 'a directory that is absent or not writable is an error'
sign 1 "$package" -o absent/x.package
sign 1 "$package" --output-dir absent
sign 1 "$package" -o .

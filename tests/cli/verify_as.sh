#!/bin/bash
# `pkgsign sign --verify-as`: what an importer would refuse is not written, and the code is the one he would see.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
cost=(--kdf-cost 1:8)
for name in one two; do
  expect 0 pkgsign init --alias $name --common-name $name.example --compat product --key rsa-2048 "${cost[@]}" --passphrase env:GIVEN
  cost=()
  expect 0 pkgsign cert export --alias $name -o $name.pem
done
sign() { expect "$1" pkgsign sign --alias one --passphrase env:GIVEN "${@:2}"; }
echo 'bound = require' >bound.policy
echo 'timestamp = require' >stamped.policy
echo 'format = jar' >jar.policy
echo 'seal = require' >sealed.policy
nothing_is_left() { check_that 'nothing was written' test -z "$(find . -name 'out*' -print -quit)"; }

begin 'an importer who trusts the signer takes it'
sign 0 "$package" -o good.package --verify-as default --trust one.pem
expect 0 pkgverify check --trust one.pem good.package
sign 0 "$package" -o strict.package --verify-as strict --trust two.pem --trust one.pem

begin 'one who does not trust him would not'
sign 11 "$package" -o out.package --verify-as default
warns 'an importer would refuse it .*untrusted-signer'
warns '--trust CERT.pem'
nothing_is_left
sign 11 "$package" -o out.package --verify-as default --trust two.pem
nothing_is_left

begin 'the trust decisions of the store count, and a retirement'
expect 0 pkgverify trust add one.pem --name com.example.other
sign 11 "$package" -o out.package --verify-as default
nothing_is_left
expect 0 pkgverify trust add one.pem --name com.example.greeting
sign 0 "$package" -o named.package --verify-as default

begin 'what his policy asks is asked'
sign 12 "$package" -o out.package --verify-as bound.policy --trust one.pem --compat product
warns 'policy-bound'
nothing_is_left
sign 17 "$package" -o out.package --verify-as stamped.policy --trust one.pem
warns 'timestamp-required'
nothing_is_left
sign 12 "$package" -o out.package --verify-as jar.policy --trust one.pem
warns 'policy-format'
nothing_is_left
sign 12 "$package" -o out.package --verify-as default --trust one.pem --vro-digest md5
warns 'weak-digest'
nothing_is_left
sign 0 "$package" -o old.package --verify-as legacy-vro --trust one.pem --vro-digest md5

begin 'a refusal in place leaves the package as it was'
cp "$package" place.package
cp "$package" before.package
sign 12 place.package --in-place --verify-as jar.policy --trust one.pem
same place.package before.package
sign 0 place.package --in-place --verify-as strict --trust one.pem

begin 'a part of the files is not enough for him'
mkdir lib
echo a >a.txt
echo b >lib/b.txt
zip -qr plain.zip a.txt lib
sign 13 plain.zip -o out.jar --only 'lib/*' --verify-as default --trust one.pem
nothing_is_left
sign 0 plain.zip -o part.jar --only 'lib/*'
expect 13 pkgverify check --trust one.pem part.jar

begin 'a signature beside a file is judged with the file'
sign 0 a.txt --detached --verify-as default --trust one.pem
expect 0 pkgverify check --trust one.pem a.txt
sign 0 good.package --detached --verify-as sealed.policy --trust one.pem
expect 0 pkgverify check --policy sealed.policy --trust one.pem good.package
sign 11 lib/b.txt --detached --verify-as default --trust two.pem
check_that 'no signature was left' test ! -e lib/b.txt.p7s

begin 'one of a batch is refused alone'
mkdir many
sign 12 "$package" plain.zip --output-dir many --verify-as jar.policy --trust one.pem
check_that 'the other one is there' test "$(ls many)" = plain.zip

begin 'words that cannot be meant are refused before a key is opened'
sign 1 "$package" -o out.package --verify-as absent.policy
sign 2 "$package" -o out.package --trust one.pem
echo 'buond = require' >typo.policy
sign 2 "$package" -o out.package --verify-as typo.policy
warns "line 1 of 'typo.policy'"
nothing_is_left

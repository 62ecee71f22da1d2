#!/bin/bash
# Several identities under aliases, the default among them, the key of the store itself; when each ends.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret WRONG=wrong
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
make() { expect 0 pkgsign init --alias "$1" --common-name "$1.example" --passphrase env:GIVEN "${@:2}"; }
make first --key rsa-2048 --kdf-cost 1:8
make second --key rsa-2048

begin 'the first identity is the default until another is chosen'
expect 0 pkgsign cert list
says '^first .*\(default\)$'
never_says '^second .*\(default\)$'
expect 0 pkgsign cert show
says 'first.example'
expect 0 pkgsign cert default second
expect 0 pkgsign cert show
says 'second.example'
expect 0 pkgsign sign "$package" -o signed.package --passphrase env:GIVEN
says 'by CN=second.example'
expect 1 pkgsign cert default nobody
warns 'first'

begin 'a renamed identity signs as before'
expect 1 pkgsign cert rename second third --passphrase env:WRONG
expect 1 pkgsign cert rename second first --passphrase env:GIVEN
expect 2 pkgsign cert rename second --passphrase env:GIVEN
expect 0 pkgsign cert rename second third --passphrase env:GIVEN
expect 1 pkgsign cert show --alias second
expect 0 pkgsign sign "$package" -o third.package --passphrase env:GIVEN
says 'by CN=second.example'
expect 0 pkgsign store check --passphrase env:GIVEN
says '2 identities and the key of the store, each opens and matches'

begin 'the key of the store is seen on request and is no identity'
expect 0 pkgsign cert list
never_says '^statement'
expect 0 pkgsign cert list -v
says "^statement .*Ed25519 .*no package"
expect 1 pkgsign sign "$package" -o never.package --alias statement --passphrase env:GIVEN
warns "'statement' is the store's own key"
check_that 'nothing was written' test ! -e never.package
for command in 'csr export --alias statement' 'cert rename statement other' 'cert remove statement --yes --force'; do
  # shellcheck disable=SC2086
  expect 1 pkgsign $command --passphrase env:GIVEN
  warns "the store's own key"
done
expect 1 pkgsign cert default statement
expect 1 pkgsign init --alias statement --common-name x --passphrase env:GIVEN
expect 2 pkgsign cert rename first statement --passphrase env:GIVEN

begin 'every kind of key is made, stored, shown, requested and kept from what cannot take it'
for kind in rsa-pss-2048 p-256 p-384 ed25519; do
  make "$kind" --key "$kind" --profile code-signing
  warns 'no vRO package can be signed with it: the vRO layout knows RSA keys only'
  expect 0 pkgsign cert export --alias "$kind" -o "$kind.pem"
  check_that 'OpenSSL verifies it' openssl verify -CAfile "$kind.pem" "$kind.pem" >>"$out"
  check_that 'OpenSSL reads its use' sh -c "openssl x509 -in $kind.pem -noout -ext extendedKeyUsage | grep -qx ' *Code Signing'"
  expect 1 pkgsign sign "$package" -o never.package --alias "$kind" --passphrase env:GIVEN
  warns 'knows RSA keys only'
  check_that 'nothing was written' test ! -e never.package
  expect 0 pkgsign csr export --alias "$kind" --passphrase env:GIVEN
  check_that 'OpenSSL verifies the request' sh -c "openssl req -in '$out' -noout -verify 2>/dev/null"
done
expect 0 pkgsign store check --passphrase env:GIVEN
says '6 identities and the key of the store, each opens and matches'
expect 2 pkgsign init --alias x --common-name x --key p-521 --passphrase env:GIVEN
expect 2 pkgsign init --alias x --common-name x --key p-256 --compat product --passphrase env:GIVEN
expect 2 pkgsign init --alias x --common-name x --profile code-signing --compat product --passphrase env:GIVEN

begin 'status says when each ends, for cron'
expect 0 pkgsign cert status
says '^first: [0-9]+ days left, until 20[0-9-]+, CN=first.example$'
check_that 'one line each' test "$(wc -l <"$out")" = 6
expect 18 pkgsign cert status --within 4000d
make soon --key p-256 --days 30
expect 18 pkgsign cert status
expect 0 pkgsign cert status --within 20d
expect 0 pkgsign cert status --alias first
expect 18 pkgsign cert status --alias soon --quiet
check_that 'quiet' test ! -s "$out"
expect 2 pkgsign cert status --within soon
# faketime preloads itself before the sanitizers of a dev build, which mind.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
expect 15 faketime -f '+40d' pkgsign cert status
says '^soon: ended [0-9]+ days ago'
expect 0 faketime -f '+40d' pkgsign cert status --alias first

begin 'a renewed certificate has the key, the subject and the extensions of the old one'
expect 0 pkgsign cert export --alias soon -o before.pem
expect 1 pkgsign cert renew --alias soon --passphrase env:WRONG
expect 1 pkgsign cert renew --alias statement --passphrase env:GIVEN
expect 0 pkgsign cert renew --alias soon --days 400 --passphrase env:GIVEN
says '^tell your importers: SHA256 [0-9a-f]{64}$'
expect 0 pkgsign cert export --alias soon -o after.pem
check_that 'it is another' sh -c '! cmp -s before.pem after.pem'
for part in pubkey subject ext=subjectKeyIdentifier,extendedKeyUsage,keyUsage,basicConstraints; do
  check_that "the same $part" sh -c "for f in before after; do openssl x509 -in \$f.pem -noout -${part/=/ } | sha256sum; done | uniq | wc -l | grep -qx 1"
done
check_that 'OpenSSL verifies it' openssl verify -CAfile after.pem after.pem >>"$out"
expect 0 pkgsign cert status --alias soon
says '^soon: (399|400) days left'
expect 0 pkgsign store check --passphrase env:GIVEN

#!/bin/bash
# The certificates of the store and their later life: show, list, export, remove; the passphrase; the store.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret OTHER=other
file=$HOME/.local/share/pkgtrust/keys

begin 'without a store every command says how to make one'
for command in 'cert show' 'cert list' 'cert export' 'store check' 'store compact' 'passphrase change'; do
  # shellcheck disable=SC2086
  expect 1 pkgsign $command
  warns 'pkgsign init makes them'
done
check_that 'reading makes nothing' test ! -e "$HOME/.local"

expect 0 pkgsign init --common-name a.example --organization Bückler --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgsign init --common-name b.example --alias second --key rsa-2048 --passphrase env:GIVEN

begin 'show is text or JSON, and needs no passphrase'
expect 0 pkgsign cert show
says '^subject: +O=Bückler,CN=a.example$'
says '^issuer: +itself'
says '^public key: +RSA 2048 bits, SHA256 [0-9a-f]{64}$'
expect 0 pkgsign cert show --format json
check_that 'the JSON has the facts' python3 - "$out" <<'PY'
import json, sys
shown = json.load(open(sys.argv[1]))
assert shown["schema"] == 1 and shown["alias"] == "server", shown
assert shown["subject"] == "O=Bückler,CN=a.example" and shown["selfSigned"] and shown["alwaysBound"], shown
assert shown["publicKey"]["bits"] == 2048 and 3648 <= shown["daysLeft"] <= 3650, shown
PY
expect 0 pkgsign cert show -v
warns '^pkgsign: store = .*/pkgtrust \(from '
expect 1 pkgsign cert show --alias nobody
warns 'server'
expect 2 pkgsign cert show --format xml

begin 'export writes what OpenSSL reads, and replaces nothing'
expect 0 pkgsign cert export -o "$HOME/a.pem"
expect 0 openssl x509 -in "$HOME/a.pem" -noout -fingerprint -sha256
fingerprint=$(cut -d= -f2 "$out" | tr -d : | tr A-F a-f)
expect 0 pkgsign cert show
says "^certificate: +SHA256 $fingerprint\$"
expect 1 pkgsign cert export -o "$HOME/a.pem"
warns '--force'
expect 0 pkgsign cert export -o "$HOME/a.pem" --force --alias second
expect 0 openssl x509 -in "$HOME/a.pem" -noout -subject
says 'b.example'
expect 0 pkgsign cert export --format der
check_that 'DER on standard output' openssl x509 -inform DER -in "$out" -noout
expect 0 pkgsign cert export
says '^-----BEGIN CERTIFICATE-----$'
expect 1 pkgsign cert export -o "$HOME/absent/a.pem"

begin 'the passphrase changes, and only the new one opens'
expect 1 pkgsign passphrase change --passphrase env:OTHER --new-passphrase env:GIVEN
expect 0 pkgsign passphrase change --passphrase env:GIVEN --new-passphrase env:OTHER
expect 1 pkgsign store check --passphrase env:GIVEN
expect 0 pkgsign store check --passphrase env:OTHER
says '2 identities and the key of the store, each opens and matches'
expect 0 pkgsign passphrase change --passphrase env:OTHER --new-passphrase env:GIVEN --rekey --kdf-cost 2:16
expect 0 pkgsign store check --passphrase env:GIVEN

begin 'removing asks, and wipes'
expect 2 pkgsign cert remove second --passphrase env:GIVEN
warns '--yes'
expect 1 pkgsign cert remove nobody --yes --passphrase env:GIVEN
expect 1 pkgsign cert remove second --yes --passphrase env:OTHER
expect 0 pkgsign cert remove second --yes --passphrase env:GIVEN
expect 0 pkgsign cert list
never_says second
check_that 'its name is gone from the file' sh -c "! grep -rqa b.example '$file'"

begin 'compacting leaves what was there'
expect 0 pkgsign store compact
expect 0 pkgsign store check --passphrase env:GIVEN
says '1 identity and the key of the store, '

begin 'a damaged store is a clear error, and stays as it is'
cp -r "$HOME/.local" "$HOME/kept"
for data in $(find "$file" -type f -name '*.mdb' ! -name 'lock*'); do printf garbage | dd of="$data" conv=notrunc status=none; done
sum=$(find "$file" -type f -exec sha256sum {} +)
expect 1 pkgsign cert show
never_says .
check_that 'no file changed' test "$sum" = "$(find "$file" -type f -exec sha256sum {} +)"

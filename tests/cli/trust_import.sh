#!/bin/bash
# trust import: a bundle into the store, shown first, whole or not at all, and never backwards.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
for name in anna bert; do
  expect 0 pkgsign init --store $name --common-name $name.example --key rsa-2048 --compat product --kdf-cost 1:8 \
    --passphrase env:GIVEN
  expect 0 pkgsign cert export --store $name -o $name-server.pem
  expect 0 pkgsign sign "$package" --store $name -o $name.package --passphrase env:GIVEN
  expect 0 pkgsign bundle key --store $name -o $name.pem
done
key_of() { openssl x509 -in "$1.pem" -outform DER | sha256sum | cut -d' ' -f1; }
anna=sha256:$(key_of anna) bert=sha256:$(key_of bert)
# bundle STORE VERSION SIGNER OPTION...: STORE-VERSION.bundle, by one signer.
bundle() {
  pkgverify trust export --store "$1" --name site --bundle-version "$2" --expires 2090-01-01 -o "$1-$2.json" "${@:4}" &&
    pkgsign bundle sign --store "$3" "$1-$2.json" -o "$1-$2.bundle" --passphrase env:GIVEN
}
import() { pkgverify trust import "$@"; }
expect 0 pkgverify trust add anna-server.pem --store site --reason 'our server'
expect 0 bundle site 1 anna --key-of anna.pem
expect 0 bundle site 2 anna --key-of anna.pem

begin 'the first time it needs a key, and says what would be'
expect 2 import site-1.bundle
warns 'without --bundle-key'
expect 11 import site-1.bundle --bundle-key "$bert"
expect 13 import anna.pem --bundle-key "$anna"
expect 13 import site-1.json --bundle-key "$anna"
expect 0 import site-1.bundle --bundle-key "$anna" --dry-run
says "^bundle 'site', version 1, until 2090-01-01T00:00:00Z"
says 'adds 1, changes 0, retires 0, withdraws 0'
expect 12 import site-1.bundle --bundle-key "$anna"
warns "^pkgverify trust import site-1.bundle --bundle-key $anna --yes$"
check_that 'nothing was made' test ! -e "$HOME/.local"

begin 'it is taken over, and check judges by it'
expect 11 pkgverify check anna.package
expect 0 import site-1.bundle --bundle-key "$anna" --yes
says '^imported$'
expect 0 pkgverify check anna.package
expect 0 pkgverify trust list
says ' trust  certificate .* until 2090-01-01'
expect 0 pkgsign store check --passphrase env:GIVEN --store anna
expect 0 pkgsign audit list --store "$HOME/.local/share/pkgtrust"
says 'trust add'
says 'trust import.*site version 1'

begin 'the same again changes nothing'
cp "$HOME/.local/share/pkgtrust/trust/data.mdb" before.mdb
expect 0 import site-1.bundle
says 'nothing to import'
same before.mdb "$HOME/.local/share/pkgtrust/trust/data.mdb"

begin 'a newer one by the remembered keys needs no key named'
expect 0 import site-2.bundle --yes --format json
check_that 'by the schema' python3 "$repository/tests/cli/validate_report.py" \
  "$repository/docs/trust-import.schema.json" 1 <"$out"
says '"version":2,"versionBefore":1'
says '"applied":true'

begin 'rollback: an older one is refused, but where a person names exactly that version'
expect 12 import site-1.bundle --yes
warns 'is older than version 2, which this store took on'
expect 12 import site-1.bundle --yes --bundle-key "$anna"
expect 0 import site-1.bundle --dry-run --bundle-min-version 1
expect 12 import site-1.bundle --yes --bundle-min-version 2
expect 2 import site-1.bundle --bundle-min-version x
expect 1 pkgverify check anna.package --trust-bundle site-1.bundle --bundle-key "$anna"
warns 'nothing was judged: .* is older than version 2'
expect 0 pkgverify check anna.package --trust-bundle site-2.bundle --bundle-key "$anna"
expect 0 pkgverify check anna.package --trust-bundle site-1.bundle --bundle-key "$anna" --store nowhere

begin 'mix and match: the same version with other content, and a document with other signatures'
expect 0 pkgverify trust add bert-server.pem --store other --reason other
expect 0 bundle other 2 anna --key-of anna.pem
expect 12 import other-2.bundle --yes
warns 'not the one of that version'
sed 's/"version":1}/"version":3}/' site-1.bundle >mixed.bundle
expect 13 import mixed.bundle --yes

begin 'threshold: fewer than the remembered, or than it names itself, are refused'
expect 0 bundle site 3 anna --key-of anna.pem --key-of bert.pem
expect 11 import site-3.bundle --yes
expect 0 pkgsign bundle sign --store bert site-3.bundle -o site-3.both --passphrase env:GIVEN
expect 0 import site-3.both --yes
says 'next one by +2 of these keys \(changed\)'
expect 0 bundle site 4 anna --key-of anna.pem
expect 11 import site-4.bundle --yes

begin 'key rotation: the old keys sign once more, or a person names the new one'
expect 0 bundle site 5 bert --key-of bert.pem
expect 11 import site-5.bundle --yes
expect 0 pkgsign bundle sign --store anna site-5.bundle -o site-5.both --passphrase env:GIVEN
expect 0 import site-5.both --yes
expect 0 bundle site 6 anna --key-of anna.pem
expect 11 import site-6.bundle --yes
expect 0 import site-6.bundle --yes --bundle-key "$anna"

begin 'fast-forward: after the last version there is a way back, by name'
expect 0 bundle site 9007199254740990 anna --key-of anna.pem
expect 0 import site-9007199254740990.bundle --yes
expect 0 bundle site 7 anna --key-of anna.pem
expect 12 import site-7.bundle --yes
expect 0 import site-7.bundle --yes --bundle-min-version 7

begin 'freeze: one that has ended is refused'
expect 0 pkgverify trust export --store site --name site --bundle-version 8 --key-of anna.pem -o short.json \
  --expires "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)"
expect 0 pkgsign bundle sign --store anna short.json -o short.bundle --passphrase env:GIVEN
sleep 4
expect 15 import short.bundle --yes
warns 'ended on'

begin 'what it leaves out is withdrawn, what it retires stays retired, what a person decided stays'
expect 0 pkgverify trust add bert-server.pem --reason 'by hand'
expect 0 pkgverify trust add --retire bert-server.pem --store retiring --reason 'stolen laptop'
expect 0 bundle retiring 9 anna --key-of anna.pem
expect 0 import retiring-9.bundle --yes
says '^withdraws  .*anna.example'
says '^overrules  .*bert.example'
expect 11 pkgverify check anna.package
expect 16 pkgverify check bert.package
expect 0 pkgverify trust list
says ' trust  certificate .*bert.example'
expect 0 bundle site 10 anna --key-of anna.pem
expect 0 import site-10.bundle --yes
says '^stays retired  .*bert.example'
expect 16 pkgverify check bert.package
expect 0 pkgverify check anna.package

begin 'key rotation: a key that the store retired signs no bundle'
expect 0 pkgverify trust add --retire anna.pem --store lost --reason lost
expect 0 bundle site 11 anna --key-of anna.pem
expect 16 import site-11.bundle --yes --bundle-key "$anna" --store lost
warns 'a key that was retired'

begin 'its policy is the one of the store, until a command names another'
echo 'format = jar' >jar.policy
expect 0 bundle site 12 anna --key-of anna.pem --with-policy jar.policy
expect 0 import site-12.bundle --yes
says '^policy  this store judges by it from now on'
expect 12 pkgverify check anna.package
says 'policy-format'
expect 0 pkgverify check anna.package --policy default
expect 0 pkgverify trust export --store site --name another --bundle-version 1 --expires 2090-01-01 \
  --key-of anna.pem --with-policy strict -o second.json
expect 0 pkgsign bundle sign --store anna second.json -o second.bundle --passphrase env:GIVEN
expect 12 import second.bundle --yes --bundle-key "$anna"
warns 'one store judges by one policy'

begin 'what was imported is listed, and the policy that came with it is shown'
expect 0 pkgverify trust bundles
says "^bundle 'site', version 12, until "
says '^  policy +that of this store'
says '^    key +CN=.*sha256:'
expect 0 pkgverify trust bundles --format json
says '^\{"schema":1,"name":"site","version":12,'
cp "$out" bundles.json
last_command='validate_report.py'
check_that 'it is as the schema says' \
  python3 "$repository/tests/cli/validate_report.py" "$repository/docs/trust-bundles.schema.json" 1 <bundles.json
expect 0 pkgverify policy show
says "^# policy of the bundle 'site', version 12"
says '^# until '
says '^format = jar$'
expect 0 pkgverify policy show default
never_says 'site'
expect 0 pkgverify trust bundles --store nowhere
check_that 'no store is an empty list' test ! -s "$out"

begin 'a bundle that is forgotten takes its trust and policy with it, once somebody agrees'
expect 0 pkgverify trust export --store site --name passing --bundle-version 3 --expires 2090-01-01 \
  --key-of anna.pem --with-policy jar.policy -o passing.json
expect 0 pkgsign bundle sign --store anna passing.json -o passing.bundle --passphrase env:GIVEN
expect 0 import passing.bundle --yes --bundle-key "$anna" --store passing
expect 12 pkgverify check anna.package --store passing
expect 1 pkgverify trust forget site --store passing
warns "no bundle 'site' was imported here"
expect 0 pkgverify trust forget passing --store passing --dry-run
says '^withdraws  '
says '^policy  it goes with the bundle'
expect 12 pkgverify trust forget passing --store passing --no-input
warns 'nothing was forgotten'
expect 12 pkgverify check anna.package --store passing
expect 0 pkgverify trust forget passing --store passing --yes
says '^forgotten$'
expect 11 pkgverify check anna.package --store passing
expect 0 pkgverify trust bundles --store passing
check_that 'nothing is listed' test ! -s "$out"
expect 0 pkgsign audit list --store passing
says 'trust forget.*passing version 3'
expect 0 pkgsign audit verify --store passing

begin 'a person sees that the bundle trusts a key that this store retired'
expect 0 pkgverify trust add --retire --store wary anna-server.pem --reason left
expect 0 import site-1.bundle --store wary --bundle-key "$anna" --dry-run
says '^is retired here  '
says "this store retired that key: the bundle's trust in it has no force"
expect 0 import site-1.bundle --store wary --bundle-key "$anna" --dry-run --format json
says '"retiredHere":\[\{'
cp "$out" import.json
last_command='validate_report.py'
check_that 'it is as the schema says' \
  python3 "$repository/tests/cli/validate_report.py" "$repository/docs/trust-import.schema.json" 1 <import.json
expect 0 import site-1.bundle --store wary --bundle-key "$anna" --yes
expect 16 pkgverify check anna.package --store wary
expect 0 import site-1.bundle --store trusting --bundle-key "$anna" --dry-run
never_says 'retired here'

begin 'freeze: the policy of a bundle that has ended judges nothing, and no other one takes its place'
expect 0 pkgverify trust export --store site --name brief --bundle-version 1 --key-of anna.pem -o brief.json \
  --with-policy default --expires "$(date -u -d '+4 seconds' +%Y-%m-%dT%H:%M:%SZ)"
expect 0 pkgsign bundle sign --store anna brief.json -o brief.bundle --passphrase env:GIVEN
expect 0 import brief.bundle --yes --bundle-key "$anna" --store brief
expect 0 pkgverify check anna.package --store brief
sleep 5
expect 1 pkgverify check anna.package --store brief
warns 'nothing was judged: the policy of this store came with the bundle .brief., which ended'
expect 11 pkgverify check anna.package --store brief --policy default

begin 'a backup carries what is remembered'
expect 0 import site-2.bundle --yes --bundle-key "$anna" --store anna
expect 0 pkgsign backup create --store anna -o anna.backup --passphrase env:GIVEN --file-passphrase env:GIVEN \
  --kdf-cost 1:8
expect 0 pkgsign backup verify anna.backup --file-passphrase env:GIVEN
says '1 imported bundles'
expect 0 pkgsign backup restore anna.backup --store restored --file-passphrase env:GIVEN --passphrase env:GIVEN \
  --kdf-cost 1:8
expect 12 import site-1.bundle --yes --store restored
expect 0 import site-3.both --yes --bundle-key "$anna" --store anna
expect 1 pkgsign backup restore anna.backup --store anna --file-passphrase env:GIVEN --passphrase env:GIVEN
says 'imported bundles: 1 not the same in both'
expect 0 pkgsign store check --store restored --passphrase env:GIVEN

begin 'its revocation lists are taken too, with a warning where one is not current'
printf '%s\n' '[ca]' 'default_ca = own' '[own]' 'database = index.txt' 'crlnumber = number' 'certificate = ca.pem' \
  'private_key = ca.key' 'default_md = sha256' >ca.cnf
: >index.txt
echo 07 >number
check_that 'openssl makes a CA' openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Lists \
  -addext keyUsage=critical,keyCertSign,cRLSign -days 3650 2>"$scratch/log"
check_that 'openssl makes a list' openssl ca -config ca.cnf -gencrl -out ca.crl -crl_lastupdate 200101000000Z \
  -crl_nextupdate 200201000000Z 2>"$scratch/log"
expect 0 pkgverify crl add ca.crl --issuer ca.pem --store listing
expect 0 bundle listing 13 anna --key-of anna.pem
expect 0 import listing-13.bundle --yes --bundle-key "$anna" --store lists
says '^revocation list  CN=Lists'
warns "warning: the revocation list of 'CN=Lists' is not current"
expect 0 pkgverify crl list --store lists
says '^stale  CN=Lists'

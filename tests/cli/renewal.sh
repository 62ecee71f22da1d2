#!/bin/bash
# What a release engineer does before a certificate ends: see it coming, refuse to sign with what ends too soon, make
# the next one beside it, and move over.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret WRONG=wrong
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
make() { expect 0 pkgsign init --alias "$1" --common-name "$1.example" --passphrase env:GIVEN "${@:2}"; }
sign() { expect "$1" pkgsign sign "$package" --passphrase env:GIVEN "${@:2}"; }
# End of an identity's certificate, shifted by so many days and seconds.
end_of() {
  local end
  end=$(pkgsign cert export --alias "$1" | openssl x509 -noout -enddate | cut -d= -f2)
  date -u -d "@$(($(date -ud "$end" +%s) + ${2:-0} * 86400 + ${3:-0}))" +%Y-%m-%dT%H:%M:%SZ
}
make server --key rsa-2048 --kdf-cost 1:8 --days 100

begin 'status counts to the second, and both ends are inside'
status() { expect "$1" pkgsign cert status --at-time "$2" "${@:3}"; }
status 0 "$(end_of server -90)"
status 18 "$(end_of server -90 1)"
says '^server: 89 days left'
status 0 "$(end_of server -30)" --within 30d
status 18 "$(end_of server -30 1)" --within 30d
status 0 "$(end_of server)" --within 0d
status 15 "$(end_of server 0 1)" --within 0d
says '^server: ended 0 days ago'
status 15 "$(end_of server -100 -1)"
says '^server: begins in'
status 0 "$(end_of server -100)" --within 100d
expect 2 pkgsign cert status --at-time yesterday
for days in 90 d 90x -1d 36501d ''; do expect 2 pkgsign cert status --within "$days"; done

begin 'signing with a certificate that ends too soon is refused, and nothing is written'
sign 15 -o no.package --min-remaining 180d
warns 'ends on 20[0-9-]+ \((99|100) days left\), which is sooner than 180 days from now'
check_that 'nothing was written' test ! -e no.package
sign 15 -o no.package --min-remaining 180d --dry-run
sign 0 -o ok.package --min-remaining 90d
sign 2 -o no.package --min-remaining 180

begin 'the same by configuration, which the command line overrides'
PKGTRUST_MIN_REMAINING=180d sign 15 -o no.package
PKGTRUST_MIN_REMAINING=180d sign 0 -o less.package --min-remaining 1d
mkdir -p "$HOME/.config/pkgtrust"
echo 'min-remaining = 180d' >"$HOME/.config/pkgtrust/pkgtrust.conf"
sign 15 -o no.package
rm "$HOME/.config/pkgtrust/pkgtrust.conf"
check_that 'nothing was written' test ! -e no.package

begin 'an expired certificate and one that has not begun sign nothing'
# faketime preloads itself before the sanitizers of a dev build, which mind.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
expect 15 faketime -f '+101d' pkgsign sign "$package" -o no.package --passphrase env:GIVEN
warns 'ended on'
expect 15 faketime -f '-1d' pkgsign sign "$package" -o no.package --passphrase env:GIVEN
warns 'is not valid before'
check_that 'nothing was written' test ! -e no.package

begin 'two signers of one Orchestrator package are refused before anything is written or unlocked'
make second --key rsa-2048
expect 2 pkgsign sign "$package" -o no.package --also second --no-input
warns 'the vRO layout carries the signatures of one signer'
warns '--alias NAME -o FILE'
check_that 'nothing was written' test ! -e no.package
sign 2 -o no.package --also server
warns "'server' would sign twice"
sign 1 -o no.package --also nobody
expect 2 pkgsign sign "$package" -o no.package --also second --key x --cert y

begin 'a new key beside the old one: same subject, names, use and promise, and the old one signs on'
other_store() { rm -rf "$scratch/store"; export PKGTRUST_STORE=$scratch/store; }
other_store
openssl req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -days 400 -subj '/O=Example/CN=own.example' \
  -addext subjectAltName=DNS:own.example,DNS:two.example -addext extendedKeyUsage=serverAuth,codeSigning \
  -addext keyUsage=critical,digitalSignature,keyEncipherment -addext nsComment=mine 2>/dev/null
chmod 600 own.key
make server --key rsa-2048 --kdf-cost 1:8 --days 400
expect 0 pkgsign cert export -o old.pem
expect 1 pkgsign cert renew --new-key same --passphrase env:WRONG
expect 0 pkgsign cert renew --new-key same --new-alias next --passphrase env:GIVEN
says "^succession: +overlap until 20[0-9-]+, successor of 'server'\$"
says '^tell your importers: SHA256 [0-9a-f]{64}$'
says 'pkgsign cert default next'
line=$(sed -n 's/^both keys can say so:  //p' "$out")
warns "no backup has the key of 'next' and 1 more"
expect 0 bash -c "${line/FILE/next.succession} --passphrase env:GIVEN"
expect 0 pkgsign cert export --alias next -o new.pem
for part in subject ext=extendedKeyUsage,keyUsage,basicConstraints; do
  check_that "the same $part" sh -c "for f in old new; do openssl x509 -in \$f.pem -noout -${part/=/ } | sha256sum; done | uniq | wc -l | grep -qx 1"
done
check_that 'another key' sh -c "for f in old new; do openssl x509 -in \$f.pem -noout -pubkey | sha256sum; done | uniq | wc -l | grep -qx 2"
check_that 'identifiers of its own' sh -c "for f in old new; do openssl x509 -in \$f.pem -noout -ext subjectKeyIdentifier | tail -1; done | uniq | wc -l | grep -qx 2"
check_that 'OpenSSL verifies it' openssl verify -CAfile new.pem new.pem >>"$out"
expect 0 pkgsign cert show --alias next
says '^packages: +always bound'
expect 0 pkgsign cert export -o still.pem
same old.pem still.pem
sign 0 -o by-old.package
expect 0 pkgverify check --trust old.pem by-old.package
sign 0 -o by-new.package --alias next
expect 0 pkgverify check --trust new.pem by-new.package
expect 0 pkgsign store check --passphrase env:GIVEN
says '2 identities and the key of the store, each opens and matches'

begin 'where a file carries several signatures, who knows the old and who knows the new certificate accept one file'
echo text >any.txt
expect 0 pkgsign sign any.txt --detached --also next --passphrase env:GIVEN
for name in old new; do expect 0 pkgverify check any.txt --trust "$name.pem"; done
expect 11 pkgverify check any.txt --trust own.pem
expect 0 pkgsign sign any.txt --detached --force --passphrase env:GIVEN
expect 11 pkgverify check any.txt --trust new.pem
printf 'secret\n' >pass
expect 0 bash -c 'pkgsign sign any.txt --detached --force --also next --passphrase stdin <pass'

begin 'list, status and show tell of the overlap'
end=$(end_of server | cut -c1-10)
expect 0 pkgsign cert list
says "^server .*overlap until $end, then 'next'  \(default\)\$"
says "^next .*overlap until $end, successor of 'server'\$"
expect 0 pkgsign cert status
says "^next: .*; overlap until $end, successor of 'server'\$"
expect 0 pkgsign cert show --alias next --format json
check_that 'JSON' python3 -c 'import json,sys; x = json.load(open(sys.argv[1])); assert x["successorOf"] == "server" and x["overlapUntil"][:10] == sys.argv[2] and x["successors"] == [], x' "$out" "$end"

begin 'the default moves at a date, or when told, and back'
expect 2 pkgsign cert default next --from 2020-01-01
expect 2 pkgsign cert default next --from "$(end_of server 1)"
warns 'nothing could be signed in between'
move=$(end_of server -30)
expect 0 pkgsign cert default next --from "$move"
says "until then 'server'"
expect 0 pkgsign cert list
says "^next .*overlap until ${move%T*}, successor of 'server'  \(default from ${move%T*}\)\$"
sign 0 -o before.package
expect 0 pkgverify check --trust old.pem before.package
expect 0 faketime -f '+371d' pkgsign cert list
says "^next .*successor of 'server'  \(default\)\$"
says "^server .*succeeded by 'next'\$"
expect 0 faketime -f '+371d' pkgsign sign "$package" -o after.package --passphrase env:GIVEN
expect 0 pkgverify check --trust new.pem after.package
expect 0 faketime -f '+371d' pkgsign cert default server
expect 0 faketime -f '+371d' pkgsign cert list
says '^server .*\(default\)$'
expect 0 pkgsign cert default next
expect 0 pkgsign cert show
says '^identity: +next$'
expect 0 pkgsign cert show --alias server
says "^succession: +succeeded by 'next'\$"

begin 'names and removal keep the succession'
expect 0 pkgsign cert rename server former --passphrase env:GIVEN
expect 0 pkgsign cert list
says "^next .*successor of 'former'"
expect 0 pkgsign cert renew --alias former --passphrase env:GIVEN
expect 0 pkgsign cert list
says "^next .*successor of 'former'"
expect 0 pkgsign cert remove former --yes --passphrase env:GIVEN
expect 0 pkgsign cert list
says '^next .*successor of a key that was removed  \(default\)$'

begin 'the name of the next one has the year, and takes no place'
year=$(date -u +%Y)
expect 0 pkgsign cert renew --alias next --new-key same --passphrase env:GIVEN
says "^identity: +next-$year\$"
expect 1 pkgsign cert renew --alias next --new-key same --passphrase env:GIVEN
warns "^pkgsign: hint: --new-alias NAME"
expect 1 pkgsign cert renew --alias "next-$year" --new-key same --passphrase env:GIVEN

begin 'what contradicts itself is refused, and makes nothing'
before=$(pkgsign cert list | cut -d' ' -f1)
expect 2 pkgsign cert renew --new-alias x --passphrase env:GIVEN
expect 2 pkgsign cert renew --default-from "$(end_of next -1)" --passphrase env:GIVEN
expect 2 pkgsign cert renew --new-key dsa --new-alias x --passphrase env:GIVEN
expect 2 pkgsign cert renew --new-key same --new-alias x --default-from "$(end_of next 1)" --passphrase env:GIVEN
expect 2 pkgsign cert renew --new-key same --new-alias x --default-from 2020-01-01 --passphrase env:GIVEN
expect 2 pkgsign cert renew --alias "next-$year" --new-key same --new-alias x --default-from "$(end_of next -1)" --passphrase env:GIVEN
warns 'is not the default'
expect 1 pkgsign cert renew --new-key same --new-alias statement --passphrase env:GIVEN
expect 1 pkgsign cert renew --alias statement --new-key same --new-alias x --passphrase env:GIVEN
check_that 'nothing was made' test "$before" = "$(pkgsign cert list | cut -d' ' -f1)"

begin 'an imported certificate keeps its alternative names; another kind of key drops what it cannot'
expect 0 pkgsign key import own.key --cert own.pem --alias own --passphrase env:GIVEN
expect 0 pkgsign cert renew --alias own --new-key p-256 --new-alias own-ec --days 10 --passphrase env:GIVEN
warns 'no vRO package can be signed with it'
expect 0 pkgsign cert export --alias own-ec -o ec.pem
expect 0 openssl x509 -in ec.pem -noout -text
says 'DNS:own.example, DNS:two.example'
says 'prime256v1|P-256'
says '^ +Digital Signature$'
never_says 'Key Encipherment'
check_that 'OpenSSL verifies it' openssl verify -CAfile ec.pem ec.pem >>"$out"

begin 'under a CA a new key waits beside the old certificate for the answer'
ca() { openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 800 -subj '/CN=Example Root' -addext keyUsage=critical,keyCertSign 2>/dev/null; }
answer() {
  expect 0 pkgsign csr export --alias "$1" -o "$1.csr" --passphrase env:GIVEN
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copyall -days 400 -out "$1.crt" 2>/dev/null
}
ca
make issued --key rsa-2048
answer issued
expect 0 pkgsign cert import issued.crt --chain ca.pem --alias issued --passphrase env:GIVEN
expect 0 pkgsign audit list --action 'cert import'
digest_of() { sha256sum "$1" | cut -d' ' -f1; }
says "'issued.crt'  sha256:$(digest_of issued.crt)  of 'issued' .* \\(with 'ca.pem' sha256:$(digest_of ca.pem), in the place of"
expect 0 pkgsign cert export --alias issued -o issued.pem
expect 1 pkgsign cert renew --alias issued --passphrase env:GIVEN
warns '--new-key'
expect 0 pkgsign cert renew --alias issued --new-key same --new-alias waiting --passphrase env:GIVEN
says 'pkgsign csr export --alias waiting -o FILE'
says 'pkgsign cert import FILE --alias waiting'
says "no CA has issued its certificate yet"
expect 1 pkgsign cert default waiting
warns 'no CA has issued'
answer waiting
expect 0 pkgsign cert import waiting.crt --alias waiting --passphrase env:GIVEN
expect 0 pkgsign cert list
says "^waiting .*successor of 'issued'"
never_says 'no CA has issued'
expect 0 pkgsign cert export --alias issued -o kept.pem
same issued.pem kept.pem
sign 0 -o issued.package --alias waiting
expect 0 pkgverify check --trust ca.pem issued.package
expect 0 pkgsign cert default issued
expect 0 pkgsign cert renew --new-key same --new-alias later --passphrase env:GIVEN
expect 2 pkgsign cert renew --new-key same --new-alias third --default-from "$(end_of issued -1)" --passphrase env:GIVEN
warns 'the CA must issue the new certificate'

begin 'a CA that answers for TLS servers only is taken, with a warning of what verifiers will say'
make tls --key rsa-2048
expect 0 pkgsign csr export --alias tls -o tls.csr --passphrase env:GIVEN
for usage in clientAuth serverAuth; do
  printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$usage" >extensions
  openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions -days 300 -out "$usage.crt" 2>/dev/null
done
expect 1 pkgsign cert import clientAuth.crt --chain ca.pem --alias tls --passphrase env:GIVEN
warns 'was not issued for signing packages'
expect 0 pkgsign cert import serverAuth.crt --chain ca.pem --alias tls --passphrase env:GIVEN
warns 'for TLS servers only'
warns "'always bound'"
says 'Your importers trust the certificate itself'
sign 0 -o tls.package --alias tls
expect 12 pkgverify check --trust ca.pem tls.package
says 'certificate-purpose'
expect 0 pkgsign cert export --alias tls --format der -o tls.der
expect 0 pkgverify check --trust tls.der tls.package

begin 'a backup holds both keys, the succession and the plan'
expect 0 pkgsign cert default waiting --from "$(end_of issued -10)"
pkgsign cert list | sed 's/([0-9]* days left)//' >before
expect 0 pkgsign backup create -o all.backup --passphrase env:GIVEN --file-passphrase env:WRONG
PKGTRUST_STORE=$scratch/again expect 0 pkgsign backup restore all.backup --passphrase env:GIVEN --file-passphrase env:WRONG --kdf-cost 1:8
PKGTRUST_STORE=$scratch/again expect 0 pkgsign cert list
sed -i 's/([0-9]* days left)//' "$out"
same before "$out"

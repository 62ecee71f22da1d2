#!/bin/bash
# Trust bundles: exported, signed by k of n, and used by `check --trust-bundle` without a store.
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
says '^tell those who will trust your bundles: SHA256 [0-9a-f]{64}$'
key_of() { openssl x509 -in "$1.pem" -outform DER | sha256sum | cut -d' ' -f1; }
anna=sha256:$(key_of anna) bert=sha256:$(key_of bert)
# export STORE VERSION OUT OPTION...: an unsigned bundle of what that store trusts.
export_bundle() {
  pkgverify trust export --store "$1" --name site --bundle-version "$2" --expires 2090-01-01 -o "$3" "${@:4}"
}
sign() { pkgsign bundle sign --store "$1" "$2" -o "$3" --force --passphrase env:GIVEN "${@:4}"; }
expect 0 pkgverify trust add anna-server.pem --store site --reason 'our server'

begin 'a bundle says who signs it, until when, and is written once'
expect 2 pkgverify trust export --store site --bundle-version 1 --expires 2090-01-01 --key-of anna.pem
warns '--name is missing'
expect 2 pkgverify trust export --store site --name site --bundle-version 1 --key-of anna.pem
warns '--expires is missing'
expect 2 export_bundle site 0 x.json --key-of anna.pem
expect 2 export_bundle site 1 x.json
warns '--key-of is missing'
expect 2 export_bundle site 1 x.json --key-of anna.pem --threshold 2
expect 2 export_bundle site 1 x.json --key-of anna-server.pem
warns 'not the certificate of a statement key'
expect 1 export_bundle nowhere 1 x.json --key-of anna.pem
check_that 'nothing was written' test ! -e x.json
expect 0 export_bundle site 1 one.json --key-of anna.pem
says 'nobody has signed it yet'
expect 1 export_bundle site 1 one.json --key-of anna.pem
warns 'exists'

begin 'it is signed with the statement key, by whoever sees what it says'
expect 0 sign anna one.json one.bundle
says "^signed one.bundle: by 1 of its 1 required keys$"
warns "bundle 'site', version 1, until 2090-01-01T00:00:00Z: trusts 1, retires 0"
expect 2 sign anna one.bundle again.bundle
warns 'signed by this key already'
expect 13 sign anna anna-server.pem x.bundle
expect 0 pkgsign audit list --store anna --action 'bundle sign'
says 'site version 1'

begin 'check takes its trust from it, without a store'
expect 0 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna"
says 'trusted by +record'
expect 11 pkgverify check bert.package --trust-bundle one.bundle --bundle-key "$anna"
expect 0 pkgverify check -v anna.package --trust-bundle one.bundle --bundle-key "$anna"
warns "trust = the bundle 'site', version 1, until 2090-01-01T00:00:00Z"
expect 0 pkgverify trust add bert-server.pem
expect 0 pkgverify check bert.package
expect 11 pkgverify check bert.package --trust-bundle one.bundle --bundle-key "$anna"
expect 0 env -u HOME pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna"

begin 'without the key it is nobody'\''s word, and nothing is judged'
expect 2 pkgverify check anna.package --trust-bundle one.bundle
warns 'without --bundle-key'
expect 2 pkgverify check anna.package --bundle-key "$anna"
expect 1 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$bert"
warns 'nothing was judged: .* is signed by 0 of the keys'
expect 1 pkgverify check anna.package --trust-bundle one.json --bundle-key "$anna"
warns 'nobody has signed it yet'
expect 1 pkgverify check anna.package --trust-bundle absent.bundle --bundle-key "$anna"
never_says .

begin 'threshold: two of two must have signed, in any order, each once'
expect 0 export_bundle site 2 two.json --key-of anna.pem --key-of bert.pem
expect 0 sign anna two.json half.bundle
says 'by 1 of its 2 required keys'
expect 1 pkgverify check anna.package --trust-bundle half.bundle --bundle-key "$anna"
warns 'is signed by 1 of the keys that it names, and 2'
expect 0 sign bert half.bundle two.bundle
says 'by 2 of its 2 required keys'
expect 0 pkgverify check anna.package --trust-bundle two.bundle --bundle-key "$anna" --bundle-key "$bert"
expect 1 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna" --bundle-key "$bert"
expect 0 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna" --bundle-key "$bert" \
  --bundle-threshold 1
expect 2 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna" --bundle-threshold 2

begin 'rollback: an older version is refused'
expect 0 pkgverify check anna.package --trust-bundle two.bundle --bundle-key "$anna" --bundle-min-version 2
expect 1 pkgverify check anna.package --trust-bundle one.bundle --bundle-key "$anna" --bundle-min-version 2
warns 'is older than version 2'

begin 'freeze: one that has ended is refused, whatever --at-time says'
expect 0 pkgverify trust export --store site --name site --bundle-version 3 --key-of anna.pem -o short.json \
  --expires "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)"
expect 0 sign anna short.json short.bundle
sleep 4
expect 1 pkgverify check anna.package --trust-bundle short.bundle --bundle-key "$anna"
warns 'ended on'
expect 1 pkgverify check anna.package --trust-bundle short.bundle --bundle-key "$anna" --at-time 2020-01-01
expect 15 sign bert short.json late.bundle

begin 'key rotation: the old key signs once more, and then no more'
expect 0 export_bundle site 4 next.json --key-of bert.pem
expect 0 sign bert next.json only-new.bundle
expect 1 pkgverify check anna.package --trust-bundle only-new.bundle --bundle-key "$anna"
expect 0 sign anna only-new.bundle rotated.bundle
says 'by 1 of its 1 required keys, and 1 that it does not name'
expect 0 pkgverify check anna.package --trust-bundle rotated.bundle --bundle-key "$anna"
expect 0 pkgverify check anna.package --trust-bundle rotated.bundle --bundle-key "$bert"

begin 'mix and match: the document of one with the signature of another is none'
python3 - <<'PYTHON'
one, two = open("one.bundle", "rb").read(), open("rotated.bundle", "rb").read()
assert b'"version":1}' in one
open("mixed.bundle", "wb").write(one.replace(b'"version":1}', b'"version":4}'))
PYTHON
expect 1 pkgverify check anna.package --trust-bundle mixed.bundle --bundle-key "$anna"
warns 'mixed.bundle'

begin 'what it retires is refused, and a content pin travels'
expect 0 pkgverify trust add --retire bert-server.pem --store site --reason 'stolen laptop'
expect 0 pkgverify trust add --file bert.package --store pinned --until 2089-01-01 --reason 'ticket 4711'
expect 0 export_bundle site 5 retires.json --key-of anna.pem
expect 0 sign anna retires.json retires.bundle
warns 'trusts 1, retires 1'
expect 16 pkgverify check bert.package --trust-bundle retires.bundle --bundle-key "$anna"
expect 0 export_bundle pinned 6 pinned.json --key-of anna.pem
expect 0 sign anna pinned.json pinned.bundle
expect 0 pkgverify check bert.package --trust-bundle pinned.bundle --bundle-key "$anna"
expect 11 pkgverify check anna.package --trust-bundle pinned.bundle --bundle-key "$anna"

begin 'key rotation: a bundle that retires a key is not signed by it'
expect 0 pkgverify trust add --retire anna.pem --store lost --reason 'lost'
expect 0 export_bundle lost 6 lost.json --key-of anna.pem --key-of bert.pem --threshold 1
expect 0 sign bert lost.json lost.bundle
expect 11 pkgverify check anna.package --trust-bundle lost.bundle --bundle-key "$bert"
expect 0 sign anna lost.bundle both.bundle
expect 1 pkgverify check anna.package --trust-bundle both.bundle --bundle-key "$bert"
warns 'by a key that was retired'

begin 'its policy is obeyed, unless the command line names one'
echo 'format = jar' >jar.policy
expect 1 export_bundle site 7 policy.json --key-of anna.pem --with-policy typo
expect 0 export_bundle site 7 policy.json --key-of anna.pem --with-policy jar.policy
expect 0 sign anna policy.json policy.bundle
expect 12 pkgverify check anna.package --trust-bundle policy.bundle --bundle-key "$anna"
says 'policy-format'
expect 0 pkgverify check anna.package --trust-bundle policy.bundle --bundle-key "$anna" --policy default

begin 'what it trusts ends with it, and check --expiring says when'
expect 15 pkgverify check --expiring 36500d anna.package --trust-bundle one.bundle --bundle-key "$anna"

begin 'show, diff and import take it too'
expect 0 pkgverify show anna.package --trust-bundle one.bundle --bundle-key "$anna"
expect 11 pkgverify diff anna.package bert.package --trust-bundle one.bundle --bundle-key "$anna"
expect 0 pkgverify import anna.package --to there --yes --trust-bundle one.bundle --bundle-key "$anna"
check_that 'it was imported' test -d there

begin 'a signer judges with it before the package gets its name'
as_importer() { pkgsign sign --store "$1" "$package" -o out.package --passphrase env:GIVEN --verify-as "${@:2}"; }
expect 0 as_importer anna one.bundle --bundle-key "$anna"
rm out.package
expect 11 as_importer bert one.bundle --bundle-key "$anna"
expect 16 as_importer bert retires.bundle --bundle-key "$anna"
expect 12 as_importer anna policy.bundle --bundle-key "$anna"
warns 'policy-format'
expect 2 as_importer anna one.bundle
expect 1 as_importer anna one.bundle --bundle-key "$bert"
expect 2 as_importer anna strict --bundle-key "$anna"
check_that 'nothing was written' test ! -e out.package

#!/bin/bash
# Policies: the presets, a file, what it changes in the verdict of real packages, and what is wrong with a file.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
cost=(--kdf-cost 1:8)
for name in one two; do
  expect 0 pkgsign init --alias $name --common-name $name.example --key p-256 "${cost[@]}" --passphrase env:GIVEN
  cost=()
  expect 0 pkgsign cert export --alias $name -o $name.pem
  expect 0 pkgverify trust add $name.pem --reason test
done
mkdir lib
echo a >a.txt
echo b >lib/b.txt
zip -qr plain.zip a.txt lib
sign() { expect 0 pkgsign sign "$@" --passphrase env:GIVEN; }

begin 'the presets are shown, and a file of that text says the same'
expect 0 pkgverify policy show
says '^uncovered = refuse$'
for name in default strict legacy-vro; do
  expect 0 pkgverify policy show $name
  cp "$out" $name.policy
  expect 0 pkgverify policy check $name.policy
  says "^sound: $name.policy$"
  expect 0 pkgverify policy show $name.policy
  check_that 'it says the same' test "$(grep -v '^#' "$out")" = "$(grep -v '^#' $name.policy)"
done
expect 0 pkgverify policy check "$repository/samples/release.policy"
says '^sound: '

begin 'a line that cannot be meant is refused with its number'
printf 'bound = require\nbuond = require\n' >typo.policy
expect 2 pkgverify policy check typo.policy
warns "line 2 of 'typo.policy': there is no key 'buond'"
expect 2 pkgverify check --policy typo.policy plain.zip
expect 1 pkgverify policy check absent.policy
warns "there is no policy 'absent.policy'"

begin 'a number of signers is asked of every file'
sign plain.zip -o signed.jar --alias one
sign signed.jar -o part.jar --alias two --add --only 'lib/*'
sign signed.jar -o both.jar --alias two --add
echo 'signers = 2' >two.policy
expect 0 pkgverify check signed.jar
expect 12 pkgverify check --policy two.policy signed.jar
says 'policy-signers'
expect 12 pkgverify check --policy two.policy part.jar
expect 0 pkgverify check --policy two.policy both.jar
expect 12 pkgverify show --policy two.policy signed.jar
expect 12 pkgverify import --policy two.policy --no-input signed.jar --to there
check_that 'nothing was imported' test ! -e there

begin 'owners whom a policy asks for are judged, whatever is printed'
python3 - "$repository/samples/com.example.inventory.package" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile("owned.source", "w") as new:
    for item in old.infolist():
        content = old.read(item)
        if item.filename.endswith("/info"):
            content = content.replace(b"</properties>", b'<entry key="signature-owner">CN=stranger</entry></properties>')
        new.writestr(item.filename, content)
PYTHON
expect 0 pkgsign init --alias owned --common-name owned.example --key rsa-2048 --passphrase env:GIVEN
expect 0 pkgsign cert export --alias owned -o owned.pem
sign owned.source -o owned.package --alias owned
echo 'owners = require' >owners.policy
for more in '' --quiet --verbose '--format json' '--quiet --report html=owners.html --force' '--expiring 9d'; do
  # shellcheck disable=SC2086
  expect 11 pkgverify check --trust owned.pem --policy owners.policy $more owned.package
  # shellcheck disable=SC2086
  expect 0 pkgverify check --trust owned.pem $more owned.package
done

begin 'an element may need a signer of its own'
fingerprint=$(sha256sum <(openssl x509 -in two.pem -outform DER) | cut -d' ' -f1)
echo "element = lib/* signer sha256:$fingerprint" >lib.policy
expect 0 pkgverify check --policy lib.policy part.jar
expect 12 pkgverify check --policy lib.policy signed.jar
echo "required-signer = sha256:$fingerprint" >required.policy
expect 12 pkgverify check --policy required.policy part.jar
expect 0 pkgverify check --policy required.policy both.jar

begin 'what no signer covers is refused, or reported where the policy says so'
sign plain.zip -o half.jar --alias one --only 'lib/*'
expect 13 pkgverify check half.jar
echo 'uncovered = report' >report.policy
expect 0 pkgverify check --policy report.policy half.jar
says 'uncovered-entry'

begin 'formats, stamps and signatures beside'
echo 'format = vro' >vro.policy
expect 12 pkgverify check --policy vro.policy both.jar
says 'policy-format'
echo 'timestamp = require' >stamp.policy
expect 17 pkgverify check --policy stamp.policy both.jar
says 'timestamp-required'
echo 'seal = require' >seal.policy
expect 12 pkgverify check --policy seal.policy both.jar
sign --detached both.jar --alias one
expect 0 pkgverify check --policy seal.policy both.jar
expect 12 pkgverify check --policy seal.policy --signature none both.jar

begin 'the configuration names a policy, and an option goes before it'
mkdir -p "$HOME/.config/pkgtrust"
echo "policy = $work/vro.policy" >"$HOME/.config/pkgtrust/pkgtrust.conf"
expect 12 pkgverify check both.jar
expect 0 pkgverify check --policy default both.jar
PKGTRUST_POLICY=strict expect 0 pkgverify check both.jar
expect 0 pkgsign cert list

begin 'a weakness is tolerated to a date'
rm "$HOME/.config/pkgtrust/pkgtrust.conf"
echo 'allow-weak = expired until 2090-01-01' >expired.policy
expect 15 pkgverify check --at-time 2080-01-01 both.jar
expect 0 pkgverify check --at-time 2080-01-01 --policy expired.policy both.jar
says 'expired allowed by the policy until 2090-01-01'
expect 15 pkgverify check --at-time 2090-01-02 --policy expired.policy both.jar

#!/bin/bash
# What will stop being accepted, and when: certificates, trust records, allowed weaknesses, retirements that begin.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret PKGTRUST_STORE=$scratch/store
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir -p "$work/dist/deep"
cd "$work" || exit 1
now=$(date +%s)
day() { date -u -d "@$((now + $1 * 86400 + ${2:-0}))" +%Y-%m-%dT%H:%M:%SZ; }
make() { expect 0 pkgsign init --alias "$1" --common-name "$1.example" --key rsa-2048 --passphrase env:GIVEN "${@:2}"; }
sign() { expect 0 pkgsign sign "$package" --alias "$1" -o "$2" --passphrase env:GIVEN "${@:3}"; }
id() { sed -n 's/^  record  *//p' "$out"; }
last() { date -u -d "$(openssl x509 -in "$1.pem" -noout -enddate | cut -d= -f2)" +%s; }
expiring() { expect "$1" pkgverify check --expiring "$2" "${@:3}"; }
make soon --kdf-cost 1:8 --days 30
make late --days 400
for name in soon late; do
  sign "$name" "dist/$name.package"
  expect 0 pkgsign cert export --alias "$name" -o "$name.pem"
done
expect 0 pkgverify trust add soon.pem
expect 0 pkgverify trust add late.pem
recorded=$(id)

begin 'what ends in time is listed with its first second, and makes 15'
expiring 15 90d dist/soon.package dist/late.package
first=$(date -u -d "@$(($(last soon) + 1))" +%Y-%m-%dT%H:%M:%SZ)
says "^$first  dist/soon.package: exit code 15, expired: 'CN=soon.example' ended on"
never_says 'late.package'
says '^packages: 2; within 90 days .* stop 1, verify longer 1, not verified now 0, not judged 0; other files: 0$'
expect 0 pkgverify check dist/soon.package --at-time "$(date -u -d "@$(last soon)" +%Y-%m-%dT%H:%M:%SZ)"
expect 15 pkgverify check dist/soon.package --at-time "$first"

begin 'the span counts to the second'
at=$(date -u -d "@$(($(last soon) + 1 - 20 * 86400))" +%Y-%m-%dT%H:%M:%SZ)
expiring 15 20d --at-time "$at" dist/soon.package
expiring 0 19d --at-time "$at" dist/soon.package
expiring 0 20d --at-time "$(date -u -d "$at 1 second ago" +%Y-%m-%dT%H:%M:%SZ)" dist/soon.package
expiring 15 500d dist
says "^[0-9TZ:-]+  dist/soon.package"
says "^[0-9TZ:-]+  dist/late.package"
check_that 'sorted by date' sh -c "grep package: '$out' | head -1 | grep -q soon"

begin 'the date to which a policy tolerates a weakness ends it too'
until=$(date -u -d "@$((now + 60 * 86400))" +%Y-%m-%d)
echo "allow-weak = expired until $until" >grace.policy
expiring 0 40d --policy grace.policy dist/soon.package
expiring 15 90d --policy grace.policy dist/soon.package
says "^${until}T[0-9:]+Z  dist/soon.package: exit code 15, expired: "

begin 'folders are walked; other files are told apart, and what is wrong now comes with its own code'
echo notes >dist/notes.txt
sign late dist/deep/inner.package
(cd dist && python3 -c 'import zipfile; z = zipfile.ZipFile("plain.zip", "w"); z.writestr("a", "b")')
mkfifo dist/pipe
ln -s .. dist/deep/round
cp "$package" dist/unsigned.package
expiring 10 90d dist
says '^not verified now      dist/unsigned.package: unsigned, exit code 10'
says '; other files: 2$'
never_says 'notes|plain|pipe'
expiring 10 90d dist -v
says '^no package            dist/notes.txt$'
says '^no package            dist/plain.zip$'
says '^verifies longer       dist/deep/inner.package$'
cp "$out" first
expiring 10 90d dist -v -j 1
sed -i 's/until [^)]*//' "$out" first
same first "$out"
expiring 10 90d dist/plain.zip
rm dist/unsigned.package
python3 "$repository/tests/cli/change_package.py" tamper dist/late.package dist/bad.package
expiring 13 90d dist
says '^not verified now      dist/bad.package: invalid, exit code 13'
says '^[0-9TZ:-]+  dist/soon.package'
rm dist/bad.package

begin 'what cannot be read or is not judged is 1, and hides nothing'
printf '\xED\xAB\xEE\xDB rpm' >dist/other.rpm
expiring 1 90d dist
warns 'an RPM package'
says '^not judged            dist/other.rpm$'
says '^[0-9TZ:-]+  dist/soon.package'
rm dist/other.rpm
ln -s absent dist/dangling.package
expiring 1 90d dist
says '^not judged            dist/dangling.package$'
rm dist/dangling.package
expiring 1 90d dist absent.package
mkdir empty
expiring 1 90d empty dist
warns "there is no package in 'empty'"
says '^packages: 3; .* not judged 0; other files: 2$'
echo text >empty/readme
expiring 1 90d empty
expiring 15 90d -q dist
check_that 'quiet' test ! -s "$out"

begin 'a signature beside a file is looked at with the file'
mkdir beside
echo text >beside/any.txt
expect 0 pkgsign sign beside/any.txt --detached --alias soon --passphrase env:GIVEN
check_that 'it lies beside' test -e beside/any.txt.p7s
expiring 15 90d beside
says "^$first  beside/any.txt: exit code 15, expired: 'CN=soon.example'"
says '^packages: 1; .*other files: 0$'
expiring 0 9d beside
expiring 2 90d beside --signature beside/any.txt.p7s
echo more >>beside/any.txt
expiring 13 90d beside

begin 'the end of a trust record, of an allowed weakness, and a retirement that begins'
expect 0 pkgverify trust remove "$recorded"
expect 0 pkgverify trust add late.pem --until "$(day 40)"
until_record=$(id)
expiring 15 90d dist/late.package
says "^$(day 40)  dist/late.package: exit code 11, untrusted-signer: 'CN=late.example' record $until_record ends"
expiring 0 39d dist/late.package
expect 0 pkgsign init --alias weak --compat product --common-name weak.example --passphrase env:GIVEN
sign weak weak.package --vro-digest md5 --compat product
expect 0 pkgsign cert export --alias weak -o weak.pem
expect 0 pkgverify trust add weak.pem --allow-weak "md5:$(day 50)"
expiring 15 90d weak.package
says "^$(day 50)  weak.package: exit code 12, weak-digest: 'CN=weak.example' signed with MD5"
expect 0 pkgverify trust add --retire late.pem --effective "$(day 20)"
expiring 15 90d dist/late.package
says "^$(day 20)  dist/late.package: exit code 16, retired-key: "
expect 0 pkgverify check dist/late.package
expect 16 pkgverify check dist/late.package --at-time "$(day 20)"
expect 0 pkgverify trust add --file weak.package --until "$(day 60)" --reason 'only this one'
expiring 15 90d weak.package
says "^$(day 60)  weak.package: exit code 12, content-pinned: record [0-9a-f]+, which accepts exactly this file, ends"

begin 'JSON is one object a file, described by the schema'
cp "$package" dist/unsigned.package
expiring 10 90d dist --format json
check_that 'by the schema' sh -c "python3 '$repository/tests/cli/validate_report.py' '$repository/docs/report.schema.json' 6 <'$out'"
check_that 'states' python3 - "$out" <<'PY'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
states = [line["state"] for line in lines]
assert states == sorted(states, key=["stops", "notVerified", "lasts", "foreign"].index), states
stops = [line for line in lines if line["state"] == "stops"]
assert [s["stopsVerifying"]["at"] for s in stops] == sorted(s["stopsVerifying"]["at"] for s in stops), stops
assert stops[0]["exitCode"] == 0 and stops[0]["verdict"] == "verified", stops
assert stops[0]["stopsVerifying"]["because"][0]["id"] == "retired-key", stops
PY

begin 'what contradicts itself is refused'
expiring 2 90 dist
expiring 2 90d dist/late.package -o copy
expiring 2 90d - -
expect 1 pkgverify check dist

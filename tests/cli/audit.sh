#!/bin/bash
# The audit log: what is in it, what a change of it looks like, a crowd, a kill, a store that cannot be written,
# and a store of an older version.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret NEW=new FILE_SECRET=other
package=$repository/samples/com.example.greeting.package
store=$HOME/.local/share/pkgtrust
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
sign() { expect "$1" pkgsign sign "$package" -o "$2" --passphrase env:GIVEN "${@:3}"; }
actions() { pkgsign audit list "$@" | awk '{print $3, $4}'; }
has_line() { expect 0 pkgsign audit list --action "$1"; says "$2"; }
digest_of() { sha256sum "$1" | cut -d' ' -f1; }

begin 'there is nothing to show before there is a store'
expect 1 pkgsign audit list
warns 'there is no audit log in'
expect 1 pkgsign audit verify

begin 'every use of a key, import and export has its record, with the digest of the file'
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
fingerprint=$(grep -o '[0-9a-f]\{64\}$' "$out")
has_line init "init  of 'server'  signer sha256:$fingerprint  by .+ \(uid $(id -u)\) on "
sign 0 signed.package
has_line sign "^2  [0-9TZ:-]{20}  sign  'signed.package'  sha256:$(digest_of signed.package)  of 'server'  signer sha256:$fingerprint"
expect 0 pkgsign cert export -o server.pem
has_line 'cert export' "'server.pem'  sha256:$(digest_of server.pem)"
expect 0 pkgsign csr export -o a.csr --passphrase env:GIVEN
has_line 'csr export' "'a.csr'  sha256:$(digest_of a.csr)"
expect 0 pkgsign key export -o a.key --passphrase env:GIVEN --file-passphrase env:FILE_SECRET
has_line 'key export' "'a.key'  sha256:$(digest_of a.key)"
expect 0 pkgsign key import a.key --cert server.pem --alias again --passphrase env:GIVEN --file-passphrase env:FILE_SECRET
has_line 'key import' "'a.key'  sha256:$(digest_of a.key)  of 'again'"
expect 0 pkgsign cert renew --alias again --passphrase env:GIVEN
has_line 'cert renew' "of 'again'  signer sha256:[0-9a-f]{64}"
expect 0 pkgsign cert rename again other --passphrase env:GIVEN
has_line 'cert rename' "of 'again'  \(to other\)"
expect 0 pkgsign cert default other
expect 0 pkgsign cert default server
has_line 'cert default' "of 'other'"
expect 0 pkgsign cert remove other --yes --passphrase env:GIVEN
has_line 'cert remove' "of 'other'"
expect 0 pkgsign passphrase change --kdf-cost 1:8 --rekey --passphrase env:GIVEN --new-passphrase env:NEW
has_line 'passphrase change' '\(with a new master key\)'
expect 0 pkgsign passphrase change --kdf-cost 1:8 --passphrase env:NEW --new-passphrase env:GIVEN
expect 0 pkgsign backup create -o a.backup --passphrase env:GIVEN --file-passphrase env:FILE_SECRET
has_line 'backup create' "'a.backup'  sha256:$(digest_of a.backup)"

begin 'every decision and import has its record'
expect 0 pkgverify trust add server.pem --reason x
id=$(pkgverify trust list | cut -d' ' -f1)
has_line 'trust add' "signer sha256:$fingerprint  \(trust $id, by command\)"
expect 0 pkgverify import signed.package -o imported.package
has_line import "'signed.package'  sha256:$(digest_of signed.package)  signer sha256:$fingerprint"
expect 0 pkgverify trust remove "$id"
has_line 'trust remove' "\(trust $id, by command\)"
expect 11 pkgverify check signed.package
expect 0 pkgsign audit list --action trust
check_that 'both decisions' test "$(wc -l <"$out")" = 2
expect 0 pkgsign audit list --since 2999-01-01
check_that 'nothing of the future' test ! -s "$out"
expect 2 pkgsign audit list --since yesterday
expect 0 pkgsign audit list --format json
check_that 'each line is an object with number and chain' python3 -c '
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
assert records and all(all(record[key] for key in ("number", "digest", "previous", "action")) for record in records)' "$out"

begin 'a name that would deceive a terminal is escaped'
cp signed.package $'bad\e[31m\n.package'
expect 0 pkgverify import --trust server.pem $'bad\e[31m\n.package' -o escaped.package
has_line import "'bad.x1b\[31m.x0a.package'"

begin 'the log is whole, its head is signed by the key of the store, and said for paper'
expect 0 pkgsign audit verify
says '^audit log:    [0-9]+ records, each follows the one before$'
says '^signed head:  record [0-9]+, on .* \(the statement key of this store\)$'
says '^not signed:   [0-9]+ records after it$'
expect 0 pkgsign audit head
head=$(cat "$out")
says '^[0-9]+:[0-9a-f]{64}$'
expect 0 pkgsign audit head -o saved.head
expect 1 pkgsign audit head -o saved.head
sign 0 more.package
for saved in "$head" saved.head; do
  expect 0 pkgsign audit verify --against "$saved"
  says '^saved head:   the same$'
done
expect 2 pkgsign audit verify --against nonsense
expect 0 pkgsign store check --passphrase env:GIVEN
says 'in the audit log, each follows the one before$'

begin 'an exported log is verified anywhere, and shows a change'
expect 0 pkgsign audit export -o audit.ndjson
expect 1 pkgsign audit export -o audit.ndjson
HOME=$scratch/nowhere expect 0 pkgsign audit verify audit.ndjson --against saved.head
says 'not a key of this store'
sed '3d' audit.ndjson >cut.ndjson
expect 13 pkgsign audit verify cut.ndjson
says '^broken:       record 3 is missing$'
sed 's/more.package/less.package/' audit.ndjson >changed.ndjson
expect 13 pkgsign audit verify changed.ndjson
says '^broken:       record [0-9]+ was changed after it was written$'
: >empty.ndjson
expect 13 pkgsign audit verify empty.ndjson
expect 13 pkgsign audit verify server.pem

begin 'a log that began anew is told by a saved head only'
cp -r "$store" "$scratch/copy"
rm -r "$scratch/copy/trust"
expect 0 pkgverify trust add server.pem --store "$scratch/copy"
expect 0 pkgsign audit verify --store "$scratch/copy"
expect 13 pkgsign audit verify --store "$scratch/copy" --against saved.head
says 'the saved head is that of another log'
expect 13 pkgsign audit verify --store "$scratch/copy" --against "$head"
says 'the log ends at record 1, and record [0-9]+ was saved'

begin 'a backup has the log, and a restored store tells of it'
expect 0 pkgsign backup create -o b.backup --passphrase env:GIVEN --file-passphrase env:FILE_SECRET
expect 0 pkgsign audit head
before=$(cut -d: -f1 "$out")
expect 0 pkgsign backup restore b.backup --store "$scratch/restored" --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8
expect 0 pkgsign audit verify --store "$scratch/restored" --against "$head"
says "^signed head:  record $before, .*the statement key of this store"
expect 0 pkgsign audit list --store "$scratch/restored" --action 'backup restore'
says "^$before .*'b.backup'  sha256:$(digest_of b.backup)"

begin 'a crowd keeps one chain'
before=$(actions | wc -l)
for i in 1 2 3 4 5 6 7 8; do
  pkgsign sign "$package" -o "crowd$i.package" --passphrase env:GIVEN >"crowd$i.out" 2>&1 &
done
wait
check_that 'each has its record' test "$(actions | wc -l)" = $((before + 8))
expect 0 pkgsign audit verify
for i in 1 2 3 4 5 6 7 8; do
  check_that "crowd$i is in it" sh -c "pkgsign audit list --action sign | grep -q 'crowd$i.package.  sha256:$(digest_of crowd$i.package)'"
done

begin 'a kill leaves no signed file without its record'
shim=$PKGTRUST_BIN/../tests/store/libkill_at.so
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
kills=0 without=0 named=0
# Each kill starts from the same log: how many writes a record takes differs with the pages before it, so that
# on a log that grows the last calls of a run may never be reached.
cp -r "$store" "$scratch/same"
for at in $(seq 1 200); do
  rm -rf killed.package "$store"
  cp -r "$scratch/same" "$store"
  if (LD_PRELOAD=$shim PKGTRUST_KILL_AT=$at pkgsign sign "$package" -o killed.package --passphrase env:GIVEN) >/dev/null 2>&1; then break; fi
  kills=$((kills + 1))
  pkgsign audit list --action sign >listed
  [ -e killed.package ] || continue
  named=$((named + 1))
  grep -q "sha256:$(digest_of killed.package)" listed || without=$((without + 1))
done
echo "    killed $kills times, the file was there after $named"
check_that 'it was killed, also behind the name, and ended' test "$kills" -gt 3 -a "$named" -gt 0 -a "$at" -lt 200
check_that 'no file is without its record' test "$without" = 0
expect 0 pkgsign audit verify

begin 'a store that cannot be written is read, and signs only with --audit-to'
read_only() { # as root the mode of a folder stops nobody: a mount does
  if [ "$(id -u)" = 0 ]; then
    unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 99; shift; exec "$@"' - "$store" "$@"
  else
    chmod -R a-w "$store"
    "$@"
    local code=$?
    chmod -R u+w "$store"
    return $code
  fi
}
if read_only test ! -w "$store" 2>/dev/null; then
  expect 0 read_only pkgsign cert show
  expect 0 read_only pkgsign audit verify
  expect 0 read_only pkgsign cert export -o readonly.pem
  warns 'its audit log does not tell this'
  expect 0 read_only pkgverify check signed.package --trust server.pem
  for command in 'sign '"$package"' -o never.package' 'csr export -o never.csr' 'key export -o never.key --file-passphrase env:FILE_SECRET'; do
    # shellcheck disable=SC2086
    expect 1 read_only pkgsign $command --passphrase env:GIVEN
    warns 'is read-only, so the use of a key cannot be told in its audit log'
    warns -- '--audit-to FILE'
  done
  check_that 'nothing was written' sh -c '! ls never.* 2>/dev/null'
  expect 0 pkgsign audit head
  number=$(cut -d: -f1 "$out")
  for i in 1 2; do
    expect 0 read_only pkgsign sign "$package" -o "readonly$i.package" --passphrase env:GIVEN --audit-to beside.ndjson
  done
  expect 0 read_only pkgsign backup create -o readonly.backup --passphrase env:GIVEN --file-passphrase env:FILE_SECRET --audit-to beside.ndjson
  check_that 'only the owner reads it' test "$(stat -c %a beside.ndjson)" = 600
  expect 0 pkgsign audit verify beside.ndjson
  says '^audit log:    3 records'
  says "^begins after: record $number\$"
  says "^signed head:  record $((number + 3)), .*the statement key of this store"
  check_that 'with the digest' grep -q "$(digest_of readonly2.package)" beside.ndjson
  printf x >>beside.ndjson
  expect 1 read_only pkgsign sign "$package" -o never.package --passphrase env:GIVEN --audit-to beside.ndjson
  warns 'cannot be continued: the last line is cut short'
  expect 13 pkgsign audit verify beside.ndjson
else
  echo '    not tried: nothing here makes a folder read-only'
fi

begin 'a key without a store is told only to --audit-to'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out files.key 2>/dev/null
openssl req -x509 -new -key files.key -subj /CN=files -days 30 -out files.crt
chmod 600 files.key
HOME=$scratch/nowhere expect 0 pkgsign sign "$package" -o files.package --key files.key --cert files.crt --audit-to files.ndjson
check_that 'no store was made' test ! -e "$scratch/nowhere"
HOME=$scratch/nowhere expect 0 pkgsign audit verify files.ndjson
says 'signed head:  none'

begin 'a store of schema 1 opens, and the first change migrates it'
tar -xzf "$repository/tests/store/schema-1.tar.gz"
old=$work/pkgtrust
expect 0 pkgsign audit list --store "$old"
check_that 'its five lines' test "$(wc -l <"$out")" = 5
expect 1 pkgsign audit verify --store "$old"
warns 'no chain yet'
expect 0 pkgsign store check --store "$old" --passphrase env:GIVEN
says 'audit log of an older version'
expect 0 pkgverify trust list --store "$old"
says 'CN=old.example'
check_that 'reading changed nothing' test ! -e "$old/trust/data.mdb.schema-1"
expect 0 pkgsign csr export -o old.csr --store "$old" --passphrase env:GIVEN
expect 0 pkgsign audit verify --store "$old"
says '^audit log:    7 records'
expect 0 pkgsign audit list --store "$old" --action 'store migrate'
says '^6 .*from schema 1, whose 5 records had no chain'
check_that 'the way back is there' test -e "$old/trust/data.mdb.schema-1"
expect 0 pkgsign store check --store "$old" --passphrase env:GIVEN
expect 0 pkgsign backup verify old.backup --file-passphrase env:FILE_SECRET
expect 0 pkgsign backup restore old.backup --store "$work/oldback" --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8
expect 0 pkgsign audit verify --store "$work/oldback"
says '^audit log:    4 records'

begin 'compacting makes both files smaller and keeps the log'
expect 0 pkgsign store compact
expect 0 pkgsign audit verify --against "$head"
expect 0 pkgsign store compact --store "$scratch/copy"
expect 1 pkgsign store compact --store "$scratch/absent"

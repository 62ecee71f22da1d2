#!/bin/bash
# Backup, disaster, recovery: one file brings back every key and decision on another machine, or says why not.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret FILE_SECRET=sealed NEW=renewed WRONG=wrong
package=$repository/samples/com.example.greeting.package
backup=$scratch/store.backup
first=$HOME
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
create() { expect "$1" pkgsign backup create --passphrase env:GIVEN --file-passphrase env:FILE_SECRET "${@:2}"; }
verify() { expect "$1" pkgsign backup verify --file-passphrase env:FILE_SECRET "${@:2}"; }
restore() { expect "$1" pkgsign backup restore --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8 "${@:2}"; }
machine() { export HOME=$scratch/$1 && mkdir -p "$HOME"; }
listing() { find "$HOME" -type f ! -name '*-lock' -exec sha256sum {} + | sort; }

begin 'without a store there is nothing to back up'
create 1 -o "$backup"
warns 'pkgsign init makes them'
check_that 'no file appeared' test ! -e "$backup"

expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgsign cert export -o server.pem
expect 0 pkgverify trust add server.pem --reason "our own"
fingerprint=$(openssl x509 -in server.pem -noout -fingerprint -sha256 | cut -d= -f2 | tr -d : | tr A-F a-f)

begin 'without a backup sign and show remind in one line, and not when quiet'
expect 0 pkgsign sign "$package" -o before.package --passphrase env:GIVEN
warns "^pkgsign: reminder: no backup has the key of 'server'; pkgsign backup create -o FILE makes one\$"
check_that 'one line' test "$(wc -l <"$err")" = 1
expect 0 pkgsign cert show
warns reminder
expect 0 pkgsign cert show --quiet
never_warns .

begin 'the last key without a backup is not removed'
expect 1 pkgsign cert remove server --yes --passphrase env:GIVEN
warns 'backup create -o FILE, or say --force'
expect 0 pkgsign store check --passphrase env:GIVEN
says '1 identity and the key of the store, '

begin 'create needs a file, both passphrases, and replaces nothing'
create 2
warns '-o FILE'
expect 1 pkgsign backup create -o "$backup" --passphrase env:WRONG --file-passphrase env:FILE_SECRET
expect 1 pkgsign backup create -o "$backup" --passphrase env:GIVEN
warns '--file-passphrase env:VAR'
create 1 -o "$scratch/absent/x.backup"
check_that 'no file appeared' test ! -e "$backup"
create 0 -o "$backup"
says "^certificate: +SHA256 $fingerprint\$"
says '^key: +server, RSA 2048 bits, from 20.*, signs$'
check_that 'only the owner reads it' test "$(stat -c %a "$backup")" = 600
check_that 'its first line says what it is' test "$(head -n 1 "$backup" | tr -d '\0')" = 'pkgtrust backup 1'
sum=$(sha256sum <"$backup")
create 1 -o "$backup"
warns 'exists'
check_that 'the first one stayed' test "$sum" = "$(sha256sum <"$backup")"

begin 'with a backup nobody is reminded, with a newer key again'
expect 0 pkgsign cert show
never_warns .
expect 0 pkgsign init --alias second --common-name b.example --key rsa-2048 --passphrase env:GIVEN
expect 0 pkgsign cert show
warns "no backup has the key of 'second'"
create 0 -o "$scratch/both.backup"
says '^key: +second'
expect 0 pkgsign cert show
never_warns .

begin 'the audit log knows the backup by the digest of its file'
check_that 'a line tells it' sh -c "grep -rqa 'backup create' '$HOME/.local/share/pkgtrust/trust'"
digest=$(sha256sum "$backup" | cut -d' ' -f1)
check_that 'with the digest' sh -c "grep -rqa '$digest' '$HOME/.local/share/pkgtrust/trust'"

begin 'verify needs no store, and tells what is wrong apart'
machine empty
verify 0 "$backup"
says 'every byte unsealed, every key made a signature'
says "^certificate: +SHA256 $fingerprint\$"
check_that 'no store was made' test ! -e "$HOME/.local"
expect 1 pkgsign backup verify "$backup" --file-passphrase env:WRONG
warns 'passphrase does not open the backup'
head -c -1 "$backup" >cut.backup
verify 1 cut.backup
warns 'cut short'
{ cat "$backup"; printf x; } >long.backup
verify 1 long.backup
warns '1 bytes follow its end'
cp "$backup" flipped.backup
printf '\377' | dd of=flipped.backup bs=1 seek=2000 conv=notrunc status=none
verify 1 flipped.backup
warns 'was changed'
verify 1 server.pem
warns 'is not a backup'
verify 1 absent.backup

begin 'a damaged backup or a wrong passphrase restores nothing'
restore 1 flipped.backup
restore 1 cut.backup
expect 1 pkgsign backup restore "$backup" --passphrase env:NEW --file-passphrase env:WRONG
expect 1 pkgsign backup restore "$backup" --file-passphrase env:FILE_SECRET
check_that 'no store was made' test ! -e "$HOME/.local/share/pkgtrust"

begin 'on another machine the same certificate signs again'
rm -rf "$first/.local"
machine second
restore 0 "$backup"
says 'restored'
expect 0 pkgsign cert export -o again.pem
same server.pem again.pem
expect 0 pkgsign sign "$package" -o after.package --passphrase env:NEW
never_warns .
expect 0 pkgverify check after.package
expect 0 pkgverify trust list
says "our own|CN=a.example"
expect 1 pkgsign sign "$package" -o no.package --passphrase env:GIVEN
expect 0 pkgsign store check --passphrase env:NEW
says '1 identity and the key of the store, each opens and matches'
check_that 'nothing is left beside the store' test "$(ls -A "$HOME/.local/share")" = pkgtrust

begin 'restoring again changes nothing, and another store is told apart'
listing >listed
restore 0 "$backup"
says 'the store has all that the backup has'
restore 1 "$scratch/both.backup"
says "^identity 'second': only in the backup\$"
warns 'nothing in it was changed'
check_that 'no byte changed' sh -c "find '$HOME' -type f ! -name '*-lock' -exec sha256sum {} + | sort | cmp -s - listed"
machine full
mkdir -p "$HOME/.local/share/pkgtrust" && echo mine >"$HOME/.local/share/pkgtrust/mine"
restore 1 "$backup"
warns 'is not empty, and holds no store'

begin 'a store of a backup can lose its last key'
machine second
expect 0 pkgsign cert remove server --yes --passphrase env:NEW

begin 'an empty folder is restored into, and a link to it stays'
machine third
mkdir "$HOME/real" && ln -s real "$HOME/link"
restore 0 "$backup" --store "$HOME/link"
check_that 'the link is one' test -L "$HOME/link"
expect 0 pkgsign store check --store "$HOME/real" --passphrase env:NEW

begin 'a link that leads nowhere is told'
ln -s nowhere "$HOME/dangling"
restore 1 "$backup" --store "$HOME/dangling"
warns 'is a link to a place that does not exist'
check_that 'nothing was made' test ! -e "$HOME/nowhere"

begin 'what is mounted at the place of the store stays, and the store comes into it'
if unshare -rm true 2>"$err"; then
  inside() { expect "$1" unshare -rm bash -c "$2" - "$backup" "$HOME"; }
  restored='pkgsign backup restore "$1" --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8'
  mkdir "$HOME/volume" "$HOME/bound"
  inside 0 "mount -t tmpfs none \$2/volume && mkdir \$2/volume/lost+found && $restored --store \$2/volume && ls -A \$2/volume && pkgsign store check --store \$2/volume --passphrase env:NEW"
  says '1 identity and the key of the store, each opens and matches'
  says '^lost.found$'
  never_says '^\.restore$'
  inside 0 "mkdir \$2/from && mount --bind \$2/from \$2/bound && $restored --store \$2/bound"
  expect 0 pkgsign store check --store "$HOME/from" --passphrase env:NEW
  inside 1 "mount -t tmpfs none \$2/volume && touch \$2/volume/other && $restored --store \$2/volume"
  warns 'is not empty'
  mkdir -p "$HOME/killed/.restore/keys" && touch "$HOME/killed/.restore/keys/data.mdb"
  restore 0 "$backup" --store "$HOME/killed"
  check_that 'what a killed one left is gone' test ! -e "$HOME/killed/.restore"
else
  echo 'skipped: a mounted store (this machine has no user namespaces)'
fi

begin 'a backup comes from a pipe, and does not go into one'
piped() { expect "$1" bash -c 'cat "$1" | pkgsign backup restore - --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8 --store "$2"' - "$2" "$3"; }
piped 0 "$backup" "$HOME/piped"
check_that 'the audit log has its digest' grep -rqa "$digest" "$HOME/piped/trust"
create 2 -o -

begin 'with --force the last key goes, and one passphrase for both is warned of'
machine forced
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 1 pkgsign cert remove server --yes --passphrase env:GIVEN
expect 0 pkgsign backup create -o same.backup --passphrase env:GIVEN --file-passphrase env:GIVEN --store "$HOME/.local/share/pkgtrust"
warns 'warning: the backup has the passphrase of the store'
expect 0 pkgsign init --common-name b.example --alias later --key rsa-2048 --passphrase env:GIVEN
expect 0 pkgsign cert remove server --yes --passphrase env:GIVEN
expect 1 pkgsign cert remove later --yes --passphrase env:GIVEN
expect 0 pkgsign cert remove later --yes --passphrase env:GIVEN --force
machine third

begin 'a read-only store can be backed up, and says that it does not remember'
chmod -R a-w "$HOME/real"
if [ -w "$HOME/real" ]; then
  echo '    not tried as root'
else
  expect 0 pkgsign backup create --store "$HOME/real" -o readonly.backup --passphrase env:NEW --file-passphrase env:FILE_SECRET
  warns 'does not remember this backup'
  verify 0 readonly.backup
fi
chmod -R u+w "$HOME/real"

shim=$PKGTRUST_BIN/../tests/store/libkill_at.so
[ -e "$shim" ] || exit "$any_failed"
killed() { # N COMMAND...: runs it, killed before its N-th call that changes a file; fails when it was killed
  LD_PRELOAD=$shim PKGTRUST_KILL_AT=$1 ASAN_OPTIONS=verify_asan_link_order=0 "${@:2}" >"$out" 2>"$err" </dev/null
}

begin 'create and restore are killed at every step, and leave all or nothing'
machine fourth
restore 0 "$backup"
made=0
for n in $(seq 1 400); do
  killed "$n" pkgsign backup create --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8 -o "killed.$n" && break
  [ ! -e "killed.$n" ] || { made=$((made + 1)); verify 0 "killed.$n"; }
done 2>/dev/null
check_that 'it was killed several times before it ended by itself' test "$n" -gt 4 -a "$n" -lt 400
check_that 'no other file is left' test -z "$(find . -name '.*.new')"
verify 0 "killed.$n"
stored=0
for n in $(seq 1 400); do
  machine "killed.$n"
  killed "$n" pkgsign backup restore "$backup" --passphrase env:NEW --file-passphrase env:FILE_SECRET --kdf-cost 1:8 && break
  if [ -e "$HOME/.local/share/pkgtrust" ] && [ -n "$(ls -A "$HOME/.local/share/pkgtrust")" ]; then
    stored=$((stored + 1))
  else
    restore 0 "$backup"
    check_that 'what was left is gone' test "$(ls -A "$HOME/.local/share")" = pkgtrust
  fi
  expect 0 pkgsign store check --passphrase env:NEW
  says '1 identity and the key of the store, each opens and matches'
done 2>/dev/null
check_that 'it was killed before and after the store appeared' test "$n" -gt 10 -a "$n" -lt 400 -a "$stored" -gt 0

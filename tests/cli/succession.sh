#!/bin/bash
# One identity vouches for the next: what is written, what an importer sees, and when nobody is followed.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret WRONG=wrong
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
cost=(--kdf-cost 1:8)
for name in before after third other; do
  expect 0 pkgsign init --alias $name --common-name $name.example --key rsa-2048 "${cost[@]}" --passphrase env:GIVEN
  cost=()
  expect 0 pkgsign cert export --alias $name -o $name.pem
  expect 0 pkgsign sign "$package" --alias $name -o $name.package --passphrase env:GIVEN
done
create() { pkgsign succession create --alias "$1" --to "$2" --passphrase env:GIVEN "${@:3}"; }
record_id() { sed -n 's/^  record  *//p' "$out" | head -1; }

begin 'a succession names two identities, and is written once'
expect 2 create before before -o x.succession
expect 2 pkgsign succession create --alias before --passphrase env:GIVEN -o x.succession
warns 'nobody is named to come after'
expect 1 create before nobody -o x.succession
expect 1 pkgsign succession create --alias before --to after -o x.succession --passphrase env:WRONG
expect 2 create before after -o x.succession --until yesterday
check_that 'nothing was written' test ! -e x.succession
expect 0 create before after -o one.succession
says 'wrote one.succession'
expect 1 create before after -o one.succession
expect 0 create before after
check_that 'standard output has it' test -s "$out"

begin 'without a decision about the one before, nobody is followed'
expect 11 pkgverify trust follow --follow-succession one.succession
says 'not followed +no trust decision that a person made here reaches it'
check_that 'nobody is trusted for it' test -z "$(pkgverify trust list)"

begin 'it is shown, and followed only where that is asked for'
expect 0 pkgverify trust add before.pem --name com.example.greeting --until 2090-01-01 --bound --reason 'asked by phone'
base=$(record_id)
expect 0 pkgverify check before.package
expect 11 pkgverify check after.package
expect 12 pkgverify trust follow one.succession
says '^ *before +.*CN=before.example'
says '^ *after +.*CN=after.example'
says 'it could be: --follow-succession'
expect 11 pkgverify check after.package
expect 0 pkgverify trust follow --follow-succession one.succession
says "^trusted .*CN=after.example"
says "succession +of the signer in record $base"
says "scope +the package 'com.example.greeting'"
says 'until +2090-01-01'
says 'bound +required'
says 'compared +no'
followed=$(record_id)
expect 0 pkgverify check after.package
says "trusted by +record $followed"
expect 0 pkgverify trust follow --follow-succession one.succession
expect 0 pkgverify trust list
check_that 'it was followed once' test "$(wc -l <"$out")" = 2
expect 0 pkgverify trust show "$followed" --format json
says '"origin":"succession".*"succession":\{"record":"'"$base"

begin 'one step is followed, and no second'
expect 0 create after third -o two.succession
expect 11 pkgverify trust follow --follow-succession two.succession
says 'one step is followed'
expect 11 pkgverify check third.package

begin 'the successor falls with the decision about the one before'
expect 0 pkgverify trust remove "$base"
expect 11 pkgverify check after.package
expect 0 pkgverify trust add before.pem --name com.example.greeting --until 2090-01-01 --bound --reason 'asked by phone'

begin 'of two successors of one key nobody is followed, also later'
expect 0 create before other -o rival.succession
expect 0 pkgverify trust follow --follow-succession one.succession
expect 0 pkgverify check after.package
expect 11 pkgverify trust follow --follow-succession rival.succession
says 'its key named another successor too'
expect 11 pkgverify check after.package
expect 11 pkgverify check other.package
expect 11 pkgverify trust follow --follow-succession one.succession
expect 0 pkgverify trust list
says 'CN=after.example'
says 'CN=other.example'
expect 11 pkgverify trust follow one.succession rival.succession
says 'CN=after.example'
says 'CN=other.example'
rm -r "$HOME/.local/share/pkgtrust/trust"
expect 0 pkgverify trust add before.pem
expect 11 pkgverify trust follow --follow-succession one.succession rival.succession
expect 11 pkgverify check after.package
expect 11 pkgverify check other.package

begin 'terms make it narrower'
rm -r "$HOME/.local/share/pkgtrust/trust"
expect 0 pkgverify trust add before.pem
expect 0 create before after -o narrow.succession --name com.example.elsewhere --until 2080-01-01
expect 0 pkgverify trust follow --follow-succession narrow.succession
says "scope +the package 'com.example.elsewhere'"
says 'until +2080-01-01'
expect 11 pkgverify check after.package

begin 'a retired key names nobody'
rm -r "$HOME/.local/share/pkgtrust/trust"
expect 0 pkgverify trust add before.pem
expect 0 pkgverify trust follow --follow-succession one.succession
expect 0 pkgverify check after.package
expect 0 pkgverify trust add --retire before.pem --reason 'lost'
expect 11 pkgverify check after.package
expect 16 pkgverify trust follow --follow-succession one.succession
says 'retired-key'
expect 16 create before third -o late.succession
expect 16 create third before -o late.succession
check_that 'nothing was written' test ! -e late.succession

begin 'what is no succession, or was changed, is refused'
expect 13 pkgverify trust follow before.package
sed 's/"use":"package"/"use":"Package"/' one.succession >changed.succession
check_that 'it was changed' test "$(cmp one.succession changed.succession | wc -l)" = 1
expect 13 pkgverify trust follow --follow-succession changed.succession
expect 13 pkgverify trust follow --follow-succession before.pem
expect 1 pkgverify trust follow missing.succession

begin 'a succession is no member of a package, and no signature over one'
cp "$package" carrier.package
mkdir -p elements/x && cp one.succession elements/x/data
zip -q carrier.package elements/x/data
expect 13 pkgsign sign carrier.package --alias other -o never.package --passphrase env:GIVEN
check_that 'nothing was written' test ! -e never.package

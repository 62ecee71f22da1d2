#!/bin/bash
# `pkgsign init` by options: what it makes, what it refuses, and that a refusal leaves nothing behind.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret OTHER=other
store=$HOME/.local/share/pkgtrust
init() { expect "$1" pkgsign init --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN "${@:2}"; }
nothing_made() { check_that 'nothing was made' test ! -e "$store"; }

begin 'what cannot be is refused, and nothing is made'
init 2
warns '--common-name NAME'
init 2 --common-name 'a/b'
warns "the character '/'"
init 2 --common-name a.example --country atlantis
warns "no country is called 'atlantis'"
init 2 --common-name a.example --country korea
warns 'KR  Korea, Republic of'
init 2 --common-name a.example --days 0
init 2 --common-name a.example --days 9 --until 2090-01-01
init 2 --common-name a.example --until 2001-01-01
warns 'not in the future'
init 2 --common-name a.example --until tomorrow
init 2 --common-name a.example --compat products
nothing_made

begin 'a cost out of bounds is refused before it is paid'
for cost in 1:7 1:1025 0:64 33:64 1 1:2:3 1:9999999999999999999 cheap; do
  expect 2 pkgsign init --common-name a.example --passphrase env:GIVEN --kdf-cost "$cost"
done
nothing_made

begin 'a passphrase is named by its source and is never typed there'
expect 2 pkgsign init --common-name a.example --passphrase secret
never_warns 'secret'
expect 1 pkgsign init --common-name a.example --passphrase env:ABSENT
expect 1 pkgsign init --common-name a.example
warns 'nobody can be asked'
echo secret >"$HOME/open" && chmod 644 "$HOME/open"
expect 1 pkgsign init --common-name a.example --passphrase "file:$HOME/open"
warns 'chmod 600'
nothing_made

begin 'init makes the store and the identity, and says the line for importers'
init 0 --common-name build.example.org --organization Example --unit Release --city Bern --state BE --country switz
says '^tell your importers: SHA256 [0-9a-f]{64}$'
says 'does not prove origin'
says '^subject: +C=CH,ST=BE,L=Bern,O=Example,OU=Release,CN=build.example.org$'
check_that 'the store is for its owner alone' test "$(stat -c %a "$store")" = 700

begin 'the same name again is refused, another is made beside it'
init_again() { expect "$1" pkgsign init --key rsa-2048 --common-name b.example --passphrase env:GIVEN "${@:2}"; }
init_again 1
warns "identity 'server' already"
init_again 2 --kdf-cost 1:8
warns 'pkgsign passphrase change --kdf-cost'
expect 1 pkgsign init --common-name b.example --alias second --passphrase env:OTHER
init_again 0 --alias second --until 2090-01-31
never_warns .
says 'to 2090-01-31'
expect 0 pkgsign cert list
says '^server '
says '^second '

begin 'the product profile promises nothing and has its key'
expect 2 pkgsign init --alias third --common-name c.example --compat product --key rsa-4096 --passphrase env:GIVEN
expect 0 pkgsign init --alias third --common-name c.example --compat product --passphrase env:GIVEN
expect 0 pkgsign cert show --alias third
says 'RSA 2048 bits'
says 'bound or unbound'

begin 'the default is RSA-3072 for ten years'
expect 0 pkgsign init --store "$HOME/there" --common-name d.example --passphrase env:GIVEN --kdf-cost 1:8
expect 0 pkgsign cert show --store "$HOME/there"
says 'RSA 3072 bits'
says ', 36(49|50) days left'

begin 'quiet says nothing'
expect 0 pkgsign init --store "$HOME/quiet" --common-name e.example --key rsa-2048 --passphrase env:GIVEN --kdf-cost 1:8 -q
never_says .
never_warns .

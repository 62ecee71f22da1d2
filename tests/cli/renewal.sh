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
warns 'ends on 20[0-9-]+ \(99 days left\), which is sooner than 180 days from now'
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

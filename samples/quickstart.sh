#!/bin/bash
# The main job, end to end, in a temporary home that is gone at the end: a server certificate, a signed package, the
# judgement, a decision to trust, a tampered package, a stranger's. Installs what is missing and builds a release
# first, unless PKGTRUST_BIN names a folder with the tools. Every command is shown with its real result.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "${PKGTRUST_BIN:-}" ]; then
  bash "$root/tests/install_packages.sh" build
  PKGTRUST_BIN=$root/build/release/bin
  log=$(mktemp)
  echo "building (the first time takes some minutes)"
  (cd "$root" && cmake --preset release -DPKGTRUST_TESTS=OFF && cmake --build --preset release) >"$log" 2>&1 || {
    tail -40 "$log" >&2
    exit 1
  }
  rm -f "$log"
fi

PKGTRUST_BIN=$(cd "$PKGTRUST_BIN" && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cd "$home"
# Nothing of the user's own store, configuration or settings plays a part.
export HOME=$home PATH=$PKGTRUST_BIN:$PATH
unset XDG_DATA_HOME XDG_CONFIG_HOME PKGTRUST_STORE
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }

# Shows a command line, runs it, shows its result and exit code; ends the walk if that is not the expected one. Of
# a long result the first lines are shown, and how many more there are.
run() {
  local expected=$1 lines=$2 status=0
  shift 2
  printf '%s$ %s%s\n' "$bold" "$*" "$plain"
  # No argument here needs a quote; what is shown is what runs.
  "$@" >result 2>messages || status=$?
  head -n "$lines" result
  [ "$(wc -l <result)" -le "$lines" ] || echo "  ... ($(($(wc -l <result) - lines)) lines more)"
  cat messages
  printf '[exit %d]\n' "$status"
  [ "$status" -eq "$expected" ] || { cat result && echo "quickstart: expected exit $expected" >&2 && exit 1; }
}
all=1000

cp "$root/samples/com.example.inventory.package" inventory.package
cp "$root/samples/com.example.greeting.package" greeting.package
(umask 077 && echo "only for this walk" >passphrase)

say "Once: the certificate store and the self-signed server certificate"
run 0 $all pkgsign init --common-name build.example.com --organization Example --country CH --passphrase file:passphrase

say "Sign what was exported, and judge it: intact, but nobody was told to trust the signer"
run 0 $all pkgsign sign inventory.package -o signed.package --passphrase file:passphrase
run 11 $all pkgverify check signed.package

say "The importer compares the fingerprint that the sender gave by another way, and decides"
signer=sha256:$(pkgsign cert export --format der | sha256sum | cut -d' ' -f1)
run 0 6 pkgverify trust add --signer "$signer" --from signed.package --compared "$signer"
run 0 8 pkgverify check signed.package
run 0 11 pkgverify show signed.package

say "One byte of a file in it is changed"
cp signed.package tampered.package
byte=$(od -An -tu1 -j1000 -N1 tampered.package)
printf "\\x$(printf %02x $((byte ^ 1)))" | dd of=tampered.package bs=1 seek=1000 conv=notrunc status=none
run 13 20 pkgverify check tampered.package

say "A stranger's package: in a pipeline nothing is asked, and nothing is imported"
pkgsign init --quiet --store stranger --common-name ci.example.net --passphrase file:passphrase
pkgsign sign --quiet --store stranger greeting.package -o stranger.package --passphrase file:passphrase
run 11 9 pkgverify import stranger.package --to imported --no-input

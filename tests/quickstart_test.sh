#!/bin/bash
# The quick start with the tools of this build: it ends well, shows each result, fits on two screens, and leaves
# nothing behind. It checks every exit code itself.
set -uo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tmp" "$scratch/home"
status=0

check() {
  local name=$1
  shift
  if "$@"; then
    echo "passed: $name"
  else
    echo "failed: $name"
    status=1
  fi
}

ends_well() { TMPDIR=$scratch/tmp HOME=$scratch/home bash samples/quickstart.sh >"$scratch/out" 2>&1 </dev/null; }
codes() { [ "$(grep -o '^\[exit [0-9]*\]' "$scratch/out" | grep -o '[0-9]*' | tr '\n' ' ')" = "0 0 11 0 0 0 13 11 " ]; }
fits() { [ "$(wc -l <"$scratch/out")" -le 125 ]; }
leaves_nothing() { [ -z "$(find "$scratch/tmp" "$scratch/home" -mindepth 1)" ]; }
stops_on_a_wrong_result() { ! PKGTRUST_BIN=/bin TMPDIR=$scratch/tmp bash samples/quickstart.sh >/dev/null 2>&1 </dev/null; }

check "the quick start ends well" ends_well
[ "$status" -eq 0 ] || cat "$scratch/out"
check "it shows the exit codes 0 0 11 0 0 0 13 11" codes
check "a line to approve the stranger is offered" grep -q 'pkgverify trust add --signer sha256:[0-9a-f]\{64\} --from stranger.package' "$scratch/out"
check "it fits on two screens" fits
check "it leaves nothing behind" leaves_nothing
check "it stops where a result is not the expected one" stops_on_a_wrong_result
exit "$status"

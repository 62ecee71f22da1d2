#!/bin/bash
# check, show, diff and import in a network namespace that has nothing but a loopback that is down.
. "$(dirname "$0")/harness.sh"
if ! unshare -rn true 2>/dev/null; then
  trap - EXIT
  rm -rf -- "$scratch"
  echo "no network namespace can be made here: unshare -rn is not allowed"
  exit 77
fi
export GIVEN=secret
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgsign cert export -o a.pem
alone() { expect "$1" unshare -rn "${@:2}"; }

begin 'the namespace is empty'
alone 0 sh -c "grep -c : /proc/net/dev"
says '^1$'
alone 1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/9'

begin 'a package is signed, judged, shown, compared and imported there'
alone 0 pkgsign sign "$package" -o a.package --passphrase env:GIVEN
alone 11 pkgverify check a.package
alone 0 pkgverify trust add a.pem
alone 0 pkgverify check a.package
alone 0 pkgverify show a.package
alone 0 pkgverify diff a.package a.package
alone 0 pkgverify import a.package --to there --yes
check_that 'it was imported' test -d there
alone 10 pkgverify check "$package"

#!/bin/bash
# A release from the build to the server: a package as vropkg leaves it, signed with MD5 and bound by nothing, is signed
# anew for the release, judged by a gate, and the copy that was judged is what would be uploaded. The upload is printed and
# not sent. Everything lies in a temporary folder.
# Usage: release_walk.sh [FOLDER WITH pkgsign AND pkgverify]
set -euo pipefail
samples=$(cd "$(dirname "$0")" && pwd)
PATH=${1:+$1:}$PATH
here=$(mktemp -d)
trap 'rm -r "$here"' EXIT
cd "$here"
export PASSPHRASE=only-for-this-sample
unset PKGTRUST_STORE XDG_DATA_HOME XDG_CONFIG_HOME
export HOME=$here

# Two stores, as on two machines: who builds is not who releases.
for role in build release; do
  # A build that signs as the product does must not promise seals.
  compat=()
  [ "$role" = release ] || compat=(--compat product)
  pkgsign init --store "$role" --common-name "$role.example.com" --organization Example --passphrase env:PASSPHRASE -q \
    "${compat[@]}"
  pkgsign cert export --store "$role" -o "$role.pem" -q
done

echo '# 1. What the build leaves: signed with MD5, no seal'
# vropkg signs so by itself; here pkgsign does as it does, on a package that is laid out as vropkg lays it out.
pkgsign sign "$samples/com.example.services-1.0.0.package" -o built.package --vro-digest md5 --vro-unbound \
  --store build --passphrase env:PASSPHRASE
code=0
pkgverify check built.package --trust build.pem || code=$?
[ "$code" = 12 ] || { echo "release_walk: expected 12 for MD5, not $code" >&2; exit 1; }

echo '# 2. Sign anew for the release: SHA-256, and a seal that binds the files'
pkgsign sign built.package --replace -o signed.package --store release --passphrase env:PASSPHRASE

echo '# 3. The gate: only the release certificate is trusted, and a package must be bound'
printf 'format = vro\nbound = require\n' >gate.policy
gate() { pkgverify check "$1" --trust release.pem --policy gate.policy --no-input "${@:2}"; }
code=0
gate built.package -o accepted.package -q || code=$?
[ "$code" = 11 ] || { echo "release_walk: the gate let the build's own signature through: $code" >&2; exit 1; }
[ ! -e accepted.package ]
gate signed.package -o accepted.package
cmp signed.package accepted.package

echo '# 4. The upload of the very bytes that were judged; printed, not sent'
printf '%s\n' 'curl --fail-with-body --request POST --header "Authorization: Bearer $TOKEN" \' \
  '  --form file=@accepted.package "https://orchestrator.example.com/vco/api/packages?overwrite=true"'

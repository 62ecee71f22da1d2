#!/bin/sh
# Signs a file with a minisign key of the store, and shows what our tools say of it, and minisign alone.
# Everything lies in a temporary folder. Usage: signed_minisign.sh [FOLDER WITH pkgsign AND pkgverify]
set -eu
PATH=${1:+$1:}$PATH
here=$(mktemp -d)
trap 'rm -r "$here"' EXIT
cd "$here"
export PKGTRUST_STORE="$here/store" PASSPHRASE=only-for-this-sample

echo 'what a release holds' >release.txt
pkgsign init --key minisign --alias release --passphrase env:PASSPHRASE -q
pkgsign cert export --alias release -o release.pub -q
pkgverify check release.txt && exit 1
pkgsign sign --detached release.txt --alias release --passphrase env:PASSPHRASE
cat release.txt.minisig

# Nobody knows whose key it is until he is told.
pkgverify check release.txt && exit 1
pkgverify check release.txt --trust release.pub
minisign -V -p release.pub -m release.txt

echo 'what somebody made of it' >release.txt
pkgverify check release.txt --trust release.pub && exit 1
echo 'and with another content it is invalid'

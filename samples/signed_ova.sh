#!/bin/sh
# Makes a tiny appliance, unsigned and signed, and shows what our tools say of it, and OpenSSL and sha256sum alone.
# Everything lies in a temporary folder. Usage: signed_ova.sh [FOLDER WITH pkgsign AND pkgverify]
set -eu
PATH=${1:+$1:}$PATH
here=$(mktemp -d)
trap 'rm -r "$here"' EXIT
cd "$here"
export PKGTRUST_STORE="$here/store" PASSPHRASE=only-for-this-sample

cat >vm.ovf <<'OVF'
<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:href="disk.vmdk" ovf:id="disk"/></References>
</Envelope>
OVF
echo 'not really a disk' >disk.vmdk
tar --format=ustar -cf unsigned.ova vm.ovf disk.vmdk

pkgsign init --alias publisher --common-name publisher --organization 'Example, Inc.' --profile code-signing \
  --passphrase env:PASSPHRASE -q
pkgsign cert export --alias publisher -o publisher.pem -q
pkgverify check unsigned.ova && exit 1
pkgsign sign unsigned.ova -o signed.ova --cms --passphrase env:PASSPHRASE
pkgverify check signed.ova --trust publisher.pem

mkdir unpacked
tar -xf signed.ova -C unpacked
cd unpacked
sed -n 's/^SHA256(vm.mf)= *//p' vm.cert | xxd -r -p >signature
openssl x509 -in vm.cert -pubkey -noout >key.pem
openssl dgst -sha256 -verify key.pem -signature signature vm.mf
sed -E 's/^SHA256\((.*)\)= (.*)$/\2  \1/' vm.mf | sha256sum -c --strict -
cd ..

# A large appliance need not be copied: only its end is written.
pkgsign sign unsigned.ova --in-place --passphrase env:PASSPHRASE
pkgverify check unsigned.ova --trust publisher.pem -q
tar -tf unsigned.ova

echo 'another disk' >disk.vmdk
tar -f signed.ova --delete disk.vmdk
tar -f signed.ova --append disk.vmdk
pkgverify check signed.ova --trust publisher.pem && exit 1
echo 'and with another disk it is invalid'

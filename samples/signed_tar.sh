#!/bin/sh
# Makes a small tarball, has two people sign it for different parts, and shows how it is checked with our tools and without
# them. Everything lies in a temporary folder. Usage: signed_tar.sh [FOLDER WITH pkgsign AND pkgverify]
set -eu
PATH=${1:+$1:}$PATH
here=$(mktemp -d)
trap 'rm -r "$here"' EXIT
cd "$here"
export PKGTRUST_STORE="$here/store" PASSPHRASE=only-for-this-sample

mkdir -p app/bin app/doc
printf '#!/bin/sh\necho hello\n' >app/bin/hello
echo 'how to say hello' >app/doc/readme
chmod 755 app app/bin app/doc app/bin/hello
chmod 644 app/doc/readme
tar -c -z -f app.tar.gz app

for name in builder writer; do
  pkgsign init --alias $name --common-name $name --organization 'Example, Inc.' --profile code-signing \
    --passphrase env:PASSPHRASE -q
  pkgsign cert export --alias $name -o $name.pem -q
done

pkgverify check app.tar.gz && exit 1                           # unsigned: 10
pkgsign sign app.tar.gz -o half.tar.gz --alias builder --only app --only 'app/bin*' --passphrase env:PASSPHRASE
pkgverify check half.tar.gz --trust builder.pem && exit 1      # what nobody covers: 13
pkgsign sign half.tar.gz -o signed.tar.gz --alias writer --add --only 'app/doc*' --passphrase env:PASSPHRASE
pkgverify check signed.tar.gz --trust builder.pem --trust writer.pem
pkgverify import signed.tar.gz --to verified --trust builder.pem --trust writer.pem
verified/app/bin/hello

# The same with tar, openssl and mtree alone.
mkdir extracted && cd extracted
tar xpf ../signed.tar.gz
cat .signatures/001.mtree
if command -v mtree >/dev/null; then
  for part in 001:builder 002:writer; do
    openssl cms -verify -cades -binary -inform DER -in .signatures/${part%:*}.p7s -content .signatures/${part%:*}.mtree \
      -CAfile ../${part#*:}.pem -purpose any -out /dev/null
    mtree -e -p . -f .signatures/${part%:*}.mtree
  done
fi
cd ..
pkgsign strip signed.tar.gz -o plain.tar.gz
pkgverify check plain.tar.gz && exit 1
echo 'and without its signatures it is unsigned again'

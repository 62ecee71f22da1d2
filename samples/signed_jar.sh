#!/bin/sh
# Makes a small archive, signs it as a JAR by two signers, and shows what each of the tools says of it. Everything lies in
# a temporary folder. Usage: signed_jar.sh [FOLDER WITH pkgsign AND pkgverify]
set -eu
PATH=${1:+$1:}$PATH
here=$(mktemp -d)
trap 'rm -r "$here"' EXIT
cd "$here"
export PKGTRUST_STORE="$here/store" PASSPHRASE=only-for-this-sample

mkdir -p lib/com/example
echo 'greeting=hello' >app.properties
echo 'not really a class' >lib/com/example/Greeting.class
python3 -m zipfile -c app.jar app.properties lib

for name in author reviewer; do
  pkgsign init --alias $name --common-name $name --organization 'Example, Inc.' --profile code-signing \
    --key p-256 --passphrase env:PASSPHRASE -q
  pkgsign cert export --alias $name -o $name.pem -q
done

pkgsign sign app.jar -o signed.jar --alias author --passphrase env:PASSPHRASE
pkgsign sign signed.jar -o both.jar --alias reviewer --add --passphrase env:PASSPHRASE
pkgverify check both.jar --trust reviewer.pem
if command -v jarsigner >/dev/null; then
  keytool -importcert -noprompt -alias author -file author.pem -keystore trust.p12 -storepass changeit 2>&1
  keytool -importcert -noprompt -alias reviewer -file reviewer.pem -keystore trust.p12 -storepass changeit 2>&1
  jarsigner -verify -strict -keystore trust.p12 -storepass changeit both.jar
fi
pkgsign strip both.jar -o plain.jar
pkgverify check plain.jar && exit 1
echo 'and without its signatures it is unsigned again'

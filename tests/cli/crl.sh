#!/bin/bash
# Revocation lists of a CA: added, replaced, asked for, fetched; 16 for who is on one, 17 where one is missing.
. "$(dirname "$0")/harness.sh"
export PKGTRUST_STORE=$scratch/store
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir -p "$work/ca/new"
cd "$work" || exit 1
quietly() { "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }; }

# A server that says on which port it is, and what it was asked for.
cat >serve.py <<'EOF'
import http.server
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, text, *values):
        with open("asked", "a", encoding="utf-8") as log:
            log.write(self.path + "\n")
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open("port.new", "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
import os
os.rename("port.new", "port")
server.serve_forever()
EOF
python3 serve.py >/dev/null 2>&1 &
server=$!
trap 'finish_code=$?; kill $server 2>/dev/null; (exit $finish_code); finish' EXIT
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
address=http://127.0.0.1:$(cat port)

cat >ca.cnf <<EOF
[ca]
default_ca = own
[own]
database = ca/index.txt
new_certs_dir = ca/new
serial = ca/serial
crlnumber = ca/crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 365
default_crl_days = 30
policy = any
x509_extensions = signer
[any]
commonName = supplied
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
crlDistributionPoints = URI:$address/fetched.crl
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
EOF
: >ca/index.txt
echo 1001 >ca/serial
echo 01 >ca/crlnumber
quietly openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=Example CA' -days 3650 \
  -config ca.cnf -extensions root
quietly openssl req -x509 -newkey rsa:2048 -nodes -keyout thief.key -out thief.pem -subj '/CN=Example CA' -days 3650 \
  -config ca.cnf -extensions root
for name in good bad; do
  quietly openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj "/CN=$name.example" -config ca.cnf
  quietly openssl ca -config ca.cnf -batch -notext -in $name.csr -out $name.pem
done
gencrl() { quietly openssl ca -config ca.cnf -gencrl -out "$@"; }
gencrl first.crl
quietly openssl ca -config ca.cnf -revoke bad.pem -crl_reason keyCompromise
gencrl second.crl
gencrl ended.crl -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z
openssl crl -in second.crl -outform DER -out second.der
for name in good bad; do
  expect 0 pkgsign sign "$package" --key $name.key --cert $name.pem -o $name.package
done
fresh() { rm -rf "$PKGTRUST_STORE"; }

begin 'without a list nothing is asked for, but by --require-revocation'
expect 0 pkgverify check good.package --trust ca.pem
expect 17 pkgverify check good.package --trust ca.pem --require-revocation
says 'crl-missing'
expect 0 pkgverify crl list

begin 'a list is taken under a known issuer only'
expect 1 pkgverify crl add first.crl
warns 'nobody known here signed the revocation list of .CN=Example CA.'
warns 'issuer CA.pem'
expect 1 pkgverify crl add first.crl --issuer thief.pem
expect 1 pkgverify crl add ca.pem
warns 'holds no certificate revocation list, but a certificate'
check_that 'no store was made' test ! -e "$PKGTRUST_STORE"
expect 0 pkgverify crl add first.crl --issuer ca.pem
says '^added  CN=Example CA$'
says '^  number +0?1 '
says '\(current\)$'
expect 0 pkgverify crl add first.crl
says '^already there  '
expect 0 pkgverify check good.package bad.package --trust ca.pem --require-revocation

begin 'the issuer of a list makes nobody trusted'
expect 11 pkgverify check good.package

begin 'who is on the newest list ends with 16, pinned or by the CA'
expect 0 pkgverify crl add second.der
expect 0 pkgverify check good.package --trust ca.pem
expect 16 pkgverify check bad.package --trust ca.pem
says 'revoked-key'
says 'keyCompromise'
expect 16 pkgverify check bad.package --trust bad.pem
expect 16 pkgverify check bad.package --trust ca.pem --at-time 2026-01-01
expect 16 pkgverify import bad.package --to there --trust ca.pem --no-input
check_that 'nothing was imported' test ! -e there
expect 16 pkgverify check bad.package

begin 'nothing is signed by a certificate that its CA took back'
expect 16 pkgsign sign "$package" --key bad.key --cert bad.pem -o never.package
warns "the CA took 'CN=bad.example' back: revoked on .*keyCompromise"
check_that 'nothing was written' test ! -e never.package
expect 0 pkgsign sign "$package" --key good.key --cert good.pem -o again.package

begin 'an older list does not take its place, but by force'
expect 1 pkgverify crl add first.crl
warns 'number 1 .*and the store has number 2'
expect 16 pkgverify check bad.package --trust ca.pem
expect 0 pkgverify crl list --format json
says '"number":"2"'
says '"state":"current"'
check_that 'each line is as the schema says' python3 "$repository/tests/cli/validate_report.py" \
  "$repository/docs/crl.schema.json" 1 <"$out"

begin 'a list that has ended is 17, and who is on it stays revoked'
expect 0 pkgverify crl add ended.crl
warns 'stale'
expect 17 pkgverify check good.package --trust ca.pem
says 'crl-stale'
expect 16 pkgverify check bad.package --trust ca.pem
expect 17 pkgverify check good.package --trust good.pem

begin 'lists are fetched when asked, and never else'
check_that 'nobody asked' test ! -e asked
expect 17 pkgverify check good.package --trust ca.pem --fetch-crl
warns "no revocation list from '$address/fetched.crl': .*404"
gencrl fetched.crl
expect 0 pkgverify check good.package --trust ca.pem --fetch-crl
expect 17 pkgverify check good.package --trust ca.pem
fresh
expect 16 pkgverify check bad.package --trust ca.pem --fetch-crl
expect 0 pkgverify check good.package --trust ca.pem --fetch-crl --require-revocation
: >asked
expect 11 pkgverify check good.package --fetch-crl --trust thief.pem
check_that 'nobody was asked for a stranger' test ! -s asked
quietly openssl ca -config ca.cnf -gencrl -out fetched.crl -keyfile thief.key -cert thief.pem
expect 17 pkgverify check good.package --trust ca.pem --fetch-crl --require-revocation
head -c 3000000 /dev/zero >fetched.crl
expect 17 pkgverify check good.package --trust ca.pem --fetch-crl --require-revocation
warns 'longer than'
check_that 'nothing was stored' test ! -e "$PKGTRUST_STORE"

begin 'a list is forgotten by force only, and each step is in the log'
fresh
expect 0 pkgverify crl add second.crl --issuer ca.pem
id=$(sed -n 's/^  list  *//p' "$out")
expect 1 pkgverify crl remove "$id"
warns 'could be accepted again'
expect 0 pkgverify crl remove "${id:0:6}" --force
says '^removed  CN=Example CA$'
expect 0 pkgverify check bad.package --trust ca.pem
expect 1 pkgverify crl remove "$id" --force
expect 0 pkgsign audit list
says 'crl add'
says 'crl remove'

begin 'lists are in the backup and are checked with the store'
fresh
export GIVEN=secret
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgverify crl add second.crl --issuer ca.pem
expect 0 pkgsign store check
expect 0 pkgsign backup create -o a.backup --passphrase env:GIVEN --file-passphrase env:GIVEN
expect 0 pkgsign backup verify a.backup --file-passphrase env:GIVEN
fresh
expect 0 pkgsign backup restore a.backup --passphrase env:GIVEN --file-passphrase env:GIVEN --kdf-cost 1:8
expect 16 pkgverify check bad.package --trust ca.pem

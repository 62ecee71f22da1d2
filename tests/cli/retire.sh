#!/bin/bash
# A key that was given up: 16 everywhere, by certificate or key, and no signature by it any more.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret PKGTRUST_STORE=$scratch/store
package=$repository/samples/com.example.greeting.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
id() { sed -n 's/^  record  *//p' "$out" | head -1; }
sign() { expect "$1" pkgsign sign "$package" --passphrase env:GIVEN "${@:2}"; }
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
sign 0 -o signed.package
expect 0 pkgsign cert export -o a.pem
certificate=$(openssl x509 -in a.pem -outform DER | sha256sum | cut -d' ' -f1)
key=$(openssl x509 -in a.pem -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)
other() { rm -rf other; PKGTRUST_STORE=$work/other expect "$@"; }
elsewhere() { PKGTRUST_STORE=$work/other expect "$@"; }

begin 'cert retire refuses the key on this machine and prints the line for the others'
expect 1 pkgsign cert retire nobody
expect 1 pkgsign cert retire statement
expect 0 pkgsign cert retire server --reason "it's lost"
says '^retired  server$'
says "^on each other machine:  pkgverify trust add --retire --signer sha256:$key --reason 'it'\\\\''s lost'\$"
says 'it is still the default:  pkgsign cert renew --new-key same'
record=$(id)
line=$(sed -n 's/^on each other machine:  //p' "$out")
expect 16 pkgverify check signed.package --trust a.pem
says "retired-key"
expect 16 pkgverify show signed.package --trust a.pem
expect 16 pkgverify import signed.package --to there --trust a.pem --no-input
check_that 'nothing was imported' test ! -e there
sign 16 -o no.package
warns "was retired by record $record: it's lost"
sign 16 -o no.package --dry-run
check_that 'nothing was written' test ! -e no.package
expect 16 pkgsign cert renew --passphrase env:GIVEN
expect 0 pkgsign cert list
says '  retired  \(default\)$'
expect 0 pkgsign cert status
says '; retired$'
expect 0 pkgsign cert show
says "^retired: +by record $record\$"

begin 'a successor signs, also while the old one is retired'
expect 0 pkgsign cert renew --new-key same --new-alias next --passphrase env:GIVEN
expect 0 pkgsign cert retire server --reason "it's lost"
says "it is still the default:  pkgsign cert default next"
expect 0 pkgsign cert default next
sign 0 -o next.package

begin 'the printed line does the same on a machine that never saw the certificate'
other 0 bash -c "$line"
elsewhere 16 pkgverify check signed.package --trust a.pem
elsewhere 11 pkgverify check next.package

begin 'the fingerprint of the certificate does too, and that of one that is known retires its key'
other 0 pkgverify trust add --retire --signer "sha256:$certificate"
warns 'does not know whose fingerprint that is'
elsewhere 16 pkgverify check signed.package --trust a.pem
elsewhere 0 pkgverify trust list
check_that 'two records, for certificate and key' test "$(wc -l <"$out")" = 2
other 0 pkgverify trust add a.pem
elsewhere 0 pkgverify check signed.package
elsewhere 0 pkgverify trust add --retire --signer "sha256:$certificate" --reason phone
never_warns 'does not know'
says "public key sha256:$key"
elsewhere 16 pkgverify check signed.package

begin 'another certificate of the key does not escape, nor does a package that it signed long ago'
expect 0 pkgsign key export --to pkcs8 -o a.key --alias server --passphrase env:GIVEN --file-passphrase env:GIVEN
openssl req -x509 -key a.key -passin env:GIVEN -days 30 -subj /CN=again.example -out again.pem 2>/dev/null
expect 16 pkgsign sign "$package" --key a.key --cert again.pem --file-passphrase env:GIVEN -o again.package
expect 0 env -u PKGTRUST_STORE -u HOME pkgsign sign "$package" --key a.key --cert again.pem --file-passphrase env:GIVEN -o again.package
elsewhere 16 pkgverify check again.package --trust again.pem
elsewhere 16 pkgverify check signed.package --at-time 2027-01-01
elsewhere 16 pkgverify check signed.package --at-time 2020-01-01

begin 'a retirement is taken back only by force, and comes back with the printed words'
expect 1 pkgverify trust remove "$record"
warns 'retires a key'
warns '--force'
expect 16 pkgverify check signed.package --trust a.pem
expect 0 pkgverify trust remove "$record" --force
sed -n '/^to undo, paste:$/,$p' "$out" | tail -n +2 >undo
expect 0 pkgverify check signed.package --trust a.pem
sign 0 -o again-signed.package --alias server
expect 0 bash undo
expect 16 pkgverify check signed.package --trust a.pem
elsewhere 0 pkgverify trust list
other 0 pkgverify trust add --retire --signer "sha256:$key" --reason 'r' --effective 2090-01-01
elsewhere 0 pkgverify trust list
lone=$(cut -d' ' -f1 "$out" | head -1)
elsewhere 0 pkgverify trust remove "$lone" --force
says "^pkgverify trust add --store=.* --retire --effective=2090-01-01T00:00:00Z --reason=r --signer=sha256:$key\$"

begin 'a retirement may begin later'
other 0 pkgverify trust add --retire a.pem --effective 2090-01-01
elsewhere 0 pkgverify check signed.package --trust a.pem
elsewhere 2 pkgverify trust add a.pem --effective 2090-01-01
elsewhere 2 pkgverify trust add --retire a.pem --effective soon
elsewhere 2 pkgverify trust add --retire a.pem --until 2090-01-01
expect 0 pkgsign cert retire next --effective 2090-01-01
says 'effective 2090-01-01T00:00:00Z'
sign 0 -o still.package --alias next

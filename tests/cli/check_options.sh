#!/bin/bash
# What check does beside judging: copies, standard input, output, and the contradictions it refuses.
. "$(dirname "$0")/harness.sh"
need_data vro
package=$scratch/good.package
cp "$data"/vro/com.gvp.poscodx.*.package "$package"
python3 "$repository/tests/cli/change_package.py" tamper "$package" "$scratch/bad.package"
at=(--at-time 2026-11-23)
trusted=(--trust "$scratch/signer.pem" "${at[@]}")
python3 "$repository/tests/cli/change_package.py" certificate "$package" "$scratch/signer.pem"

begin "a certificate named by --trust is enough, without a store"
expect 0 pkgverify check "${trusted[@]}" "$package"
says '^verified  .*good\.package  \(judged at 2026-11-23T00:00:00Z\)$'
says 'trusted by +--trust$'
check_that "no store was made" [ ! -e "$HOME/.local" ]

begin "without a home, nothing is trusted and nothing is missing"
expect 11 env -u HOME pkgverify check "${at[@]}" "$package"

begin "a tampered package is invalid whoever is trusted"
expect 13 pkgverify check "${trusted[@]}" "$scratch/bad.package"
says '^invalid  '
says 'signature-mismatch \[invalid\]'

begin "the copy is the very file that was judged"
expect 0 pkgverify check "${trusted[@]}" -o "$scratch/copy" "$package"
same "$package" "$scratch/copy"

begin "a copy replaces nothing without --force"
echo old >"$scratch/copy"
expect 1 pkgverify check "${trusted[@]}" -o "$scratch/copy" "$package"
warns "copy' exists"
check_that "the old file stands" grep -q old "$scratch/copy"
expect 0 pkgverify check "${trusted[@]}" -o "$scratch/copy" --force "$package"
same "$package" "$scratch/copy"

begin "what is not accepted leaves no copy"
mkdir "$scratch/empty"
expect 11 pkgverify check "${at[@]}" -o "$scratch/empty/copy" "$package"
expect 13 pkgverify check "${trusted[@]}" -o "$scratch/empty/copy" "$scratch/bad.package"
check_that "the folder is empty" [ -z "$(ls -A "$scratch/empty")" ]

begin "a copy into a folder that is absent is a trouble"
expect 1 pkgverify check "${trusted[@]}" -o "$scratch/nowhere/copy" "$package"

begin "standard input is judged like a file"
expect 0 bash -c 'cat "$1" | pkgverify check "${@:2}" -' - "$package" "${trusted[@]}"
says '^verified  -'

begin "quiet leaves only the exit code"
expect 13 pkgverify check -q "$scratch/bad.package"
check_that "nothing on stdout" [ ! -s "$out" ]

begin "on 11 a person is told what to approve, and never asked"
expect 11 env CI=1 pkgverify check "${at[@]}" "$package"
warns '^pkgverify: hint: pkgverify trust add --signer sha256:[0-9a-f]{64} --from .*/good\.package$'

begin "weaker checks are never suggested"
expect 11 pkgverify check "${at[@]}" "$data"/vro/net.phpipam.*.package
never_warns 'allow-weak'

begin "dates count at the time that is given"
expect 15 pkgverify check --trust "$scratch/signer.pem" --at-time 2040-01-01 "$package"
expect 0 pkgverify check --trust "$scratch/signer.pem" --at-time 2040-01-01 --allow-weak expired "$package"
expect 15 pkgverify check --trust "$scratch/signer.pem" --at-time 2020-01-01 "$package"
expect 15 pkgverify check --trust "$scratch/signer.pem" --at-time 2020-01-01 --allow-weak expired "$package"

begin "a key in the list of --bad-keys ends as 16"
key=$(openssl x509 -in "$scratch/signer.pem" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum)
printf '# known to be public\nsha256:%s # since today\n' "${key%% *}" >"$scratch/keys"
expect 16 pkgverify check "${trusted[@]}" --bad-keys "$scratch/keys" "$package"
echo 'no key' >"$scratch/keys"
expect 1 pkgverify check "${trusted[@]}" --bad-keys "$scratch/keys" "$package"
warns "line 1 of .* is not the SHA-256 of a public key: 'no key'"

begin "only the format that is expected is accepted"
expect 0 pkgverify check "${trusted[@]}" --expect vro "$package"
expect 1 pkgverify check "${trusted[@]}" --expect zip "$package"
expect 2 pkgverify check "${trusted[@]}" --expect rpm "$package"

begin "one file's trouble does not hide the verdict on another"
expect 13 pkgverify check "${trusted[@]}" "$scratch/absent" "$scratch/bad.package" "$package"
warns "cannot read .*absent"
says '^verified  '
expect 1 pkgverify check "${trusted[@]}" "$scratch/absent" "$package"

begin "contradictions are usage errors"
expect 2 pkgverify check
expect 2 pkgverify check -o "$scratch/x" "$package" "$package"
expect 2 pkgverify check --force "$package"
expect 2 pkgverify check -o - "$package"
expect 2 pkgverify check -o --force "$package"
warns "--output needs COPY, not the option '--force'"
expect 2 pkgverify check --trust --quiet "$package"
warns "--trust needs"
expect 2 pkgverify check - -
expect 2 pkgverify check --allow-weak md4 "$package"
warns 'one of md5, sha1, dsa, short-key, expired'
expect 2 pkgverify check --at-time yesterday "$package"
expect 2 pkgverify check --format xml "$package"
expect 2 pkgverify check --color sometimes "$package"
expect 2 pkgverify check --jobs 0 "$package"
expect 2 pkgverify check --trusted x "$package"
warns 'did you mean --trust'

begin "a signature beside the package is not passed over"
expect 0 pkgverify check "${trusted[@]}" --signature none "$package"
expect 1 pkgverify check "${trusted[@]}" --signature "$package.p7s" "$package"

begin "a file that holds no certificate is a trouble, not a verdict"
expect 1 pkgverify check --trust "$package" "$package"

begin "colour only where it is asked for"
expect 0 pkgverify check "${trusted[@]}" "$package"
never_says $'\x1b'
expect 0 pkgverify check --color always "${trusted[@]}" "$package"
says $'\x1b\\[1;32mverified'

begin "explain knows every finding, and the nearest to what it does not know"
expect 0 pkgverify explain weak-digest
says 'what to do'
says 'who must act.*the signer'
expect 0 pkgverify explain --format json crl-stale
says '"who":"importer"'
expect 2 pkgverify explain weak-digests
warns 'did you mean weak-digest'
expect 0 pkgverify explain
says '^signature-mismatch$'

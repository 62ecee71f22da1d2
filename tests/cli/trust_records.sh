#!/bin/bash
# Trust decisions by command: each is kept with all that limits it, and each says how to undo it.
. "$(dirname "$0")/harness.sh"
need_data vro
package=$(echo "$data"/vro/com.gvp.poscodx.*.package)
signer=sha256:9eb73be3bcb50051b00d0d2b15d557a971e5045357e3b74932183d920b73c4d9
at=(--at-time 2026-11-24)
python3 "$repository/tests/cli/change_package.py" certificate "$package" "$scratch/signer.pem"
python3 "$repository/tests/cli/change_package.py" tamper "$package" "$scratch/bad.package"

record_id() { sed -n 's/^  record  *//p' "$out"; }
forget() { rm -rf "$HOME/.local"; }

begin "an empty list where there is no store, and none is made"
expect 0 pkgverify trust list
check_that "nothing" [ ! -s "$out" ]
check_that "no store" [ ! -e "$HOME/.local" ]
expect 1 pkgverify trust show abcdef

begin "a certificate from a file is trusted until it is removed"
expect 0 pkgverify trust add "$scratch/signer.pem" --reason "asked by phone"
says '^trusted  '
says 'it has no end'
id=$(record_id)
expect 0 pkgverify check "${at[@]}" "$package"
says "trusted by +record $id"
expect 0 pkgverify trust show "$id"
says 'reason +asked by phone'
expect 0 bash -c "pkgverify trust remove $id"
expect 11 pkgverify check "${at[@]}" "$package"

begin "the store is private"
check_that "0700" [ "$(stat -c %a "$HOME/.local/share/pkgtrust")" = 700 ]

begin "the same decision twice is kept once"
forget
expect 0 pkgverify trust add "$scratch/signer.pem"
expect 0 pkgverify trust add "$scratch/signer.pem"
says '^already trusted'
expect 0 pkgverify trust list
check_that "one line" [ "$(wc -l <"$out")" = 1 ]

begin "what was removed comes back with the printed words, limits and all"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --name com.gvp.poscodx --until 2090-01-01 --reason "-it's \$HOME" \
  --allow-weak md5:2080-01-01 --bound --compared "$signer"
id=$(record_id)
expect 0 pkgverify trust show "$id"
grep -v '^  made' "$out" >"$scratch/before"
expect 0 pkgverify trust remove "$id"
undo=$(sed -n '/^to undo, paste:$/,$p' "$out" | tail -n +2)
expect 0 bash -c "$undo"
expect 0 pkgverify trust show "$id"
grep -v '^  made' "$out" >"$scratch/after"
same "$scratch/before" "$scratch/after"

begin "a name limits trust to the package of that name"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --name com.gvp.other
expect 11 pkgverify check "${at[@]}" "$package"
says 'known before +yes'
expect 0 pkgverify trust add "$scratch/signer.pem" --name com.gvp.poscodx
expect 0 pkgverify check "${at[@]}" "$package"

begin "a glob limits trust to the packages it matches"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --glob 'com.other.*'
expect 11 pkgverify check "${at[@]}" "$package"
expect 0 pkgverify trust add "$scratch/signer.pem" --glob 'com.gvp.*'
expect 0 pkgverify check "${at[@]}" "$package"

begin "trust ends when it was said to end"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --until 2030-01-01
expect 0 pkgverify check --at-time 2029-12-31T23:59:59Z "$package"
expect 11 pkgverify check --at-time 2030-01-01 "$package"
expect 2 pkgverify trust add "$scratch/signer.pem" --until 2001-01-01

begin "trust for another use does not serve packages"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --use timestamp
expect 11 pkgverify check "${at[@]}" "$package"

begin "a record that demands bound packages refuses others"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --bound
expect 12 pkgverify check "${at[@]}" "$package"

begin "a retired key ends as 16, also where another record trusts it, and comes back by removing"
forget
expect 0 pkgverify trust add "$scratch/signer.pem"
expect 0 pkgverify trust add --retire "$scratch/signer.pem" --reason "lost laptop"
says '^retired  '
id=$(record_id)
expect 16 pkgverify check "${at[@]}" "$package"
expect 16 pkgverify check --at-time 2026-06-01 "$package"
expect 1 pkgverify trust remove "$id"
warns "retires a key"
expect 0 pkgverify trust remove "$id" --force
undo=$(sed -n '/^to undo, paste:$/,$p' "$out" | tail -n +2)
expect 0 pkgverify check "${at[@]}" "$package"
expect 0 bash -c "$undo"
expect 16 pkgverify check "${at[@]}" "$package"

begin "the fingerprint of another way must be equal"
forget
expect 1 pkgverify trust add "$scratch/signer.pem" --compared "sha256:$(printf '0%.0s' {1..64})"
warns 'the fingerprints differ'
expect 11 pkgverify check "${at[@]}" "$package"
expect 2 pkgverify trust add "$scratch/signer.pem" --compared sha256:1234
expect 0 pkgverify trust add "$scratch/signer.pem" --compared "$signer"
says 'compared +yes'

begin "a fingerprint may be pasted as OpenSSL prints it, and only whole"
forget
printed=$(openssl x509 -in "$scratch/signer.pem" -noout -fingerprint -sha256)
expect 0 pkgverify trust add "$scratch/signer.pem" --compared "${printed#*=}"
expect 0 pkgverify trust add "$scratch/signer.pem" --compared "SHA256 ${signer#sha256:}"
expect 2 pkgverify trust add "$scratch/signer.pem" --compared "${signer%?}"
expect 2 pkgverify trust add "$scratch/signer.pem" --compared "${printed##*=:}:00"

begin "a signer is taken out of a package that it signed, and out of no other"
forget
expect 0 pkgverify trust add --signer "$signer" --from "$package"
forget
expect 1 pkgverify trust add --signer "$signer" --from "$data"/vro/net.phpipam.*.package
warns 'is not signed by'
expect 1 pkgverify trust add --signer "$signer" --from "$data"/vro/tmp.*.package
expect 13 pkgverify trust add --signer "$signer" --from "$scratch/bad.package"
expect 0 pkgverify trust list
check_that "nothing was kept" [ ! -s "$out" ]

begin "a certificate that the package merely carries is not its signer"
owner=sha256:f692f57b206229df9f662ee34a09af22da411e0122c2ef04fd792f6d7d838bc7
expect 1 pkgverify trust add --signer "$owner" --from "$data"/vro/net.phpipam.*.package

begin "a pin of content accepts these bytes and no others"
forget
cp "$data"/vro/o11nplugin-avi-*.package "$scratch/pinned.package"
expect 0 pkgverify trust add --file "$scratch/pinned.package" --until 2090-01-01 --reason "only this one"
expect 0 pkgverify check "${at[@]}" "$scratch/pinned.package"
expect 0 pkgverify check --at-time 2089-12-31 "$scratch/pinned.package"
expect 16 pkgverify check --at-time 2090-01-01 "$scratch/pinned.package"
python3 "$repository/tests/cli/change_package.py" tamper "$scratch/pinned.package" "$scratch/changed.package"
expect 13 pkgverify check "${at[@]}" "$scratch/changed.package"
expect 0 pkgverify trust add --file "$scratch/changed.package" --until 2090-01-01 --reason "never 13"
expect 13 pkgverify check "${at[@]}" "$scratch/changed.package"

begin "trusting a key that is known to be public warns and does not help"
forget
avi=sha256:df5f68937db85343ed2102c94d9f5a930b3b3a6b4fc797c435e15d8b7a0743e3
expect 0 pkgverify trust add --signer "$avi" --from "$scratch/pinned.package"
warns 'anyone can download the private key'
expect 16 pkgverify check "${at[@]}" "$scratch/pinned.package"

begin "contradictions are usage errors"
expect 2 pkgverify trust add
expect 2 pkgverify trust add "$scratch/signer.pem" --signer "$signer" --from "$package"
expect 2 pkgverify trust add --signer "$signer"
expect 2 pkgverify trust add --signer CN=Somebody --from "$package"
expect 2 pkgverify trust add --file "$package"
expect 2 pkgverify trust add --file "$package" --until 2090-01-01
expect 2 pkgverify trust add --file "$package" --until 2090-01-01 --reason ''
expect 2 pkgverify trust add --file "$package" --until 2090-01-01 --reason x --allow-weak md5
expect 2 pkgverify trust add "$scratch/signer.pem" --name a --glob b
expect 2 pkgverify trust add "$scratch/signer.pem" --name ''
expect 2 pkgverify trust add "$scratch/signer.pem" --retire --allow-weak md5
expect 2 pkgverify trust add "$scratch/signer.pem" --allow-weak revoked
expect 2 pkgverify trust add "$scratch/signer.pem" --allow-weak md5:soon
expect 1 pkgverify trust add "$package"

begin "a file with two certificates is refused: trust is given to one at a time"
cat "$scratch/signer.pem" "$scratch/signer.pem" >"$scratch/two.pem"
expect 2 pkgverify trust add "$scratch/two.pem"

begin "records are JSON for programs, with the words that undo"
forget
expect 0 pkgverify trust add "$scratch/signer.pem" --format json
check_that "an object with undo" python3 -c '
import json, sys
record = json.load(open(sys.argv[1]))
assert record["schema"] == 1 and record["undo"][0].startswith("pkgverify trust remove ")' "$out"
expect 0 pkgverify trust list --format json
says '"decision":"trust"'

begin "every kind of record is as docs/trust-record.schema.json says"
forget
schema=$repository/docs/trust-record.schema.json
as_described() { check_that "$1 line(s) of the schema" python3 "$repository/tests/cli/validate_report.py" "$schema" "$1" <"$out"; }
expect 0 pkgverify trust add "$scratch/signer.pem" --glob 'com.example.*' --until 2037-01-31 --reason 'it is ours' \
  --allow-weak md5:2027-01-31 --allow-weak expired --bound --format json
as_described 1
expect 0 pkgverify trust add "$scratch/signer.pem" --name com.example.net --use statement --format json
as_described 1
expect 0 pkgverify trust add "$scratch/signer.pem" --retire --reason lost --format json
says '"subject":"public-key"'
as_described 1
expect 0 pkgverify trust add --file "$package" --until 2037-01-31 --reason 'the last of the old ones' --format json
says '"subject":"content"'
as_described 1
expect 0 pkgverify trust list --format json
as_described 4
# Not the first of the list: those of one second stand in any order, and a retirement is not removed so.
record=$(python3 -c 'import json, sys; print(next(r["id"] for r in map(json.loads, sys.stdin) if r["decision"] == "trust"))' <"$out")
expect 0 pkgverify trust show "$record" --format json
as_described 1
expect 0 pkgverify trust remove "$record" --format json
as_described 1

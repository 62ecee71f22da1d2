#!/bin/bash
# Real packages of others, judged as data/vro/expected.tsv says: by a stranger, with the signer trusted out of
# the package, with its weaknesses allowed, and as a file whose very bytes were accepted.
. "$(dirname "$0")/harness.sh"
need_data vro
table=$data/vro/expected.tsv
when=2026-11-23  # the day of the table; the clock of this machine must not matter

column() { awk -F'\t' -v file="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i }
  $1 == file { print $c }' "$table"; }

counts_agree() {
  python3 - "$out" "$(column "$1" entries)" "$(column "$1" signed_files)" "$(column "$1" elements)" \
    "$(column "$1" certificates)" "$(column "$1" owners)" "$(column "$1" signer_sha256)" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
found = [report["entries"]["total"], report["entries"]["toCover"], len(report["importElementDetails"]),
         len(report["certificates"]), len({owner["claimedName"] for owner in report["owners"]}), report["signers"][0]["certificate"]["sha256"]]
wanted = [int(text) for text in sys.argv[2:7]] + [sys.argv[7]]
if found != wanted:
    sys.exit(f"found {found}, not {wanted}")
PYTHON
}

for file in $(tail -n +2 "$table" | cut -f1); do
  package=$data/vro/$file
  untrusted=$(column "$file" exit_untrusted)
  pinned=$(column "$file" exit_pinned)
  signer=$(column "$file" signer_sha256)

  begin "$file: $untrusted where nobody is trusted"
  expect "$untrusted" pkgverify check --at-time "$when" "$package"
  expect "$untrusted" pkgverify show --at-time "$when" "$package"
  expect "$untrusted" pkgverify check --at-time "$when" --format json "$package"
  [ -n "$signer" ] || continue
  check_that "the counts of the table" counts_agree "$file"

  begin "$file: $pinned where its signer is trusted"
  expect 0 pkgverify trust add --store "$scratch/pinned" --signer "sha256:$signer" --from "$package"
  expect "$pinned" pkgverify check --store "$scratch/pinned" --at-time "$when" "$package"

  if [ "$pinned" != 16 ]; then
    begin "$file: accepted with its weaknesses allowed, and not with one less"
    weak=()
    for name in $(column "$file" allow_weak_for_0 | tr ',' ' '); do
      expect "$pinned" pkgverify check --store "$scratch/pinned" --at-time "$when" "${weak[@]}" "$package"
      weak+=(--allow-weak "$name")
      pinned=$([ "$name" = md5 ] && echo 15 || echo 12)
    done
    expect 0 pkgverify check --store "$scratch/pinned" --at-time "$when" "${weak[@]}" "$package"
    says '^verified  '
    expect 0 pkgverify trust add --store "$scratch/allowed" --signer "$signer" --from "$package" "${weak[@]}"
    expect 0 pkgverify check --store "$scratch/allowed" --at-time "$when" "$package"
  fi

  begin "$file: accepted as exactly these bytes, whoever signed them"
  expect 0 pkgverify trust add --store "$scratch/content" --file "$package" --until 2090-01-01 --reason old
  expect 0 pkgverify check --store "$scratch/content" --at-time "$when" "$package"
  says 'accepted by record'
done

begin "a pin of an unsigned file does not make it signed"
expect 0 pkgverify trust add --store "$scratch/content" --file "$data"/vro/tmp.*.package --until 2090-01-01 --reason x
expect 10 pkgverify check --store "$scratch/content" --at-time "$when" "$data"/vro/tmp.*.package

begin "a batch ends with the leftmost code and judges every file"
expect 16 pkgverify check --at-time "$when" "$data"/vro/*.package
says '^untrusted  .*o11nplugin'
says '^unsigned  .*tmp\.'
check_that "eleven verdicts" [ "$(grep -c '^[a-z]' "$out")" = 11 ]

begin "a batch gives the same text in the same order with one thread and with eight"
expect 16 pkgverify check -j 1 --at-time "$when" "$data"/vro/*.package
cp "$out" "$scratch/one"
expect 16 pkgverify check -j 8 --at-time "$when" "$data"/vro/*.package
same "$out" "$scratch/one"

begin "every report and every trouble is as the schema says"
expect 16 pkgverify check --format json --at-time "$when" "$data"/vro/*.package "$scratch/absent"
check_that "docs/report.schema.json" python3 "$repository/tests/cli/validate_report.py" \
  "$repository/docs/report.schema.json" 12 <"$out"
for file in "$data"/vro/*.package; do
  pkgverify show --verbose --format json --store "$scratch/content" --at-time "$when" "$file" 2>/dev/null
done >"$scratch/shown"
check_that "docs/report.schema.json for show" python3 "$repository/tests/cli/validate_report.py" \
  "$repository/docs/report.schema.json" 11 <"$scratch/shown"

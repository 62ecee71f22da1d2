#!/bin/bash
# Names that forge a line, run a command, clear the screen or turn the text around: in file names and in what a
# package chose, wherever a tool prints them or offers them for pasting.
. "$(dirname "$0")/harness.sh"
need_data vro
original=$(echo "$data"/vro/com.vmware.pscoe.*.package)
mkdir "$scratch/work"
cd "$scratch/work" || exit 1

names=($'line\nverified  other.package' "it's \"quoted\".package" '$(touch pwned).package' '`touch pwned`.package'
  '; touch pwned #' $'\e[2Jverified\e[0m' $'gnp.\u202eexe' '-rf' $'\xff\xfe.package' 'back\slash' ' ' '*' '~' '#x' '!x')

# No byte that a terminal acts on, and no line that was not ours.
is_printable() { python3 -c '
import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode("utf-8")
sys.exit(any(c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs") for c in text))' "$1"; }

lines_for_plain_name() {
  cp "$original" plain.package
  pkgverify check --at-time 2026-11-23 plain.package 2>/dev/null | wc -l
}
plain_lines=$(lines_for_plain_name)

number=0
for name in "${names[@]}"; do
  number=$((number + 1))
  shown=$(printf '%q' "$name")
  cp -- "$original" "./$name"

  begin "a file called $shown is printed on one line, escaped"
  expect 11 pkgverify check --at-time 2026-11-23 -- "$name"
  check_that "printable result" is_printable "$out"
  check_that "printable remarks" is_printable "$err"
  check_that "$plain_lines lines" [ "$(wc -l <"$out")" = "$plain_lines" ]

  begin "the line offered for a file called $shown does what it says when pasted"
  hint=$(sed -n 's/^pkgverify: hint: \(pkgverify trust add .*\)$/\1/p' "$err")
  check_that "one line" [ "$(printf '%s\n' "$hint" | wc -l)" = 1 ]
  export PKGTRUST_STORE=$scratch/store$number
  expect 0 bash -c "$hint"
  expect 0 pkgverify check --at-time 2026-11-23 --allow-weak md5 -- "$name"
  check_that "nothing else ran" [ ! -e pwned ]

  begin "a record about a file called $shown is shown, removed and put back by the printed words"
  reason=$(printf %s "$name" | iconv -f UTF-8 -t UTF-8 2>/dev/null) || reason=none
  expect 0 pkgverify trust add --file "./$name" --until 2090-01-01 --reason "$reason"
  check_that "printable" is_printable "$out"
  record=$(sed -n 's/^  record  *//p' "$out")
  expect 0 pkgverify trust list
  check_that "printable list" is_printable "$out"
  expect 0 pkgverify trust remove "$record"
  check_that "printable remove" is_printable "$out"
  undo=$(sed -n '/^to undo, paste:$/,$p' "$out" | tail -n +2)
  # A name that is not UTF-8 is kept escaped: the words then name no file, and never another one.
  if [ "$reason" != none ]; then
    expect 0 bash -c "$undo"
    expect 0 pkgverify trust show "$record"
  else
    expect 1 bash -c "$undo"
  fi
  check_that "nothing else ran" [ ! -e pwned ]
  unset PKGTRUST_STORE

  begin "trouble with a file called $shown is printed escaped"
  rm -- "./$name"
  expect 1 pkgverify check -- "$name"
  check_that "printable" is_printable "$err"
  expect 1 pkgverify check --format json -- "$name"
  check_that "printable JSON" is_printable "$out"
done

begin "hostile entry names are printed escaped"
python3 "$repository/tests/cli/change_package.py" hostile hostile.package
for command in check "check --verbose" show "show --verbose" "check --format json" "show --verbose --format json"; do
  # shellcheck disable=SC2086
  expect 13 pkgverify $command hostile.package
  check_that "printable with $command" is_printable "$out"
  never_says '^verified'
done

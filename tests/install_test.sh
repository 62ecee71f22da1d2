#!/bin/bash
# `cmake --install` to an empty DESTDIR gives tools that run from there, man pages that both readers of Debian
# take without a complaint, and a completion that knows the commands. Usage: install_test.sh BUILD-DIRECTORY
set -uo pipefail
cd "$(dirname "$0")/.."
build=$1
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
status=0

# Runs the rest of its arguments and says the name with passed or failed.
check() {
  local name=$1
  shift
  if "$@"; then
    echo "passed: $name"
  else
    echo "failed: $name"
    status=1
  fi
}

install_all() { DESTDIR=$dest cmake --install "$build" --prefix /usr >"$dest.log" 2>&1 || { cat "$dest.log"; return 1; }; }
check "cmake --install fills a DESTDIR" install_all
rm -f "$dest.log"
tools=$dest/usr/bin
pages=$dest/usr/share/man/man1
completions=$dest/usr/share/bash-completion/completions

# Nothing of the build may be needed: an empty environment, another folder, an absent home.
runs_from_there() {
  local said
  said=$(cd / && env -i PATH=/usr/bin:/bin HOME=/nonexistent "$tools/$1" --version) &&
    [[ $said == "$1 "[0-9]* ]] && env -i PATH=/usr/bin:/bin HOME=/nonexistent "$tools/$1" --help >/dev/null
}

# mandoc knows the rules best: every warning counts; STYLE remarks (a date, an order of sections) do not.
page_is_sound() { mandoc -T lint -W warning "$pages/$1.1"; }
# Warnings of groff, as man(1) shows them; without a width it would ask the terminal.
page_reads() {
  local warnings
  warnings=$(LC_ALL=C.UTF-8 MANWIDTH=100 MANROFFSEQ='' man --warnings=w -E UTF-8 -l "$pages/$1.1" 2>&1 >"$dest/page") || return 1
  [ -z "$warnings" ] || { echo "$warnings"; return 1; }
  grep -q EXAMPLES "$dest/page"
}

# What bash would offer at the end of the words.
offered() {
  env -i PATH="$tools:/usr/bin:/bin" HOME=/nonexistent bash --norc -c '
    source "$1" && shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _pkgtrust "$1"
    printf "%s\n" "${COMPREPLY[@]}"' _ "$completions/$1" "$@"
}
completes_to() {
  local wanted=$1 found
  shift
  found=$(offered "$@" | tr '\n' ' ')
  [[ " $found" == *" $wanted "* ]] || { echo "offered for '$*': $found"; return 1; }
}
offers_nothing() { [ -z "$(offered "$@")" ]; }

for tool in pkgsign pkgverify; do
  check "$tool runs from the DESTDIR" runs_from_there "$tool"
  check "mandoc takes the page of $tool" page_is_sound "$tool"
  check "man shows the page of $tool" page_reads "$tool"
done
check "pkgsign s completes to sign" completes_to sign pkgsign s
check "pkgsign cert completes to its second word" completes_to show pkgsign cert ''
check "pkgsign sign --out completes to --output" completes_to --output pkgsign sign --out
check "pkgverify ch completes to check" completes_to check pkgverify ch
check "a file is left to bash" offers_nothing pkgverify check ./some
for document in README.md LICENSE docs/architecture.md; do
  check "$document is installed" test -s "$dest/usr/share/doc/pkgtrust/$document"
done
exit "$status"

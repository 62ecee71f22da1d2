# Sourced by every story in this folder: a temporary home, and words to say what must happen.
#
#   begin SENTENCE          starts a case; it ends with the next one, or with the script
#   expect CODE COMMAND...  runs it and compares the exit code; keeps stdout in $out and stderr in $err (files)
#   says REGEX              stdout of the last command has a line that matches (grep -E)
#   never_says REGEX        it has none
#   warns REGEX, never_warns REGEX      the same for stderr
#   same FILE FILE          equal bytes
#   check_that WHAT COMMAND...          the command succeeds
#   need_data               skips the whole story where the test data of others is missing
# The tools are found in $PKGTRUST_BIN, the data in $PKGTRUST_TEST_DATA.
set -u
: "${PKGTRUST_BIN:?says where the tools are}"
PATH=$PKGTRUST_BIN:$PATH
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pkgtrust-test.XXXXXX")
export HOME=$scratch/home LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset PKGTRUST_STORE PKGTRUST_COLOR PKGTRUST_JOBS XDG_DATA_HOME XDG_CONFIG_HOME NO_COLOR CI SOURCE_DATE_EPOCH
mkdir "$HOME"
out=$scratch/stdout
err=$scratch/stderr
: >"$out"
: >"$err"
case_name=
case_failed=0
any_failed=0
last_command=

end_case() {
  [ -n "$case_name" ] || return 0
  if [ "$case_failed" = 0 ]; then echo "passed: $case_name"; else echo "failed: $case_name"; fi
  case_name=
}

begin() {
  end_case
  case_name=$1
  case_failed=0
}

fail() {
  case_failed=1
  any_failed=1
  echo "    $1"
  echo "    after: $last_command"
  sed 's/^/    stdout: /' "$out" | cut -c1-200 | head -40
  sed 's/^/    stderr: /' "$err" | cut -c1-200 | head -20
}

expect() {
  local wanted=$1 code=0
  shift
  last_command=$(printf '%q ' "$@")
  "$@" >"$out" 2>"$err" </dev/null || code=$?
  [ "$code" = "$wanted" ] || fail "exit code $code, not $wanted"
}

says() { grep -Eq -- "$1" "$out" || fail "stdout has no line with: $1"; }
never_says() { if grep -Eq -- "$1" "$out"; then fail "stdout has a line with: $1"; fi; }
warns() { grep -Eq -- "$1" "$err" || fail "stderr has no line with: $1"; }
never_warns() { if grep -Eq -- "$1" "$err"; then fail "stderr has a line with: $1"; fi; }
same() { cmp -s -- "$1" "$2" || fail "$1 and $2 differ"; }

check_that() {
  local what=$1
  shift
  "$@" || fail "not so: $what"
}

need_data() {
  data=${PKGTRUST_TEST_DATA:-$repository/../shared/data}
  [ -d "$data/$1" ] && return
  echo "the test data of others is missing: $1"
  rm -rf -- "$scratch"
  trap - EXIT
  exit 77
}

# Whatever ends the script, the case that is open is counted, and a failure is an exit code.
finish() {
  local code=$?
  [ "$code" = 0 ] || { [ -n "$case_name" ] && fail "the story ended with $code"; any_failed=1; }
  end_case
  rm -rf -- "$scratch"
  [ "$any_failed" = 0 ] || exit 1
}
trap finish EXIT

#!/bin/bash
# Installs what is missing, builds preset dev (sanitizers, warnings are errors), runs every test and ends with
# the line "N passed, N failed, N skipped". Arguments go to ctest: tests/run.sh -L unit
# PKGTRUST_TEST_DATA: test data of others (default ../shared/data); without it their tests are skipped.
# PKGTRUST_REQUIRE_DATA=1: what would be skipped for missing data or a missing judge fails.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

bash tests/install_packages.sh build test
export PKGTRUST_TEST_DATA="${PKGTRUST_TEST_DATA:-$root/../shared/data}"
preset=${PKGTRUST_PRESET:-dev}
jobs=$(nproc)

build=build/$preset
mkdir -p "$build"
rm -f "$build/junit.xml"

# A build that fails is one failed test: the closing line must say so.
give_up() {
  echo "$1; all of it: $2" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

echo "building preset $preset"
cmake --preset "$preset" >"$build/configure.log" 2>&1 || {
  tail -40 "$build/configure.log"
  give_up "preset $preset cannot be configured" "$build/configure.log"
}
cmake --build --preset "$preset" -- -k 0 >"$build/build.log" 2>&1 || {
  grep -E ': (fatal )?(error|warning)|FAILED:|undefined reference' "$build/build.log" | head -60
  give_up "the build of preset $preset failed" "$build/build.log"
}

status=0
# ctest would cut the output of tests, and with it the cases that count_tests.py counts.
ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --output-junit junit.xml \
  --test-output-size-passed 50000000 --test-output-size-failed 50000000 "$@" >"$build/ctest.log" 2>&1 || status=$?
grep -E '^ *[0-9]+/[0-9]+ Test|\*\*\*' "$build/ctest.log" || true
python3 tests/count_tests.py "$build/junit.xml" || status=$?
exit "$status"

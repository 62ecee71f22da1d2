#!/bin/bash
# The C++ is laid out as clang-format 14 does it. Exit 77: there is no clang-format-14.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang-format-14 >/dev/null; then
  echo "no clang-format-14"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp .clang-format "$scratch"
printf 'int  f( ){return 1 ;}\n' >"$scratch/bad.cpp"
if clang-format-14 --dry-run -Werror "$scratch/bad.cpp" 2>/dev/null; then
  echo "failed: a badly laid out file is noticed"
  exit 1
fi
echo "passed: a badly laid out file is noticed"
find certstore formats verifier signer tests -name '*.h' -print0 -o -name '*.cpp' -print0 |
  xargs -0 clang-format-14 --dry-run -Werror
echo "passed: all files are laid out by .clang-format"

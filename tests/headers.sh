#!/bin/bash
# Every header compiles alone, so that nobody learns an order of includes by heart; and a header that does not
# is noticed. Usage: headers.sh BUILD-DIRECTORY COMPILER
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1/headers
compiler=$2
rm -rf "$build"
mkdir -p "$build"
launcher=$(command -v ccache || true)

# Compiles a file that includes nothing but the header; ccache remembers it from one run to the next.
compile_alone() {
  local stub=$build/${1//\//_}.cpp
  printf '#include "%s"\n' "$1" >"$stub"
  $launcher "$compiler" -std=c++20 -O0 -I. -I"$build" -DPKGTRUST_VERSION='"0"' -Wall -Wextra -Werror -c "$stub" -o "$stub.o"
}
export -f compile_alone
export build compiler launcher

printf '#pragma once\ninline std::string kNeedsString;\n' >"$build/not_alone.h"
if compile_alone not_alone.h 2>/dev/null; then
  echo "failed: a header that does not compile alone is noticed"
  exit 1
fi
echo "passed: a header that does not compile alone is noticed"

find certstore formats verifier signer -name '*.h' -print0 |
  xargs -0 -P "$(nproc)" -I{} bash -c 'compile_alone "$1" || exit 255' _ {}
echo "passed: every header compiles alone"

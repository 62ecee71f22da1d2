#!/bin/bash
# Every header compiles alone, so that nobody learns an order of includes by heart; and a header that does not
# is noticed. One that a source file includes before anything else did so in the build; the others are compiled
# here. Usage: headers.sh BUILD-DIRECTORY COMPILER
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

# Prints the headers under the folders $@ that no source file there includes before anything else.
not_first() {
  comm -23 <(find "$@" -name '*.h' | LC_ALL=C sort) \
    <(find "$@" -name '*.cpp' -exec grep -hm1 '^#include' {} + | sed -n 's/^#include "\(.*\)"$/\1/p' | LC_ALL=C sort -u)
}

mkdir -p "$build/folder"
touch "$build"/folder/{first,second}.h
printf '#include "%s"\n' "$build/folder/first.h" "$build/folder/second.h" >"$build/folder/source.cpp"
if [ "$(not_first "$build/folder")" != "$build/folder/second.h" ]; then
  echo "failed: a header that is never included first is compiled here"
  exit 1
fi
echo "passed: a header that is never included first is compiled here"

not_first certstore formats verifier signer | tr '\n' '\0' |
  xargs -0 -P "$(nproc)" -I{} bash -c 'compile_alone "$1" || exit 255' _ {}
echo "passed: every header compiles alone"

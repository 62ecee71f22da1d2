#!/bin/bash
# Runs ours and the installed peers in turn over the workloads and prints a table of medians and ratios. No pass or
# fail: a person reads it (docs/performance.md). Wants a release build and the program that makes the workloads:
#
#   tests/bench/run.sh [--runs N] [WORKLOAD...]
#
# PKGTRUST_BIN        folder with the tools (default: build/release/bin)
# PKGTRUST_WORKLOADS  folder with the workloads; made there if they are missing (default: build/workloads)
# PKGTRUST_MAKE_WORKLOADS  the program that makes them (default: ../shared/bench/make_workloads.py)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export PKGTRUST_BIN=${PKGTRUST_BIN:-$root/build/release/bin}
export PKGTRUST_WORKLOADS=${PKGTRUST_WORKLOADS:-$root/build/workloads}
maker=${PKGTRUST_MAKE_WORKLOADS:-$root/../shared/bench/make_workloads.py}

if [ ! -x "$PKGTRUST_BIN/pkgverify" ]; then
  echo "no tools in $PKGTRUST_BIN: cmake --preset release && cmake --build --preset release" >&2
  exit 1
fi
for name in w1.zip w2.zip w3.zip w4.zip w5.tar w6.package; do
  [ -e "$PKGTRUST_WORKLOADS/$name" ] || { python3 "$maker" "$PKGTRUST_WORKLOADS"; break; }
done
exec python3 "$root/tests/bench/compare.py" "$@"

#!/bin/bash
# Installs what is missing of the named groups of packages.txt, in one apt-get run; says nothing and starts
# nothing when all are there. Usage: install_packages.sh GROUP...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install_packages: not a Debian system; packages.txt lists what is needed" >&2
  exit 0
fi

wanted=()
for group in "$@"; do
  mapfile -t -O "${#wanted[@]}" wanted < <(awk -v group="$group" '$1 == group { print $2 }' "$here/packages.txt")
done

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
log=$(mktemp)
echo "installing: ${missing[*]}"
# The lists of a new machine may be absent or old: refresh them, and go on with the old ones without a network.
"${as_root[@]}" apt-get -qq update || echo "install_packages: apt-get update failed; trying with the lists at hand" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" \
  </dev/null >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
rm -f "$log"

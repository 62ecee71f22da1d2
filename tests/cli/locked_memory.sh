#!/bin/bash
# Where memory cannot be locked, pkgsign says so in one line and works; pkgverify has no secrets to lock.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret
if [ "$(id -u)" != 0 ]; then
  unprivileged=(bash -c 'ulimit -l 0; exec "$@"' -)
elif setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
  # Root may lock whatever the limit says; nobody may not.
  unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all
    bash -c 'ulimit -l 0; exec "$@"' -)
  chmod 711 "$scratch"
  chown 65534 "$HOME"
  cp "$PKGTRUST_BIN/pkgsign" "$PKGTRUST_BIN/pkgverify" "$scratch"
  PATH=$scratch:$PATH
else
  echo "this machine does not let us become another user"
  exit 77
fi

begin 'without locked memory there is one warning line, and an identity all the same'
expect 0 "${unprivileged[@]}" pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
check_that 'one line on stderr' test "$(wc -l <"$err")" = 1
warns '^pkgsign: warning: memory cannot be locked here'

begin 'with locked memory there is none'
export PKGTRUST_STORE=$scratch/other/store
mkdir "$scratch/other"
expect 0 pkgsign init --common-name a.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
never_warns 'cannot be locked'
unset PKGTRUST_STORE

begin 'pkgverify locks nothing and warns of nothing'
expect 0 "${unprivileged[@]}" pkgverify trust list
never_warns .

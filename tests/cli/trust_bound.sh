#!/bin/bash
# What the seal of a bound package is worth to an importer: trust taken from a bound package asks for bound ones,
# and an older package than the one that was accepted is a rollback.
. "$(dirname "$0")/harness.sh"
need_data vro
export SECRET=secret
signing=(--store "$scratch/signing" --passphrase env:SECRET)
source_package=$(echo "$data"/vro/com.vmware.pscoe.*.package)

begin "a package that we sign is bound, and says so"
expect 0 pkgsign init --common-name build.example.org --key rsa-2048 --kdf-cost 1:8 "${signing[@]}"
expect 0 pkgsign cert export --store "$scratch/signing" -o "$scratch/server.pem"
expect 0 pkgsign sign "$source_package" --replace --serial 7 -o "$scratch/seven.package" "${signing[@]}"
expect 0 pkgsign sign "$source_package" --replace --serial 9 -o "$scratch/nine.package" "${signing[@]}"
expect 0 pkgverify check --trust "$scratch/server.pem" "$scratch/seven.package"
says 'bound +yes: serial 7'
expect 0 pkgverify check --format json --trust "$scratch/server.pem" "$scratch/seven.package"
says '"seal":\{"serial":7,'
check_that "docs/report.schema.json" python3 "$repository/tests/cli/validate_report.py" \
  "$repository/docs/report.schema.json" 1 <"$out"

begin "trust taken from a bound package asks for bound ones"
expect 11 pkgverify check "$scratch/nine.package"
hint=$(sed -n 's/^pkgverify: hint: \(pkgverify trust add .*\)$/\1/p' "$err")
expect 0 bash -c "$hint"
says 'bound +required'
expect 0 pkgverify check "$scratch/seven.package" "$scratch/nine.package"

begin "an older package than the one that was accepted is a rollback"
expect 0 pkgverify import --yes --no-input "$scratch/nine.package" -o "$scratch/accepted.package"
same "$scratch/nine.package" "$scratch/accepted.package"
expect 12 pkgverify check "$scratch/seven.package"
says 'rollback \[policy\]'
expect 12 pkgverify check "$scratch/seven.package" "$scratch/nine.package"
expect 0 pkgverify check "$scratch/nine.package"

begin "check itself remembers nothing"
expect 0 pkgverify trust add --store "$scratch/other" "$scratch/server.pem"
expect 0 pkgverify check --store "$scratch/other" "$scratch/nine.package"
expect 0 pkgverify check --store "$scratch/other" "$scratch/seven.package"

begin "check needs to read the store only"
chmod -R a-w "$scratch/other"
expect 0 pkgverify check --store "$scratch/other" "$scratch/nine.package"
expect 0 pkgverify trust list --store "$scratch/other"
chmod -R u+w "$scratch/other"

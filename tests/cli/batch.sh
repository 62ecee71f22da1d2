#!/bin/bash
# Many packages in one run: folders, lists, the order of results, the exit code, and the documents for pipelines.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret PKGTRUST_STORE=$scratch/store
work=$scratch/work
mkdir -p "$work/dist/deep" "$work/empty"
cd "$work" || exit 1
expect 0 pkgsign init --common-name gate.example --key rsa-2048 --kdf-cost 1:8 --passphrase env:GIVEN
expect 0 pkgsign cert export -o gate.pem
expect 0 pkgverify trust add gate.pem
for name in a b deep/c; do
  expect 0 pkgsign sign "$repository/samples/com.example.greeting.package" -o "dist/$name.package" --passphrase env:GIVEN
done
echo notes >notes.txt
expect 0 pkgsign sign notes.txt --detached --passphrase env:GIVEN
mv notes.txt notes.txt.p7s dist/
schemas=${PKGTRUST_TEST_DATA:-$repository/../shared/data}/schemas

begin 'a folder stands for every file in it, in the order of their names; a signature goes with its file'
expect 0 pkgverify check --recursive dist
check_that 'four verdicts in order' test "$(grep -E '^[a-z]+  ' "$out" | tr '\n' '|')" = \
  'verified  dist/a.package|verified  dist/b.package|verified  dist/deep/c.package|verified  dist/notes.txt|'
expect 1 pkgverify check dist
warns "hint: pkgverify check --recursive judges every file in it"

begin 'a file without a signature in a folder is never passed over'
echo more >dist/readme
expect 10 pkgverify check -r dist
says '^unsigned  dist/readme$'
rm dist/readme dist/notes.txt.p7s
expect 10 pkgverify check -r dist
says '^unsigned  dist/notes.txt$'
rm dist/notes.txt

begin 'results are the same for every number of threads'
for i in $(seq 1 80); do cp dist/a.package "dist/deep/$i.package"; done
printf x | dd of=dist/deep/40.package bs=1 seek=1000 conv=notrunc status=none
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)  # the one thing that two runs differ in
expect 13 pkgverify check -r dist -j 1 --format json --at-time "$now"
cp "$out" first
for jobs in 2 7; do
  expect 13 pkgverify check -r dist -j "$jobs" --format json --at-time "$now"
  same "$out" first
done
check_that 'a line a file' test "$(wc -l <first)" = 83

begin 'the report on one package is the same for every number of threads'
python3 - <<'PYTHON'
import zipfile
with zipfile.ZipFile("many.zip", "w", zipfile.ZIP_DEFLATED) as many:
    for number in range(3000):
        many.writestr(f"folder{number % 7}/file{number}.txt", f"{number}\n" * (number % 50))
PYTHON
for jobs in 1 2 7; do
  expect 0 pkgsign sign many.zip -o many-$jobs.jar -j $jobs --passphrase env:GIVEN
  unzip -p many-$jobs.jar META-INF/MANIFEST.MF >manifest.$jobs
  unzip -Z1 many-$jobs.jar >names.$jobs
  same manifest.1 manifest.$jobs
  same names.1 names.$jobs
done
check_that 'the manifest names them all' test "$(grep -c '^Name: ' manifest.1)" = 3000
python3 - <<'PYTHON'
import zipfile
with zipfile.ZipFile("many-1.jar", "a") as more:
    for number in range(40):
        more.writestr(f"late{number}.txt", "")
PYTHON
for format in text json html sarif junit; do
  for jobs in 1 2 7; do
    expect 13 pkgverify check many-1.jar -v --format $format -j $jobs --at-time "$now"
    cp "$out" many.$jobs
    same many.1 many.$jobs
  done
done
check_that 'it says something' test "$(wc -c <many.1)" -gt 500

begin 'further reports of the same judgement go to files, which appear whole or not at all'
expect 0 pkgverify check dist/a.package --report html=page.html --report json=all.json --at-time "$now"
says '^verified  dist/a.package '
check_that 'the page is one' grep -q '</html>' page.html
expect 0 pkgverify check dist/a.package --format json --at-time "$now"
same "$out" all.json
expect 1 pkgverify check dist/a.package --report text=all.json
warns "'all.json' exists already"
check_that 'nothing was judged' test ! -s "$out"
expect 13 pkgverify check -r dist --quiet --force --report json=all.json --report text=all.txt --at-time "$now"
check_that 'standard output is silent' test ! -s "$out"
same all.json first
check_that 'no colour is in a file' sh -c "! grep -q $'\033' all.txt"
expect 1 pkgverify check absent.package --report junit=absent.xml
check_that 'what could not be judged is an error' grep -q '<error' absent.xml
expect 1 pkgverify check dist/a.package --report html=nowhere/page.html
for wrong in html html= =page.html pdf=page.pdf html=-; do
  expect 2 pkgverify check dist/a.package --report "$wrong"
  warns 'is not FORMAT=FILE'
done
expect 2 pkgverify check dist/a.package --report html=twice --report text=twice
expect 2 pkgverify check dist/a.package --expiring 9d --report html=twice
check_that 'nothing half-made is left' test -z "$(find . -name 'twice*' -o -name '.*.pkgtrust*')"

begin 'the code of a batch is the leftmost of its files, and no trouble hides a verdict'
ln -s nowhere dist/dangling
expect 13 pkgverify check -r dist
warns "cannot read 'dist/dangling'"
rm dist/deep/40.package
expect 1 pkgverify check -r dist --quiet
rm dist/dangling
expect 0 pkgverify check -r dist --quiet
expect 1 pkgverify check -r dist empty
warns "there is no file in 'empty'"
mkdir dist/closed && cp dist/a.package dist/closed && ln -s ../deep dist/closed/link
expect 0 pkgverify check -r dist --quiet

begin 'a list names files one a line, from a file or standard input, after those of the command line'
printf 'dist/b.package\n\ndist/deep/c.package' >list
expect 0 pkgverify check dist/a.package --files-from list
check_that 'in order' test "$(grep -E '^verified' "$out" | cut -c11- | tr '\n' '|')" = \
  'dist/a.package|dist/b.package|dist/deep/c.package|'
last_command='pkgverify check --files-from -'
printf 'dist/b.package\nabsent\n' | pkgverify check --files-from - >"$out" 2>"$err"
check_that 'the absent one is a trouble' test "${PIPESTATUS[1]}" = 1
says '^verified  dist/b.package'
warns "cannot read 'absent'"
printf -- '-\n' >list
expect 1 pkgverify check --files-from list
warns "cannot read './-'"
printf 'dist\n' >list
expect 0 pkgverify check -r --files-from list --quiet
expect 0 pkgverify check --expiring 1d --files-from list

begin 'a list that is none is refused, and nothing to judge is not accepted'
printf 'dist/a.package\0dist/b.package\0' >list
expect 2 pkgverify check --files-from list
warns 'has a zero byte'
: >list
expect 1 pkgverify check --files-from list
warns "the list 'list' names no file"
expect 1 pkgverify check --files-from absent
truncate -s 70M list
expect 1 pkgverify check --files-from list
warns 'is longer than 64 MiB'

begin 'one run takes 200,000 files and not one more'
yes absent.package | head -n 200001 >list
expect 2 pkgverify check --files-from list
warns 'more than 200000 files are too many for one run'
sed -i 1d list
expect 1 pkgverify check --quiet --files-from list
never_warns 'too many'
rm list

begin 'what does not go together is said'
expect 2 pkgverify check
warns 'which FILE\?'
expect 2 pkgverify check - --files-from -
warns 'standard input can be read only once'
expect 2 pkgverify check -r dist -o copy
expect 2 pkgverify check -r dist --signature some.p7s
expect 2 pkgverify check --expiring 9d dist --format junit
warns 'lists as text or json'

begin 'SARIF and JUnit are as their schemas say, for every outcome'
if [ -d "$schemas" ]; then
  rm -r dist/deep dist/closed
  hostile=$'dist/it\xe2\x80\xaes [a](http:x) {0} <b>&"\xff\x01'
  cp dist/a.package "$hostile"
  printf x | dd of="$hostile" bs=1 seek=1000 conv=notrunc status=none
  ln -s nowhere dist/dangling
  cp "$repository/samples/com.example.greeting.package" dist/unsigned.package
  expect 13 pkgverify check -r dist --format sarif -j 1
  cp "$out" one.sarif
  check_that 'SARIF' python3 "$repository/tests/cli/validate_sarif.py" "$schemas/sarif-schema-2.1.0.json" 13 5 <one.sarif
  expect 13 pkgverify check -r dist --format sarif -j 3
  same "$out" one.sarif
  expect 13 pkgverify check -r dist --format junit
  cp "$out" junit.xml
  check_that 'JUnit' xmllint --noout --nonet --schema "$schemas/junit-10.xsd" junit.xml
  check_that 'two are accepted' test "$(xmllint --xpath 'count(//testcase[not(failure) and not(error)])' junit.xml)" = 2
  check_that 'two fail' test "$(xmllint --xpath 'count(//testcase[failure])' junit.xml)" = 2
  check_that 'one could not be judged' test "$(xmllint --xpath 'count(//testcase[error])' junit.xml)" = 1
  check_that 'the name is no markup' test "$(xmllint --xpath 'count(//b)' junit.xml)" = 0
  expect 13 pkgverify check -r dist --format junit --quiet
  check_that 'quiet is quiet' test ! -s "$out"
else
  echo "the schemas are missing: $schemas"
  [ "${PKGTRUST_REQUIRE_DATA:-}" != 1 ] || fail 'the schemas are required'
fi

#!/bin/bash
# `pkgverify diff`: what was added, removed, changed, re-owned and re-signed, and that it accepts nothing.
. "$(dirname "$0")/harness.sh"
export GIVEN=secret
package=$repository/samples/com.example.inventory.package
work=$scratch/work
mkdir "$work"
cd "$work" || exit 1
cost=(--kdf-cost 1:8)
for name in one two; do
  expect 0 pkgsign init --alias $name --common-name $name.example --key rsa-2048 "${cost[@]}" --passphrase env:GIVEN
  cost=()
  expect 0 pkgsign cert export --alias $name -o $name.pem
done
# edit OUT CODE: a copy of the package whose entries, a dictionary e, the Python code has changed.
edit() {
  python3 - "$package" "$@" <<'PYTHON'
import sys, zipfile
source, target, code = sys.argv[1:]
with zipfile.ZipFile(source) as old:
    e = {item.filename: old.read(item) for item in old.infolist()}
workflow, module = (f"elements/6f1f4c52-1a5c-4b0e-9a77-0c6a3f1f0a0{n}/" for n in (1, 2))
exec(code)
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
    for name, content in e.items():
        new.writestr(name, content)
PYTHON
}
sign() { expect 0 pkgsign sign "$1" -o "$2" --alias "${3:-one}" --passphrase env:GIVEN "${@:4}"; }
diff_of() { expect "$1" pkgverify diff --trust one.pem "${@:2}"; }
sign "$package" old.package

begin 'a package does not differ from itself'
diff_of 0 old.package old.package
says '^  none$'
says 'the same +[1-9]'
expect 11 pkgverify diff old.package old.package

begin 'bytes of an element that changed are named'
edit changed.source 'e[module + "categories"] += b"\n"'
sign changed.source changed.package
diff_of 0 old.package changed.package
says "^  changed  ScriptModule  'shortName'"
says 'differs +elements/.*0a02/categories'
never_says 're-owned'
never_says 're-signed'
never_says '^  (added|removed)'

begin 'an element that came or went is named'
edit fewer.source 'e = {n: c for n, c in e.items() if not n.startswith(module)}'
sign fewer.source fewer.package
diff_of 0 old.package fewer.package
says "^  removed  ScriptModule  'shortName'"
never_says '^  added'
diff_of 0 fewer.package old.package
says "^  added  ScriptModule  'shortName'"
never_says '^  removed'

begin 'another owner is told from other content'
owner='e[workflow + "info"] = e[workflow + "info"].replace(b"</properties>", b"<entry key=\"signature-owner\">%s</entry></properties>")'
edit anna.source "${owner/\%s/CN=anna}"
edit bert.source "${owner/\%s/CN=bert}"
sign anna.source anna.package
sign bert.source bert.package
diff_of 0 anna.package bert.package
says "^  changed, re-owned  Workflow"
says "owner was +'CN=anna'"
says "owner is +'CN=bert'"

begin 'a package that was signed anew by another has one line for it, and all with -v'
sign "$package" other.package two
diff_of 11 old.package other.package
says '^  re-signed  [0-9]+ elements and files'
says 'signed by, was +CN=one.example'
says 'signed by, is +CN=two.example'
never_says "Workflow"
diff_of 11 -v old.package other.package
says "^  re-signed  Workflow"
diff_of 0 --trust two.pem old.package other.package
diff_of 10 "$package" old.package
says 'signed by, was +nobody'

begin 'an invalid package is not compared'
python3 "$repository/tests/cli/change_package.py" tamper old.package bad.package
diff_of 13 old.package bad.package
says '^not compared'
never_says '^differences'
diff_of 13 bad.package old.package
diff_of 13 old.package bad.package --format json
says '"compared":false,"same":null,"differences":\[\]'

begin 'JSON says the same, as its schema describes'
expect 11 pkgverify diff anna.package other.package --format json
cp "$out" diff.json
says '"differences":\["changed","re-owned","re-signed"\]'
last_command='validate_report.py'
check_that 'it is as the schema says' \
  python3 "$repository/tests/cli/validate_report.py" "$repository/docs/diff.schema.json" 1 <diff.json
expect 0 pkgverify diff --trust one.pem old.package fewer.package --format json
cp "$out" diff.json
says '"after":null'
check_that 'it is as the schema says' \
  python3 "$repository/tests/cli/validate_report.py" "$repository/docs/diff.schema.json" 1 <diff.json

begin 'formats without elements are compared file by file'
mkdir lib
echo a >a.txt
echo b >lib/b.txt
zip -qr old.zip a.txt lib
echo c >lib/b.txt
echo d >d.txt
zip -qr new.zip d.txt lib
sign old.zip old.jar
sign new.zip new.jar
diff_of 0 old.jar new.jar
says "^  removed  .*'a.txt'"
says "^  added  .*'d.txt'"
says "^  changed  .*'lib/b.txt'"
sign new.zip part.jar one --only 'lib/*'
diff_of 13 part.jar new.jar
echo 'uncovered = report' >lax.policy
diff_of 0 --policy lax.policy part.jar new.jar
says "^  re-signed"
tar -cf old.tar a.txt
chmod +x a.txt
tar -cf new.tar a.txt
sign old.tar signed-old.tar
sign new.tar signed-new.tar
diff_of 0 signed-old.tar signed-new.tar
says "^  changed  .*'a.txt'"
ln -s a.txt link
tar -cf old.tar link
ln -sf d.txt link
tar -cf new.tar link
sign old.tar signed-old-link.tar
sign new.tar signed-new-link.tar
diff_of 0 signed-old-link.tar signed-new-link.tar
says "^  changed  .*'link'"
diff_of 10 a.txt d.txt
says "^  changed  file  'd.txt'"

begin 'what it shows cannot be mistaken for its own words'
python3 -c 'import zipfile; zipfile.ZipFile("bidi.zip", "w").writestr("gnp.\u202eexe", "")'
expect 10 pkgverify diff old.zip bidi.zip
says '^  added  .*gnp'
check_that 'no bidi mark got through' sh -c "! grep -q $'\u202e' '$out'"

begin 'a directory is compared with the package that was imported into it'
expect 0 pkgverify import old.package --to imported --trust one.pem
diff_of 0 imported old.package
says '^directory  imported'
says 'nothing in it is signed or judged'
says '^  none$'
expect 11 pkgverify diff old.package imported
says '^  none$'
diff_of 0 imported changed.package
says "^  changed  ScriptModule  'shortName'"
says 'differs +elements/.*0a02/categories'
never_says '^  (added|removed|re-)'
never_says 're-signed|re-owned|version'
diff_of 0 imported fewer.package
says "^  removed  file  'elements/.*0a02/data'"
never_says 'signed by'
diff_of 0 fewer.package imported
says "^  added  file  'elements/.*0a02/data'"
cp -R imported part
rm -r part/elements/*0a02
diff_of 0 old.package part
says "^  removed  ScriptModule  'shortName'"
diff_of 0 part old.package
says "^  added  ScriptModule  'shortName'"
says 'signed by +CN=one.example'
echo mine >imported/mine.txt
rm imported/elements/*0a02/categories
diff_of 0 old.package imported
says "^  added  file  'mine.txt'"
says "^  changed  ScriptModule  'shortName'"
diff_of 13 bad.package imported
says '^not compared'
diff_of 0 old.package imported --format json
cp "$out" diff.json
says '"after":{"file":"imported","verdict":null,"exitCode":null,"format":"directory"'
last_command='validate_report.py'
check_that 'it is as the schema says' \
  python3 "$repository/tests/cli/validate_report.py" "$repository/docs/diff.schema.json" 1 <diff.json

begin 'two directories are compared, and neither is judged'
cp -R imported again
expect 0 pkgverify diff imported again
says '^  none$'
echo yours >again/mine.txt
expect 0 pkgverify diff imported again
says "^  changed  file  'mine.txt'"

begin 'no link is followed, and what cannot be told is not the same'
mkdir left right
ln -s /etc/hostname left/link
cp /etc/hostname right/link
expect 0 pkgverify diff left right
says "^  changed  file  'link'"
rm right/link
ln -s /etc/hostname right/link
expect 0 pkgverify diff left right
says '^  none$'
mkfifo left/pipe right/pipe
touch left/$'new\nline' right/$'new\nline'
expect 0 pkgverify diff left right
says "^  changed  file  'pipe'"
says '^  changed  file  .new.x0aline'
ln -s left through
expect 0 pkgverify diff through left
says "^  changed  file  'pipe'"
never_says "link'"
expect 0 pkgverify import signed-old-link.tar --to with-link --trust one.pem
diff_of 0 signed-old-link.tar with-link
says '^  none$'
diff_of 0 with-link signed-new-link.tar
says "^  changed  symbolic link  'link'"

begin 'signature files and modes are no difference to a directory'
mkdir unpacked
(cd unpacked && unzip -q ../old.jar)
check_that 'the signature files are there' test -e unpacked/META-INF/MANIFEST.MF
diff_of 0 old.jar unpacked
says '^  none$'
expect 0 pkgverify import signed-new.tar --to executable --trust one.pem
chmod -x executable/a.txt
diff_of 0 signed-new.tar executable
says '^  none$'

begin 'a file that holds no files is not compared with a directory'
expect 2 pkgverify diff a.txt unpacked
warns 'holds no files'
expect 1 pkgverify diff absent.package unpacked

begin 'nothing is accepted: the store is as it was'
check_that 'no trust store was made' test ! -e "$HOME/.local/share/pkgtrust/trust/data.mdb" -o -z "$(pkgverify trust list)"
expect 2 pkgverify diff old.package
expect 2 pkgverify diff - -
expect 1 pkgverify diff old.package absent.package

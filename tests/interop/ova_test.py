#!/usr/bin/env python3
"""Virtual appliances: others' are judged as expected, OpenSSL and coreutils check ours, and attacks are caught."""
import io
import pathlib
import re
import shutil
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from ova_workbench import DATA, FILES, NOW, REQUIRED, OvaWorkbench, manifest_of, read, write  # noqa: E402
from timestamp_authority import TimestampAuthority, serve  # noqa: E402


class Judging(OvaWorkbench):
    @unittest.skipUnless(REQUIRED or DATA.is_dir(), "the appliances of others are not here (PKGTRUST_TEST_DATA)")
    def test_appliances_of_others_are_judged_as_expected(self):
        rows = [line.split("\t") for line in (DATA / "expected.tsv").read_text().splitlines()[1:]]
        self.assertEqual(len(rows), 3)
        for name, untrusted, pinned, *_ in rows:
            self.run_tool("pkgverify", "check", "--at-time", NOW, DATA / name, code=int(untrusted))
            if name.startswith("self"):
                (self.home / "self.crt").write_bytes(dict(read(DATA / name))["self_sha512.cert"].split(b"\n", 1)[1])
            trust = self.home / "self.crt" if name.startswith("self") else DATA / "ca.pem"
            self.run_tool("pkgverify", "check", "--at-time", NOW, "--trust", trust, DATA / name, code=int(pinned))

    def test_what_openssl_signed_is_verified(self):
        done = self.check(self.appliance(), 0, "3 of 3 entries as signed", "format            ova")
        self.assertNotIn("finding", done.text)

    def test_an_ecdsa_signature_is_checked(self):
        self.check(self.appliance(signer="p256"), 0, trust="p256")
        text = self.certificate_text(b"other", signer="p256")
        self.check(self.appliance(text=text), 13, "signature-mismatch", trust="p256")

    def test_sha1_is_weak_in_each_place(self):
        self.check(self.appliance(manifest=manifest_of(FILES, "SHA1({name})= {digest}\n", "sha1")), 12, "weak-digest")
        text = self.certificate_text(manifest_of(FILES), algorithm="sha1", token="SHA1")
        self.check(self.appliance(text=text), 12, "weak-digest")
        cms = self.cms_of(manifest_of(FILES))
        text = self.certificate_text(manifest_of(FILES), algorithm="sha1", token="SHA1", cms=cms)
        self.check(self.appliance(text=text), 12, "weak-digest")

    def test_spelling_is_told_and_does_not_decide(self):
        for form, said in {"SHA256 ({name}) = {digest}\n": "sha256sum --tag", "SHA2-256({name})= {digest}\n": "OpenSSL 3",
                           "SHA256({name}) = {digest}\r\n": "signova"}.items():
            self.check(self.appliance(manifest=manifest_of(FILES, form)), 0, "digest-spelling", said)

    def test_places_of_the_signature_files(self):
        signed = read(self.appliance())
        path = self.home / "placed.ova"
        by_name = dict(signed)
        order = ["vm.ovf", "disk.vmdk", "second disk.vmdk", "vm.mf", "vm.cert"]
        self.assertNotIn("member-order", self.check(write(path, [(n, by_name[n]) for n in order]), 0).text)
        for odd in (["vm.ovf", "vm.mf", "disk.vmdk", "second disk.vmdk", "vm.cert"],
                    ["vm.ovf", "vm.cert", "vm.mf", "disk.vmdk", "second disk.vmdk"]):
            self.check(write(path, [(n, by_name[n]) for n in odd]), 0, "member-order")

    def test_an_unsigned_appliance_with_a_wrong_manifest_is_invalid(self):
        first, *rest = FILES.items()
        path = self.home / "plain.ova"
        self.run_tool("pkgverify", "check", write(path, [first, ("vm.mf", manifest_of(FILES)), *rest]), code=10)
        wrong = manifest_of({**FILES, "disk.vmdk": b"x"})
        done = self.run_tool("pkgverify", "check", write(path, [first, ("vm.mf", wrong), *rest]), code=13)
        self.assertIn("digest-mismatch", done.text)
        done = self.run_tool("pkgsign", "sign", path, "-o", self.home / "no.ova", "--key", self.home / "rsa.key", "--cert",
                             self.home / "rsa.pem", code=13)
        self.assertIn("--replace makes another manifest", done.text)

    def test_a_cms_signature_by_another_is_ambiguous(self):
        manifest = manifest_of(FILES)
        self.check(self.appliance(text=self.certificate_text(manifest, cms=self.cms_of(manifest))), 0)
        text = self.certificate_text(manifest, cms=self.cms_of(manifest, "other"))
        self.check(self.appliance(text=text), 13, "ambiguous-layouts")
        text = self.certificate_text(manifest, cms=self.cms_of(b"x"))
        self.check(self.appliance(text=text), 13, "signature-mismatch")
        text = self.certificate_text(manifest, cms=self.cms_of(manifest, "rsa", "-nodetach"))
        self.check(self.appliance(text=text), 13, "content of its own")
        text = self.certificate_text(manifest, cms=self.cms_of(manifest, "rsa", "-signer", self.home / "other.pem", "-inkey",
                                                               self.home / "other.key"))
        self.check(self.appliance(text=text), 13, "not by one signer")
        # Programs take the first certificate.
        text = self.certificate_text(manifest).split(b"\n", 1)
        text = text[0] + b"\n" + (self.home / "other.pem").read_bytes() + text[1]
        self.check(self.appliance(text=text), 13, "ambiguous-layouts")

    def test_references_go_no_further_than_the_manifest(self):
        descriptor = FILES["vm.ovf"]
        files = {**FILES, "vm.ovf": descriptor.replace(b"disk.vmdk", b"third.vmdk", 1)}
        self.check(self.appliance(files), 13, "removed-entry", "third.vmdk")
        files = {**FILES, "vm.ovf": descriptor.replace(b"disk.vmdk", b"http://example.com/d", 1)}
        self.check(self.appliance(files), 0, "lies elsewhere")
        files = {**FILES, "vm.ovf": descriptor.replace(b"<Env", b"<!DOCTYPE Envelope [<!ENTITY a 'b'>]><Env", 1)}
        self.check(self.appliance(files), 13, "malformed-layout")


class Attacks(OvaWorkbench):
    def setUp(self):
        self.signed = self.appliance(name="signed.ova")
        self.members = read(self.signed)
        self.path = self.home / "attacked.ova"

    def invalid(self, members, *said, **form):
        self.check(write(self.path, members, **form), 13, *said)

    def test_one_byte_anywhere_in_a_member_is_caught(self):
        for position, (name, content) in enumerate(self.members):
            for at in (0, len(content) // 2, len(content) - 1):
                changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]
                members = [*self.members[:position], (name, changed), *self.members[position + 1:]]
                done = self.run_tool("pkgverify", "check", "--trust", self.home / "rsa.pem", write(self.path, members))
                if name == "vm.cert" and at == len(content) - 1:  # the last line end is nobody's
                    continue
                self.assertIn(done.returncode, (11, 13) if name == "vm.cert" else (13,), (name, at, done.text))

    def test_order_doubles_and_strangers_are_caught(self):
        self.invalid([self.members[1], self.members[0], *self.members[2:]], "not the first member")
        self.invalid([*self.members, self.members[-1]], "duplicate-entry")
        self.invalid([*self.members, ("evil.vmdk", b"x")], "added-entry", "evil.vmdk")
        self.invalid(self.members[:-1], "removed-entry", "second disk.vmdk")
        self.invalid([*self.members, ("vm2.ovf", b"x")], "second file of the kind .ovf")
        self.invalid([*self.members, ("VM.MF", b"x")], "second file of the kind .mf")
        self.invalid([*self.members, ("x.Cert", b"x")], "second file of the kind .cert")
        self.invalid([m for m in self.members if m[0] != "vm.mf"], "signature-incomplete")
        self.invalid([(n.replace("vm.mf", "other.mf"), c) for n, c in self.members], "not named like the descriptor")
        self.invalid([(n, c.replace(b"(vm.mf)", b"(no.mf)")) for n, c in self.members], "it signs 'no.mf'")

    def test_a_manifest_without_the_descriptor_is_caught(self):
        files = {name: content for name, content in FILES.items() if name != "vm.ovf"}
        self.check(self.appliance(manifest=manifest_of(files)), 13, "does not name the descriptor")

    def test_what_surrounds_the_members_is_caught(self):
        whole = self.signed.read_bytes()
        for changed in (whole[:-10240], whole[:4000], whole + b"x" * 512, whole + b"x", whole[:-1] + b"x"):
            self.path.write_bytes(changed)
            self.check(self.path, 13)

    def test_a_pax_path_does_not_rename_a_member(self):
        with tarfile.open(self.path, "w", format=tarfile.PAX_FORMAT) as archive:
            for name, content in self.members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                if name == "disk.vmdk":  # old programs take the name of the header behind
                    info.name, info.pax_headers = "other.vmdk", {"path": "disk.vmdk"}
                archive.addfile(info, io.BytesIO(content))
        with tarfile.open(self.path) as archive:
            self.assertEqual(archive.getnames(), [name for name, _ in self.members])
        self.check(self.path, 13, "malformed-archive")

    def test_links_and_folders_have_no_place(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE):
            shutil.copy(self.signed, self.path)
            with tarfile.open(self.path, "a") as archive:
                info = tarfile.TarInfo("extra")
                info.type, info.linkname = kind, "" if kind == tarfile.DIRTYPE else "disk.vmdk"
                archive.addfile(info)
            self.check(self.path, 13, "only files have a place")


class Signing(OvaWorkbench):
    def recipe(self, signed, token, algorithm):
        """What docs/formats/ova.md gives to whoever has OpenSSL and coreutils alone."""
        folder = self.home / "recipe"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        script = f"""set -e; cd {folder}; tar xf {signed}
sed -n 's/^{token}(vm.mf)= *//p' vm.cert | xxd -r -p > signature
openssl x509 -in vm.cert -pubkey -noout > key.pem
openssl dgst -{algorithm} -verify key.pem -signature signature vm.mf
sed -E 's/^{token}\\((.*)\\)= (.*)$/\\2  \\1/' vm.mf | {algorithm}sum -c --strict -"""
        done = self.run_tool("sh", "-c", script, code=0)
        self.assertEqual(done.text.count("OK"), 1 + len(FILES), done.text)
        return folder

    def test_openssl_and_coreutils_check_what_we_sign(self):
        signed = self.sign(self.unsigned)
        self.check(signed, 0)
        self.assertEqual([name for name, _ in read(signed)], ["vm.ovf", "vm.mf", "vm.cert", "disk.vmdk", "second disk.vmdk"])
        self.assertEqual(dict(read(signed))["vm.mf"], manifest_of(FILES))
        self.recipe(signed, "SHA256", "sha256")
        self.recipe(self.sign(self.unsigned, "--digest", "sha512"), "SHA512", "sha512")

    def test_openssl_checks_the_cms_signature(self):
        signed = self.sign(self.unsigned, "--cms")
        self.check(signed, 0)
        folder = self.recipe(signed, "SHA256", "sha256")
        (folder / "block.pem").write_text(re.search("-----BEGIN CMS.*END CMS-----\n", (folder / "vm.cert").read_text(), re.S)[0])
        done = self.run_tool("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", folder / "block.pem", "-content",
                             folder / "vm.mf", "-CAfile", self.home / "rsa.pem", "-purpose", "any", "-out", "/dev/null", code=0)
        self.assertIn("Verification successful", done.text)

    def test_a_time_stamp_counts(self):
        folder = self.home / "authority"
        folder.mkdir()
        server, url = serve(TimestampAuthority(folder))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        signed = self.sign(self.unsigned, "--cms", "--tsa", url + "/good", NO_PROXY="127.0.0.1")
        later = ("--at-time", "2031-01-01")
        self.check(signed, 15, options=later)
        store = self.home / "store"
        self.run_tool("pkgverify", "trust", "add", "--ca-file", folder / "ca.pem", "--use", "timestamp", "--store", store, code=0)
        self.check(signed, 0, "timestamped", options=(*later, "--store", store))

    def test_what_is_right_stays_and_what_is_not_is_made_anew(self):
        first, *rest = FILES.items()
        for form, algorithm in {"SHA1({name})= {digest}\n": "sha1", "SHA256 ({name}) = {digest}\n": "sha256"}.items():
            source = write(self.home / "source.ova", [first, ("vm.mf", manifest_of(FILES, form, algorithm)), *rest])
            self.assertEqual(dict(read(self.sign(source)))["vm.mf"], manifest_of(FILES))
        reordered = manifest_of(dict(reversed(FILES.items())))
        source = write(self.home / "source.ova", [first, ("vm.mf", reordered), *rest])
        self.assertEqual(dict(read(self.sign(source)))["vm.mf"], reordered)

    def test_the_same_input_gives_the_same_bytes(self):
        wish = {"SOURCE_DATE_EPOCH": "1790000000"}
        one = self.sign(self.unsigned, "--cms", name="one.ova", **wish).read_bytes()
        self.assertEqual(one, self.sign(self.unsigned, "--cms", name="two.ova", **wish).read_bytes())
        again = self.sign(self.home / "one.ova", "--cms", "--replace", name="again.ova", **wish).read_bytes()
        self.assertEqual(one, again)

    def test_what_the_layout_cannot_carry_is_refused(self):
        for options in (("--only", "*.vmdk"), ("--serial", "3"), ("--vro-unbound",), ("--vro-digest", "md5"),
                        ("--tsa", "http://127.0.0.1:9"), ("--add",)):
            if options == ("--add",):
                self.sign(self.unsigned, name="once.ova")
                self.sign(self.home / "once.ova", "--add", name="no.ova", code=2)
            else:
                self.sign(self.unsigned, *options, name="no.ova", code=2)
        self.sign(self.unsigned, signer="p256", name="no.ova", code=1)
        self.sign(self.unsigned, signer="ed25519", name="no.ova", code=1)
        self.assertFalse((self.home / "no.ova").exists())

    def test_stripping_leaves_the_manifest(self):
        signed = self.sign(self.unsigned)
        plain = self.home / "plain.ova"
        self.run_tool("pkgsign", "strip", signed, "-o", plain, code=0)
        self.assertEqual([name for name, _ in read(plain)], ["vm.ovf", "vm.mf", "disk.vmdk", "second disk.vmdk"])
        self.run_tool("pkgsign", "strip", plain, "-o", self.home / "no.ova", code=2)

    def test_import_leaves_what_was_verified(self):
        signed = self.sign(self.unsigned)
        target = self.home / "imported"
        self.run_tool("pkgverify", "import", signed, "--trust", self.home / "rsa.pem", "--to", target, code=0)
        self.assertEqual({path.name: path.read_bytes() for path in target.iterdir()}, FILES)


if __name__ == "__main__":
    unittest.main()

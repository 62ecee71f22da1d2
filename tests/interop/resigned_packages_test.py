#!/usr/bin/env python3
"""Real packages signed by us: they verify under our key, OpenSSL agrees, and every known attack is caught."""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from vro_workbench import (DATA, NOW, ROOT, Workbench, element_ids, files_of, needs_data, read, signed_packages,  # noqa: E402
                           write)


@needs_data
class ResignedPackages(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resigned = {}
        for row in signed_packages():
            target = cls.home / ("resigned-" + row["file"])
            cls.sign(DATA / row["file"], target, "--replace")
            cls.resigned[row["file"]] = target

    def attack(self, change, says, at_least=1):
        """Applies `change` to each package; it returns None where the package has too few elements for it."""
        attacked = 0
        for name, package in self.resigned.items():
            entries = change(read(package))
            if entries is None:
                continue
            with self.subTest(package=name):
                self.check(write(self.home / "attacked.package", entries), 13, says=says)
            attacked += 1
        self.assertGreaterEqual(attacked, at_least)

    def test_each_verifies_under_our_key_and_under_no_other(self):
        for name, package in self.resigned.items():
            with self.subTest(package=name):
                self.check(package, 0, says="verified")
                self.tool("pkgverify", "check", package, code=11)

    def test_a_package_of_another_signer_is_not_replaced_unasked(self):
        for row in signed_packages():
            with self.subTest(package=row["file"]):
                target = self.home / "unasked.package"
                self.sign(DATA / row["file"], target, code=2)
                self.assertFalse(target.exists())

    def test_every_untouched_file_has_the_bytes_of_the_original(self):
        for row in signed_packages():
            with self.subTest(package=row["file"]):
                before, after = read(DATA / row["file"]), read(self.resigned[row["file"]])
                elements = [name for name in before if name.startswith("elements/")]
                self.assertTrue(elements)
                for name in elements:
                    self.assertEqual(before[name], after[name], name)
                self.assertEqual(elements, [name for name in after if name.startswith("elements/")])

    def test_openssl_alone_confirms_every_signature(self):
        public = self.home / "public.pem"
        public.write_text(subprocess.run(["openssl", "x509", "-in", self.certificate, "-pubkey", "-noout"],
                                         capture_output=True, text=True, check=True).stdout)
        smallest = sorted(self.resigned.values(), key=lambda path: path.stat().st_size)[:5]
        confirmed = 0
        for package in smallest:
            entries = read(package)
            folder = self.home / "unpacked"
            for name, content in entries.items():
                if name.startswith("signatures/"):
                    continue
                folder.mkdir(exist_ok=True)
                (folder / "content").write_bytes(content)
                (folder / "signature").write_bytes(entries["signatures/" + name])
                done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public, "-signature",
                                       folder / "signature", folder / "content"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"{package.name}: {name}: {done.stdout}")
                confirmed += 1
            shutil.rmtree(folder)
        self.assertGreater(confirmed, 20)

    def test_one_changed_byte_of_one_element_is_caught(self):
        def change(entries):
            name = next(name for name in entries if name.endswith("/data") and name.startswith("elements/"))
            content = bytearray(entries[name])
            content[len(content) // 2] ^= 1
            return {**entries, name: bytes(content)}
        self.attack(change, "signature-mismatch", at_least=10)

    def test_a_dropped_element_is_caught(self):
        def change(entries):
            dropped = files_of(entries, element_ids(entries)[0])
            return {name: content for name, content in entries.items() if name not in dropped}
        self.attack(change, "seal-mismatch", at_least=10)

    def test_two_swapped_elements_are_caught(self):
        def change(entries):
            ids = element_ids(entries)
            if len(ids) < 2:
                return None
            swapped = dict(entries)
            for prefix in ("elements/", "signatures/elements/"):
                a, b = f"{prefix}{ids[0]}/data", f"{prefix}{ids[1]}/data"
                swapped[a], swapped[b] = entries[b], entries[a]
            return swapped
        self.attack(change, "seal-mismatch", at_least=6)

    def test_an_element_of_another_package_of_ours_is_caught(self):
        donor = read(self.resigned["package_v1.1.b17aabf6.package"])
        stranger = element_ids(donor)[0]

        def change(entries):
            if stranger in element_ids(entries):
                return None
            return {**entries, **{name: donor[name] for name in files_of(donor, stranger)}}
        self.attack(change, "seal-mismatch", at_least=8)

    def test_the_sealed_list_of_another_package_is_caught(self):
        donor = read(self.resigned["package_v1.0.8580c6ca.package"])

        def change(entries):
            if entries["dunes-meta-inf"] == donor["dunes-meta-inf"]:
                return None
            return {**entries, **{name: donor[name] for name in ("dunes-meta-inf", "signatures/dunes-meta-inf")}}
        self.attack(change, "seal-mismatch", at_least=9)

    def test_the_sealed_list_of_another_run_is_caught(self):
        name = "package_v1.0.8580c6ca.package"
        entries = read(self.resigned[name])
        less = {entry: content for entry, content in entries.items()
                if entry not in files_of(entries, element_ids(entries)[0])}
        shorter = write(self.home / "shorter.package", less)
        self.sign(shorter, self.home / "other-run.package", "--replace")
        other = read(self.home / "other-run.package")
        mixed = {**entries, **{entry: other[entry] for entry in ("dunes-meta-inf", "signatures/dunes-meta-inf")}}
        self.check(write(self.home / "mixed.package", mixed), 13, says="seal-mismatch")

    def test_an_added_file_without_signature_and_a_lone_signature_are_caught(self):
        self.attack(lambda entries: {**entries, "elements/extra/data": b"x"}, "unsigned-entry", at_least=10)
        self.attack(lambda entries: {**entries, "signatures/elements/extra/data": b"x" * 256}, "orphan-signature",
                    at_least=10)

    def test_an_older_whole_package_is_caught_once_a_newer_was_accepted(self):
        name = "package_v1.0.8580c6ca.package"
        store = {"PKGTRUST_STORE": str(self.home / "importer")}
        older, newer = self.home / "older.package", self.home / "newer.package"
        self.sign(DATA / name, older, "--replace", SOURCE_DATE_EPOCH="1790000000")
        self.sign(DATA / name, newer, "--replace", SOURCE_DATE_EPOCH="1795000000")
        self.tool("pkgverify", "trust", "add", self.certificate, "--reason", "test", **store)
        self.tool("pkgverify", "check", older, **store)
        self.tool("pkgverify", "import", newer, "--to", self.home / "imported", "--yes", **store)
        said = self.tool("pkgverify", "check", older, "--format", "json", code=12, **store)
        self.assertIn('"rollback"', said)
        self.tool("pkgverify", "check", newer, **store)


@needs_data
class StrippedSeals(Workbench):
    """The seal taken out by somebody who has the key: its own certificate, or the trust record, gives it away."""

    BOUND_OID = re.search(r'kAlwaysBoundOid =\s*"([\d.]+)"',
                          (ROOT / "certstore/certificate.h").read_text()).group(1)

    def stripped(self, *extension):
        """Signed by pkgsign with a key that openssl made, then unsealed and signed anew by openssl."""
        key, certificate = self.home / "key.pem", self.home / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=Stripper", "-days", "3650", *extension], check=True, capture_output=True)
        key.chmod(0o600)
        sealed = self.home / "sealed.package"
        sealed.unlink(missing_ok=True)
        self.tool("pkgsign", "sign", DATA / "package_v1.0.8580c6ca.package", "--replace", "-o", sealed, "--key", key,
                  "--cert", certificate)
        entries = read(sealed)
        meta = re.sub(rb'<entry key="pkgtrust-seal">[^<]*</entry>\s*', b"", entries["dunes-meta-inf"])
        self.assertNotEqual(meta, entries["dunes-meta-inf"])
        (self.home / "meta").write_bytes(meta)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key, self.home / "meta"], check=True,
                                   capture_output=True).stdout
        return certificate, sealed, write(self.home / "stripped.package", {
            **entries, "dunes-meta-inf": meta, "signatures/dunes-meta-inf": signature})

    def test_a_certificate_that_promises_bound_packages_makes_it_invalid(self):
        certificate, sealed, stripped = self.stripped("-addext", f"{self.BOUND_OID}=DER:0500")
        self.tool("pkgverify", "check", sealed, "--trust", certificate)
        said = self.tool("pkgverify", "check", stripped, "--trust", certificate, "--format", "json",
                         code=13)
        self.assertIn('"seal-missing"', said)

    def test_a_record_made_from_a_bound_package_refuses_it(self):
        certificate, sealed, stripped = self.stripped()
        store = {"PKGTRUST_STORE": str(self.home / "importer")}
        fingerprint = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                                     check=True, capture_output=True, text=True).stdout
        fingerprint = fingerprint.split("=")[1].strip().replace(":", "").lower()
        self.tool("pkgverify", "trust", "add", "--signer", "sha256:" + fingerprint, "--from", sealed, "--reason", "test",
                  **store)
        self.tool("pkgverify", "check", sealed, **store)
        said = self.tool("pkgverify", "check", stripped, "--format", "json", code=12, **store)
        self.assertIn('"unbound-refused"', said)


@needs_data
class Originals(Workbench):
    def test_what_the_format_cannot_catch_is_said_of_each_original(self):
        for row in signed_packages():
            with self.subTest(package=row["file"]):
                text = self.tool("pkgverify", "check", DATA / row["file"], "--at-time", NOW,
                                 "--format", "json", code=int(row["exit_untrusted"]))
                self.assertIn('"unprovable"', text)

    def test_a_dropped_element_of_an_original_is_not_caught_and_the_report_says_so(self):
        entries = read(DATA / "com.gvp.poscodx.f7d61b4a.package")
        dropped = files_of(entries, element_ids(entries)[0])
        less = write(self.home / "less.package", {n: c for n, c in entries.items() if n not in dropped})
        text = self.tool("pkgverify", "check", less, "--at-time", NOW, "--format", "json", code=11)
        self.assertIn('"unprovable"', text)


if __name__ == "__main__":
    unittest.main(verbosity=2)

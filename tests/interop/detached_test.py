#!/usr/bin/env python3
"""Detached signatures (.p7s): judged by OpenSSL and GnuTLS, and theirs by us; the seal beside a package."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from authorities import run  # noqa: E402
from vro_workbench import BIN, ROOT, Workbench  # noqa: E402

KINDS = ("rsa-2048", "rsa-pss-2048", "p-256", "p-384", "ed25519")
SAMPLE = ROOT / "samples/com.example.greeting.package"
GIGABYTE = 1 << 30


class Detached(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment.pop("SOURCE_DATE_EPOCH", None)
        for kind in KINDS:
            cls.tool("pkgsign", "init", "--alias", kind, "--common-name", kind, "--key", kind, "--passphrase",
                     "env:SIGNING")
            cls.tool("pkgsign", "cert", "export", "--alias", kind, "-o", cls.home / f"{kind}.pem")

    def setUp(self):
        self.file = self.home / f"{self._testMethodName}.bin"
        self.file.write_bytes(b"line one\nline two\r\n\0\xff" * 1000)
        self.p7s = self.file.with_name(self.file.name + ".p7s")

    def sign(self, kind, *more, file=None, code=0):
        return self.tool("pkgsign", "sign", "--detached", "--alias", kind, "--passphrase", "env:SIGNING", *more,
                         file or self.file, code=code)

    def check(self, code, *more, file=None):
        return self.tool("pkgverify", "check", *more, file or self.file, code=code)

    def openssl_says(self, certificate, *more):
        done = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.p7s, "-content",
                               self.file, "-CAfile", certificate, "-purpose", "any", "-out", "/dev/null", *more],
                              capture_output=True, text=True)
        return done.returncode, done.stderr

    def certtool_says(self, certificate):
        done = subprocess.run(["certtool", "--p7-verify", "--inder", "--infile", self.p7s, "--load-data", self.file,
                               "--load-ca-certificate", certificate], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def change(self):
        content = bytearray(self.file.read_bytes())
        content[100] ^= 1
        self.file.write_bytes(content)

    def test_openssl_takes_each_kind_and_notices_a_change(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.sign(kind, "--replace")
                code, text = self.openssl_says(self.home / f"{kind}.pem")
                if kind == "ed25519":  # OpenSSL 3.0 cannot (RFC 8419): certtool alone judges it
                    self.assertIn("invalid digest", text)
                    continue
                self.assertEqual((code, "successful" in text), (0, True), text)
                self.change()
                self.assertNotEqual(self.openssl_says(self.home / f"{kind}.pem")[0], 0)

    @unittest.skipUnless(shutil.which("certtool"), "certtool is not here (Debian: gnutls-bin)")
    def test_gnutls_takes_each_kind_and_notices_a_change(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.sign(kind, "--replace")
                code, text = self.certtool_says(self.home / f"{kind}.pem")
                self.assertEqual(code, 0, text)
                self.change()
                self.assertNotEqual(self.certtool_says(self.home / f"{kind}.pem")[0], 0)

    def test_what_we_signed_is_judged_by_its_bytes_and_signer(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.sign(kind, "--replace")
                self.check(11)
                self.check(0, "--trust", self.home / f"{kind}.pem")
                self.check(11, "--trust", self.home / f"{'p-256' if kind != 'p-256' else 'p-384'}.pem")
                self.check(10, "--signature", "none", "--trust", self.home / f"{kind}.pem")
                self.change()
                said = self.check(13, "--trust", self.home / f"{kind}.pem")
                self.assertIn("digest-mismatch", said)

    def test_we_take_what_openssl_and_gnutls_signed(self):
        key = self.home / "other.key"
        for name, make in (("rsa", ["-newkey", "rsa:2048"]), ("ec", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            certificate = self.home / f"{name}.crt"
            run("openssl", "req", "-x509", *make, "-nodes", "-keyout", key, "-out", certificate, "-subj", f"/CN={name}")
            for form, extra in (("DER", ["-cades"]), ("PEM", [])):
                run("openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", self.file, "-signer", certificate, "-inkey",
                    key, "-outform", form, "-out", self.p7s, *extra)
                self.check(0, "--trust", certificate)
            if shutil.which("certtool"):
                run("certtool", "--p7-detached-sign", "--outder", "--load-privkey", key, "--load-certificate", certificate,
                    "--infile", self.file, "--outfile", self.p7s)
                # certtool writes no signed attributes unless asked for the time.
                self.assertIn("ambiguous-member", self.check(13, "--trust", certificate))
                run("certtool", "--p7-detached-sign", "--p7-time", "--outder", "--load-privkey", key, "--load-certificate",
                    certificate, "--infile", self.file, "--outfile", self.p7s)
                self.check(0, "--trust", certificate)

    def test_a_signature_without_certificates_is_by_one_that_is_known(self):
        key, certificate = self.home / "bare.key", self.home / "bare.crt"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=bare")
        for extra in ([], ["-keyid"]):
            run("openssl", "cms", "-sign", "-binary", "-nocerts", "-md", "sha256", "-in", self.file, "-signer", certificate, "-inkey",
                key, "-outform", "DER", "-out", self.p7s, *extra)
            self.assertIn("signer-certificate-missing", self.check(13))
            self.check(0, "--trust", self.home / "rsa-2048.pem", "--trust", certificate)
            store = self.home / f"store{len(extra)}"
            self.tool("pkgverify", "trust", "add", certificate, "--store", store)
            self.check(0, "--store", store)

    def test_several_signers_at_once_and_one_after_the_other(self):
        self.sign("rsa-2048", "--also", "ed25519")
        self.sign("p-384", "--add")
        for kind in ("rsa-2048", "ed25519", "p-384"):
            self.check(0, "--trust", self.home / f"{kind}.pem")
        self.check(11, "--trust", self.home / "p-256.pem")
        run("openssl", "cms", "-cmsout", "-inform", "DER", "-in", self.p7s, "-noout", "-print")
        self.change()
        self.sign("p-256", "--add", code=13)

    def test_pem_is_written_and_kept(self):
        self.sign("rsa-2048", "--pem")
        self.assertTrue(self.p7s.read_text().startswith("-----BEGIN PKCS7-----"))
        run("openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", self.p7s, "-content", self.file, "-CAfile",
            self.home / "rsa-2048.pem", "-purpose", "any", "-out", "/dev/null")
        self.check(0, "--trust", self.home / "rsa-2048.pem")

    def test_what_is_no_detached_signature_is_invalid(self):
        trust = ("--trust", self.home / "rsa-2048.pem")
        for content in (b"", b"no signature", b"\x30\x80", SAMPLE.read_bytes()):
            self.p7s.write_bytes(content)
            self.check(13, *trust)
        self.sign("rsa-2048", "--replace")
        good = self.p7s.read_bytes()
        for place in range(len(good) - 250, len(good), 25):  # the signature value stands last
            self.p7s.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1:])
            self.check(13, *trust)
        self.p7s.write_bytes(good + b"\0")
        self.check(13, *trust)
        # Whatever is changed in the signature, it is never one over other bytes.
        self.change()
        for place in range(0, len(good), 37):
            self.p7s.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1:])
            done = subprocess.run([BIN / "pkgverify", "check", *map(str, trust), str(self.file)], capture_output=True,
                                  env=self.environment)
            self.assertEqual(done.returncode, 13)

    def test_a_manifest_of_another_layout_is_signed_only_by_force(self):
        for name, content in (("X.SF", b"Signature-Version: 1.0\r\n\r\n"), ("MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n"),
                              ("a.mf", b"SHA256(a.ovf)= " + b"0" * 64 + b"\n"), ("b.mtree", b"#mtree\n./a type=file\n")):
            with self.subTest(name):
                path = self.home / name
                path.write_bytes(content)
                self.sign("rsa-2048", file=path, code=13)
                self.sign("rsa-2048", "--force", file=path)
                self.check(0, "--trust", self.home / "rsa-2048.pem", file=path)
                # A plain signature over it is that layout's, and none of ours.
                run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.home / "m.key", "-out",
                    self.home / "m.crt", "-subj", "/CN=m")
                run("openssl", "cms", "-sign", "-binary", "-in", path, "-signer", self.home / "m.crt", "-inkey",
                    self.home / "m.key", "-outform", "DER", "-out", f"{path}.p7s")
                self.check(13, "--trust", self.home / "m.crt", file=path)

    def test_the_seal_beside_a_package(self):
        package = self.home / "sealed.package"
        seal = self.home / "sealed.package.p7s"
        inner, outer = self.home / "rsa-2048.pem", self.home / "p-256.pem"
        self.tool("pkgsign", "sign", "--alias", "rsa-2048", "--passphrase", "env:SIGNING", SAMPLE, "-o", package, "--force")
        self.sign("p-256", file=package)
        # Matches and is trusted: covers everything, with or without trust inside.
        self.check(0, "--trust", outer, file=package)
        self.check(0, "--trust", inner, "--trust", outer, file=package)
        # By a stranger: neither helps nor harms.
        self.assertIn("beside-not-trusted", self.check(0, "--trust", inner, file=package))
        self.check(11, file=package)
        # Inner weaknesses become findings.
        weak = self.home / "weak.package"
        self.tool("pkgsign", "sign", "--alias", "rsa-2048", "--passphrase", "env:SIGNING", "--vro-digest", "md5", SAMPLE, "-o",
                  weak)
        self.check(12, "--trust", inner, file=weak)
        self.sign("p-256", file=weak)
        self.assertIn("weak-digest", self.check(0, "--trust", inner, "--trust", outer, file=weak))
        # An unsigned package: by a stranger it stays unsigned.
        plain = self.home / "plain.package"
        shutil.copy(SAMPLE, plain)
        self.check(10, file=plain)
        self.sign("p-256", file=plain)
        self.check(10, file=plain)
        self.check(0, "--trust", outer, file=plain)
        # One that does not match, or is none, is invalid whoever is trusted; a missing one is invisible.
        shutil.copy(self.home / "weak.package.p7s", seal)
        self.assertIn("beside-mismatch", self.check(13, "--trust", inner, "--trust", outer, file=package))
        self.check(0, "--trust", inner, "--signature", "none", file=package)
        seal.write_bytes(b"nothing")
        self.check(13, "--trust", inner, file=package)
        seal.unlink()
        self.check(0, "--trust", inner, file=package)

    def test_a_file_of_20_gib_is_signed_and_judged_in_little_memory(self):
        big = self.home / "big.img"
        with open(big, "wb") as out:
            out.truncate(20 * GIGABYTE)
        if os.environ.get("PKGTRUST_LARGE") != "1":
            big.unlink()
            self.skipTest("this machine needs two minutes for 20 GiB: PKGTRUST_LARGE=1 runs it")
        limit = ["bash", "-c", 'ulimit -v 4000000; exec "$@"', "bash"]
        for words in (["pkgsign", "sign", "--detached", "--alias", "rsa-2048", "--passphrase", "env:SIGNING"],
                      ["pkgverify", "check", "--trust", self.home / "rsa-2048.pem"]):
            done = subprocess.run([*limit, BIN / words[0], *map(str, words[1:]), str(big)], env=self.environment,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

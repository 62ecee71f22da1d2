#!/usr/bin/env python3
"""Our CMS signatures are taken by OpenSSL and GnuTLS, theirs and Java's by us."""
import csv
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PKGTRUST_BIN", ROOT / "build/quick/bin")).parent / "tests/cms_tool"
DATA = pathlib.Path(os.environ.get("PKGTRUST_TEST_DATA", ROOT / "../shared/data"))
KINDS = ("rsa-2048", "rsa-pss-2048", "p-256", "p-384", "ed25519")
BLOCKS = (".RSA", ".DSA", ".EC")


def needs_data(case):
    if (DATA / "jar").is_dir():
        return case
    if os.environ.get("PKGTRUST_REQUIRE_DATA") == "1":
        raise FileNotFoundError(DATA / "jar")
    return unittest.skip("the test data of others is not here")(case)


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace",
                          env={**os.environ, "LC_ALL": "C"}, check=False)


class Cms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.content = cls.home / "content"
        # Line ends and a zero byte: what a mail program would change.
        cls.content.write_bytes(b"a line\nanother\r\n\0the last, without an end")
        cls.other = cls.home / "other"
        cls.other.write_bytes(b"another content")
        for kind in KINDS:
            (cls.home / kind).mkdir()
            made = run(TOOL, "sign", kind, cls.content, cls.home / kind)
            assert made.returncode == 0, made.stderr

    def by_openssl(self, kind, content):
        place = self.home / kind
        return run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", place / "signature.p7s", "-content",
                   content, "-CAfile", place / "ca.pem", "-purpose", "any", "-out", os.devnull)

    def by_gnutls(self, kind, content):
        place = self.home / kind
        return run("certtool", "--p7-verify", "--inder", "--infile", place / "signature.p7s", "--load-data", content,
                   "--load-ca-certificate", place / "ca.pem")

    def check(self, file, content, *certificates, lines=("good",)):
        checked = run(TOOL, "check", file, content, *certificates)
        self.assertEqual([line.split(":")[0] for line in checked.stdout.splitlines()], list(lines), checked)
        self.assertEqual(checked.returncode, 0 if set(lines) == {"good"} else 1)

    def test_openssl_takes_ours_and_refuses_them_over_another_content(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                judged = self.by_openssl(kind, self.content)
                if kind == "ed25519":  # OpenSSL 3.0 cannot; when this fails, the page about CMS is to be changed.
                    self.assertIn("invalid digest", judged.stderr)
                    continue
                self.assertEqual(judged.returncode, 0, judged.stderr)
                self.assertNotEqual(self.by_openssl(kind, self.other).returncode, 0)

    def test_gnutls_takes_ours_and_refuses_them_over_another_content(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                judged = self.by_gnutls(kind, self.content)
                self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)
                self.assertIn("Signature status: ok", judged.stdout + judged.stderr)
                self.assertNotEqual(self.by_gnutls(kind, self.other).returncode, 0)

    def test_gnutls_reads_ours_in_pem(self):
        for kind in KINDS:
            judged = run("certtool", "--p7-info", "--infile", self.home / kind / "signature.pem")
            self.assertEqual(judged.returncode, 0, judged.stderr)

    def sign_with_openssl(self, kind, *options):
        place = self.home / kind
        target = self.home / "theirs.p7s"
        made = run("openssl", "cms", "-sign", "-binary", "-in", self.content, "-signer", place / "signer.pem", "-inkey",
                   place / "key.pem", "-outform", "DER", "-out", target, *options)
        self.assertEqual(made.returncode, 0, made.stderr)
        return target

    def test_what_openssl_signs_is_good(self):
        pss = ("-keyopt", "rsa_padding_mode:pss")
        for kind, *options in (("rsa-2048",), ("rsa-2048", "-md", "sha1"), ("rsa-2048", "-md", "sha512"),
                               ("rsa-2048", *pss), ("rsa-2048", *pss, "-keyopt", "rsa_pss_saltlen:0"),
                               ("rsa-pss-2048", *pss, "-md", "sha256"), ("rsa-2048", "-cades"), ("rsa-2048", "-noattr"),
                               ("rsa-2048", "-nosmimecap"), ("rsa-2048", "-stream"), ("rsa-2048", "-indef"),
                               ("p-256",), ("p-256", "-cades", "-md", "sha384"), ("p-384", "-md", "sha384"),
                               ("p-384", "-noattr")):
            with self.subTest(kind=kind, options=options):
                target = self.sign_with_openssl(kind, *options)
                self.check(target, self.content)
                expected = "signature-differs" if "-noattr" in options else "content-differs"
                self.check(target, self.other, lines=(expected,))

    def test_a_content_inside_is_read(self):
        for options in (("-nodetach",), ("-nodetach", "-stream")):
            target = self.sign_with_openssl("p-256", *options)
            self.check(target, "-")
            self.check(target, self.other, lines=("content-differs",))

    def test_a_signer_named_by_its_key_is_found_only_by_it(self):
        place = self.home / "keyid"
        place.mkdir()
        made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                   "/CN=by key", "-keyout", place / "key.pem", "-out", place / "signer.pem")
        self.assertEqual(made.returncode, 0, made.stderr)
        target = self.sign_with_openssl("keyid", "-keyid", "-nocerts")
        self.check(target, self.content, lines=("certificate-missing",))
        self.check(target, self.content, self.home / "p-256/signer.pem", lines=("certificate-missing",))
        self.check(target, self.content, place / "signer.pem")

    def test_each_of_two_signers_has_its_own_verdict(self):
        two = self.home / "two.p7s"
        first = self.sign_with_openssl("rsa-2048")
        made = run("openssl", "cms", "-resign", "-binary", "-inform", "DER", "-in", first, "-content", self.content,
                   "-signer", self.home / "p-256/signer.pem", "-inkey", self.home / "p-256/key.pem", "-outform", "DER",
                   "-out", two)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.check(two, self.content, lines=("good", "good"))
        self.check(two, self.other, lines=("content-differs", "content-differs"))

    def test_what_gnutls_signs_is_good(self):
        for kind in KINDS:
            for detached in ("--p7-detached-sign", "--p7-sign"):
                with self.subTest(kind=kind, detached=detached):
                    place = self.home / kind
                    target = self.home / "theirs.p7s"
                    made = run("certtool", detached, "--p7-time", "--outder", "--load-privkey", place / "key.pem",
                               "--load-certificate", place / "signer.pem", "--infile", self.content, "--outfile", target,
                               "--p7-include-cert")
                    self.assertEqual(made.returncode, 0, made.stderr)
                    self.check(target, self.content)
                    self.check(target, self.other, lines=("content-differs",))


@needs_data
class Others(unittest.TestCase):
    def verdicts(self, archive):
        """The lines of every signature block of a JAR over its .SF file."""
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as opened:
            place = pathlib.Path(folder)
            lines = []
            for name in opened.namelist():
                if not name.upper().startswith("META-INF/") or not name.upper().endswith(BLOCKS):
                    continue
                (place / "block").write_bytes(opened.read(name))
                (place / "content").write_bytes(opened.read(name.rsplit(".", 1)[0] + ".SF"))
                lines += run(TOOL, "check", place / "block", place / "content").stdout.splitlines()
            return [line.split(":")[0] for line in lines]

    def test_the_blocks_of_apksig_are_good_but_for_those_that_must_not_be(self):
        rows = csv.DictReader((DATA / "jar/apksig/expected.tsv").read_text().splitlines(), delimiter="\t")
        seen = 0
        for row in rows:
            if not row["file"].endswith(".apk"):
                continue
            with self.subTest(file=row["file"]):
                verdicts = self.verdicts(DATA / "jar/apksig" / row["file"])
                self.assertTrue(verdicts)
                seen += 1
                self.assertEqual(set(verdicts) == {"good"}, row["exit_pinned"] != "13", verdicts)
        self.assertGreater(seen, 100)

    def test_a_wrong_content_type_is_named(self):
        folder = DATA / "jar/apksig"
        self.assertEqual(self.verdicts(folder / "v1-only-with-signed-attrs-wrong-content-type.apk"),
                         ["content-type-differs"])
        two = "v1-only-with-signed-attrs-signerInfo1-wrong-content-type-signerInfo2-good.apk"
        self.assertEqual(self.verdicts(folder / two), ["content-type-differs", "good"])

    def test_the_blocks_of_eclipse_are_good(self):
        jars = sorted((DATA / "jar/eclipse").glob("*.jar"))
        self.assertTrue(jars)
        for jar in jars:
            with self.subTest(jar=jar.name):
                self.assertEqual(self.verdicts(jar), ["good"])

    def test_the_token_of_a_time_stamp_is_good_over_its_own_content(self):
        with tempfile.TemporaryDirectory() as folder:
            token = pathlib.Path(folder) / "token"
            made = run("openssl", "ts", "-reply", "-in", DATA / "tsa/openssl__sectigo-all-zero.tsr", "-token_out", "-out",
                       token)
            self.assertEqual(made.returncode, 0, made.stderr)
            signer = DATA / "tsa/openssl__sectigo-signer.pem"
            self.assertEqual(run(TOOL, "check", token, "-", signer).stdout, "good\n")


if __name__ == "__main__":
    unittest.main()

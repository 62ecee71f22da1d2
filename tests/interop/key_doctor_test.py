#!/usr/bin/env python3
"""The import doctor: what can be wrong with a person's files is told apart, by exit code and words, and what to do."""
import pathlib
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from key_bench import BIN, DATA, REQUIRED, KeyBench  # noqa: E402


class Doctor(KeyBench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key, cls.certificate = cls.self_signed("mine")
        cls.other_key, cls.other_certificate = cls.self_signed("other")
        cls.openssl("pkcs8", "-topk8", "-in", cls.key, "-out", "locked.key", "-passout", "env:FILE_SECRET")
        cls.openssl("pkcs12", "-export", "-inkey", cls.key, "-in", cls.certificate, "-out", "mine.p12", "-passout",
                    "env:FILE_SECRET")
        cls.make_chain()

    @classmethod
    def make_chain(cls):
        """A leaf below an intermediate below a root, by `openssl x509`."""
        issuer = None
        for name in ("root", "middle", "leaf"):
            cls.openssl("req", "-new", "-newkey", "rsa:2048", "-noenc", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                        "-subj", f"/CN={name}", "-addext",
                        "basicConstraints=critical,CA:" + ("FALSE" if name == "leaf" else "TRUE"))
            by = ["-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key"] if issuer else ["-signkey", f"{name}.key"]
            cls.openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.crt", "-days", "3650",
                        "-copy_extensions", "copy", *by)
            issuer = name

    def refused(self, file, *more, says, hint, code=1):
        text, alias = self.bring(file, *more, code=code)
        self.assertIn(says, text)
        self.assertRegex(text, "pkgsign: hint: .*" + hint)
        self.assertNotIn(f"\n{alias} ", self.pkgsign("cert", "list"))

    def text_of(self, *names):
        return "".join((self.home / name).read_text() for name in names)

    def make_cipher_unknown(self):
        der = bytearray(subprocess.run(["openssl", "pkcs8", "-in", "locked.key", "-passin", "env:FILE_SECRET", "-topk8",
                                        "-passout", "env:FILE_SECRET", "-outform", "DER"], cwd=self.home,
                                       env=self.environment, capture_output=True, check=True).stdout)
        # 2.16.840.1.101.3.4.1.42 (AES-256-CBC) becomes .1.99
        aes = bytes.fromhex("60864801650304012a")
        der[der.index(aes) + 8] = 99
        (self.home / "unknown.der").write_bytes(der)

    def make_unsound(self):
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
                     "rsa_keygen_pubexp:3", "-out", "three.key")
        self.openssl("req", "-x509", "-key", "three.key", "-out", "three.crt", "-subj", "/CN=three")

    def make_public(self):
        """The certificate of a key that anyone can download, out of a real package."""
        if not REQUIRED and not (DATA / "vro").is_dir():
            self.skipTest("the real packages are not here (PKGTRUST_TEST_DATA)")
        package = next((DATA / "vro").glob("o11nplugin-avi-*.package"))
        with zipfile.ZipFile(package) as archive:
            name = next(name for name in archive.namelist() if name.endswith("Archetype.cer"))
            (self.home / "public.cer").write_bytes(archive.read(name))

    def test_each_case_is_told_apart_with_what_to_do(self):
        """What can be wrong: the words for it; the files; the exit code; what is said; what to do."""
        self.make_cipher_unknown()
        self.make_unsound()
        self.make_public()
        (self.home / "mixed.pem").write_text(self.text_of("root.crt", "leaf.key", "middle.crt", "leaf.crt"))
        self.openssl("x509", "-in", "mine.crt", "-outform", "DER", "-out", "der.pem")
        mine, wrong = ("--cert", "mine.crt"), ("--file-passphrase", "env:WRONG_SECRET")
        rows = (("a wrong passphrase", ("locked.key", *mine, *wrong), 1, "the passphrase does not open", "only the passphrase is another"),
                ("an unsupported cipher", ("unknown.der", *mine), 1, "is encrypted with 2.16.840.1.101.3.4.1.99", "write it anew"),
                ("a key that does not match", ("other.key", *mine), 1, "does not match the certificate 'CN=mine'", "look for the key"),
                ("a missing issuer", ("leaf.key", "--cert", "leaf.crt", "--chain", "middle.crt"), 1, "the issuer 'CN=root' of "
                 "'CN=middle' is missing", "--chain FILE"),
                ("a wrong order", ("mixed.pem",), 0, "were in another order", "they are now sorted"),
                ("a DER file named .pem", ("mine.key", "--cert", "der.pem"), 0, "'der.pem' is DER, although its name says PEM", ""),
                ("a request given for a certificate", ("leaf.key", "--cert", "leaf.csr"), 1, "but a certificate request",
                 "the certificate is what the CA answers"),
                ("a certificate whose key is known to be public", ("mine.key", "--cert", "public.cer"), 16,
                 "is known to be public", "make a new one"),
                ("a certificate whose key is not sane", ("three.key", "--cert", "three.crt"), 1, "is not sound", "make a new key"))
        texts = {}
        for words, files, code, says, todo in rows:
            with self.subTest(words):
                texts[words], alias = self.bring(*files, code=code)
                self.assertIn(says, texts[words])
                self.assertIn(todo, texts[words])
                self.assertRegex(texts[words], "pkgsign: note: " if code == 0 else "pkgsign: error: .*\npkgsign: hint: ")
                self.assertEqual(f"\n{alias} " in self.pkgsign("cert", "list"), code == 0)
        for words, _, _, says, _ in rows:
            self.assertEqual([other for other, text in texts.items() if says in text], [words])

    def test_a_wrong_passphrase(self):
        wrong = ("--file-passphrase", "env:WRONG_SECRET")
        self.refused("locked.key", "--cert", "mine.crt", *wrong, says="the passphrase does not open the private key",
                     hint="only the passphrase")
        self.refused("mine.p12", *wrong, says="the passphrase does not open 'mine.p12'", hint="the passphrase is another")

    def test_an_encrypted_file_without_a_source_for_its_passphrase(self):
        for file in ("locked.key", "mine.p12"):
            text = self.pkgsign("key", "import", file, "--cert", "mine.crt", "--alias", "none", "--passphrase",
                                "env:STORE_SECRET", code=1)
            self.assertIn(f"the passphrase of the file '{file}' is needed", text)
            self.assertIn("--file-passphrase env:VAR", text)

    def test_a_cipher_that_is_not_known_here(self):
        self.make_cipher_unknown()
        self.refused("unknown.der", "--cert", "mine.crt", says="is encrypted with 2.16.840.1.101.3.4.1.99",
                     hint="write it anew")

    def test_a_key_that_does_not_match(self):
        self.refused("other.key", "--cert", "mine.crt", says="does not match the certificate 'CN=mine'",
                     hint="issued for another key")

    def test_no_certificate_at_all(self):
        self.refused("mine.key", says="there is no certificate in 'mine.key'", hint="--cert FILE")

    def test_a_missing_issuer_is_named(self):
        self.refused("leaf.key", "--cert", "leaf.crt", says="the issuer 'CN=middle' of 'CN=leaf' is missing", hint="--chain FILE")
        self.refused("leaf.key", "--cert", "leaf.crt", "--chain", "middle.crt", says="the issuer 'CN=root' of 'CN=middle' is missing",
                     hint="--partial-chain")
        text, alias = self.bring("leaf.key", "--cert", "leaf.crt", "--chain", "middle.crt", "--partial-chain")
        self.assertIn("note: the issuer 'CN=root' of 'CN=middle' is missing: importers must have it", text)
        self.assertEqual(self.pkgsign("cert", "export", "--alias", alias).count("BEGIN"), 2)

    def test_a_wrong_order_is_mended_and_told(self):
        (self.home / "all.pem").write_text("Subject: root\n" + self.text_of("root.crt", "leaf.key", "middle.crt", "leaf.crt"))
        text, alias = self.bring("all.pem")
        self.assertIn("note: the certificates were in another order", text)
        exported = self.home / "sorted.pem"
        self.pkgsign("cert", "export", "--alias", alias, "-o", exported)
        self.assertEqual(exported.read_text(), self.text_of("leaf.crt", "middle.crt", "root.crt"))

    def test_a_der_file_named_pem(self):
        self.openssl("x509", "-in", "mine.crt", "-outform", "DER", "-out", "der.pem")
        text, _ = self.bring("mine.key", "--cert", "der.pem")
        self.assertIn("note: 'der.pem' is DER, although its name says PEM", text)

    def test_a_chain_as_pkcs7(self):
        for form in ("PEM", "DER"):
            self.openssl("crl2pkcs7", "-nocrl", "-certfile", "root.crt", "-certfile", "middle.crt", "-certfile",
                         "leaf.crt", "-outform", form, "-out", "chain.p7b")
            _, alias = self.bring("leaf.key", "--cert", "chain.p7b")
            self.assertEqual(self.pkgsign("cert", "export", "--alias", alias).count("BEGIN"), 3)

    def test_a_request_given_for_a_certificate(self):
        self.refused("leaf.key", "--cert", "leaf.csr", says="holds no certificate, but a certificate request",
                     hint="what the CA answers")
        self.refused("leaf.csr", says="holds no private key, but a certificate request", hint="goes to the CA")

    def test_a_certificate_given_for_a_key(self):
        self.refused("mine.crt", says="holds no private key, but a certificate", hint="in another file")

    def test_a_key_given_for_a_certificate(self):
        self.refused("mine.key", "--cert", "mine.key", says="holds no certificate, but a private key",
                     hint="in another file")

    def test_an_openssh_key(self):
        (self.home / "id").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
        self.refused("id", says="but an OpenSSH private key", hint="ssh-keygen")

    def test_a_key_that_is_not_sane(self):
        self.make_unsound()
        self.refused("three.key", "--cert", "three.crt", says="the RSA exponent is below 65537", hint="make a new key")

    def test_a_kind_of_key_that_the_store_does_not_take(self):
        self.self_signed("ed448", "ed448")
        self.refused("ed448.key", "--cert", "ed448.crt", says="the kind of the public key is unknown", hint="new key")

    def test_a_key_that_is_known_to_be_public(self):
        self.make_public()
        self.refused("mine.key", "--cert", "public.cer", says="is known to be public", hint="make a new one", code=16)

    def test_a_weak_and_an_expired_one_are_kept_with_a_word(self):
        self.run_other("faketime", "2020-01-01", "openssl", "req", "-x509", "-newkey", "rsa:1024", "-noenc", "-keyout",
                       "weak.key", "-out", "weak.crt", "-subj", "/CN=weak", "-days", "30")
        text, _ = self.bring("weak.key", "--cert", "weak.crt")
        self.assertIn("1024 bits, which is weak (short-key)", text)
        self.assertIn("'CN=weak' ended on 2020-01-31", text)

    def test_an_alias_that_is_taken(self):
        text = self.pkgsign("key", "import", "mine.p12", "--passphrase", "env:STORE_SECRET", "--file-passphrase",
                            "env:FILE_SECRET", code=1)
        self.assertIn("the store has an identity 'server' already", text)

    def test_a_wrong_passphrase_of_the_store_keeps_nothing(self):
        self.pkgsign("key", "import", "mine.p12", "--alias", "wrong", "--passphrase", "env:WRONG_SECRET",
                     "--file-passphrase", "env:FILE_SECRET", code=1)
        self.assertNotIn("wrong", self.pkgsign("cert", "list"))

    def test_no_secret_is_on_a_command_line_while_it_runs(self):
        """strace sees every argument and every byte that is written, also to the store."""
        trace = self.home / "trace"
        done = subprocess.run(["strace", "-f", "-s", "100000", "-e", "trace=execve,write,pwrite64,writev", "-o", trace,
                               BIN / "pkgsign", "key", "import", "mine.p12", "--alias", "traced", "--passphrase",
                               "env:STORE_SECRET", "--file-passphrase", "env:FILE_SECRET"], cwd=self.home,
                              env={**self.environment, "ASAN_OPTIONS": "detect_leaks=0"}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        if "PTRACE" in done.stderr or "ptrace" in done.stderr:
            self.skipTest("strace may not trace here")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = trace.read_text(errors="replace")
        self.assertIn("CN=mine", text)
        for secret in ("STORE_SECRET", "FILE_SECRET"):
            self.assertNotIn(self.environment[secret], text)


if __name__ == "__main__":
    unittest.main(verbosity=2)

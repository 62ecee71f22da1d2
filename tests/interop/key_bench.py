"""What the tests on keys of others share: a store of their own, secrets that must not show, the other programs."""
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
DATA = pathlib.Path(os.environ["PKGTRUST_TEST_DATA"])
REQUIRED = os.environ.get("PKGTRUST_REQUIRE_DATA") == "1"
SECRETS = {"STORE_SECRET": "store-passphrase-1", "FILE_SECRET": "file-passphrase-2", "KEY_SECRET": "key-passphrase-3",
           "WRONG_SECRET": "wrong-passphrase-4"}


class KeyBench(unittest.TestCase):
    """A temporary home with a store, made once a class."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="pkgtrust-test-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.home), "LC_ALL": "C.UTF-8",
                           "PKGTRUST_STORE": str(cls.home / "store"), **SECRETS,
                           "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        cls.count = 0
        cls.pkgsign("init", "--common-name", "Bench", "--key", "rsa-2048", "--kdf-cost", "1:8", "--passphrase",
                    "env:STORE_SECRET")

    @classmethod
    def run_other(cls, *words, stdin=b""):
        done = subprocess.run([str(word) for word in words], env=cls.environment, cwd=cls.home, input=stdin,
                              capture_output=True, timeout=300)
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        if done.returncode != 0:
            raise AssertionError(f"{words}: exit {done.returncode}\n{text[-3000:]}")
        return text

    @classmethod
    def pkgsign(cls, *words, code=0):
        """Runs it without a terminal; whatever it says, no secret is in it."""
        done = subprocess.run([BIN / "pkgsign", *map(str, words)], env=cls.environment, cwd=cls.home,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        text = done.stdout + done.stderr
        if done.returncode != code:
            raise AssertionError(f"{words}: exit {done.returncode}, expected {code}\n{text[-3000:]}")
        for secret in SECRETS.values():
            if secret in text or any(secret in str(word) for word in words):
                raise AssertionError(f"{words}: a passphrase shows")
        return text

    @classmethod
    def openssl(cls, *words):
        return cls.run_other("openssl", *words)

    @classmethod
    def keytool(cls, *words):
        return cls.run_other("keytool", *words)

    @classmethod
    def bring(cls, file, *more, code=0):
        """Imports under an alias of its own; returns (what was said, the alias)."""
        cls.count += 1
        alias = f"identity-{cls.count}"
        words = [] if "--file-passphrase" in more else ["--file-passphrase", "env:FILE_SECRET"]
        text = cls.pkgsign("key", "import", file, "--alias", alias, "--passphrase", "env:STORE_SECRET", *words, *more,
                           code=code)
        return text, alias

    @classmethod
    def take(cls, alias, file, *more, code=0):
        return cls.pkgsign("key", "export", "--alias", alias, "-o", file, "--passphrase", "env:STORE_SECRET",
                           "--file-passphrase", "env:FILE_SECRET", *more, code=code)

    @classmethod
    def self_signed(cls, name, *key):
        """A key and its certificate in PEM form by OpenSSL; returns their paths."""
        key_file, certificate = cls.home / f"{name}.key", cls.home / f"{name}.crt"
        cls.openssl("req", "-x509", "-newkey", *(key or ["rsa:2048"]), "-noenc", "-keyout", key_file, "-out",
                    certificate, "-subj", f"/CN={name}", "-days", "3650")
        return key_file, certificate

    def public_key_of(self, key_file, *words):
        return self.openssl("pkey", "-in", key_file, "-pubout", *words)

    def public_key_in_store(self, alias):
        certificate = self.home / f"{alias}-public.pem"
        self.pkgsign("cert", "export", "--alias", alias, "-o", certificate, "--force")
        return self.openssl("x509", "-in", certificate, "-noout", "-pubkey")

    def assert_private(self, file):
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)

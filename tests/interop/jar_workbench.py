"""What the tests on JARs share: signers whose keys OpenSSL made and whom jarsigner knows, and a knife for JARs."""
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
DATA = pathlib.Path(os.environ["PKGTRUST_TEST_DATA"]) / "jar"
REQUIRED = os.environ.get("PKGTRUST_REQUIRE_DATA") == "1"
needs_data = unittest.skipUnless(REQUIRED or DATA.is_dir(), "the JARs of others are not here (PKGTRUST_TEST_DATA)")

KINDS = {
    "rsa": ["-newkey", "rsa:2048"],
    "pss": ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
    "p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "ed25519": ["-newkey", "ed25519"],
}
CONTENT = {"a.txt": b"alpha\n", "lib/b.txt": b"beta\n" * 1000, "lib/c.bin": bytes(range(256))}


def entries_of(path):
    """Every entry with its content, in order, names twice kept."""
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]


def write(path, entries):
    """A list of pairs, or a dictionary; stored order and names are the caller's."""
    pairs = entries.items() if isinstance(entries, dict) else entries
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            info = zipfile.ZipInfo(name, (2026, 11, 23, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return path


class JarWorkbench(unittest.TestCase):
    SIGNERS = {"alice": "rsa", "bob": "p256"}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="pkgtrust-test-")
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.home), "LC_ALL": "C.UTF-8",
                           "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto", "PW": "changeit",
                           "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        cls.trust = cls.home / "trust.p12"
        for alias, kind in cls.SIGNERS.items():
            cls.make_signer(alias, kind)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_tool(cls, *words, codes=(0,), program=None):
        done = subprocess.run([program or words[0], *map(str, words[1:])], env=cls.environment, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=300)
        if codes is not None and done.returncode not in codes:
            raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}, expected {codes}\n"
                                 f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.returncode, done.stdout + done.stderr

    @classmethod
    def make_signer(cls, alias, kind):
        """NAME.key, NAME.pem and NAME.p12, and the certificate in jarsigner's trust store."""
        key, certificate = cls.home / f"{alias}.key", cls.home / f"{alias}.pem"
        cls.run_tool("openssl", "req", "-x509", *KINDS[kind], "-noenc", "-keyout", key, "-out", certificate, "-days",
                     "400", "-subj", f"/CN={alias}/O=Example, Inc.", "-addext", "extendedKeyUsage=codeSigning",
                     "-addext", "keyUsage=digitalSignature")
        cls.run_tool("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-name", alias, "-passout",
                     "env:PW", "-out", cls.home / f"{alias}.p12")
        cls.run_tool("keytool", "-importcert", "-noprompt", "-alias", alias, "-file", certificate, "-keystore",
                     cls.trust, "-storetype", "PKCS12", "-storepass:env", "PW")

    @classmethod
    def jarsign(cls, jar, alias, *more, codes=(0,)):
        return cls.run_tool("jarsigner", "-keystore", cls.home / f"{alias}.p12", "-storepass:env", "PW", *more, jar,
                            alias, codes=codes)[1]

    @classmethod
    def jarsigner_says(cls, jar, *more):
        """The exit code of jarsigner -verify -strict, which knows all signers here, and its words."""
        return cls.run_tool("jarsigner", "-verify", "-strict", *more, "-keystore", cls.trust, "-storepass:env", "PW",
                            jar, codes=None)

    @classmethod
    def pkgverify(cls, jar, *more, trusted=None):
        known = [word for alias in (cls.SIGNERS if trusted is None else trusted)
                 for word in ("--trust", cls.home / f"{alias}.pem")]
        return cls.run_tool("pkgverify", "check", "--store", cls.home / "no-store", "--format", "json", *known, *more,
                            jar, codes=None, program=BIN / "pkgverify")

    @classmethod
    def signed_jar(cls, name, *aliases, content=None):
        jar = write(cls.home / name, content or CONTENT)
        for alias in aliases or ("alice",):
            cls.jarsign(jar, alias)
        return jar

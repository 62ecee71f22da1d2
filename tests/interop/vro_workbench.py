"""What the tests on vRO packages share: a store of their own, the two tools, and a knife for packages."""
import csv
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
DATA = pathlib.Path(os.environ["PKGTRUST_TEST_DATA"]) / "vro"
REQUIRED = os.environ.get("PKGTRUST_REQUIRE_DATA") == "1"
NOW = "2026-11-23T12:00:00Z"  # the day for which expected.tsv was written

needs_data = unittest.skipUnless(REQUIRED or DATA.is_dir(), "the real packages are not here (PKGTRUST_TEST_DATA)")


def real_packages():
    with open(DATA / "expected.tsv", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def signed_packages():
    return [row for row in real_packages() if row["signed_files"] != "0"]


def read(path):
    """The entries in their order; a name twice would be lost here, and no real package has one."""
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}


def write(path, entries):
    """As any zip tool would: the signatures are over contents, so this alone breaks none of them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, (2026, 11, 23, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.flag_bits |= 0x800
            archive.writestr(info, content)
    return path


def properties(**pairs):
    entries = "".join(f'<entry key="{key}">{value}</entry>\n' for key, value in pairs.items())
    return ('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
            '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n'
            f'<properties>\n<comment>UTF-16</comment>\n{entries}</properties>\n').encode()


def element(identity, kind, data):
    """The files of one element as a server exports it."""
    data = data if isinstance(data, bytes) else b"\xfe\xff" + data.encode("utf-16-be")
    folder = f"elements/{identity}/"
    return {folder + "info": properties(id=identity, type=kind),
            folder + "categories": b"<categories><category name='Library'><name>Library</name></category></categories>",
            folder + "data": data}


def package(path, elements):
    """An unsigned package of these elements."""
    entries = {"dunes-meta-inf": properties(**{"pkg-name": "com.example.made"})}
    for files in elements:
        entries.update(files)
    return write(path, entries)


def element_ids(entries):
    return sorted({name.split("/")[1] for name in entries if name.startswith("elements/")})


def files_of(entries, element):
    return [name for name in entries
            if name.startswith((f"elements/{element}/", f"signatures/elements/{element}/"))]


class Workbench(unittest.TestCase):
    """A temporary home with a store and one identity, made once a class."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="pkgtrust-test-")
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.home), "LC_ALL": "C.UTF-8",
                           "PKGTRUST_STORE": str(cls.home / "store"), "SIGNING": "correct horse",
                           "SOURCE_DATE_EPOCH": "1795435200", "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        cls.tool("pkgsign", "init", "--common-name", "Workbench", "--organization", "Example, Inc.", "--key", "rsa-2048",
                 "--kdf-cost", "1:8", "--passphrase", "env:SIGNING")
        cls.certificate = cls.home / "ours.pem"
        cls.tool("pkgsign", "cert", "export", "-o", cls.certificate)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def tool(cls, *words, code=0, **more_environment):
        done = subprocess.run([BIN / words[0], *map(str, words[1:])], env={**cls.environment, **more_environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        if done.returncode != code:
            raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}, expected {code}\n"
                                 f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout + done.stderr

    @classmethod
    def sign(cls, package, output, *more, code=0, **more_environment):
        return cls.tool("pkgsign", "sign", package, "-o", output, "--passphrase", "env:SIGNING", *more, code=code,
                        **more_environment)

    def check(self, package, code, *more, says=()):
        # Our certificate began when the test did, so the time that counts is now.
        text = self.tool("pkgverify", "check", package, "--trust", self.certificate, "--format", "json", *more,
                         code=code)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(f'"{word}"', text)
        return text

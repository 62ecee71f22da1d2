#!/usr/bin/env python3
"""Keys of minisign in our store: made here, taken from minisign and given back; what they sign, minisign judges."""
import base64
import hashlib
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from vro_workbench import BIN, ROOT, Workbench  # noqa: E402

STORE = ("--passphrase", "env:SIGNING")
OPERATIONS, MEMORY = 38, 46
NO_CERTIFICATE = "is a minisign key"


def peer(*words, typed=None):
    done = subprocess.run([str(word) for word in words], input=typed, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL if typed is None else None)
    return done.returncode, done.stdout + done.stderr


def line_of(path):
    return base64.b64decode(path.read_text(encoding="utf-8").splitlines()[1])


class MinisignKeys(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment |= {"FILE": "of the file", "WRONG": "another"}
        cls.tool("pkgsign", "init", "--key", "minisign", "--alias", "mini", *STORE)
        cls.tool("pkgsign", "cert", "export", "--alias", "mini", "-o", cls.home / "mini.pub")
        cls.plain = cls.home / "plain.sec"
        peer("minisign", "-G", "-W", "-p", cls.home / "plain.pub", "-s", cls.plain)

    def setUp(self):
        self.file = self.home / f"{self._testMethodName}.bin"
        self.file.write_bytes(b"line one\nline two\r\n\0\xff" * 1000)
        self.minisig = self.file.with_name(self.file.name + ".minisig")

    def pkgsign(self, *words, code=0):
        return self.tool("pkgsign", *words, code=code)

    def detached(self, *more, alias="mini", code=0):
        return self.pkgsign("sign", "--detached", self.file, "--alias", alias, *STORE, *more, code=code)

    def minisign_takes(self, key="mini", *more):
        return peer("minisign", "-V", *more, "-p", self.home / f"{key}.pub", "-m", self.file)[0] == 0

    def test_minisign_takes_what_a_key_made_here_signs(self):
        self.detached()
        for more in ((), ("-H",)):
            self.assertTrue(self.minisign_takes("mini", *more))
        self.tool("pkgverify", "check", "--trust", self.home / "mini.pub", self.file)
        comment = self.minisig.read_text(encoding="utf-8").splitlines()[2]
        digest = hashlib.sha256(self.file.read_bytes()).hexdigest()
        self.assertRegex(comment, rf"^trusted comment: timestamp:\d+\tfile:{re.escape(self.file.name)}\thashed\tsha256:{digest}$")
        # signify has no prehash: it says so, and takes nothing.
        self.assertEqual(peer("signify-openbsd", "-V", "-p", self.home / "mini.pub", "-m", self.file, "-x", self.minisig)[0], 1)
        with self.file.open("ab") as file:
            file.write(b"x")
        self.assertFalse(self.minisign_takes())
        self.tool("pkgverify", "check", "--trust", self.home / "mini.pub", self.file, code=13)

    def test_one_changed_byte_a_cut_or_an_addition_is_never_accepted(self):
        self.detached()
        signature = self.minisig.read_bytes()
        free = range(len(b"untrusted comment: "), signature.index(b"\n"))  # words that nobody signs
        changed = {f"byte {at}": signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1:]
                   for at in range(0, len(signature), 3) if at not in free}
        changed |= {f"cut to {size}": signature[:size] for size in range(0, len(signature) - 1, 23)}
        changed |= {f"with {more}": signature + more for more in (b"\n", b"x", b"\0", signature)}
        for what, mutant in changed.items():
            self.minisig.write_bytes(mutant)
            done = subprocess.run([BIN / "pkgverify", "check", "-q", "--trust", self.home / "mini.pub", self.file],
                                  capture_output=True, check=False, env=self.environment)
            self.assertIn(done.returncode, (10, 11, 13), what)
        self.minisig.write_bytes(signature)
        content = self.file.read_bytes()
        for what in (content[:-1], content + b"\0", content[1:], b"", content[:700] + b"X" + content[701:]):
            self.file.write_bytes(what)
            self.tool("pkgverify", "check", "--trust", self.home / "mini.pub", self.file, code=13)

    def test_the_same_second_gives_the_same_bytes_and_what_is_there_stays(self):
        again = {"SOURCE_DATE_EPOCH": "1800000000"}
        words = ("pkgsign", "sign", "--detached", self.file, "--alias", "mini", *STORE)
        self.tool(*words, **again)
        first = self.minisig.read_bytes()
        self.assertIn(b"timestamp:1800000000\t", first)
        self.tool(*words, code=1, **again)
        self.assertEqual(self.minisig.read_bytes(), first)
        self.tool(*words, "--replace", **again)
        self.assertEqual(self.minisig.read_bytes(), first)

    def test_a_file_that_minisign_encrypted_comes_in_and_goes_out_again(self):
        secret, public = self.home / "sealed.sec", self.home / "sealed.pub"
        self.assertEqual(peer("minisign", "-G", "-p", public, "-s", secret, typed="of the file\nof the file\n")[0], 0)
        self.pkgsign("key", "import", secret, "--alias", "sealed", "--file-passphrase", "env:WRONG", *STORE, code=1)
        self.pkgsign("key", "import", secret, "--alias", "sealed", "--file-passphrase", "env:FILE", *STORE)
        shown = self.pkgsign("cert", "export", "--alias", "sealed")
        ours, theirs = shown.splitlines(), public.read_text(encoding="utf-8").splitlines()
        self.assertEqual(ours[1:], theirs[1:])
        # minisign leaves out the zeros in front of a key id.
        self.assertEqual(int(ours[0].split()[-1], 16), int(theirs[0].split()[-1], 16))
        out = self.home / "out.sec"
        self.pkgsign("key", "export", "--alias", "sealed", "-o", out, "--file-passphrase", "env:WRONG", *STORE)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        self.assertEqual(line_of(out)[OPERATIONS:54], line_of(secret)[OPERATIONS:54])  # the costs that minisign takes
        self.assertEqual(peer("minisign", "-S", "-s", out, "-m", self.file, typed="another\n")[0], 0)
        self.assertTrue(self.minisign_takes("sealed"))
        # What is there stays.
        self.pkgsign("key", "export", "--alias", "sealed", "-o", secret, "--file-passphrase", "env:FILE", *STORE, code=1)
        self.pkgsign("cert", "remove", "sealed", "-y", *STORE)

    def test_a_plain_file_comes_in_and_is_told_to_be_one(self):
        done = self.pkgsign("key", "import", self.plain, "--alias", "plain", *STORE)
        self.assertIn("is not encrypted", done)
        self.detached(alias="plain")
        self.assertTrue(self.minisign_takes("plain"))
        self.assertIn(" key import ", self.pkgsign("audit", "list"))
        self.pkgsign("cert", "remove", "plain", "-y", *STORE)

    def import_changed(self, place, number, size, code=1):
        line = bytearray(line_of(self.plain))
        line[2:4] = b"Sc"
        struct.pack_into("<QQ", line, OPERATIONS, 1 << 25, 1 << 30)
        line[place:place + size] = number.to_bytes(size, "little")
        changed = self.home / "changed.sec"
        changed.write_text(f"untrusted comment: x\n{base64.b64encode(line).decode()}\n", encoding="utf-8")
        # A source that does not exist: it is not read.
        return self.pkgsign("key", "import", changed, "--alias", "bad", "--file-passphrase", "file:/nowhere", *STORE, code=code)

    def test_hostile_costs_are_refused_before_anything_is_computed(self):
        for place, number in ((OPERATIONS, (1 << 25) + 1), (OPERATIONS, 2**64 - 1), (MEMORY, (1 << 30) + 1), (MEMORY, 2**63),
                              (MEMORY, 0), (OPERATIONS, 0)):
            with self.subTest(place=place, number=number):
                self.assertIn("which minisign never writes", self.import_changed(place, number, 8))
        # Within the bounds the passphrase is asked for.
        self.assertIn("/nowhere", self.import_changed(MEMORY, 1 << 29, 8))

    def test_a_damaged_file_is_refused(self):
        good = self.plain.read_text(encoding="utf-8").splitlines()
        line = bytearray(line_of(self.plain))
        line[70] ^= 1
        for lines in ([good[0], base64.b64encode(line).decode()], [good[0], good[1][:-4]], [*good, "more"], good[:1]):
            bad = self.home / "bad.sec"
            bad.write_text("\n".join(lines) + "\n", encoding="utf-8")
            with self.subTest(lines=lines):
                self.pkgsign("key", "import", bad, "--alias", "bad", *STORE, code=13)
        peer("signify-openbsd", "-G", "-n", "-p", self.home / "s.pub", "-s", self.home / "s.sec")
        self.assertIn("of signify", self.pkgsign("key", "import", self.home / "s.sec", "--alias", "bad", *STORE, code=1))
        self.assertNotIn("bad", self.pkgsign("cert", "list"))

    def test_a_minisign_key_never_gets_a_certificate(self):
        out = self.home / "refused"
        for words in (("csr", "export", "-o", out), ("cert", "renew"), ("cert", "renew", "--new-key", "same"),
                      ("cert", "import", self.home / "mini.pub"), ("succession", "create", "--to", "server", "-o", out),
                      ("key", "export", "--to", "pkcs8", "-o", out), ("key", "export", "--to", "pkcs12", "-o", out)):
            with self.subTest(words=words):
                done = self.pkgsign(*words, "--alias", "mini", *STORE, code=1)
                self.assertIn(NO_CERTIFICATE, done)
                self.assertFalse(out.exists())
        self.pkgsign("key", "export", "--alias", "server", "--to", "minisign", "-o", out, *STORE, code=1)
        self.assertFalse(out.exists())
        self.pkgsign("init", "--key", "minisign", "--alias", "n", "--days", "3", *STORE, code=2)

    def test_a_key_with_a_certificate_and_the_same_key_bare_do_not_stand_in_one_store(self):
        self.pkgsign("key", "import", self.plain, "--alias", "bare", *STORE)
        seed = line_of(self.plain)[62:94]
        key, certificate = self.home / "ed.pem", self.home / "ed.crt"
        der = bytes.fromhex("302e020100300506032b657004220420") + seed
        key.write_text(f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n", encoding="utf-8")
        key.chmod(0o600)
        subprocess.run(["openssl", "req", "-x509", "-key", key, "-subj", "/CN=x", "-out", certificate], check=True, capture_output=True)
        done = self.pkgsign("key", "import", key, "--cert", certificate, "--alias", "certified", *STORE, code=1)
        self.assertIn("'bare' is the same key", done)
        self.pkgsign("cert", "remove", "bare", "-y", *STORE)
        self.pkgsign("key", "import", key, "--cert", certificate, "--alias", "certified", *STORE)
        done = self.pkgsign("key", "import", self.plain, "--alias", "bare", *STORE, code=1)
        self.assertIn("'certified' is the same key", done)
        self.pkgsign("cert", "remove", "certified", "-y", *STORE)

    def test_packages_and_cms_refuse_it_before_anything_is_written(self):
        out = self.home / "refused"
        jar, tar = self.home / "a.jar", self.home / "a.tar"
        (self.home / "a.ovf").write_text("<Envelope/>")
        subprocess.run(["zip", "-q", jar, self.file.name], cwd=self.home, check=True)
        subprocess.run(["tar", "--format=ustar", "-cf", tar, "-C", self.home, self.file.name], check=True)
        subprocess.run(["tar", "--format=ustar", "-cf", self.home / "a.ova", "-C", self.home, "a.ovf"], check=True)
        for package in (jar, tar, self.home / "a.ova", ROOT / "samples/com.example.greeting.package"):
            for who in (("--alias", "mini"), ("--alias", "server", "--also", "mini")):
                with self.subTest(package=package.name, who=who):
                    done = self.pkgsign("sign", package, "-o", out, *who, *STORE, code=1)
                    self.assertIn(NO_CERTIFICATE, done)
                    self.assertFalse(out.exists())
        self.assertIn(NO_CERTIFICATE, self.detached("--also", "mini", alias="server", code=1))
        for more in (("-o", "x.p7s"), ("--pem",), ("--also", "server"), ("--add",)):
            with self.subTest(more=more):
                self.detached(*more, code=2)
        self.detached("-o", "x.minisig", alias="server", code=2)
        self.assertFalse(self.minisig.exists())

    def test_it_is_listed_checked_backed_up_and_given_up(self):
        self.assertRegex(self.pkgsign("cert", "list"), r"(?m)^mini +minisign key [0-9A-F]{16}  no certificate")
        self.assertIn("mini: no end", self.pkgsign("cert", "status"))
        self.pkgsign("store", "check", *STORE)
        backup = self.home / "b.backup"
        self.pkgsign("backup", "create", "-o", backup, "--file-passphrase", "env:FILE", *STORE)
        done = self.pkgsign("backup", "verify", backup, "--file-passphrase", "env:FILE")
        self.assertRegex(done, r"key: +mini, minisign key [0-9A-F]{16}, signs")
        with tempfile.TemporaryDirectory() as folder:
            other = ("--store", folder + "/store")
            self.pkgsign("backup", "restore", backup, "--file-passphrase", "env:FILE", *other, *STORE)
            self.detached(*other)
            self.assertTrue(self.minisign_takes())
            self.pkgsign("cert", "retire", "mini", *other)
            self.detached("--replace", *other, code=16)
            self.tool("pkgverify", "check", "--trust", self.home / "mini.pub", *other, self.file, code=16)

    def test_standard_input_has_no_name_and_a_name_with_a_tab_is_refused(self):
        out = self.home / "stdin.minisig"
        with self.file.open("rb") as file:
            done = subprocess.run([str(BIN / "pkgsign"), "sign", "--detached", "-", "-o", str(out), "--alias", "mini", *STORE],
                                  stdin=file, env=self.environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("file:", out.read_text(encoding="utf-8"))
        self.assertEqual(peer("minisign", "-V", "-p", self.home / "mini.pub", "-x", out, "-m", self.file)[0], 0)
        self.file = self.file.rename(self.home / "a\tb")
        self.assertIn("cannot stand in a minisign comment", self.detached(code=2))

    @unittest.skipUnless(os.path.exists("/usr/bin/time"), "GNU time is not here")
    def test_memory_does_not_grow_with_the_file(self):
        peaks = []
        for size in (1 << 20, 300 << 20):
            with self.file.open("wb") as file:
                file.truncate(size)
            done = subprocess.run(["/usr/bin/time", "-f", "%M", str(BIN / "pkgsign"), "sign", "--detached", str(self.file),
                                   "--alias", "mini", "--replace", "-q", *STORE], env=self.environment, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            peaks.append(int(done.stderr.splitlines()[-1]))
        self.assertLess(peaks[1], peaks[0] + (64 << 10))
        self.assertTrue(self.minisign_takes())


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""minisign and signify sign, we judge: with keys of both, prehashed and not, and with every line changed."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
DATA = pathlib.Path(os.environ.get("PKGTRUST_TEST_DATA", pathlib.Path(__file__).resolve().parents[2] / "../shared/data"))
ACCEPTED, TROUBLE, UNTRUSTED, INVALID, EXPOSED = 0, 1, 11, 13, 16


class Minisign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        cls.key_pair("a")
        cls.key_pair("b")
        cls.peer("signify-openbsd", "-G", "-n", "-p", cls.home / "s.pub", "-s", cls.home / "s.sec")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def key_pair(cls, name):
        cls.peer("minisign", "-G", "-W", "-p", cls.home / f"{name}.pub", "-s", cls.home / f"{name}.sec")

    @classmethod
    def peer(cls, *words, code=0):
        done = subprocess.run([str(word) for word in words], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        assert code is None or done.returncode == code, (words, done.returncode, done.stderr)
        return done.returncode

    def setUp(self):
        self.store = self.home / f"store-{self._testMethodName}"
        self.file = self.home / f"{self._testMethodName}.bin"
        self.file.write_bytes(b"line one\nline two\r\n\0\xff" * 1000)
        self.minisig = self.file.with_name(self.file.name + ".minisig")

    def tool(self, *words, code):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PKGTRUST_STORE": str(self.store)}
        done = subprocess.run([str(BIN / "pkgverify"), *[str(word) for word in words]], capture_output=True, text=True,
                              env=environment, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return done

    def check(self, code, *more, key="a"):
        trust = ["--trust", self.home / f"{key}.pub"] if key else []
        return self.tool("check", *trust, *more, self.file, code=code)

    def sign(self, *more, key="a", output=None):
        self.peer("minisign", "-S", *more, "-s", self.home / f"{key}.sec", "-x", output or self.minisig, "-m", self.file)

    def lines(self):
        return self.minisig.read_text(encoding="utf-8").splitlines()

    def put(self, lines, end="\n"):
        self.minisig.write_bytes((end.join(lines) + end).encode())

    def test_what_minisign_signs_is_read(self):
        for form in ("-H", "-l"):
            self.minisig.unlink(missing_ok=True)
            self.sign(form, "-t", "grüße\tfile:" + self.file.name)
            self.assertIn("nothing could be checked", self.check(UNTRUSTED, key=None).stdout)
            self.check(UNTRUSTED, key="b")
            report = json.loads(self.check(ACCEPTED, "--format", "json").stdout)
            self.assertIsNone(report["signers"][0]["certificate"])
            # minisign writes the number without the zeros in front.
            key_id = report["signers"][0]["bareKey"]["keyId"].lstrip("0")
            self.assertIn(key_id, (self.home / "a.pub").read_text(encoding="utf-8"))
            self.assertEqual(report["signaturesBeside"], [str(self.minisig)])

    def test_what_signify_signs_is_read(self):
        signature = self.file.with_name(self.file.name + ".sig")
        self.peer("signify-openbsd", "-S", "-s", self.home / "s.sec", "-m", self.file, "-x", signature)
        self.check(UNTRUSTED, key=None)
        self.check(ACCEPTED, key="s")
        with self.file.open("ab") as file:
            file.write(b"x")
        self.check(INVALID, key="s")

    def test_another_program_s_sig_is_left_alone(self):
        self.file.with_name(self.file.name + ".sig").write_bytes(b"\x88\x5d\x04\x00")
        self.check(10)

    def test_every_changed_line_is_caught_as_minisign_does(self):
        for form in ("-H", "-l"):
            self.minisig.unlink(missing_ok=True)
            self.sign(form)
            good = self.lines()
            for line, skip in ((1, 0), (3, 0)):
                raw = bytearray(base64.b64decode(good[line]))
                for place in range(skip, len(raw)):
                    changed = bytearray(raw)
                    changed[place] ^= 1
                    # Another algorithm, key id or signature.
                    bad = list(good)
                    bad[line] = base64.b64encode(bytes(changed)).decode()
                    self.put(bad)
                    if place % 9 == 0 or place < 10:
                        self.check(INVALID)
                        self.assertNotEqual(self.peer("minisign", "-V", "-p", self.home / "a.pub", "-x", self.minisig,
                                                      "-m", self.file, code=None), 0)
            self.put([good[0], good[1], good[2] + "x", good[3]])
            self.check(INVALID)
            self.put(["untrusted comment: anything at all", *good[1:]])
            self.check(ACCEPTED)
            self.put(good, end="\r\n")
            self.check(ACCEPTED)

    def test_a_changed_file_is_caught(self):
        for form in ("-H", "-l"):
            self.minisig.unlink(missing_ok=True)
            self.sign(form)
            content = self.file.read_bytes()
            self.file.write_bytes(content[:-1] + b"\xfe")
            self.check(INVALID)
            self.file.write_bytes(content)

    def test_swapped_comments_and_dropped_lines_are_caught(self):
        self.sign("-t", "one")
        one = self.lines()
        self.minisig.unlink()
        content = self.file.read_bytes()
        self.file.write_bytes(b"another file")
        self.sign("-t", "two")
        two = self.lines()
        self.file.write_bytes(content)
        self.put([*one[:2], *two[2:]])
        self.check(INVALID)
        for wrong in (one[:2], one[:3], [*one, one[3]], [*one, ""], [one[0], one[1] + " ", *one[2:]],
                      [one[0], one[1].rstrip("="), *one[2:]], [*one[:2], "comment: one", one[3]], one[1:]):
            self.put(wrong)
            self.check(INVALID)
        self.minisig.write_bytes(("\n".join(one) + "\n").encode() * 2)
        self.check(INVALID)
        self.minisig.write_bytes(b"untrusted comment: " + b"x" * 20000)
        self.check(INVALID)

    def test_the_key_id_is_no_identity(self):
        self.sign()
        mine = base64.b64decode((self.home / "a.pub").read_text(encoding="utf-8").splitlines()[1])
        other = base64.b64decode((self.home / "b.pub").read_text(encoding="utf-8").splitlines()[1])
        twin = self.home / "twin.pub"
        twin.write_text("untrusted comment: a's\n" + base64.b64encode(mine[:10] + other[10:]).decode() + "\n",
                        encoding="utf-8")
        self.check(INVALID, key="twin")
        renamed = self.home / "renamed.pub"
        renamed.write_text("untrusted comment: x\n" + base64.b64encode(other[:10] + mine[10:]).decode() + "\n",
                           encoding="utf-8")
        self.check(INVALID, key="renamed")

    def test_another_name_than_the_signed_one_is_said(self):
        self.sign("-t", "timestamp:1\tfile:other.bin")
        self.assertIn("signed-name-differs", self.check(ACCEPTED).stdout)

    def test_a_stated_sha256_must_be_the_file_s(self):
        self.sign("-t", "sha256:" + "00" * 32)
        self.assertIn("digest-mismatch", self.check(INVALID).stdout)
        self.minisig.unlink()
        self.sign("-t", "sha256:" + subprocess.run(["sha256sum", self.file], capture_output=True, text=True,
                                                   check=True).stdout[:64])
        self.check(ACCEPTED)

    def test_several_signatures_beside_one_file(self):
        self.sign()
        second = self.home / "second.minisig"
        self.sign(key="b", output=second)
        both = ("--signature", self.minisig, "--signature", second)
        for key in ("a", "b"):
            self.check(ACCEPTED, *both, key=key)
        self.check(UNTRUSTED, *both, key=None)
        report = json.loads(self.check(ACCEPTED, *both, "--trust", self.home / "b.pub", "--format", "json").stdout)
        self.assertEqual([signer["trusted"] for signer in report["signers"]], [True, True])
        self.check(2, *both, "--signature", "none")
        second.write_text(second.read_text(encoding="utf-8").replace("trusted comment: t", "trusted comment: u"),
                          encoding="utf-8")
        self.check(INVALID, *both, "--trust", self.home / "b.pub")

    def test_trust_records_hold_the_key(self):
        self.sign()
        told = self.tool("trust", "add", self.home / "a.pub", code=0).stdout
        self.assertIn("bare key sha256:", told)
        record = json.loads(self.tool("trust", "list", "--format", "json", code=0).stdout)
        self.assertEqual(record["subject"], "bare-key")
        self.check(ACCEPTED, key=None)
        undo = self.tool("trust", "remove", record["id"], code=0).stdout
        self.check(UNTRUSTED, key=None)
        self.assertIn("<<'END'", undo)
        self.tool("trust", "add", self.home / "a.pub", "--compared", "sha256:" + record["sha256"], code=0)
        self.tool("trust", "add", self.home / "a.pub", "--compared", "sha256:" + "0" * 64, code=1)
        self.tool("trust", "add", "--use", "timestamp", self.home / "a.pub", code=2)
        self.tool("trust", "add", "--retire", self.home / "a.pub", "--reason", "lost", code=0)
        self.check(EXPOSED, key=None)
        self.check(EXPOSED)

    def test_the_fingerprint_is_what_openssl_computes(self):
        record = json.loads(self.tool("trust", "add", "--format", "json", self.home / "a.pub", code=0).stdout)
        point = base64.b64decode((self.home / "a.pub").read_text(encoding="utf-8").splitlines()[1])[10:]
        spki = self.home / "spki.der"
        spki.write_bytes(bytes.fromhex("302a300506032b6570032100") + point)
        again = subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", spki, "-pubout", "-outform", "DER"],
                               capture_output=True, check=True).stdout
        digest = subprocess.run(["sha256sum"], input=again, capture_output=True, check=True).stdout[:64].decode()
        self.assertEqual(record["sha256"], digest)

    def test_the_signature_of_a_comment_is_not_one_over_a_file(self):
        self.sign("-t", "hello")
        lines = self.lines()
        head = base64.b64decode(lines[1])
        forged = self.home / "forged.bin"
        forged.write_bytes(head[10:] + b"hello")
        forged.with_name("forged.bin.sig").write_text(
            "untrusted comment: x\n" + base64.b64encode(b"Ed" + head[2:10] + base64.b64decode(lines[3])).decode() + "\n",
            encoding="utf-8")
        done = self.tool("check", "--trust", self.home / "a.pub", forged, code=INVALID)
        self.assertIn("ambiguous-member", done.stdout)

    @unittest.skipUnless((DATA / "minisign").is_dir(), "the test data of others is not here")
    def test_the_vectors_of_others(self):
        folder = DATA / "minisign"
        rows = [line.split("\t") for line in (folder / "expected.tsv").read_text(encoding="utf-8").splitlines()[1:]]
        judged = 0
        for name, untrusted, pinned, *_ in rows:
            if not untrusted:
                continue
            judged += 1
            key = "jedisct1" if not name.startswith("m.") else "s" if "signify" in name else "a"
            file = folder / ("m.bin" if name.startswith("m.") else "test.bin")
            chosen = ("check", "--signature", folder / name)
            self.tool(*chosen, file, code=int(untrusted))
            self.tool(*chosen, "--trust", folder / f"{key}.pub", file, code=int(pinned))
            if file.name == "test.bin":
                self.tool(*chosen, "--trust", folder / f"{key}.pub", folder / "Test_wrong.bin", code=INVALID)
        self.assertEqual(judged, 7)


if __name__ == "__main__":
    unittest.main(verbosity=2)

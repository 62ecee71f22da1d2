#!/usr/bin/env python3
"""`pkgverify trust import` on a real pseudo-terminal: what it asks, and that only a yes takes anything over."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import pexpect

TOOLS = os.environ["PKGTRUST_BIN"]


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = pathlib.Path(cls.folder.name)
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS") if name in os.environ}
        cls.environment = {**kept, "HOME": str(cls.work), "LC_ALL": "C.UTF-8", "TERM": "xterm", "GIVEN": "secret"}
        cls.tool("pkgsign", "init", "--store", "anna", "--common-name", "anna.example", "--key", "rsa-2048",
                 "--kdf-cost", "1:8", "--passphrase", "env:GIVEN")
        cls.tool("pkgsign", "cert", "export", "--store", "anna", "-o", "server.pem")
        told = cls.tool("pkgsign", "bundle", "key", "--store", "anna", "-o", "anna.pem")
        cls.key = "sha256:" + told.split()[-1]
        cls.tool("pkgverify", "trust", "add", "server.pem", "--store", "site")
        cls.tool("pkgverify", "trust", "export", "--store", "site", "--name", "site", "--bundle-version", "1",
                 "--expires", "2090-01-01", "--key-of", "anna.pem", "-o", "site.json")
        cls.tool("pkgsign", "bundle", "sign", "--store", "anna", "site.json", "-o", "site.bundle", "--passphrase",
                 "env:GIVEN")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def tool(cls, name, *words):
        return subprocess.run([os.path.join(TOOLS, name), *words], env=cls.environment, cwd=cls.work, check=True,
                              capture_output=True, text=True).stdout

    def answered(self, store, reply, *options):
        """What was printed before the question, and the exit code after the answer."""
        child = pexpect.spawn(os.path.join(TOOLS, "pkgverify"),
                              ["trust", "import", "site.bundle", "--bundle-key", self.key, "--store", store, *options],
                              env=self.environment, cwd=str(self.work), encoding="utf-8", timeout=60,
                              dimensions=(40, 100))
        child.expect(r"import it\? \[y/N\] ")
        shown = child.before
        child.send(reply)
        child.expect(pexpect.EOF)
        child.close()
        return shown, child.exitstatus

    def test_enter_no_and_an_interrupt_take_nothing_over(self):
        for reply, code in (("\n", 12), ("n\n", 12), ("maybe\n", 12), ("\x04", 12), ("\x03", 130)):
            with self.subTest(reply=reply):
                self.assertEqual(self.answered("refused", reply)[1], code)
                self.assertFalse((self.work / "refused").exists())

    def test_yes_takes_it_over_after_it_was_shown_once(self):
        for format_name in ("text", "json"):
            with self.subTest(format=format_name):
                shown, code = self.answered("taken-" + format_name, "y\n", "--format", format_name)
                self.assertEqual(code, 0)
                self.assertEqual(shown.count("adds  CN=anna.example"), 1)
                listed = self.tool("pkgverify", "trust", "list", "--store", "taken-" + format_name)
                self.assertIn("anna.example", listed)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""The questions of `pkgsign` after init, on a real pseudo-terminal: passphrases, and the consent to remove."""
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import pexpect

PKGSIGN = os.path.join(os.environ["PKGTRUST_BIN"], "pkgsign")
PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "samples" / "com.example.greeting.package"
PASSPHRASE = "passphrase of the store: $"
CONSENT = "type its name to remove it, Enter keeps it: $"


class Questions(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS") if name in os.environ}
        self.environment = {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TERM": "xterm", "GIVEN": "secret"}
        self.run_tool("init", "--common-name", "a.example", "--key", "rsa-2048", "--kdf-cost", "1:8",
                      "--passphrase", "env:GIVEN")

    def tearDown(self):
        self.folder.cleanup()

    def run_tool(self, *words):
        return subprocess.run([PKGSIGN, *words], env=self.environment, capture_output=True, text=True, check=True).stdout

    def dialogue(self, words, *exchanges):
        """Answers each question; returns what was printed and the exit code."""
        child = pexpect.spawn(PKGSIGN, list(map(str, words)), env=self.environment, encoding="utf-8", timeout=60)
        text = ""
        for question, reply in exchanges:
            child.expect(question)
            text += child.before
            if reply is None:
                child.sendcontrol("c")
            else:
                child.sendline(reply)
        child.expect(pexpect.EOF)
        text += child.before
        child.close()
        return text, child.exitstatus

    def test_signing_asks_for_the_passphrase_after_the_package_is_read(self):
        signed = self.home / "signed.package"
        text, code = self.dialogue(["sign", PACKAGE, "-o", signed], (PASSPHRASE, "secret"))
        self.assertEqual(code, 0, text)
        self.assertTrue(signed.exists())
        broken = self.home / "broken.package"
        broken.write_bytes(b"PK\x03\x04 and no more")
        text, code = self.dialogue(["sign", broken, "-o", self.home / "x"])
        self.assertNotEqual(code, 0)
        self.assertNotIn("passphrase", text)

    def test_a_wrong_or_interrupted_passphrase_writes_nothing(self):
        signed = self.home / "signed.package"
        for reply, wanted in (("wrong", 1), ("", 1), (None, 130)):
            text, code = self.dialogue(["sign", PACKAGE, "-o", signed], (PASSPHRASE, reply))
            self.assertEqual(code, wanted, text)
            self.assertFalse(signed.exists())

    def test_a_passphrase_is_asked_for_once_for_many_packages(self):
        folder = self.home / "in"
        folder.mkdir()
        packages = [folder / f"{number}.package" for number in range(120)]
        for package in packages:
            package.write_bytes(PACKAGE.read_bytes())
        text, code = self.dialogue(["sign", *packages, "--in-place"], (PASSPHRASE, "secret"))
        self.assertEqual(code, 0, text[-2000:])
        self.assertEqual(text.count("\nsigned "), 120)

    def test_removing_shows_what_and_keeps_it_unless_its_name_is_typed(self):
        self.run_tool("backup", "create", "-o", str(self.home / "a.backup"), "--passphrase", "env:GIVEN",
                      "--file-passphrase", "env:GIVEN")
        for reply, wanted in (("", 130), ("y", 130), ("server ", 130), (None, 130)):
            text, code = self.dialogue(["cert", "remove", "server"], (CONSENT, reply))
            self.assertEqual(code, wanted, text)
            self.assertIn("CN=a.example", text)
            self.assertIn("server", self.run_tool("cert", "list"))
        _, code = self.dialogue(["cert", "remove", "server"], (CONSENT, "server"), (PASSPHRASE, "secret"))
        self.assertEqual(code, 0)
        self.assertEqual(self.run_tool("cert", "list"), "")

    def test_a_backup_asks_for_its_own_passphrase_twice_and_a_restore_for_the_new_one(self):
        backup, place = self.home / "a.backup", self.home / "restored"
        of_backup = "passphrase of the backup: $"
        again = "once more, to be sure: $"
        text, code = self.dialogue(["backup", "create", "-o", backup], (PASSPHRASE, "secret"),
                                   ("new passphrase for the backup: $", "sealed"), (again, "other"),
                                   ("new passphrase for the backup: $", "sealed"), (again, "sealed"))
        self.assertEqual(code, 0, text)
        for reply, wanted in (("wrong", 1), (None, 130)):
            text, code = self.dialogue(["backup", "verify", backup], (of_backup, reply))
            self.assertEqual(code, wanted, text)
        text, code = self.dialogue(["backup", "restore", backup, "--store", place, "--kdf-cost", "1:8"],
                                   (of_backup, "sealed"), ("new passphrase for the store: $", None))
        self.assertEqual(code, 130, text)
        self.assertFalse(place.exists())
        text, code = self.dialogue(["backup", "restore", backup, "--store", place, "--kdf-cost", "1:8"],
                                   (of_backup, "sealed"), ("new passphrase for the store: $", "next"), (again, "next"))
        self.assertEqual(code, 0, text)
        text, code = self.dialogue(["store", "check", "--store", place], (PASSPHRASE, "next"))
        self.assertEqual(code, 0, text)

    def test_an_exported_key_gets_a_passphrase_that_is_asked_for_twice(self):
        key = self.home / "a.pem"
        new, again = "new passphrase for the exported file: $", "once more, to be sure: $"
        words = ["key", "export", "--to", "pkcs8", "-o", key]
        text, code = self.dialogue(words, (PASSPHRASE, "secret"), (new, "one"), (again, "other"), (new, "one"), (again, "one"))
        self.assertEqual(code, 0, text)
        self.assertIn("the two are not the same; again", text)
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        for reply, wanted in (("other", 1), ("one", 0)):
            done = subprocess.run(["openssl", "pkey", "-in", key, "-noout", "-passin", f"pass:{reply}"], capture_output=True)
            self.assertEqual(done.returncode != 0, wanted != 0)
        key.unlink()
        for replies, wanted in (([("one"), ("x"), ("one"), ("y"), ("one"), ("z")], 1), ([""], 1), ([None], 130), (["one", None], 130)):
            questions = [(new if i % 2 == 0 else again, reply) for i, reply in enumerate(replies)]
            text, code = self.dialogue(words, (PASSPHRASE, "secret"), *questions)
            self.assertEqual(code, wanted, text)
            self.assertFalse(key.exists())

    def test_a_source_that_is_named_and_missing_never_becomes_a_question(self):
        for source in ("env:ABSENT", f"file:{self.home / 'absent'}", "fd:9", "stdin"):
            text, code = self.dialogue(["csr", "export", "--passphrase", source])
            self.assertEqual(code, 1, text)
            self.assertNotIn("passphrase of the store", text)

    def test_the_terminal_is_as_before_on_every_way_out(self):
        command = f"{PKGSIGN} csr export"
        for reply in ("wrong", None, "", "\x04"):
            child = pexpect.spawn("bash", ["--norc", "-c", f"trap : INT; stty -a >{self.home}/before; {command}; "
                                                           f"echo code=$?; stty -a >{self.home}/after; echo ready"],
                                  env=self.environment, encoding="utf-8", timeout=60)
            child.expect(PASSPHRASE)
            self.assertFalse(child.getecho())
            if reply is None:
                child.sendcontrol("c")
            elif reply == "\x04":
                child.sendeof()
            else:
                child.sendline(reply)
            child.expect("code=([0-9]+)")
            self.assertEqual(child.match[1], "130" if reply is None else "1")
            child.expect("ready")
            child.expect(pexpect.EOF)
            child.close()
            self.assertEqual((self.home / "before").read_text(), (self.home / "after").read_text())

    def test_a_signal_leaves_the_terminal_as_it_was(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            child = pexpect.spawn("bash", ["--norc", "-c", f"trap : HUP TERM INT; {PKGSIGN} csr export; echo code=$?; stty -a; echo ready"],
                                  env=self.environment, encoding="utf-8", timeout=60)
            child.expect(PASSPHRASE)
            below = pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
            os.kill(int(below[0]), number)
            child.expect("code=130")
            child.expect(" echo ")
            child.expect("ready")
            child.expect(pexpect.EOF)
            child.close()

    def test_after_a_stop_the_passphrase_is_asked_for_again_and_still_not_shown(self):
        child = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], env={**self.environment, "PS1": "ready> "},
                              encoding="utf-8", timeout=60)
        child.expect("ready> ")
        child.sendline(f"{PKGSIGN} csr export >{self.home}/request; echo code=$?")
        child.expect("passphrase of the store: ")
        child.sendcontrol("z")
        child.expect("Stopped")
        child.expect("ready> ")
        child.sendline("fg")
        child.expect("csr export")
        child.expect("passphrase of the store: ")
        self.assertFalse(child.getecho())
        child.sendline("secret")
        child.expect("ready> ")
        self.assertNotIn("secret", child.before)
        self.assertIn("CERTIFICATE REQUEST", (self.home / "request").read_text())
        child.sendline("exit")
        child.expect(pexpect.EOF)
        child.close()

    def test_changing_asks_for_the_old_once_and_the_new_twice(self):
        text, code = self.dialogue(["passphrase", "change"], (PASSPHRASE, "wrong"))
        self.assertEqual(code, 1, text)
        text, code = self.dialogue(["passphrase", "change"], (PASSPHRASE, "secret"),
                                   ("new passphrase for the store: $", "next"), ("once more, to be sure: $", "next"))
        self.assertEqual(code, 0, text)
        _, code = self.dialogue(["store", "check"], (PASSPHRASE, "next"))
        self.assertEqual(code, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

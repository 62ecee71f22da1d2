#!/usr/bin/env python3
"""The form of `pkgsign init` on a real pseudo-terminal: each field, what it refuses, and every way to leave."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import pexpect

PKGSIGN = os.path.join(os.environ["PKGTRUST_BIN"], "pkgsign")
CHEAP = ["--kdf-cost", "1:8", "--key", "rsa-2048"]
NAME = "name of this server.*: $"
ORGANISATION = "organisation: $"
UNIT = "unit: $"
CITY = "city: $"
STATE = "state or province: $"
COUNTRY = r"country \(code or name\): $"
FIRST = "new passphrase for the store: $"
AGAIN = "once more, to be sure: $"


class Form(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS") if name in os.environ}
        self.environment = {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TERM": "xterm"}

    def tearDown(self):
        self.folder.cleanup()

    def start(self, *options, **environment):
        return pexpect.spawn(PKGSIGN, ["init", *CHEAP, *options], env={**self.environment, **environment},
                             encoding="utf-8", timeout=60, dimensions=(40, 100))

    def answer(self, child, *dialogue):
        """Waits for each question and types its answer."""
        for question, reply in dialogue:
            child.expect(question)
            child.sendline(reply)

    def end(self, child):
        """What is printed until the end, and the exit code."""
        child.expect(pexpect.EOF)
        text = child.before
        child.close()
        return text, child.exitstatus

    def subject(self):
        shown = subprocess.run([PKGSIGN, "cert", "show"], env=self.environment, capture_output=True, text=True,
                               check=True)
        return next(line for line in shown.stdout.splitlines() if line.startswith("subject:")).split(maxsplit=1)[1]

    def assert_nothing_made(self):
        self.assertEqual(list(self.home.rglob("*")), [])

    def test_every_field_reaches_the_certificate(self):
        child = self.start()
        self.answer(child, (NAME, "build.example.org"), (ORGANISATION, "Example"), (UNIT, "Release"),
                    (CITY, "Zürich"), (STATE, "ZH"), (COUNTRY, "CH"), (FIRST, "secret"), (AGAIN, "secret"))
        text, code = self.end(child)
        self.assertEqual(code, 0, text)
        self.assertIn("does not prove origin", text)
        self.assertRegex(text, "tell your importers: SHA256 [0-9a-f]{64}\r\n")
        self.assertEqual(self.subject(), "C=CH,ST=ZH,L=Zürich,O=Example,OU=Release,CN=build.example.org")

    def test_enter_leaves_every_part_out_but_the_name(self):
        child = self.start()
        self.answer(child, (NAME, ""))
        child.expect("the name is missing")
        self.answer(child, (NAME, " a.example "), (ORGANISATION, ""), (UNIT, ""), (CITY, ""), (STATE, ""),
                    (COUNTRY, ""), (FIRST, "secret"), (AGAIN, "secret"))
        self.assertEqual(self.end(child)[1], 0)
        self.assertEqual(self.subject(), "CN=a.example")

    def test_a_part_that_is_not_sound_is_asked_for_again(self):
        child = self.start()
        self.answer(child, (NAME, "a.example"), (ORGANISATION, "x" * 65))
        child.expect("65 characters, at most 64")
        self.answer(child, (ORGANISATION, "a/b"))
        child.expect("the character '/'")
        self.answer(child, (ORGANISATION, "Example, Inc."), (UNIT, ""))
        child.expect(CITY)
        child.close(force=True)

    def test_a_country_is_found_by_name_and_candidates_are_listed(self):
        child = self.start()
        self.answer(child, (NAME, "a.example"), (ORGANISATION, ""), (UNIT, ""), (CITY, ""), (STATE, ""),
                    (COUNTRY, "atlantis"))
        child.expect("no country is called 'atlantis'")
        self.answer(child, (COUNTRY, "uk"))
        child.expect("no country is called 'uk'")
        self.answer(child, (COUNTRY, "korea"))
        child.expect("KP  Korea, Democratic People's Republic of\r\n *KR  Korea, Republic of\r\n")
        self.answer(child, (COUNTRY, "switz"))
        child.expect("CH  Switzerland\r\n")
        self.answer(child, (FIRST, "secret"), (AGAIN, "secret"))
        self.assertEqual(self.end(child)[1], 0)
        self.assertEqual(self.subject(), "C=CH,CN=a.example")

    def test_options_are_not_asked_for_again(self):
        child = self.start("--organization", "Example", "--country", "Switzerland", "--city", "")
        self.answer(child, (NAME, "a.example"), (UNIT, ""), (STATE, ""), (FIRST, "secret"), (AGAIN, "secret"))
        self.assertEqual(self.end(child)[1], 0)
        self.assertEqual(self.subject(), "C=CH,O=Example,CN=a.example")

    def test_ctrl_c_makes_nothing(self):
        for questions in (0, 3, 6):
            child = self.start()
            dialogue = [(NAME, "a.example"), (ORGANISATION, ""), (UNIT, ""), (CITY, ""), (STATE, ""), (COUNTRY, "")]
            self.answer(child, *dialogue[:questions])
            child.expect(": $")
            child.sendcontrol("c")
            self.assertEqual(self.end(child)[1], 130)
            self.assert_nothing_made()

    def test_the_end_of_input_makes_nothing(self):
        child = self.start()
        self.answer(child, (NAME, "a.example"))
        child.expect(ORGANISATION)
        child.sendeof()
        text, code = self.end(child)
        self.assertEqual(code, 130)
        self.assertIn("nothing was made", text)
        self.assert_nothing_made()

    def test_passphrases_that_differ_are_asked_for_again(self):
        child = self.start("--common-name", "a.example")
        self.answer(child, (FIRST, "secret"), (AGAIN, "secreT"))
        child.expect("not the same")
        self.answer(child, (FIRST, "other"), (AGAIN, "other"))
        self.assertEqual(self.end(child)[1], 0)
        opened = subprocess.run([PKGSIGN, "store", "check", "--passphrase", "env:GIVEN"], check=False,
                                env={**self.environment, "GIVEN": "other"}, capture_output=True, text=True)
        self.assertEqual(opened.returncode, 0, opened.stderr)

    def test_three_times_different_or_empty_makes_nothing(self):
        child = self.start("--common-name", "a.example")
        for _ in range(3):
            self.answer(child, (FIRST, "a"), (AGAIN, "b"))
        self.assertEqual(self.end(child)[1], 1)
        self.assert_nothing_made()
        child = self.start("--common-name", "a.example")
        self.answer(child, (FIRST, ""))
        self.assertEqual(self.end(child)[1], 1)
        self.assert_nothing_made()

    def test_a_passphrase_is_never_echoed(self):
        child = self.start("--common-name", "a.example")
        seen = ""
        for question in (FIRST, AGAIN):
            child.expect(question)
            seen += child.before
            child.sendline("ungesehen")
        self.assertNotIn("ungesehen", seen + self.end(child)[0])

    def test_a_resize_does_not_disturb_the_form(self):
        child = self.start()
        child.expect(NAME)
        child.send("a.exa")
        child.setwinsize(20, 50)
        child.send("mple\n")
        child.expect(ORGANISATION)
        child.close(force=True)

    def test_nothing_is_asked_with_no_input_or_ci(self):
        for options, environment in ((["--no-input"], {}), ([], {"CI": "true"})):
            child = self.start(*options, **environment)
            text, code = self.end(child)
            self.assertEqual(code, 2, text)
            self.assertIn("--common-name", text)
            self.assert_nothing_made()


if __name__ == "__main__":
    unittest.main(verbosity=2)

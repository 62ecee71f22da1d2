#!/usr/bin/env python3
"""The import prompt as a person meets it, on a real pseudo-terminal: each answer, and each way out."""
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from import_support import (ImportTest, end_of_file, files_below, fingerprint, interrupt,  # noqa: E402
                            make_key, resize_and_cancel)

ELEMENTS, FILES = 4, 15


class Answers(ImportTest):
    def test_enter_cancels_with_the_exit_code_of_the_verdict(self):
        for reply in ("", "c", "  "):
            done = self.import_to([reply])
            self.assertEqual(done.code, 11, done.shown)
            self.assertIn("nothing was imported", done.shown)
            self.assertEqual(done.shown.count("cannot prove when it was signed"), 1)
            self.assert_nothing_was_left()

    def test_the_end_of_file_cancels(self):
        self.assertEqual(self.import_to([end_of_file]).code, 11)
        self.assertEqual(self.import_to(["t", end_of_file]).code, 11)
        self.assert_nothing_was_left()
        self.assertEqual(self.trusted(), [])

    def test_an_interrupt_leaves_everything_as_it_was(self):
        for replies in ([interrupt], ["t", interrupt], ["t", "", "", interrupt], ["s", interrupt]):
            done = self.import_to(replies)
            self.assertEqual(done.code, 130, done.shown)
            self.assert_nothing_was_left()
            self.assertEqual(self.trusted(), [])

    def test_a_resize_does_not_disturb_it(self):
        def resize_and_import(terminal):
            terminal.setwinsize(50, 200)
            terminal.sendline("i")
        self.assertEqual(self.import_to([resize_and_cancel]).code, 11)
        self.assertEqual(self.import_to([resize_and_import]).code, 0)

    def test_what_is_no_answer_is_asked_again_and_given_up_in_the_end(self):
        self.assertEqual(self.import_to(["x", "yes", "i"]).code, 0)
        shutil.rmtree(self.target)
        self.assertEqual(self.import_to(["x"] * 5).code, 11)

    def test_i_imports_once_and_trusts_nobody(self):
        done = self.import_to(["i"])
        self.assertEqual(done.code, 0, done.shown)
        self.assertEqual(len(files_below(self.target)), FILES)
        self.assertEqual(self.check(self.package), 11)
        self.assertEqual(self.trusted(), [])
        self.assertIn("this once", done.shown)

    def test_d_shows_details_and_asks_again(self):
        done = self.import_to(["d", "c"])
        self.assertEqual(done.code, 11)
        self.assertIn("Register a host", done.shown)

    def test_o_leaves_the_package_byte_for_byte(self):
        out = self.folder / "out.package"
        done = self.answer(["i"], self.package, "-o", out)
        self.assertEqual(done.code, 0, done.shown)
        self.assertEqual(out.read_bytes(), self.package.read_bytes())
        self.assertNotIn("choose elements", done.shown)
        self.assertEqual(self.answer([], self.package, "-o", out).code, 1)
        self.assertEqual(self.answer(["i"], self.package, "-o", out, "--force").code, 0)


class Trust(ImportTest):
    def test_t_with_the_right_fingerprint_trusts_for_this_name(self):
        done = self.import_to(["t", fingerprint(self.certificate), "", "", "spoke to them"])
        self.assertEqual(done.code, 0, done.shown)
        self.assertEqual(len(files_below(self.target)), FILES)
        self.assertEqual(self.check(self.package), 0)
        record = self.run_tool("trust", "list", "--format", "json").stdout
        for part in ('"com.example.inventory"', '"prompt"', '"compared":true', "spoke to them"):
            self.assertIn(part, record.replace(": ", ":"))

    def test_the_words_to_undo_it_can_be_pasted(self):
        done = self.import_to(["t", "", "", ""])
        line = next(line for line in done.lines() if line.startswith("to undo: "))
        words = line.removeprefix("to undo: ").split()
        self.assertEqual(words[0], "pkgverify")
        self.assertEqual(self.check(self.package), 0)
        self.assertEqual(self.run_tool(*words[1:]).returncode, 0)
        self.assertEqual(self.check(self.package), 11)

    def test_an_empty_fingerprint_is_recorded_as_not_compared(self):
        done = self.import_to(["t", "", "", ""])
        self.assertEqual(done.code, 0, done.shown)
        self.assertIn('"compared":false',
                      self.run_tool("trust", "list", "--format", "json").stdout.replace(": ", ":"))
        self.assertIn("for everything it needs the fingerprint", " ".join(done.shown.split()))

    def test_a_wrong_fingerprint_is_refused(self):
        done = self.import_to(["t", "00" * 32])
        self.assertEqual(done.code, 11)
        self.assertIn("not from that sender", " ".join(done.shown.split()))
        self.assert_nothing_was_left()
        self.assertEqual(self.trusted(), [])

    def test_what_is_no_fingerprint_is_asked_again(self):
        right = fingerprint(self.certificate).replace(":", "").lower()
        done = self.import_to(["t", "abcd", "x" * 64, right[:-1], "SHA256 " + right, "", "", ""])
        self.assertEqual(done.code, 0, done.shown)

    def test_everything_can_be_the_scope_once_the_fingerprint_was_compared(self):
        done = self.import_to(["t", fingerprint(self.certificate), "x", "e", "2099-01-31", "why not"])
        self.assertEqual(done.code, 0, done.shown)
        record = self.run_tool("trust", "list", "--format", "json").stdout
        self.assertIn("2099-01-31", record)
        self.assertNotIn("com.example.inventory", record)

    def test_a_date_that_has_passed_or_is_none_is_asked_again(self):
        done = self.import_to(["t", "", "2001-01-01", "soon", "2099-01-31", ""])
        self.assertEqual(done.code, 0, done.shown)

    def test_the_same_name_with_another_key_is_warned_of(self):
        other = make_key(self.folder, "other", ["CN=build.example.org", "O=Example"])
        imposter = self.sign(self.plain, "imposter.package", key=other)
        self.assertNotIn("another key", self.import_to(["t", "", "", ""]).shown)
        shutil.rmtree(self.target)
        done = self.import_to(["c"], imposter)
        self.assertEqual(done.code, 11)
        self.assertIn("WARNING: the same signer's name is known with another key", " ".join(done.shown.split()))

    def test_an_older_package_of_a_trusted_signer_is_not_asked_about(self):
        old = self.sign(self.plain, "old.package", "--serial", "5")
        new = self.sign(self.plain, "new.package", "--serial", "6")
        self.assertEqual(self.import_to(["t", "", "", ""], new).code, 0)
        shutil.rmtree(self.target)
        done = self.import_to([], old)
        self.assertEqual(done.code, 12, done.shown)
        self.assertIn("rollback cannot be allowed at a prompt", done.shown)
        self.assert_nothing_was_left()


class Weakness(ImportTest):
    def test_a_weakness_is_a_second_question_by_name(self):
        for reply in ("", "y", "i", "md", "sha1"):
            done = self.import_to(["i", reply], self.weak)
            self.assertEqual(done.code, 11, done.shown)
            self.assert_nothing_was_left()
        self.assertEqual(self.import_to(["i", "md5"], self.weak).code, 0)

    def test_trusting_does_not_allow_the_weakness(self):
        done = self.import_to(["t", "", "", "", ""], self.weak)
        self.assertEqual(done.code, 12, done.shown)
        self.assert_nothing_was_left()
        self.assertEqual(len(self.trusted()), 1)
        self.assertEqual(self.check(self.weak), 12)

    def test_trusting_and_allowing_are_kept_together(self):
        done = self.import_to(["t", "", "", "", "md5"], self.weak)
        self.assertEqual(done.code, 0, done.shown)
        self.assertEqual(self.check(self.weak), 0)

    def test_a_trusted_signer_who_is_weak_is_asked_about_the_weakness(self):
        self.import_to(["t", "", "", "", ""], self.weak)
        self.assertEqual(self.import_to(["i", "md5"], self.weak).code, 0)
        self.assertEqual(self.check(self.weak), 12)


class Elements(ImportTest):
    def test_s_chooses_elements_by_number(self):
        done = self.import_to(["s", "9", "2-1", "1-2", "i"])
        self.assertEqual(done.code, 0, done.shown)
        files = files_below(self.target)
        self.assertEqual(len({name.split("/")[1] for name in files}), 2)
        self.assertTrue(all(name.startswith("elements/") for name in files))

    def test_nothing_selected_cannot_be_imported(self):
        done = self.import_to(["s", "none", "i", "s", "all", "i"])
        self.assertEqual(done.code, 0, done.shown)
        self.assertEqual(len(files_below(self.target)), FILES)

    def test_changed_files_need_force(self):
        self.assertEqual(self.import_to(["i"]).code, 0)
        changed = next(self.target.glob("elements/*/data"))
        genuine = changed.read_bytes()
        changed.write_bytes(b"mine")
        (self.target / "notes").write_bytes(b"mine too")
        done = self.import_to(["i", "c"])
        self.assertEqual(done.code, 11)
        self.assertIn("only --force replaces", " ".join(done.shown.split()))
        self.assertEqual(changed.read_bytes(), b"mine")
        self.assertEqual(self.import_to(["i"], None, "--force").code, 0)
        self.assertEqual(changed.read_bytes(), genuine)
        self.assertEqual((self.target / "notes").read_bytes(), b"mine too")

    def test_elements_that_are_there_are_compared(self):
        self.import_to(["s", "1", "i"])
        next(self.target.glob("elements/*/data")).write_bytes(b"mine")
        done = self.import_to(["s", "", "c"])
        shown = " ".join(done.shown.split())
        self.assertEqual((shown.count(", changed"), shown.count(", new")), (1, ELEMENTS - 1))

    def test_an_element_of_a_lower_version_than_what_is_there_is_called_older(self):
        self.import_to(["i"])
        there, newer_there = ('version="1.2.0"'.encode("utf-16-be"), 'version="1.10"'.encode("utf-16-be"))
        newer = next(path for path in self.target.glob("elements/*/data") if there in path.read_bytes())
        newer.write_bytes(newer.read_bytes().replace(there, newer_there))
        done = self.import_to(["s", "", "i", "c"])
        shown = " ".join(done.shown.split())
        self.assertIn("WARNING: 1 element is older than what is there", shown)
        self.assertEqual(shown.count(", older than what is there"), 1)
        self.assertIn("only --force replaces", shown)
        done = self.import_to(["i"], None, "--force")
        self.assertEqual(done.code, 0, done.shown)
        self.assertIn("older files 1", " ".join(done.shown.split()))
        self.assertIn(there, newer.read_bytes())


class Looks(ImportTest):
    def test_everything_stands_in_80_columns_without_colour(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            done = self.import_to(["s", "", "t", "00", end_of_file], self.weak, **environment)
            self.assertEqual(done.code, 11)
            self.assertNotIn("\x1b", done.shown)
            asked = done.shown[:done.shown.index("fingerprint: ")]
            self.assertLessEqual(max(map(len, asked.replace("\r", "").split("\n"))), 80)

    def test_a_terminal_gets_colour_that_says_nothing_by_itself(self):
        done = self.import_to(["c"])
        self.assertIn("\x1b[", done.shown)
        plain = self.import_to(["c"], None, "--color", "never")
        self.assertEqual(done.lines(), plain.lines())

    def test_it_shows_what_a_decision_needs(self):
        shown = " ".join(self.import_to(["c"]).shown.split())
        digits = fingerprint(self.certificate).replace(":", "").lower()
        for part in ("package 'com.example.inventory'", "CN=build.example.org", digits, "RSA, 2048 bits",
                     "does not prove its origin", "content", "certificate", "trusted", "known before", "cannot prove",
                     "4 elements"):
            self.assertIn(part, re.sub(r"\x1b\[[0-9;]*m", "", shown))


if __name__ == "__main__":
    unittest.main(verbosity=2)

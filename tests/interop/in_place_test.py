#!/usr/bin/env python3
"""Signing an appliance in place: only its end is written, and a stop before any write leaves it as it was, signed, or
known to be in the middle; the next run brings it back."""
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from ova_workbench import BIN, FILES, OvaWorkbench, manifest_of, read, write  # noqa: E402

SHIM = BIN.parent / "tests/store/libkill_at.so"


class InPlace(OvaWorkbench):
    def setUp(self):
        folder = self.home / self._testMethodName
        folder.mkdir()
        self.path = folder / "vm.ova"

    def sign_in_place(self, *options, code=0, signer="rsa", **environment):
        return self.run_tool("pkgsign", "sign", "--in-place", self.path, "--key", self.home / f"{signer}.key", "--cert",
                             self.home / f"{signer}.pem", *options, code=code, **environment)

    def only_the_file_is_left(self):
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["vm.ova"])

    def placed(self, *order, **contents):
        """An appliance with the members in this order."""
        by_name = {**FILES, "vm.mf": manifest_of(FILES), "vm.cert": self.certificate_text(manifest_of(FILES)), **contents}
        return write(self.path, [(name, by_name[name]) for name in order])

    def test_only_the_end_is_written(self):
        names = ["vm.ovf", "disk.vmdk", "second disk.vmdk"]
        for before, after, options in (
                (names, [*names, "vm.mf", "vm.cert"], ()),
                ([*names, "vm.mf"], [*names, "vm.mf", "vm.cert"], ()),
                ([*names, "vm.mf", "vm.cert"], [*names, "vm.mf", "vm.cert"], ("--replace", "--digest", "sha512")),
                ([*names, "vm.cert", "vm.mf"], [*names, "vm.mf", "vm.cert"], ("--replace",)),
                (["vm.ovf", "vm.mf", *names[1:]], ["vm.ovf", "vm.mf", *names[1:], "vm.cert"], ()),
                (["vm.ovf", "vm.mf", *names[1:], "vm.cert"], ["vm.ovf", "vm.mf", *names[1:], "vm.cert"], ("--replace", "--cms"))):
            with self.subTest(before):
                self.placed(*before)
                inode = os.stat(self.path).st_ino
                self.sign_in_place(*options)
                self.assertEqual([name for name, _ in read(self.path)], after)
                self.assertEqual(os.stat(self.path).st_ino, inode)
                self.check(self.path, 0)
                self.only_the_file_is_left()

    def test_what_does_not_end_in_the_signature_is_written_anew(self):
        names = ["vm.ovf", "vm.mf", "vm.cert", "disk.vmdk", "second disk.vmdk"]
        self.placed(*names)
        inode = os.stat(self.path).st_ino
        self.sign_in_place("--replace")
        self.assertEqual([name for name, _ in read(self.path)], names)
        self.assertNotEqual(os.stat(self.path).st_ino, inode)
        self.check(self.path, 0)

    def test_a_file_with_a_second_name_is_not_changed_under_it(self):
        self.placed(*FILES)
        other = self.home / "second-name.ova"
        os.link(self.path, other)
        before = other.read_bytes()
        self.sign_in_place()
        self.assertEqual(other.read_bytes(), before)
        self.check(self.path, 0)

    def test_what_cannot_be_signed_is_not_touched(self):
        self.placed(*FILES, "vm.mf", **{"vm.mf": manifest_of({**FILES, "disk.vmdk": b"x"})})
        before = (self.path.read_bytes(), os.stat(self.path).st_mtime_ns)
        self.sign_in_place(code=13)
        self.sign_in_place("--replace", signer="p256", code=1)
        self.assertEqual((self.path.read_bytes(), os.stat(self.path).st_mtime_ns), before)
        self.only_the_file_is_left()

    def test_a_full_disk_leaves_the_file_as_it_was(self):
        self.placed(*FILES)
        before = self.path.read_bytes()
        script = f"ulimit -f {(len(before) + 1023) // 1024}; trap '' XFSZ; exec \"$@\""
        done = self.run_tool("bash", "-c", script, "-", BIN / "pkgsign", "sign", "--in-place", self.path, "--cms", "--key",
                             self.home / "rsa.key", "--cert", self.home / "rsa.pem")
        if done.returncode == 0:  # what was written fits the last record of the tar
            self.skipTest("the end did not grow")
        self.assertEqual(self.path.read_bytes(), before, done.text)
        self.only_the_file_is_left()

    def stop_everywhere(self, options, before_code):
        """Kills before the first, second, ... call that changes a file, until a run ends by itself."""
        before = self.path.read_bytes()
        seen = {"before": 0, "interrupted": 0, "after": 0}
        for kill_at in range(1, 200):
            self.path.write_bytes(before)
            done = self.sign_in_place(*options, signer="other", code=None, LD_PRELOAD=str(SHIM), PKGTRUST_KILL_AT=str(kill_at),
                                      ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
            if done.returncode == 0:
                break
            self.assertEqual(done.returncode, -9, done.text)
            report = self.run_tool("pkgverify", "check", "--trust", self.home / "other.pem", self.path)
            if self.path.read_bytes() == before:
                self.assertEqual(report.returncode, before_code, report.text)
                seen["before"] += 1
            elif report.returncode == 0:
                seen["after"] += 1
            else:
                self.assertEqual(report.returncode, 13, report.text)
                self.assertIn("interrupted-append", report.text)
                seen["interrupted"] += 1
                copied = self.path.parent.parent / "copied.ova"  # without the record it is no better
                shutil.copy(self.path, copied)
                self.assertIn(self.run_tool("pkgverify", "check", copied).returncode, (before_code, 10, 11, 13))
            again = self.sign_in_place(*options, signer="other", code=None)
            if again.returncode == 2:  # it was signed
                self.assertEqual(report.returncode, 0)
                self.assertIn("is signed already", again.text)
            else:
                self.assertEqual(again.returncode, 0, again.text)
                self.assertEqual("as it was before" in again.text, "interrupted-append" in report.text)
            self.check(self.path, 0, trust="other")
            self.only_the_file_is_left()
        else:
            self.fail("it never ended by itself")
        self.assertGreater(min(seen.values()), 0, seen)

    @unittest.skipUnless(SHIM.exists(), "the shim that kills is not built")
    def test_a_stop_before_any_write_of_a_first_signature(self):
        self.placed(*FILES)
        self.stop_everywhere((), 10)

    @unittest.skipUnless(SHIM.exists(), "the shim that kills is not built")
    def test_a_stop_before_any_write_of_a_shorter_end(self):
        manifest = manifest_of(FILES)
        long = self.certificate_text(manifest) + b"# padding\n" * 3000
        self.placed(*FILES, "vm.mf", "vm.cert", **{"vm.cert": long})
        self.stop_everywhere(("--replace",), 11)

    @unittest.skipUnless(SHIM.exists(), "the shim that kills is not built")
    def test_a_record_of_another_file_is_left_alone(self):
        self.placed(*FILES)
        for kill_at in range(1, 50):
            self.sign_in_place(code=None, LD_PRELOAD=str(SHIM), PKGTRUST_KILL_AT=str(kill_at),
                               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
            if len(list(self.path.parent.iterdir())) > 1:
                break
        files = {**FILES, "disk.vmdk": b"another\n" * 9000}
        shutil.copy(self.appliance(files, name="another.ova"), self.path)
        self.assertNotIn("interrupted", self.check(self.path, 0).text)


if __name__ == "__main__":
    unittest.main()

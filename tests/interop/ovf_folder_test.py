#!/usr/bin/env python3
"""An appliance whose files lie in one folder: the descriptor is named, the rest is found beside it and nowhere else."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from ova_workbench import FILES, OvaWorkbench, manifest_of  # noqa: E402


class OvfFolder(OvaWorkbench):
    def setUp(self):
        self.place = self.home / self._testMethodName
        self.place.mkdir()
        self.path = self.place / "vm.ovf"
        self.fill(FILES)

    def fill(self, files, manifest=None):
        manifest = manifest or manifest_of(files)
        for name, content in {**files, "vm.mf": manifest, "vm.cert": self.certificate_text(manifest)}.items():
            if "/" not in name:
                (self.place / name).write_bytes(content)

    def test_the_files_beside_the_descriptor_are_judged(self):
        self.check(self.path, 0, "format            ovf", "3 of 3 entries as signed")
        self.check(self.path, 11, trust="other")
        (self.place / "README").write_text("not part of it\n")
        done = self.run_tool("pkgverify", "check", "--trust", self.home / "rsa.pem", "./vm.ovf", code=1)
        self.assertIn("vm.ovf", done.text)
        os.symlink(self.path, self.home / "elsewhere.ovf")  # its own neighbours are asked, and there are none
        self.check(self.home / "elsewhere.ovf", 10)

    def test_each_changed_or_missing_file_is_caught(self):
        for name in ("vm.ovf", "vm.mf", "disk.vmdk", "second disk.vmdk"):
            before = (self.place / name).read_bytes()
            (self.place / name).write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
            self.check(self.path, 13)
            if name != "vm.ovf":
                (self.place / name).unlink()
                self.check(self.path, 13)
            (self.place / name).write_bytes(before)
        self.check(self.path, 0)
        (self.place / "vm.cert").unlink()
        self.check(self.path, 10)

    def test_no_link_is_followed_and_no_other_folder_read(self):
        outside = self.home / "outside.vmdk"
        (self.place / "disk.vmdk").rename(outside)
        (self.place / "disk.vmdk").symlink_to(outside)
        self.check(self.path, 13, "removed-entry", "disk.vmdk")
        (self.place / "disk.vmdk").unlink()
        os.mkfifo(self.place / "disk.vmdk")
        self.check(self.path, 13, "removed-entry")
        for name in ("../outside.vmdk", str(outside), "."):
            files = {"vm.ovf": FILES["vm.ovf"].replace(b"disk.vmdk", name.encode(), 1), name: outside.read_bytes(),
                     "second disk.vmdk": FILES["second disk.vmdk"]}
            self.fill({key: value for key, value in files.items() if key != "."}, manifest_of(files))
            self.check(self.path, 13, "removed-entry")

    def test_what_the_descriptor_takes_in_must_be_signed(self):
        (self.place / "third.vmdk").write_bytes(b"x")
        self.fill({**FILES, "vm.ovf": FILES["vm.ovf"].replace(b"disk.vmdk", b"third.vmdk", 1)})
        self.check(self.path, 13, "removed-entry", "third.vmdk")

    def test_many_files_are_refused_with_a_sentence(self):
        files = {**FILES, **{f"{i}.vmdk": b"" for i in range(300)}}
        self.fill(files)
        self.check(self.path, 1, "tar -cf")

    def test_a_signature_over_the_descriptor_covers_no_disk(self):
        key, certificate = self.home / "other.key", self.home / "other.pem"
        self.run_tool("pkgsign", "sign", "--detached", self.path, "--key", key, "--cert", certificate, code=0)
        self.check(self.path, 11, trust="other")
        (self.place / "vm.cert").unlink()
        self.assertNotEqual(self.run_tool("pkgverify", "check", "--trust", certificate, self.path).returncode, 0)
        (self.place / "vm.mf").unlink()  # then it is a file like any other
        self.check(self.path, 0, trust="other")

    def test_accepting_the_descriptor_accepts_no_other_disk(self):
        store = self.home / "store"
        self.run_tool("pkgverify", "trust", "add", "--file", self.path, "--store", store)
        self.assertEqual(self.run_tool("pkgverify", "check", "--store", store, self.path).returncode, 11)

    def test_import_leaves_what_was_verified(self):
        target = self.home / "imported"
        self.run_tool("pkgverify", "import", self.path, "--trust", self.home / "rsa.pem", "--to", target, code=0)
        self.assertEqual({path.name: path.read_bytes() for path in target.iterdir()}, FILES)
        done = self.run_tool("pkgverify", "import", self.path, "--trust", self.home / "rsa.pem", "-o", self.home / "one", code=2)
        self.assertIn("--to DIR", done.text)

    def test_signing_it_is_refused_with_the_way_out(self):
        done = self.run_tool("pkgsign", "sign", self.path, "--in-place", "--replace", "--key", self.home / "rsa.key", "--cert",
                             self.home / "rsa.pem", code=1)
        self.assertIn("tar --format=ustar", done.text)


if __name__ == "__main__":
    unittest.main()

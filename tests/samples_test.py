#!/usr/bin/env python3
"""The committed sample packages are byte for byte what samples/make_samples.py makes, and other programs read them."""
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "samples"


class Samples(unittest.TestCase):
    def setUp(self):
        self.committed = sorted(SAMPLES.glob("*.package"))
        self.assertEqual(len(self.committed), 3)

    def test_the_committed_packages_are_what_the_script_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, SAMPLES / "make_samples.py", folder], check=True)
            made = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
        self.assertEqual(made, {path.name: path.read_bytes() for path in self.committed})

    def test_unzip_reads_every_byte_of_them(self):
        for path in self.committed:
            done = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_they_differ_as_the_three_writers_do(self):
        flags = {}
        for path in self.committed:
            with zipfile.ZipFile(path) as package:
                flags[path.name] = {(i.flag_bits, i.create_system, i.is_dir()) for i in package.infolist()}
                self.assertFalse([i for i in package.namelist() if i.startswith(("signatures", "certificates"))])
        self.assertEqual(flags, {"com.example.inventory.package": {(0x0808, 0, False)},
                                 "com.example.greeting.package": {(0, 3, False), (0, 3, True)},
                                 "com.example.services-1.0.0.package": {(0x0008, 3, False), (0, 3, True)}})


if __name__ == "__main__":
    unittest.main(verbosity=2)

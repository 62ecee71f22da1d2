#!/usr/bin/env python3
"""What a package may take: as many threads as --jobs says, and memory that does not grow with the cores."""
import pathlib
import re
import resource
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "interop"))
from vro_workbench import BIN, Workbench, element, package  # noqa: E402

GIBIBYTE = 1 << 30


class Resources(Workbench):
    def threads_of(self, *words):
        """The threads that a command starts, as the kernel sees them."""
        trace = self.home / "trace"
        done = subprocess.run(["strace", "-f", "-e", "trace=clone,clone3", "-o", trace, BIN / words[0], *map(str, words[1:])],
                              env={**self.environment, "ASAN_OPTIONS": "detect_leaks=0"}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        if "ptrace" in done.stderr.lower():
            self.skipTest("this machine does not let strace trace")
        self.assertEqual(done.returncode, 0, done.stderr)
        return len(re.findall("CLONE_THREAD", trace.read_text()))

    def test_one_job_starts_no_thread(self):
        unsigned = package(self.home / "many.package", [element(f"id-{i}", "Workflow", f"<w name='{i}'/>") for i in range(40)])
        signed = self.home / "signed.package"
        judged = ("--trust", self.certificate, signed)
        by = ("--passphrase", "env:SIGNING", "--force")
        self.assertEqual(self.threads_of("pkgsign", "sign", unsigned, "-o", signed, *by, "--jobs", 1), 0)
        self.assertGreater(self.threads_of("pkgsign", "sign", unsigned, "-o", signed, *by, "--jobs", 4), 0)
        for command in ("check", "show"):
            with self.subTest(command):
                self.assertEqual(self.threads_of("pkgverify", command, "--jobs", 1, *judged), 0)
                self.assertGreater(self.threads_of("pkgverify", command, "--jobs", 4, *judged), 0)

    def test_many_large_elements_are_not_all_in_memory_at_one_time(self):
        """12 elements of 60 MiB, which are held twice while they are read, and 12 threads that would like to."""
        elements = [element(f"id-{i}", "ResourceElement", bytes(60 << 20)) for i in range(12)]
        signed = self.home / "large-signed.package"
        self.sign(package(self.home / "large.package", elements), signed)
        self.tool("pkgverify", "show", "--trust", self.certificate, "--jobs", 12, signed)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        self.assertGreater(most, 60 << 20)
        self.assertLess(most, GIBIBYTE)


if __name__ == "__main__":
    unittest.main(verbosity=2)

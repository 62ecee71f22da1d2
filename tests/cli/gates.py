#!/usr/bin/env python3
"""The gates in samples/ci/ let an accepted package through and nothing else: the script block is cut out of each file and
run as its system runs it."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
# How the systems start a shell.
SHELLS = {"github-actions.yml": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
          "gitlab-ci.yml": ["bash", "-eo", "pipefail"],
          "Jenkinsfile": ["sh", "-xe"]}


def block_of(name):
    """What stands between the marks, without the line that opens the script and the one that closes it."""
    text = (ROOT / "samples/ci" / name).read_text(encoding="utf-8")
    marked, = re.findall(r"^ *(?:#|//) gate begins\n(.*?)^ *(?:#|//) gate ends\n", text, re.M | re.S)
    lines = marked.splitlines()
    assert re.fullmatch(r"run: \||- \||sh '''", lines[0].strip()), lines[0]
    if name == "Jenkinsfile":
        assert "\\" not in marked and lines.pop().strip() == "'''"
    return textwrap.dedent("\n".join(lines[1:])) + "\n"


class Gates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(cls.home), "GIVEN": "secret", "CI": "true",
                           "LC_ALL": "C.UTF-8"}
        for who in ("release", "stranger"):
            words = ["--store", who, "--passphrase", "env:GIVEN"]
            cls.sign_tool("init", "--common-name", who, "--key", "rsa-2048", "--kdf-cost", "1:8", *words)
            cls.sign_tool("sign", ROOT / "samples/com.example.greeting.package", "-o", f"{who}.package", *words)
        cls.sign_tool("cert", "export", "--store", "release", "-o", "release.pem")
        tampered = bytearray((cls.home / "release.package").read_bytes())
        tampered[1000] ^= 1
        (cls.home / "tampered.package").write_bytes(tampered)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def sign_tool(cls, *words):
        subprocess.run([BIN / "pkgsign", *words], cwd=cls.home, env=cls.environment, check=True, capture_output=True)

    def run_gate(self, name, package):
        work = self.home / "work"
        shutil.rmtree(work, ignore_errors=True)
        (work / "build").mkdir(parents=True)
        (work / "accepted").mkdir()
        (work / "accepted/of-last-time.package").touch()
        if package:
            shutil.copy(self.home / package, work / "build/app.package")
        script = self.home / "script"
        script.write_text(block_of(name), encoding="utf-8")
        certificate = self.home / "release.pem"
        signer = certificate.read_text(encoding="utf-8") if name == "github-actions.yml" else str(certificate)
        done = subprocess.run([*SHELLS[name], script], cwd=work, capture_output=True, text=True,
                              env={**self.environment, "PACKAGE": "build/app.package", "SIGNER_PEM": signer})
        copies = {path.name: path.read_bytes() for path in (work / "accepted").iterdir()}
        return done, copies, work / "reports"

    def test_every_gate_stops_what_is_not_accepted_and_passes_what_is(self):
        self.assertEqual({path.name for path in (ROOT / "samples/ci").iterdir()}, set(SHELLS))
        for name in SHELLS:
            for package, code in (("release.package", 0), ("stranger.package", 11), ("tampered.package", 13), (None, 1)):
                with self.subTest(gate=name, package=package):
                    done, copies, reports = self.run_gate(name, package)
                    self.assertEqual(done.returncode, code, done.stderr)
                    self.assertIn(f"pkgverify ended with {code}\n", done.stdout)
                    passed = {"app.package": (self.home / package).read_bytes()} if code == 0 else {}
                    self.assertEqual(copies, passed)
                    page = (reports / "pkgverify.html").read_text(encoding="utf-8")
                    self.assertIn(f"exit code {code}: ", page)
                    report, = (path for path in reports.iterdir() if path.suffix in (".sarif", ".xml"))
                    self.assertGreater(report.stat().st_size, 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)

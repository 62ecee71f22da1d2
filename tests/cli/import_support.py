"""A person at a real terminal, for the tests of `pkgverify import`: signed packages to import, a pseudo-terminal to
answer on, and what was shown there."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

try:
    import pexpect
except ImportError:
    print("python3-pexpect is not installed")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PKGTRUST_BIN", ROOT / "build/dev/bin")).resolve()
sys.path.insert(0, str(ROOT / "samples"))
import make_samples  # noqa: E402

ASKS = r"(?:answer \[c\]|fingerprint|scope[^\n]*|until [^\n]*|why|Enter refuses|Enter keeps\)): "
SECONDS = 60


def clean_environment(home):
    keep = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    return {**keep, "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", "PKGTRUST_STORE": str(home / "store")}


def make_key(folder, name, subject):
    """A key and a self-signed certificate, by openssl; `subject` lists lines of a distinguished name."""
    config = folder / f"{name}.cnf"
    config.write_text("[req]\nprompt=no\nutf8=yes\nstring_mask=utf8only\ndistinguished_name=dn\n[dn]\n"
                      + "\n".join(subject) + "\n", encoding="utf-8")
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "3000", "-utf8",
                    "-config", config, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    key.chmod(0o600)
    return key, certificate


def fingerprint(certificate):
    done = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"],
                          check=True, capture_output=True, text=True)
    return done.stdout.split("=")[1].strip()


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Answered:
    """How one run at the terminal ended."""

    def __init__(self, code, shown):
        self.code, self.shown = code, shown

    def lines(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.shown).replace("\r", "").split("\n")


class ImportTest(unittest.TestCase):
    """One folder and one signer for the whole class, a fresh store and target for each test."""

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="pkgtrust-import."))
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.key, cls.certificate = make_key(cls.shared, "signer", ["CN=build.example.org", "O=Example"])
        cls.plain = cls.shared / "plain.package"
        cls.plain.write_bytes(make_samples.server_export())
        cls.package = cls.sign(cls.plain, "signed.package")
        cls.weak = cls.sign(cls.plain, "weak.package", "--vro-digest", "md5", "--vro-unbound")

    @classmethod
    def sign(cls, plain, name, *options, key=None):
        signed = cls.shared / name
        private, certificate = key or (cls.key, cls.certificate)
        subprocess.run([BIN / "pkgsign", "sign", plain, "-o", signed, "--key", private, "--cert", certificate, *options],
                       check=True, capture_output=True, env=clean_environment(cls.shared), stdin=subprocess.DEVNULL)
        return signed

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pkgtrust-import."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.target = self.folder / "target"
        self.environment = clean_environment(self.folder)

    def run_tool(self, *words, **more):
        return subprocess.run([BIN / "pkgverify", *words], capture_output=True, text=True, env=self.environment,
                              stdin=subprocess.DEVNULL, cwd=self.folder, **more)

    def check(self, package):
        return self.run_tool("check", "-q", package).returncode

    def spawn(self, *words, columns=80, **environment):
        return pexpect.spawn(str(BIN / "pkgverify"), ["import", *map(str, words)], cwd=str(self.folder),
                             env={**self.environment, **environment}, dimensions=(24, columns), timeout=SECONDS,
                             encoding="utf-8", codec_errors="surrogateescape")

    def answer(self, replies, *words, columns=80, **environment):
        """Answers each question with the next reply; a callable gets the terminal instead."""
        terminal = self.spawn(*words, columns=columns, **environment)
        shown = ""
        for reply in replies:
            terminal.expect(ASKS)
            shown += terminal.before + terminal.after
            if callable(reply):
                reply(terminal)
            else:
                terminal.sendline(reply)
        terminal.expect(pexpect.EOF)
        terminal.close()
        code = terminal.exitstatus if terminal.signalstatus is None else -terminal.signalstatus
        return Answered(code, shown + terminal.before)

    def import_to(self, replies, package=None, *words, **more):
        return self.answer(replies, package or self.package, "--to", self.target, *words, **more)

    def assert_nothing_was_left(self):
        self.assertFalse(self.target.exists())
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.endswith(".new")], [])

    def trusted(self):
        return self.run_tool("trust", "list").stdout.splitlines()


def end_of_file(terminal):
    terminal.sendeof()


def interrupt(terminal):
    terminal.sendintr()


def resize_and_cancel(terminal):
    terminal.setwinsize(10, 40)
    os.kill(terminal.pid, signal.SIGWINCH)
    terminal.sendline("c")

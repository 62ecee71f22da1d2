#!/usr/bin/env python3
"""Where passphrases come from, each source with each option that takes one, and what goes wrong there: told
apart, never another source instead, and never a secret in what is printed or seen from outside."""
import os
import pathlib
import pty
import resource
import signal
import subprocess
import tempfile
import time
import unittest

PKGSIGN = os.path.join(os.environ["PKGTRUST_BIN"], "pkgsign")
PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "samples" / "com.example.greeting.package"
SECRET = "correct-horse-battery"
NEXT = "another-staple"


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS") if name in os.environ}
        cls.environment = {**kept, "HOME": str(cls.home), "LC_ALL": "C.UTF-8", "GIVEN": SECRET, "NEXT": NEXT, "EMPTY": "",
                           "LONG": "x" * 4097}
        cls.run_tool("init", "--common-name", "a.example", "--key", "rsa-2048", "--kdf-cost", "1:8", "--passphrase",
                     "env:GIVEN")
        cls.run_tool("backup", "create", "-o", cls.home / "a.backup", "--passphrase", "env:GIVEN", "--file-passphrase",
                     "env:GIVEN")
        cls.run_tool("key", "export", "--to", "pkcs8", "-o", cls.home / "a.key", "--passphrase", "env:GIVEN",
                     "--file-passphrase", "env:GIVEN")
        cls.run_tool("cert", "export", "-o", cls.home / "a.pem")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_tool(cls, *words, **how):
        done = subprocess.run([PKGSIGN, *map(str, words)], env=cls.environment, capture_output=True, timeout=120, **how)
        text = done.stdout + done.stderr
        assert SECRET.encode() not in text and NEXT.encode() not in text, text
        if not how:
            assert done.returncode == 0, text
        return done

    def file(self, content, mode=0o600, name="secret"):
        path = self.home / name
        path.unlink(missing_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return path

    def open_store(self, source, **how):
        return self.run_tool("store", "check", "--passphrase", source, "--no-input", **{"stdin": subprocess.DEVNULL, **how})

    def works(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)

    def refuses(self, done, sentence, code=1):
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(sentence, done.stderr.decode())

    # What works.

    def test_every_source_opens_the_store(self):
        self.works(self.open_store("env:GIVEN"))
        self.works(self.open_store(f"file:{self.file(SECRET)}"))
        self.works(self.run_tool("store", "check", "--passphrase", "stdin", input=SECRET.encode()))
        with open(self.file(SECRET), "rb") as file:
            self.works(self.open_store(f"fd:{file.fileno()}", pass_fds=[file.fileno()]))

    def test_the_first_line_counts_whatever_ends_it(self):
        for content in (SECRET, SECRET + "\n", SECRET + "\r\n", SECRET + "\nmore\n", SECRET + "\r\nmore"):
            self.works(self.open_store(f"file:{self.file(content)}"))
        for content in (" " + SECRET, SECRET + " ", SECRET + "\r\r\n", "\n" + SECRET):
            self.assertEqual(self.open_store(f"file:{self.file(content)}").returncode, 1, content)

    def test_pipes_work_as_files_and_descriptors(self):
        words = f'exec "{PKGSIGN}" store check --no-input --passphrase'
        for line in (f'{words} file:<(printf %s "$GIVEN")', f'{words} fd:7 7< <(printf %s "$GIVEN")',
                     f'printf %s "$GIVEN" | {words} file:/dev/stdin', f'{words} fd:7 7<<<"$GIVEN"'):
            done = subprocess.run(["bash", "-c", line], env=self.environment, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, (line, done.stderr))

    def test_every_option_takes_every_source(self):
        """A table: the option, the command with the other passphrases in place, a check afterwards."""
        backup, key, store = self.home / "a.backup", self.home / "a.key", self.home / "copy"
        commands = {
            "--passphrase": lambda: ["csr", "export"],
            "--new-passphrase": lambda: ["passphrase", "change", "--passphrase", "env:GIVEN"],
            "--file-passphrase": lambda: ["backup", "verify", backup],
            "--file-passphrase of a key": lambda: ["sign", PACKAGE, "-o", self.home / "s.package", "--force", "--key", key,
                                                   "--cert", self.home / "a.pem"],
            "--file-passphrase of an import": lambda: ["key", "import", key, "--cert", self.home / "a.pem", "--alias",
                                                       f"i{time.monotonic_ns()}", "--passphrase", "env:GIVEN"],
            "--passphrase of a restore": lambda: ["backup", "restore", backup, "--file-passphrase", "env:GIVEN", "--kdf-cost",
                                                  "1:8", "--store", f"{store}{time.monotonic_ns()}"],
        }
        for option, words in commands.items():
            name = option.split()[0]
            with self.subTest(option), open(self.file(SECRET), "rb") as file:
                number = file.fileno()
                for source, how in (("env:GIVEN", {}), (f"file:{self.home / 'secret'}", {}), ("stdin", {"input": SECRET.encode()}),
                                    (f"fd:{number}", {"pass_fds": [number]})):
                    done = self.run_tool(*words(), name, source, "--no-input", **{**how, "check": False})
                    self.assertEqual(done.returncode, 0, (source, done.stderr))
                done = self.run_tool(*words(), name, "env:ABSENT", check=False, stdin=subprocess.DEVNULL)
                self.refuses(done, "the environment variable 'ABSENT' is not set")
                done = self.run_tool(*words(), "--no-input", check=False, stdin=subprocess.DEVNULL)
                self.refuses(done, f"name its source: {name} env:VAR")

    def test_a_key_in_a_keystore_has_a_passphrase_of_its_own(self):
        keytool = subprocess.run(["keytool", "-genkeypair", "-alias", "k", "-keyalg", "RSA", "-dname", "CN=k", "-storetype", "JKS",
                                  "-keystore", self.home / "k.jks", "-storepass", SECRET, "-keypass", NEXT],
                                 capture_output=True, check=False)
        self.assertEqual(keytool.returncode, 0, keytool.stderr)
        words = ["key", "import", self.home / "k.jks", "--passphrase", "env:GIVEN", "--file-passphrase", "env:GIVEN"]
        self.works(self.run_tool(*words, "--alias", "k1", "--key-passphrase", "env:NEXT"))
        self.works(self.run_tool(*words, "--alias", "k2", "--key-passphrase", f"file:{self.file(NEXT)}"))
        self.works(self.run_tool(*words, "--alias", "k3", "--key-passphrase", "stdin", input=NEXT.encode()))
        self.refuses(self.run_tool(*words, "--alias", "k4", "--key-passphrase", "env:ABSENT", stdin=subprocess.DEVNULL), "is not set")
        self.assertEqual(self.run_tool(*words, "--alias", "k4", "--key-passphrase", "env:GIVEN", check=False).returncode, 1)

    def test_two_options_take_a_line_each_from_one_descriptor(self):
        words = ["backup", "create", "--passphrase", "stdin", "--file-passphrase", "stdin"]
        done = self.run_tool(*words, "-o", self.home / "two.backup", input=f"{SECRET}\n{NEXT}\n".encode())
        self.works(done)
        self.works(self.run_tool("backup", "verify", self.home / "two.backup", "--file-passphrase", "env:NEXT"))
        done = self.run_tool(*words, "-o", self.home / "one.backup", input=f"{SECRET}\n".encode())
        self.refuses(done, "standard input ended before a passphrase came")
        self.assertFalse((self.home / "one.backup").exists())

    # What does not.

    def test_a_variable_that_is_missing_empty_or_too_long_is_told(self):
        self.refuses(self.open_store("env:ABSENT"), "the environment variable 'ABSENT' is not set")
        self.refuses(self.open_store("env:EMPTY"), "the passphrase from the environment variable 'EMPTY' is empty")
        self.refuses(self.open_store("env:LONG"), "is too long")

    def test_a_file_that_is_no_secret_or_no_file_is_told(self):
        for mode in (0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o660):
            self.refuses(self.open_store(f"file:{self.file(SECRET, mode)}"), "others can read the passphrase file")
        self.refuses(self.open_store(f"file:{self.file('')}"), "ended before a passphrase came")
        self.refuses(self.open_store(f"file:{self.file(chr(10))}"), "is empty")
        self.refuses(self.open_store(f"file:{self.file(chr(13) + chr(10))}"), "is empty")
        self.refuses(self.open_store(f"file:{self.home / 'absent'}"), "No such file or directory")
        self.refuses(self.open_store(f"file:{self.home}"), "Is a directory")
        self.refuses(self.open_store(f"file:{self.file(SECRET.encode('utf-16-le'))}"), "holds a zero byte")
        self.refuses(self.open_store("file:/dev/null"), "ended before a passphrase came")
        if os.getuid() != 0:
            self.refuses(self.open_store(f"file:{self.file(SECRET, 0o200)}"), "Permission denied")

    def test_the_longest_passphrase_is_the_same_from_every_source(self):
        for ending in ("", "\n", "\r\n"):
            done = self.open_store(f"file:{self.file('y' * 4096 + ending)}")
            self.refuses(done, "passphrase is wrong") if b"is wrong" in done.stderr else self.assertNotIn(b"too long", done.stderr)
            self.refuses(self.open_store(f"file:{self.file('y' * 4097 + ending)}"), "is too long")
        self.refuses(self.open_store("file:/dev/zero"), "holds a zero byte")

    def test_a_named_pipe_of_others_is_refused_and_waiting_can_be_interrupted(self):
        pipe = self.home / "pipe"
        os.mkfifo(pipe)
        pipe.chmod(0o644)
        writer = os.open(pipe, os.O_RDWR)
        try:
            self.refuses(self.open_store(f"file:{pipe}"), "others can read the passphrase file")
        finally:
            os.close(writer)
        pipe.chmod(0o600)
        child = subprocess.Popen([PKGSIGN, "store", "check", "--passphrase", f"file:{pipe}"], env=self.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.wait_for(lambda: "fifo" in pathlib.Path(f"/proc/{child.pid}/wchan").read_text() or
                      pathlib.Path(f"/proc/{child.pid}/stat").read_text().split()[2] == "S")
        child.send_signal(signal.SIGINT)
        error = child.communicate(timeout=60)[1]
        self.assertEqual(child.returncode, 130, error)

    def wait_for(self, condition):
        for _ in range(600):
            if condition():
                time.sleep(0.3)
                return
            time.sleep(0.05)
        self.fail("never so")

    def test_a_descriptor_that_is_closed_or_our_own_is_told(self):
        for number in range(3, 40):
            self.refuses(self.open_store(f"fd:{number}"), f"the descriptor {number} is not open")
        for number in (5, 9):
            done = self.run_tool("sign", PACKAGE, "-o", self.home / "never", "--passphrase", f"fd:{number}", check=False)
            self.refuses(done, f"the descriptor {number} is not open")
        done = subprocess.run(["bash", "-c", f'exec "{PKGSIGN}" store check --passphrase stdin <&-'], env=self.environment,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        for source in ("fd:", "fd:x", "fd:-1", "fd:123456", "env:", "file:", "keyring:x", SECRET, f"pass:{SECRET}", ""):
            done = self.open_store(source)
            self.assertEqual(done.returncode, 2, source)

    def test_a_terminal_is_no_source_but_by_the_prompt(self):
        master, slave = pty.openpty()
        try:
            self.refuses(self.open_store(f"fd:{slave}", pass_fds=[slave]), "is a terminal")
            self.refuses(self.open_store("stdin", stdin=slave), "standard input is a terminal")
            self.refuses(self.open_store(f"file:{os.ttyname(slave)}"), "is a terminal")
        finally:
            os.close(master)
            os.close(slave)

    def test_standard_input_holds_a_file_or_a_passphrase(self):
        data = PACKAGE.read_bytes()
        for source in ("stdin", "fd:0", "fd:00", "file:/dev/stdin", "file:/dev/fd/0", "file:/proc/self/fd/0"):
            done = self.run_tool("sign", "-", "-o", self.home / "never", "--passphrase", source, input=data)
            self.refuses(done, "standard input cannot hold both", 2)
        done = self.run_tool("backup", "verify", "-", "--file-passphrase", "stdin", input=b"x")
        self.refuses(done, "standard input cannot hold both a file and the passphrase of --file-passphrase", 2)
        done = self.run_tool("sign", PACKAGE, "-o", "-", "--passphrase", "stdin", input=SECRET.encode(), cwd=self.home)
        self.works(done)
        done = self.run_tool("sign", PACKAGE, "-o", self.home / "never", "--key", "-", "--cert", self.home / "a.pem",
                             "--file-passphrase", "stdin", input=data)
        self.refuses(done, "standard input cannot hold both", 2)
        self.assertFalse((self.home / "never").exists())

    # What is seen from outside.

    def test_neither_arguments_nor_a_core_file_hold_it(self):
        """While it waits for the second secret, the first one is in memory."""
        reader, writer = os.pipe()
        os.write(writer, f"{SECRET}\n".encode())
        child = subprocess.Popen([PKGSIGN, "backup", "create", "-o", str(self.home / "core.backup"), "--passphrase", f"fd:{reader}",
                                  "--file-passphrase", f"fd:{reader}"], env={**self.environment, "GIVEN": ""},
                                 pass_fds=[reader], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                 cwd=self.home, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (
                                     resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2))
        self.wait_for(lambda: "pipe" in pathlib.Path(f"/proc/{child.pid}/wchan").read_text() or
                      pathlib.Path(f"/proc/{child.pid}/stat").read_text().split()[2] == "S")
        outside = pathlib.Path(f"/proc/{child.pid}/cmdline").read_bytes()
        limits = pathlib.Path(f"/proc/{child.pid}/limits").read_text()
        self.assertNotIn(SECRET.encode(), outside)
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        self.assertEqual(core.split()[4:6], ["0", "0"])
        children = pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children")
        if children.exists():
            self.assertEqual(children.read_text(), "")
        child.send_signal(signal.SIGSEGV)
        child.communicate(timeout=60)
        os.close(reader)
        os.close(writer)
        self.assertEqual([path.name for path in self.home.iterdir() if path.name.startswith("core") and path.name != "core.backup"],
                         [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

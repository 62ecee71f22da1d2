#!/usr/bin/env python3
"""What must hold whatever a package, its sender or the moment does: pipelines are never asked, nothing hostile reaches
the terminal or a pasted line, and a target is whole or as it was, also when the tool is killed."""
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from import_support import BIN, ImportTest, files_below, make_key, make_samples  # noqa: E402

FILES = 15
# A bell, a title change, a clear screen, a forged verdict, right to left, zero width, shell words, an option.
HOSTILE = ["it's \"x\" $(touch PWNED) `touch PWNED`; touch PWNED #", "\u202egnp.exe", "a\u200bb\u2028c\u0085d",
           "$HOME ${IFS} !! * ? ~ \\ & | < >", "--to=/etc", "verified  other.package"]
RAW_ONLY_IN_FILE_NAMES = ["line\nverified  other.package", "\x1b[2J\x1b]0;title\x07", "tab\tnul-free\r", "-rf"]
# Escape sequences that the tool itself may write.
OWN = re.compile(r"\x1b\[[0-9;]*m")


class NeverAsked(ImportTest):
    def test_a_pipeline_is_told_by_the_exit_code_and_a_line_to_approve(self):
        def without_terminal():
            done = self.run_tool("import", self.package, "--to", self.target)
            return done.returncode, done.stderr

        def at_a_terminal(*words, **environment):
            done = self.import_to([], None, *words, **environment)
            return done.code, done.shown
        for code, said in (without_terminal(), at_a_terminal("--no-input"), at_a_terminal(CI="true"),
                           at_a_terminal("--no-input", "--yes", "--force")):
            self.assertEqual(code, 11, said)
            self.assertRegex(said, "pkgverify trust add --signer sha256:[0-9a-f]{64} --from ")
            self.assertNotIn("answer [c]", said)
            self.assert_nothing_was_left()

    def test_the_line_to_approve_says_what_it_must(self):
        said = self.run_tool("import", self.package, "--to", self.target).stderr
        line = next(line for line in said.splitlines() if "trust add" in line)
        subprocess.run(["bash", "-c", line[line.index("pkgverify trust"):]], check=True, capture_output=True,
                       env={**self.environment, "PATH": f"{BIN}:{os.environ['PATH']}"}, cwd=self.folder)
        self.assertEqual(self.run_tool("import", self.package, "--to", self.target).returncode, 0)
        self.assertEqual(len(files_below(self.target)), FILES)

    def test_unsigned_tampered_and_exposed_packages_are_never_asked_about(self):
        tampered = self.folder / "tampered.package"
        with zipfile.ZipFile(self.package) as before, zipfile.ZipFile(tampered, "w") as after:
            for item in before.infolist():
                content = before.read(item)
                after.writestr(item.filename, content + b" " if item.filename.endswith("/data") else content)
        done = self.import_to([], tampered)
        self.assertEqual(done.code, 13, done.shown)
        self.assertEqual(self.import_to([], self.plain).code, 10)
        bad = self.folder / "bad-keys"
        key = re.search("key sha256 ([0-9a-f]{64})", self.import_to(["c"]).shown)
        bad.write_text(key.group(1) + "\n")
        self.assertEqual(self.import_to([], None, "--bad-keys", bad).code, 16)
        self.assert_nothing_was_left()

    def test_check_accepts_exactly_what_is_imported_without_a_question(self):
        for options, code in (([], 11), (["--trust", self.certificate], 0)):
            self.assertEqual(self.run_tool("check", self.package, *options).returncode, code)
            done = self.import_to(["c"] if code else [], None, *options)
            self.assertEqual(done.code, code, done.shown)

    def test_a_dry_run_shows_and_writes_nothing(self):
        done = self.run_tool("import", self.package, "--to", self.target, "-n", "--trust", self.certificate)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, f"new files +{FILES}\n")
        self.assertEqual(self.import_to([], None, "-n").code, 11)
        self.assert_nothing_was_left()

    def test_contradictions_are_usage_errors(self):
        for words in ([], ["--to", "x", "-o", "y"], ["--to", ""], ["-o", "-"], ["--to", "x", "--at"]):
            self.assertEqual(self.run_tool("import", self.package, *words).returncode, 2, words)

    def test_bad_targets_are_refused_before_anything_is_asked(self):
        (self.folder / "file").write_text("x")
        (self.folder / "link").symlink_to("elsewhere")
        for target in ("file", "link", "absent/below", ".", "/", str(self.package), str(self.package / "x")):
            done = self.answer([], self.package, "--to", target)
            self.assertEqual(done.code, 1, done.shown)
        self.assertEqual((self.folder / "file").read_text(), "x")


class Hostile(ImportTest):
    def hostile_package(self, text):
        writer = make_samples.server()
        writer.add("dunes-meta-inf", make_samples.properties(
            {"pkg-name": text, "pkg-description": text, "pkg-id": text}, "UTF-16"))
        element = make_samples.NAME_OF
        writer.add(f"elements/{element}/data", make_samples.workflow(element, text, text, "x").replace(
            make_samples.utf16('version="' + text)[2:], make_samples.utf16('version="1')[2:]))
        writer.add(f"elements/{element}/categories", make_samples.utf16(
            f"<categories><category name='x'><name><![CDATA[{text}]]></name></category></categories>"))
        writer.add(f"elements/{element}/info", make_samples.properties({"id": element, "type": "Workflow"}, "UTF-16"))
        plain = self.folder / "hostile.plain"
        plain.write_bytes(writer.finish())
        return plain

    def assert_harmless(self, shown):
        bare = OWN.sub("", shown).replace("\r\n", "\n")
        bad = [c for c in bare if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in "\u200b\u2028\u202e")]
        self.assertEqual(bad, [], bare)
        self.assertFalse([line for line in bare.split("\n") if line.startswith("verified  other")], bare)

    def paste(self, shown):
        """Runs each line that is offered for pasting with a pkgverify that prints its words; returns these."""
        fake = self.folder / "fake"
        fake.mkdir(exist_ok=True)
        (fake / "pkgverify").write_text("#!/bin/bash\nprintf '%s\\0' \"$@\"\n")
        (fake / "pkgverify").chmod(0o755)
        runs = []
        for line in OWN.sub("", shown).replace("\r", "").split("\n"):
            found = re.search(r"pkgverify trust (?:add|remove) .*", line)
            if not found or "what to do" in line or "then: pkgverify" in line:
                continue
            done = subprocess.run(["bash", "-c", found.group()], capture_output=True, cwd=self.folder,
                                  env={**self.environment, "PATH": f"{fake}:{os.environ['PATH']}"}, check=True)
            runs.append(done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1])
        self.assertFalse((self.folder / "PWNED").exists())
        return runs

    def test_names_in_the_package_reach_neither_terminal_nor_shell(self):
        for number, text in enumerate(HOSTILE):
            with self.subTest(text=text):
                package = self.sign(self.hostile_package(text), f"hostile{number}.package")
                refused = self.run_tool("import", package, "--to", self.target)
                self.assert_harmless(refused.stdout + refused.stderr)
                self.assertEqual([run[:3] for run in self.paste(refused.stderr)], [["trust", "add", "--signer"]])
                done = self.import_to(["d", "s", "", "t", "", "", ""], package)
                self.assertEqual(done.code, 0, done.shown)
                self.assert_harmless(done.shown)
                self.assertIn(["trust", "remove"], [run[:2] for run in self.paste(done.shown)])
                shutil.rmtree(self.target)
                shutil.rmtree(self.folder / "store")

    def test_names_of_certificates_reach_neither_terminal_nor_shell(self):
        # A double quote or a comma would stand escaped in the name of the certificate's entry, which has no backslash.
        names = ["it's $(touch PWNED)", "\u202egnp.exe", "`touch PWNED`", "verified  other.package"]
        for number, name in enumerate(names):
            with self.subTest(name=name):
                key = make_key(self.folder, f"hostile{number}", ["CN=" + name.replace("$", "\\$"), "O=" + "\u202e x"])
                package = self.sign(self.plain, f"dn{number}.package", key=key)
                done = self.import_to(["d", "t", "", "", ""], package)
                self.assertEqual(done.code, 0, done.shown)
                self.assert_harmless(done.shown)
                self.paste(done.shown)
                shutil.rmtree(self.target)

    def test_names_of_files_are_shown_and_pasted_safely(self):
        for text in HOSTILE + RAW_ONLY_IN_FILE_NAMES:
            with self.subTest(text=text):
                name = text.replace("/", "_")[:100]
                shutil.copy(self.package, self.folder / name)
                word = name if not name.startswith("-") else "./" + name
                done = self.import_to(["d", "c"], word)
                self.assertEqual(done.code, 11, done.shown)
                self.assert_harmless(done.shown)
                refused = self.run_tool("import", word, "--to", self.target)
                self.assert_harmless(refused.stdout + refused.stderr)
                self.assertEqual([run[-1] for run in self.paste(refused.stderr)], [word])

    def test_names_of_targets_are_shown_safely(self):
        for text in HOSTILE + RAW_ONLY_IN_FILE_NAMES[:3]:
            with self.subTest(text=text):
                target = self.folder / text.replace("/", "_")
                done = self.answer([], self.package, "--to", target, "--trust", self.certificate)
                self.assertEqual(done.code, 0, done.shown)
                self.assert_harmless(done.shown)
                self.assertEqual(len(files_below(target)), FILES)


class Killed(ImportTest):
    ROUNDS = 40

    def start(self, *words):
        return subprocess.Popen([BIN / "pkgverify", "import", self.large, "--to", self.target, "--trust",
                                 self.certificate, "--force", *words], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        writer = make_samples.server()
        writer.add("dunes-meta-inf", make_samples.properties({"pkg-name": "com.example.large"}, "UTF-16"))
        for number in range(100):
            identity = f"6f1f4c52-1a5c-4b0e-9a77-{number:012x}"
            writer.add(f"elements/{identity}/data",
                       make_samples.action(identity, f"action{number}", "1.0.0", "x" * 20000))
            writer.add(f"elements/{identity}/categories", make_samples.categories("Example"))
            writer.add(f"elements/{identity}/info",
                       make_samples.properties({"id": identity, "type": "ScriptModule"}, "UTF-16"))
        plain = cls.shared / "large.plain"
        plain.write_bytes(writer.finish())
        cls.large = cls.sign(plain, "large.package")

    def setUp(self):
        super().setUp()
        # In memory where that can be had: flushing a busy disk would take most of the time of this test.
        if os.access("/dev/shm", os.W_OK):
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pkgtrust-import.", dir="/dev/shm"))
            self.addCleanup(shutil.rmtree, self.folder)
            self.target = self.folder / "target"

    def states(self):
        """The whole import, and what was there before it: an older file, and one of the user's own."""
        begin = time.monotonic()
        done = self.start()
        self.assertEqual(done.wait(), 0, done.stderr.read())
        self.duration = time.monotonic() - begin
        done.stderr.close()
        whole = files_below(self.target)
        shutil.rmtree(self.target)
        name = next(name for name in whole if name.endswith("/data"))
        before = {name: b"old", "mine": b"mine"}
        return before, {**whole, "mine": b"mine"}

    def put_back(self, files):
        shutil.rmtree(self.target, ignore_errors=True)
        for name, content in files.items():
            (self.target / name).parent.mkdir(parents=True, exist_ok=True)
            (self.target / name).write_bytes(content)

    def leftovers(self):
        return [path for path in self.folder.iterdir() if path.name.endswith(".new")]

    def stop_at_random(self, how, before):
        self.put_back(before)
        process = self.start()
        if random.random() < 0.5:
            time.sleep(random.uniform(0, 1.2 * self.duration))
        else:
            # Just after the staging folder appears: the moments that matter most.
            while process.poll() is None and not self.leftovers():
                pass
            time.sleep(random.uniform(0, 0.2 * self.duration))
        process.send_signal(how)
        process.wait()
        said = process.stderr.read()
        process.stderr.close()
        return process.returncode, said

    def test_a_kill_leaves_the_old_or_the_new_and_the_next_run_cleans_up(self):
        before, after = self.states()
        left = 0
        for _ in range(self.ROUNDS):
            self.stop_at_random(signal.SIGKILL, before)
            self.assertIn(files_below(self.target), (before, after))
            names = [path.name for path in self.leftovers()]
            left += len(names)
            process = self.start()
            said = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(), 0, said)
            for name in names:
                self.assertIn(name, said)
            self.assertEqual(files_below(self.target), after)
            self.assertEqual(self.leftovers(), [])
        self.assertGreater(left, 0, "no kill met a staging folder")

    def test_a_signal_leaves_nothing_behind(self):
        before, after = self.states()
        codes = set()
        for how in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] * (self.ROUNDS // 4):
            code, said = self.stop_at_random(how, before)
            codes.add(code)
            expected = {0: after, 130: before}.get(code, before)
            self.assertEqual(files_below(self.target), expected, said)
            self.assertEqual(self.leftovers(), [], said)
        self.assertIn(130, codes)


if __name__ == "__main__":
    unittest.main(verbosity=2)

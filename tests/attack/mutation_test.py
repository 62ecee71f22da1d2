#!/usr/bin/env python3
"""Packages sealed by us and then damaged, always the same way: accepted only where every file is what was signed."""
import io
import json
import pathlib
import random
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from vro_workbench import BIN, ROOT, Workbench, read  # noqa: E402

SEED = 20261123
VERDICTS = {0, 1, 10, 13}  # of a damaged file of a trusted signer; never 14, never a signal


def regions(package):
    """Each entry's local header, its data, and the directory: so that small regions are hit as often as large ones."""
    found, end = [], len(package)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        entries, central = archive.infolist(), archive.start_dir
    offsets = [entry.header_offset for entry in entries] + [central]
    for entry, start, stop in zip(entries, offsets, offsets[1:]):
        data = start + 30 + len(entry.filename.encode())
        found += [(start, data), (data, stop)]
    found += [(central, end), (central, end), (end - 22, end)]
    return [(start, stop) for start, stop in found if start < stop]


def flipped(package, random_):
    start, stop = random_.choice(regions(package))
    at = random_.randrange(start, stop)
    return package[:at] + bytes([package[at] ^ (1 << random_.randrange(8))]) + package[at + 1:]


def cut(package, random_):
    return package[:random_.randrange(len(package))]


def without_a_piece(package, random_):
    start, stop = random_.choice(regions(package))
    return package[:start] + package[stop:]


def with_more(package, random_):
    at = random_.choice([0, len(package), random_.randrange(len(package)), random_.choice(regions(package))[0]])
    more = random_.choice([b"\0", b"PK\x03\x04", package[:64], random_.randbytes(random_.randrange(1, 40))])
    return package[:at] + more + package[at:]


def twice(package, random_):
    start, stop = random_.choice(regions(package))
    return package[:stop] + package[start:stop] + package[stop:]


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 0, 0, 0)), content)
    return out.getvalue()


def reordered(entries, random_):
    return random_.sample(entries, len(entries))


def less_one(entries, random_):
    gone = random_.choice(entries)[0]
    return [(name, content) for name, content in entries if not name.endswith(gone)]


def with_two_swapped(entries, random_):
    one, other = random_.sample(range(len(entries)), 2)
    entries = list(entries)
    entries[one], entries[other] = (entries[one][0], entries[other][1]), (entries[other][0], entries[one][1])
    return entries


def with_one_changed(entries, random_):
    entries = list(entries)
    at = random_.randrange(len(entries))
    name, content = entries[at]
    content = content or b"\0"
    byte = random_.randrange(len(content))
    entries[at] = (name, content[:byte] + bytes([content[byte] ^ (1 << random_.randrange(8))]) + content[byte + 1:])
    return entries


def with_one_renamed(entries, random_):
    entries = list(entries)
    at = random_.randrange(len(entries))
    entries[at] = (random_.choice(["x", "signatures/x", "elements/x/data", entries[at][0] + "x"]), entries[at][1])
    return entries


OF_BYTES = {flipped: 120, cut: 20, without_a_piece: 20, with_more: 25, twice: 15}
OF_ENTRIES = {reordered: 5, less_one: 15, with_two_swapped: 15, with_one_changed: 40, with_one_renamed: 15}


class Mutations(Workbench):
    def judge(self, files):
        """The exit code of each, by one process; the whole output must be JSON, one line a file."""
        environment = {**self.environment, "ASAN_OPTIONS": "exitcode=99:" + self.environment["ASAN_OPTIONS"]}
        done = subprocess.run([BIN / "pkgverify", "check", "--trust", self.certificate, "--format", "json", *files],
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        self.assertIn(done.returncode, VERDICTS, done.stderr[-3000:])
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([report["file"] for report in reports], [str(file) for file in files])
        return [report["exitCode"] for report in reports]

    def mutants(self, package):
        random_ = random.Random(SEED)
        for mutate, times in OF_BYTES.items():
            for _ in range(times):
                yield mutate.__name__, mutate(package, random_)
        entries = list(read(io.BytesIO(package)).items())
        for mutate, times in OF_ENTRIES.items():
            for _ in range(times):
                yield mutate.__name__, zipped(mutate(entries, random_))

    def attack(self, sample):
        sealed = self.home / ("sealed-" + sample.name)
        self.sign(sample, sealed)
        self.check(sealed, 0)
        original = read(sealed)
        mutants = [(kind, bytes_) for kind, bytes_ in self.mutants(sealed.read_bytes())]
        files = []
        for number, (_, bytes_) in enumerate(mutants):
            files.append(self.home / f"{number:04}.package")
            files[-1].write_bytes(bytes_)
        accepted, refused = [], 0
        for (kind, _), file, code in zip(mutants, files, self.judge(files)):
            self.assertIn(code, VERDICTS, f"{kind} {file.name}")
            refused += code == 13
            if code == 0:
                accepted.append(kind)
                self.assertEqual(read(file), original, f"{kind} {file.name} is accepted and not what was signed")
        # The order of entries is not signed, so a new order alone stays accepted; and most damage is found as such.
        self.assertEqual(accepted.count("reordered"), OF_ENTRIES[reordered])
        self.assertFalse({"less_one", "cut", "with_more", "twice"} & set(accepted))
        self.assertGreater(refused, len(files) * 3 // 4)

    def test_damage_to_a_sealed_package_never_passes(self):
        for sample in sorted((ROOT / "samples").glob("*.package")):
            with self.subTest(sample=sample.name):
                self.attack(sample)


if __name__ == "__main__":
    unittest.main()

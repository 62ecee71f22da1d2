"""What the tests on signed tars share: signers whose keys OpenSSL made, a tree of files, and a knife for tars."""
import gzip
import io
import lzma
import os
import pathlib
import subprocess
import tarfile
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
KINDS = {"alice": ["-newkey", "rsa:2048"], "bob": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
         "carol": ["-newkey", "ed25519"]}
BLOCK = 512


def padded(content):
    return content + bytes(-len(content) % BLOCK)


def with_checksum(header):
    header = header[:148] + b" " * 8 + header[156:]
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


def member(name, content=b"", kind=b"0", mode=0o644, link=b""):
    """A ustar member of one header block."""
    header = name.encode().ljust(100, b"\0") + b"%07o\0" % mode + b"0000000\0" * 2 + b"%011o\0" % len(content)
    header += b"0" * 11 + b"\0" + b" " * 8 + kind + link.ljust(100, b"\0") + b"ustar\x0000"
    return with_checksum(header.ljust(BLOCK, b"\0")) + padded(content)


def members(tar):
    """The raw blocks of each header with its content, in order, without the end."""
    found, place = [], 0
    while tar[place:place + 1] != b"\0":
        size = int(tar[place + 124:place + 136].strip(b"\0 "), 8)
        end = place + BLOCK + size + -size % BLOCK
        found.append(tar[place:end])
        place = end
    return found


def joined(blocks):
    body = b"".join(blocks)
    return body + bytes(2 * BLOCK) + bytes(-(len(body) + 2 * BLOCK) % 10240)


def name_of(block):
    return block[:100].rstrip(b"\0").decode()


def content_of(block):
    return block[BLOCK:BLOCK + int(block[124:135], 8)]


class TarWorkbench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="pkgtrust-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.home = pathlib.Path(folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.home), "LC_ALL": "C.UTF-8",
                           "SOURCE_DATE_EPOCH": str(int(time.time())),
                           "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        for name, kind in KINDS.items():
            cls.run_tool("openssl", "req", "-x509", *kind, "-noenc", "-keyout", cls.home / f"{name}.key", "-out",
                         cls.home / f"{name}.pem", "-days", "400", "-subj", f"/CN={name}/O=Example, Inc.", "-addext",
                         "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature")

    @classmethod
    def run_tool(cls, *words, codes=(0,), **options):
        done = subprocess.run([str(word) for word in words], env=cls.environment, capture_output=True, timeout=300,
                              **({"stdin": subprocess.DEVNULL} | options))
        text = (done.stdout + done.stderr).decode(errors="replace")
        if codes is not None and done.returncode not in codes:
            raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}, expected {codes}\n{text[-3000:]}")
        return done.returncode, text

    @classmethod
    def sign(cls, source, target, signer="alice", *more, codes=(0,)):
        return cls.run_tool(BIN / "pkgsign", "sign", source, "-o", target, "--force", "--key", cls.home / f"{signer}.key",
                            "--cert", cls.home / f"{signer}.pem", *more, codes=codes)

    @classmethod
    def check(cls, path, *more, trusted=("alice",), **options):
        known = [word for name in trusted for word in ("--trust", cls.home / f"{name}.pem")]
        return cls.run_tool(BIN / "pkgverify", "check", "--store", cls.home / "no-store", *known, *more, path,
                            codes=None, **options)

    def accept(self, path, *more, **options):
        code, text = self.check(path, *more, **options)
        self.assertEqual(code, 0, text)
        return text

    def refuse(self, path, code, words, *more, **options):
        found, text = self.check(path, *more, **options)
        self.assertEqual(found, code, text)
        self.assertIn(words, text)

    def make_tree(self):
        """A tree with what a tarball may hold."""
        tree = self.home / "tree"
        if tree.is_dir():
            return tree
        for name, content in {"bin/run": b"#!/bin/sh\n", "doc/a file": b"text\n", "doc/\u00f6-*[x]?#=!": b"more\n",
                              "doc/empty": b"", "l" * 60 + "/" + "m" * 90: b"long\n"}.items():
            place = tree / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod(0o755 if name.startswith("bin") else 0o644)
            place.parent.chmod(0o755)
        (tree / "nothing").mkdir(mode=0o755)
        (tree / "doc/link").symlink_to("a file")
        (tree / "doc/hard").hardlink_to(tree / "doc/empty")
        (tree / "doc/second").hardlink_to(tree / "doc/a file")
        tree.chmod(0o755)
        return tree

    @classmethod
    def simple_tar(cls, name="plain.tar"):
        path = cls.home / name
        path.write_bytes(joined([member("d/", kind=b"5", mode=0o755), member("d/a", b"alpha\n"), member("b", b"beta\n" * 500),
                                 member("run", b"#!/bin/sh\n", mode=0o755)]))
        return path


def python_tar(entries, form=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zstd(content):
    return subprocess.run(["zstd", "-q", "-c"], input=content, capture_output=True, check=True).stdout


COMPRESS = {"gz": lambda content: gzip.compress(content, mtime=0), "xz": lzma.compress, "zst": zstd}

#!/usr/bin/env python3
"""Attacks on a signed tar: each changes a sound one in one way and ends with its exit code and finding."""
import gzip
import hashlib
import lzma
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tar_workbench import (BIN, COMPRESS, TarWorkbench, content_of, joined, member, members, padded,  # noqa: E402
                           python_tar, with_checksum, zstd)


def pax(records, behind):
    text = b""
    for keyword, value in records.items():
        rest = b" %s=%s\n" % (keyword.encode(), value)
        size = len(rest) + 1
        while len(b"%d" % size) + len(rest) != size:
            size += 1
        text += b"%d%s" % (size, rest)
    return member("pax", text, b"x") + behind


class Attacks(TarWorkbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        signed = cls.home / "base.tar"
        cls.sign(cls.simple_tar(), signed)
        cls.base = members(signed.read_bytes())  # mtree, p7s, d/, d/a, b, run
        cls.mtree, cls.p7s, cls.folder_, cls.a, cls.b, cls.run_ = cls.base

    def judge(self, tar, code, words, *more):
        path = self.home / "attack.tar"
        path.write_bytes(tar if isinstance(tar, bytes) else joined(tar))
        self.refuse(path, code, words, *more)

    def replaced(self, number, *blocks):
        return self.base[:number] + list(blocks) + self.base[number + 1:]

    def test_the_base_is_verified(self):
        path = self.home / "sound.tar"
        path.write_bytes(joined(self.base))
        self.accept(path)

    # --- one thing changed
    def test_one_byte_anywhere(self):
        sound = joined(self.base)
        self.judge(sound.replace(b"alpha\n", b"alphA\n"), 13, "digest-mismatch")
        self.judge(sound.replace(b"#mtree\n", b"#mtreE\n"), 13, "signature-mismatch")
        self.judge(sound.replace(b"mode=0644", b"mode=0645"), 13, "signature-mismatch")
        name = with_checksum(b"D/a" + self.a[3:512]) + self.a[512:]
        self.judge(self.replaced(3, name), 13, "removed-entry")
        self.judge(bytes([sound[0] ^ 1]) + sound[1:], 13, "has a wrong checksum")

    def test_every_byte_of_the_headers_and_contents_matters_or_is_named_as_unproven(self):
        sound = joined(self.base)
        tried = accepted = 0
        for place in range(0, len(b"".join(self.base)), 61):
            changed = sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1:]
            path = self.home / "byte.tar"
            path.write_bytes(changed)
            code = self.check(path)[0]
            tried += 1
            if code == 0:
                accepted += 1
                self.assertEqual(sound[place], 0, place)  # what fills up a block, and nothing else
        self.assertGreater(tried, 20)
        self.assertLess(accepted, tried)

    def test_mode_kind_size_and_target(self):
        mode = member("d/a", b"alpha\n", mode=0o4755)
        self.judge(self.replaced(3, mode), 13, "its mode is 04755, and 0644 was signed")
        self.judge(self.replaced(2, member("d/", kind=b"5", mode=0o777)), 13, "its mode is 0777, and 0755 was signed")
        self.judge(self.replaced(3, member("d/a", b"alpha\nmore")), 13, "its size is 10, and 6 was signed")
        self.judge(self.replaced(3, member("d/a", kind=b"2", link=b"../b")), 13, "its kind is a symbolic link")
        self.judge(self.replaced(4, member("b", kind=b"1", link=b"d/a")), 13, "its size is 6, and 2500 was signed")
        source, signed = self.home / "link.tar", self.home / "link-signed.tar"
        source.write_bytes(joined([member("l", kind=b"2", link=b"good")]))
        self.sign(source, signed)
        mtree, p7s, _ = members(signed.read_bytes())
        self.judge([mtree, p7s, member("l", kind=b"2", link=b"evil")], 13, "its target is 'evil', and 'good' was signed")

    def test_hard_links(self):
        source, signed = self.home / "hard.tar", self.home / "hard-signed.tar"
        source.write_bytes(joined([member("a", b"same"), member("c", b"same"), member("h", kind=b"1", link=b"a")]))
        self.sign(source, signed, "alice", "--only", "[ah]")
        mtree, p7s, a, c, _ = members(signed.read_bytes())
        other = member("h", kind=b"1", link=b"c")
        self.judge([mtree, p7s, a, c, other], 13, "lists this hard link and not 'c'")
        self.judge([mtree, p7s, a, c, member("h", kind=b"1", link=b"/etc/passwd")], 13, "unsafe-entry-name")
        self.judge([mtree, p7s, a, c, member("h", kind=b"1", link=b"gone")], 13, "which is no file before it")

    def test_added_removed_renamed_twice(self):
        self.judge(self.base + [member("evil", b"x")], 13, "added-entry")
        self.judge(self.base + [member("e/", kind=b"5", mode=0o755)], 13, "added-entry")
        self.judge(self.base[:4] + self.base[5:], 13, "removed-entry")
        self.judge(self.base + [member("b", b"evil")], 13, "duplicate-entry")
        self.judge(self.base + [member("./b", b"evil")], 13, "duplicate-entry")
        self.judge([member("b", b"evil")] + self.base, 13, "duplicate-entry")

    def test_the_order_of_members_is_not_signed_but_that_of_signatures_is_bound(self):
        path = self.home / "order.tar"
        path.write_bytes(joined([self.mtree, self.p7s, self.run_, self.b, self.folder_, self.a]))
        self.assertIn("order of the members", self.accept(path, "-v"))
        path.write_bytes(joined([self.folder_, self.a, self.b, self.run_, self.mtree, self.p7s]))
        self.accept(path)
        self.judge([self.folder_, self.mtree, self.p7s, self.a, self.b, self.run_], 13, "stand before all else")

    def test_extended_headers_that_lie(self):
        self.judge(self.replaced(3, pax({"path": b"d/b"}, self.a)), 13, "another name than its extended header says")
        self.judge(self.replaced(3, pax({"size": b"0"}, self.a)), 13, "another size than its extended header says")
        self.judge(self.replaced(3, pax({"path": b"d/a", "path\0": b"x"}, self.a)), 13, "no plain word")
        self.judge(self.replaced(3, pax({"path": "\u00fc/../../x".encode()}, self.a)), 13, "unsafe-entry-name")
        self.judge(self.replaced(3, pax({"GNU.sparse.name": b"x"}, self.a)), 13, "makes another file of it")
        self.judge([member("g", b"15 path=d/evil\n", b"g")] + self.base, 13, "for all members")
        long_name = member("L", b"d/evil\0", b"L")
        self.judge(self.replaced(3, long_name, self.a), 13, "another name than the header before it")

    def test_extended_headers_that_change_nothing_signed(self):
        path = self.home / "pax.tar"
        path.write_bytes(joined(self.replaced(3, pax({"path": b"d/a", "mtime": b"1.5", "SCHILY.xattr.user.x": b"y"}, self.a))))
        text = self.accept(path, "-v")
        self.assertIn("access lists and attributes of 1 members", text)

    def test_the_end(self):
        sound = joined(self.base)
        self.judge(sound[:sound.rindex(b"#!/bin/sh") + 4], 13, "malformed-archive")
        self.judge(b"".join(self.base), 13, "without the two empty blocks")
        self.judge(b"".join(self.base) + bytes(512), 13, "after one empty block")
        self.judge(sound + b"x", 13, "behind the end of the archive")
        self.judge(sound + joined([member("evil", b"x")]), 13, "behind the end of the archive")
        self.judge(b"".join(self.base[:3]) + bytes(512) + b"".join(self.base[3:]) + bytes(1024), 13, "one empty block alone")

    def test_what_leads_out_of_the_directory(self):
        for name, words in {"../evil": "unsafe-entry-name", "/evil": "unsafe-entry-name", "b/evil": "lies beneath 'b'"}.items():
            self.judge(self.base + [member(name, b"x")], 13, words)
        self.judge(self.base + [member("s", kind=b"2", link=b"/etc"), member("s/x", b"")], 13, "lies beneath 's'")
        self.judge(self.base + [member("dev", kind=b"3")], 13, "a device or pipe")

    # --- the signatures themselves
    def test_half_a_pair_and_strangers_in_their_folder(self):
        self.judge(self.base[1:], 13, "signature-incomplete")
        self.judge(self.replaced(1), 13, "signature-incomplete")
        self.judge(self.replaced(0, self.mtree, member(".signatures/evil", b"")), 13, "NNN.mtree")
        self.judge(self.replaced(0, self.mtree, member(".signatures/002.p7s", b"")), 13, "signature-incomplete")
        self.judge(self.base[2:], 10, "unsigned")

    def mtree_that_alice_signed(self, text):
        """A pair whose manifest is `text`, by a CMS signature that OpenSSL makes; it has no context."""
        (self.home / "text").write_bytes(text)
        self.run_tool("openssl", "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", self.home / "text", "-signer",
                      self.home / "alice.pem", "-inkey", self.home / "alice.key", "-outform", "DER", "-out",
                      self.home / "made.p7s")
        return [member(".signatures/001.mtree", text), member(".signatures/001.p7s", (self.home / "made.p7s").read_bytes())]

    def test_a_signature_of_another_meaning_is_none(self):
        made = self.mtree_that_alice_signed(content_of(self.mtree))
        self.judge(made + self.base[2:], 13, "context")
        # Nor is ours one beside a file, or of a JAR.
        place = self.home / "001.mtree"
        place.write_bytes(content_of(self.mtree))
        (self.home / "001.mtree.p7s").write_bytes(content_of(self.p7s))
        self.refuse(place, 13, "context")
        jar = self.home / "made.jar"
        self.make_jar(jar)
        self.refuse(jar, 13, "context")
        # With --force one can be made beside a manifest; it is none in a tar.
        self.run_tool(BIN / "pkgsign", "sign", "--detached", "--force", place, "--key", self.home / "alice.key", "--cert",
                      self.home / "alice.pem")
        forced = member(".signatures/001.p7s", (self.home / "001.mtree.p7s").read_bytes())
        self.judge(self.replaced(1, forced), 13, "context")

    def make_jar(self, jar):
        import zipfile
        with zipfile.ZipFile(jar, "w") as archive:
            archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n")
            archive.writestr("META-INF/A.SF", content_of(self.mtree))
            archive.writestr("META-INF/A.RSA", content_of(self.p7s))

    def test_manifests_in_another_form_are_refused(self):
        """Signed by us, by way of a tar whose manifest the knife changes before the self-check could see it."""
        digest = hashlib.sha256(b"beta\n" * 500).hexdigest().encode()
        good = content_of(self.mtree)
        for text in (b"#mtree\n/set type=file\n" + good[7:], good.replace(b"./b ", b"b "), good.replace(digest, digest.upper()),
                     good[:-1], good + b"\n", good.replace(b"\n", b"\r\n")):
            self.assertNotEqual(text, good)
            changed = self.replaced(0, member(".signatures/001.mtree", text))
            self.judge(changed, 13, "signature-mismatch")

    # --- compressed
    def compressed(self, suffix, content, code, words):
        path = self.home / f"attack.tar.{suffix}"
        path.write_bytes(content)
        if code:
            self.refuse(path, code, words)
        else:
            self.accept(path)

    def test_streams_hold_one_archive_and_nothing_behind_it(self):
        sound = joined(self.base)
        for suffix, compress in COMPRESS.items():
            with self.subTest(suffix=suffix):
                whole = compress(sound)
                self.compressed(suffix, whole, 0, "")
                self.compressed(suffix, whole + b"x", 13, "bytes behind the one")
                self.compressed(suffix, whole + bytes(512), 13, "bytes behind the one")
                self.compressed(suffix, whole + compress(sound), 13, "bytes behind the one")
                self.compressed(suffix, compress(sound[:1024]) + compress(sound[1024:]), 13, "bytes behind the one")
                self.compressed(suffix, compress(sound.replace(b"alpha\n", b"alphA\n")), 13, "digest-mismatch")
                self.compressed(suffix, compress(sound + b"x"), 13, "behind the end of the archive")
        self.compressed("gz", gzip.compress(sound)[:-8] + bytes(8), 13, "is damaged")

    def test_streams_that_break_off_or_are_damaged(self):
        source, signed = self.home / "long.tar", self.home / "long-signed.tar"
        source.write_bytes(joined([member("random", os.urandom(600_000))]))
        self.sign(source, signed)
        for suffix, compress in COMPRESS.items():
            with self.subTest(suffix=suffix):
                whole = compress(signed.read_bytes())
                self.compressed(suffix, whole, 0, "")
                self.compressed(suffix, whole[:-5], 13, "stream is cut short")
                middle = len(whole) // 2
                self.compressed(suffix, whole[:middle], 13, "stream is cut short")
                self.compressed(suffix, whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1:], 13, "invalid")

    def test_in_a_stream_signatures_stand_first(self):
        last = joined([self.folder_, self.a, self.b, self.run_, self.mtree, self.p7s])
        self.compressed("gz", gzip.compress(last), 13, "in a compressed tar signatures stand before all else")

    def test_a_bomb_ends(self):
        header = with_checksum(member("zeros", b"")[:124] + b"\x80" + (1 << 40).to_bytes(11, "big") + member("zeros")[136:])
        filters = lzma.LZMACompressor()
        bomb = [filters.compress(header)]
        window = bytes(1 << 24)
        for _ in range(80):
            bomb.append(filters.compress(window))
        bomb.append(filters.flush())
        self.compressed("xz", b"".join(bomb), 13, "times its size")

    def test_what_is_no_tar_is_a_file(self):
        path = self.home / "text.gz"
        path.write_bytes(gzip.compress(b"no tar\n" * 1000))
        self.assertIn("unsigned", self.check(path)[1])
        path.write_bytes(zstd(python_tar({})))
        self.assertEqual(self.check(path)[0], 10)

    def test_what_would_be_refused_is_not_signed(self):
        for blocks in ([member("../a", b"")], [member("a"), member("a")], [member(".signatures/x", b"")]):
            path = self.home / "bad.tar"
            path.write_bytes(joined(blocks))
            self.sign(path, self.home / "never.tar", codes=(13,))
            self.assertFalse((self.home / "never.tar").exists())
        self.assertEqual(padded(b""), b"")


if __name__ == "__main__":
    unittest.main()

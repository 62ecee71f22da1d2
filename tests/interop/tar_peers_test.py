#!/usr/bin/env python3
"""Signed tars, judged by tar, openssl and mtree alone; and tars of other programs, signed and read by ours."""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tar_workbench import BIN, COMPRESS, TarWorkbench, content_of, joined, members, name_of  # noqa: E402
from timestamp_authority import TimestampAuthority, serve  # noqa: E402

SUFFIXES = {"tar": [], "tar.gz": ["-z"], "tar.xz": ["-J"], "tar.zst": ["--zstd"]}


class Recipe(TarWorkbench):
    def by_others(self, tar, signer="alice", number="001"):
        """The recipe of docs/formats/tar.md; returns the words of mtree, empty if all is as it was signed."""
        place = self.home / "extracted"
        subprocess.run(["rm", "-rf", place], check=True)
        place.mkdir()
        self.run_tool("tar", "xpf", tar, cwd=place)
        self.run_tool("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
                      f".signatures/{number}.p7s", "-content", f".signatures/{number}.mtree", "-CAfile",
                      self.home / f"{signer}.pem", "-purpose", "any", "-out", "/dev/null", cwd=place)
        return self.run_tool("mtree", "-e", "-p", ".", "-f", f".signatures/{number}.mtree", cwd=place, codes=(0, 2))[1]

    def test_what_we_sign_is_verified_by_tar_openssl_and_mtree_alone(self):
        tree = self.make_tree()
        for suffix, options in SUFFIXES.items():
            for form in ("gnu", "pax", "ustar"):
                with self.subTest(suffix=suffix, form=form):
                    source, signed = self.home / f"{form}.{suffix}", self.home / f"{form}-signed.{suffix}"
                    self.run_tool("tar", "-c", f"--format={form}", *options, "-f", source, "-C", tree, ".")
                    self.assertEqual(self.check(source)[0], 10)
                    self.sign(source, signed)
                    self.accept(signed)
                    self.assertEqual(self.by_others(signed), "")

    def test_libarchives_tars_are_signed_too(self):
        tree = self.make_tree()
        for form in ("gnutar", "pax", "ustar"):
            with self.subTest(form=form):
                source, signed = self.home / f"bsd-{form}.tar", self.home / f"bsd-{form}-signed.tar"
                names = [place.name for place in tree.iterdir()]
                self.run_tool("bsdtar", "-c", "--format", form, "-f", source, "-C", tree, *names)
                self.sign(source, signed)
                self.accept(signed)
                self.assertEqual(self.by_others(signed), "")

    def test_mtree_sees_a_changed_file_where_we_do(self):
        signed = self.home / "changed.tar"
        self.sign(self.simple_tar(), signed)
        signed.write_bytes(signed.read_bytes().replace(b"alpha\n", b"alphb\n"))
        self.refuse(signed, 13, "digest-mismatch")
        self.assertIn("sha256", self.by_others(signed).lower())

    def test_a_part_and_a_second_signer_are_verified_likewise(self):
        signed = self.home / "two.tar"
        self.sign(self.simple_tar(), signed)
        self.sign(signed, signed, "bob", "--add", "--only", "d/*")
        self.assertEqual(self.by_others(signed), "")
        self.assertEqual(self.by_others(signed, "bob", "002"), "")

    def test_the_manifest_is_one_that_libarchive_reads(self):
        signed = self.home / "listed.tar"
        self.sign(self.simple_tar(), signed)
        manifest = self.home / "listed.mtree"
        manifest.write_bytes(content_of(members(signed.read_bytes())[0]))
        listed = self.run_tool("bsdtar", "-tf", manifest)[1].split()
        self.assertEqual(sorted(listed), [".", "./b", "./d", "./d/a", "./run"])


class Layout(TarWorkbench):
    def test_members_stay_byte_for_byte_behind_the_signature(self):
        source, signed = self.simple_tar(), self.home / "layout.tar"
        self.sign(source, signed)
        before, after = members(source.read_bytes()), members(signed.read_bytes())
        self.assertEqual([name_of(block) for block in after[:2]], [".signatures/001.mtree", ".signatures/001.p7s"])
        self.assertEqual(after[2:], before)
        self.assertEqual(content_of(after[0]).splitlines()[:4],
                         [b"#mtree", b". type=dir", b"./b type=file mode=0644 size=2500 sha256digest="
                          b"%s" % self.digest_of(b"beta\n" * 500), b"./d type=dir mode=0755"])

    @staticmethod
    def digest_of(content):
        return subprocess.run(["sha256sum"], input=content, capture_output=True, check=True).stdout[:64]

    def test_the_same_input_gives_the_same_bytes(self):
        for suffix, compress in {"tar": bytes, **COMPRESS}.items():
            source = self.home / f"same.{suffix}"
            source.write_bytes(compress(self.simple_tar().read_bytes()))
            self.sign(source, self.home / "one")
            self.sign(source, self.home / "two")
            self.assertEqual((self.home / "one").read_bytes(), (self.home / "two").read_bytes(), suffix)

    def test_strip_gives_back_what_was_signed(self):
        source, signed, plain = self.home / "gnu.tar", self.home / "signed.tar", self.home / "stripped.tar"
        self.run_tool("tar", "-c", "-f", source, "-C", self.make_tree(), ".")
        self.sign(source, signed)
        self.run_tool(BIN / "pkgsign", "strip", signed, "-o", plain)
        self.assertEqual(plain.read_bytes(), source.read_bytes())
        self.assertEqual(self.run_tool(BIN / "pkgsign", "strip", plain, "-o", signed, "--force", codes=None)[0], 2)

    def test_what_is_signed_already_is_not_signed_by_chance(self):
        signed = self.home / "once.tar"
        self.sign(self.simple_tar(), signed)
        self.assertIn("signed already", self.sign(signed, signed, "bob", codes=(2,))[1])
        self.assertIn("has signed it already", self.sign(signed, signed, "alice", "--add", codes=(2,))[1])
        self.sign(signed, signed, "bob", "--replace")
        self.assertEqual(len(members(signed.read_bytes())), 6)
        self.accept(signed, trusted=["bob"])

    def test_signers_answer_for_their_own_members(self):
        signed = self.home / "parts.tar"
        self.sign(self.simple_tar(), signed, "alice", "--only", "d*")
        self.refuse(signed, 13, "added-entry")
        self.sign(signed, signed, "carol", "--add", "--only", "b", "--only", "run")
        code, text = self.run_tool(BIN / "pkgverify", "show", signed, "--format", "json", "-v", "--store",
                                   self.home / "no-store", "--trust", self.home / "alice.pem", "--trust",
                                   self.home / "carol.pem")
        report = json.JSONDecoder().raw_decode(text)[0]
        names = [signer["certificate"]["subject"] for signer in report["signers"]]
        by = {entry["name"]: [names[i] for i in entry["signers"]] for entry in report["entryDetails"]}
        self.assertEqual(by["d/a"], by["d/"])
        self.assertNotEqual(by["d/a"], by["b"])
        self.assertEqual(by["b"], by["run"])
        self.assertIn("is a hard link to", self.sign_link_alone())

    def sign_link_alone(self):
        source = self.home / "links.tar"
        self.run_tool("tar", "-c", "-f", source, "-C", self.make_tree(), "doc")
        return self.sign(source, self.home / "none.tar", "alice", "--only", "doc/*d", codes=(2,))[1]

    def test_a_stream_on_standard_input_is_checked(self):
        for suffix in SUFFIXES:
            source, signed = self.home / f"in.{suffix}", self.home / f"in-signed.{suffix}"
            self.run_tool("tar", "-c", *SUFFIXES[suffix], "-f", source, "-C", self.make_tree(), ".")
            self.sign(source, signed)
            with open(signed, "rb") as stream:
                self.accept("-", stdin=stream)

    def test_a_seal_beside_an_unsigned_tar_is_enough(self):
        source = self.simple_tar("beside.tar")
        self.run_tool(BIN / "pkgsign", "sign", "--detached", source, "--key", self.home / "alice.key", "--cert",
                      self.home / "alice.pem")
        self.accept(source)

    def test_memory_does_not_grow_with_the_content(self):
        source, signed = self.home / "large.tar.zst", self.home / "large-signed.tar.zst"
        with open(self.home / "zeros", "wb") as zeros:
            zeros.truncate(400 << 20)
        self.run_tool("tar", "-c", "--zstd", "-f", source, "-C", self.home, "zeros")
        self.sign(source, signed)
        script = f'exec "$0" "$@" >/dev/null 2>"{self.home}/time"'
        self.run_tool("python3", "-c", "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True);"
                      "m=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;sys.exit(m>200000)", BIN / "pkgverify",
                      "check", "--store", self.home / "no-store", "--trust", self.home / "alice.pem", signed)


class Import(TarWorkbench):
    def extracted(self, tar, target, *more, codes=(0,)):
        return self.run_tool(BIN / "pkgverify", "import", tar, "--to", target, "--store", self.home / "no-store",
                             "--trust", self.home / "alice.pem", *more, codes=codes)[1]

    def test_files_arrive_with_their_bytes_and_modes(self):
        for suffix, compress in {"tar": bytes, **COMPRESS}.items():
            source, signed = self.home / f"i.{suffix}", self.home / f"is.{suffix}"
            plain = self.home / "i-plain.tar"
            self.run_tool("tar", "-c", "-f", plain, "--exclude", "link", "-C", self.make_tree(), ".")
            source.write_bytes(compress(plain.read_bytes()))
            self.sign(source, signed)
            target = self.home / f"to-{suffix}"
            self.extracted(signed, target)
            for name in ("bin/run", "doc/a file", "doc/second", "doc/hard", "doc/\u00f6-*[x]?#=!"):
                self.assertEqual((target / name).read_bytes(), (self.make_tree() / name).read_bytes(), name)
                self.assertEqual((target / name).stat().st_mode, (self.make_tree() / name).stat().st_mode, name)
            self.assertFalse((target / ".signatures").exists())

    def signed_with_links(self, name, **links):
        tree = self.home / f"tree-{name}"
        (tree / "lib").mkdir(parents=True)
        (tree / "empty").mkdir()
        (tree / "lib" / "real").write_text("content")
        for link, target in links.items():
            (tree / "lib" / link).symlink_to(target)
        source, signed = self.home / f"{name}.tar", self.home / f"{name}-signed.tar.gz"
        self.run_tool("tar", "-c", "-z", "-f", source, "-C", tree, ".")
        self.sign(source, signed)
        return signed

    def test_links_that_stay_inside_and_empty_directories_arrive(self):
        links = {"so": "real", "up": "../lib/real", "top": "..", "none": "not/there", "here": "."}
        target = self.home / "to-links"
        self.extracted(self.signed_with_links("inside", **links), target)
        self.assertEqual({name: os.readlink(target / "lib" / name) for name in links}, links)
        self.assertEqual((target / "lib" / "so").read_text(), "content")
        self.assertTrue((target / "empty").is_dir())
        self.assertIn("same files        6", self.extracted(self.signed_with_links("again", **links), target))

    def test_a_changed_link_is_replaced_by_force_only(self):
        target = self.home / "to-change"
        self.extracted(self.signed_with_links("one", so="real"), target)
        other = self.signed_with_links("two", so="../empty")
        self.assertIn("'lib/so'", self.extracted(other, target, codes=(1,)))
        self.assertEqual(os.readlink(target / "lib" / "so"), "real")
        self.extracted(other, target, "--force")
        self.assertEqual(os.readlink(target / "lib" / "so"), "../empty")

    def test_a_link_and_a_file_are_not_taken_for_each_other(self):
        target = self.home / "to-swap"
        self.extracted(self.signed_with_links("swap", so="real"), target)
        (target / "lib" / "so").unlink()
        (target / "lib" / "so").write_text("a file")
        self.assertIn("in the way", self.extracted(self.signed_with_links("swap2", so="real"), target, "--force", codes=(1,)))
        self.assertEqual((target / "lib" / "so").read_text(), "a file")

    def test_a_link_that_leaves_the_target_ends_the_import(self):
        for number, leads_out in enumerate(("../..", "/etc/passwd", "../../lib/real", "real/../../..", "a\\b", "down/../up")):
            signed = self.signed_with_links(f"out{number}", good="real", out=leads_out)
            target = self.home / f"to-out{number}"
            self.assertIn("is a symbolic link to", self.extracted(signed, target, codes=(1,)), leads_out)
            self.assertFalse(target.exists(), leads_out)
        self.run_tool(BIN / "pkgverify", "import", signed, "-o", self.home / "copy.tar", "--store", self.home / "no-store",
                      "--trust", self.home / "alice.pem")
        self.assertEqual((self.home / "copy.tar").read_bytes(), signed.read_bytes())


class Stamps(TarWorkbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.home / "authority"
        folder.mkdir()
        cls.server, base = serve(TimestampAuthority(folder))
        cls.url = f"{base}/good"
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.environment["NO_PROXY"] = "127.0.0.1"
        cls.environment.pop("SOURCE_DATE_EPOCH")
        cls.store = cls.home / "trusting"
        cls.run_tool(BIN / "pkgverify", "trust", "add", cls.home / "alice.pem", "--store", cls.store)
        cls.run_tool(BIN / "pkgverify", "trust", "add", "--ca-file", folder / "ca.pem", "--use", "timestamp", "--store",
                     cls.store)
        cls.later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 500 * 86400))

    def judge(self, path, code):
        found, text = self.run_tool(BIN / "pkgverify", "check", "--store", self.store, "--at-time", self.later, path,
                                    codes=None)
        self.assertEqual(found, code, text)

    def test_a_stamp_given_while_signing_or_later_outlives_the_certificate(self):
        for suffix, compress in {"tar": bytes, **COMPRESS}.items():
            with self.subTest(suffix=suffix):
                source, signed = self.home / f"s.{suffix}", self.home / f"stamped.{suffix}"
                source.write_bytes(compress(self.simple_tar().read_bytes()))
                self.sign(source, signed, "alice", "--tsa", self.url)
                self.judge(signed, 0)
                self.sign(source, signed)
                self.judge(signed, 15)
                self.run_tool(BIN / "pkgsign", "timestamp", "--tsa", self.url, signed)
                self.judge(signed, 0)
                self.accept(signed)

    def test_members_stay_byte_for_byte_when_a_signature_is_stamped(self):
        signed = self.home / "kept.tar"
        self.sign(self.simple_tar(), signed)
        self.sign(signed, signed, "bob", "--add", "--only", "b")
        before = members(signed.read_bytes())
        self.run_tool(BIN / "pkgsign", "timestamp", "--tsa", self.url, signed)
        after = members(signed.read_bytes())
        self.assertEqual([name_of(block) for block in before], [name_of(block) for block in after])
        changed = [name_of(old) for old, new in zip(before, after) if old != new]
        self.assertEqual(changed, [".signatures/001.p7s", ".signatures/002.p7s"])


class SeveralSigners(TarWorkbench):
    def test_signers_at_one_time_share_a_list(self):
        self.environment["SIGNING"] = "only-for-this-test"
        store = self.home / "store"
        for name in ("first", "second"):
            self.run_tool(BIN / "pkgsign", "init", "--alias", name, "--common-name", name, "--key", "p-256", "--passphrase",
                          "env:SIGNING", "--store", store)
            self.run_tool(BIN / "pkgsign", "cert", "export", "--alias", name, "-o", self.home / f"{name}.pem", "--store", store)
        signed = self.home / "both.tar"
        self.run_tool(BIN / "pkgsign", "sign", self.simple_tar(), "-o", signed, "--alias", "first", "--also", "second",
                      "--passphrase", "env:SIGNING", "--store", store)
        self.assertEqual(len(members(signed.read_bytes())), 6)
        for known in (["first"], ["second"], ["first", "second"]):
            self.accept(signed, trusted=known)

    def test_pairs_behind_the_members_are_kept_when_one_is_added(self):
        signed = self.home / "last.tar"
        self.sign(self.simple_tar(), signed)
        blocks = members(signed.read_bytes())
        signed.write_bytes(joined(blocks[2:] + blocks[:2]))
        self.accept(signed)
        self.sign(signed, signed, "bob", "--add")
        self.accept(signed, trusted=["bob"])
        self.assertEqual(members(signed.read_bytes())[:2], blocks[:2])
        self.assertEqual(members(signed.read_bytes())[4:], blocks[2:])


if __name__ == "__main__":
    unittest.main()

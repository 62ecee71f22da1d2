#!/usr/bin/env python3
"""Attacks on a signed JAR: our exit code and finding beside the exit code of jarsigner -verify -strict.

The base is a JAR that jarsigner signed and both accept. Each row changes it in one way.
"""
import base64
import hashlib
import pathlib
import re
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from jar_workbench import CONTENT, JarWorkbench, entries_of, write  # noqa: E402

MANIFEST, SF, BLOCK = "META-INF/MANIFEST.MF", "META-INF/ALICE.SF", "META-INF/ALICE.RSA"


def digest(content):
    return base64.b64encode(hashlib.sha256(content).digest())


def manifest_of(content, main=b"Manifest-Version: 1.0\r\n", algorithm=b"SHA-256", of=digest):
    sections = {name: b"Name: %s\r\n%s-Digest: %s\r\n\r\n" % (name.encode(), algorithm, of(data))
                for name, data in content.items()}
    return main + b"\r\n", sections


def signature_file(main, sections, whole=True, main_digest=True, extra=b"", version=b"Signature-Version: 1.0\r\n",
                   listed=None, section_extra=b""):
    text = version + extra
    if whole:
        text += b"SHA-256-Digest-Manifest: %s\r\n" % digest(main + b"".join(sections.values()))
    if main_digest:
        text += b"SHA-256-Digest-Manifest-Main-Attributes: %s\r\n" % digest(main)
    text += b"\r\n"
    for name in listed if listed is not None else sections:
        text += b"Name: %s\r\nSHA-256-Digest: %s\r\n%s\r\n" % (name.encode(), digest(sections[name]), section_extra)
    return text


class Attacks(JarWorkbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = entries_of(cls.signed_jar("base.jar"))
        cls.two = entries_of(cls.signed_jar("two.jar", "alice", "bob"))

    # --- knives
    def replaced(self, name, change, base=None):
        return [(n, change(c) if n == name else c) for n, c in base or self.base]

    def without(self, *names, base=None):
        return [(n, c) for n, c in base or self.base if n not in names]

    def renamed(self, names, base=None):
        return [(names.get(n, n), c) for n, c in base or self.base]

    def cms(self, text, *options, alias="alice"):
        content = self.home / "content"
        content.write_bytes(text)
        self.run_tool("openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", content, "-signer",
                      self.home / f"{alias}.pem", "-inkey", self.home / f"{alias}.key", "-outform", "DER", "-out",
                      self.home / "block", *options)
        return (self.home / "block").read_bytes()

    def made(self, main, sections, text, content=None, options=(), extension=".RSA"):
        """A JAR whose text files are ours and whose block OpenSSL made."""
        files = CONTENT if content is None else content
        return [(MANIFEST, main + b"".join(sections.values())), (SF, text),
                ("META-INF/ALICE" + extension, self.cms(text, *options)), *files.items()]

    def made_with(self, **options):
        main, sections = manifest_of(CONTENT)
        return self.made(main, sections, signature_file(main, sections, **options))

    # --- rows: our exit code, our finding, jarsigner's exit code
    def judge(self, entries, ours, finding, theirs):
        jar = entries if isinstance(entries, pathlib.Path) else write(self.home / "attack.jar", entries)
        code, text = self.pkgverify(jar)
        found = set(re.findall(r'"id":\s*"([a-z-]+)"', text))
        self.assertEqual(code, ours, text[-3000:])
        if finding:
            self.assertIn(finding, found)
        strict, words = self.jarsigner_says(jar)
        self.assertEqual(strict, theirs, words[-2000:])

    def test_the_base_is_good(self):
        self.judge(self.base, 0, None, 0)
        self.judge(self.two, 0, None, 0)

    def test_changed_content(self):
        self.judge(self.replaced("a.txt", lambda c: b"omega\n"), 13, "digest-mismatch", 1)

    def test_changed_manifest_section(self):
        other = digest(b"omega\n")
        entries = self.replaced(MANIFEST, lambda c: c.replace(digest(CONTENT["a.txt"]), other))
        entries = [(n, b"omega\n" if n == "a.txt" else c) for n, c in entries]
        self.judge(entries, 13, "manifest-changed", 1)

    def test_changed_main_attributes(self):
        self.judge(self.replaced(MANIFEST, lambda c: c.replace(b"\r\n\r\n", b"\r\nMain-Class: Evil\r\n\r\n", 1)), 13,
                   "manifest-changed", 1)

    def test_main_attributes_that_nobody_signed(self):
        main, sections = manifest_of(CONTENT)
        text = signature_file(main, sections, whole=False, main_digest=False)
        main = main.replace(b"\r\n\r\n", b"\r\nMain-Class: Evil\r\n\r\n")
        self.judge(self.made(main, sections, text), 13, "manifest-changed", 0)

    def test_changed_signature_file(self):
        self.judge(self.replaced(SF, lambda c: c.replace(b"Created-By", b"created-by")), 13, "signature-mismatch", 1)

    def test_changed_block(self):
        self.judge(self.replaced(BLOCK, lambda c: c[:-5] + bytes([c[-5] ^ 1]) + c[-4:]), 13, "signature-mismatch", 1)

    def test_one_bad_signer_beside_a_good_one(self):
        self.judge(self.replaced(BLOCK, lambda c: c[:-5] + bytes([c[-5] ^ 1]) + c[-4:], self.two), 13,
                   "signature-mismatch", 1)

    def test_added_entry(self):
        self.judge([*self.base, ("evil.txt", b"evil")], 13, "added-entry", 16)

    def test_added_entry_that_the_manifest_lists(self):
        _, sections = manifest_of({"evil.txt": b"evil"})
        entries = [*self.replaced(MANIFEST, lambda c: c + b"".join(sections.values())), ("evil.txt", b"evil")]
        self.judge(entries, 13, "unsigned-entry", 16)

    def test_added_folder_of_multi_release_classes(self):
        self.judge([*self.base, ("META-INF/versions/9/a.txt", b"evil")], 13, "shadowing-entry", 16)

    def test_added_service_provider(self):
        self.judge([*self.base, ("META-INF/services/java.sql.Driver", b"Evil")], 13, "shadowing-entry", 16)

    def test_added_file_beside_the_signature(self):
        self.judge([*self.base, ("META-INF/notes.txt", b"x")], 13, "added-entry", 16)

    def test_added_signature_of_an_unknown_kind(self):
        self.judge([*self.base, ("META-INF/SIG-EVIL", b"x")], 13, "added-entry", 0)

    def test_removed_entry(self):
        self.judge(self.without("a.txt"), 13, "removed-entry", 0)

    def test_removed_signatures(self):
        self.judge(self.without(SF, BLOCK), 10, None, 16)

    def test_removed_signature_file(self):
        self.judge(self.without(SF), 13, "signature-incomplete", 16)

    def test_removed_block(self):
        self.judge(self.without(BLOCK), 13, "signature-incomplete", 16)

    def test_removed_block_of_one_of_two(self):
        self.judge(self.without(BLOCK, base=self.two), 13, "signature-incomplete", 0)

    def test_removed_manifest(self):
        self.judge(self.without(MANIFEST), 13, "signature-incomplete", 0)

    def test_signature_files_of_two_names(self):
        self.judge(self.renamed({SF: "META-INF/ALICIA.SF"}), 13, "signature-incomplete", 16)

    def test_names_in_another_case_are_the_same(self):
        self.judge(self.renamed({SF: "META-INF/alice.sf", MANIFEST: "meta-inf/manifest.mf"}), 0, None, 0)

    def test_two_manifests(self):
        self.judge([*self.base, ("meta-inf/manifest.mf", b"Manifest-Version: 1.0\r\n\r\n")], 13, "duplicate-entry", 16)

    def test_the_same_name_twice(self):
        with self.assertWarns(UserWarning):
            jar = write(self.home / "attack.jar", [*self.base, ("a.txt", b"EVIL")])
        self.judge(jar, 13, "duplicate-entry", 1)

    def test_a_local_name_that_is_not_the_central_one(self):
        jar = write(self.home / "attack.jar", self.base)
        data = jar.read_bytes()
        jar.write_bytes(data.replace(b"a.txt", b"e.txt", 1))
        self.judge(jar, 13, "malformed-archive", 0)

    def test_bytes_before_the_archive(self):
        jar = write(self.home / "attack.jar", self.base)
        data = jar.read_bytes()
        end = data.rindex(b"PK\x05\x06")
        central = struct.unpack("<I", data[end + 16:end + 20])[0]
        self.assertEqual(data[central:central + 4], b"PK\x01\x02")
        jar.write_bytes(b"dex\n035\0" + data)
        self.judge(jar, 13, "malformed-archive", 0)

    def test_two_sections_of_one_name(self):
        main, sections = manifest_of(CONTENT)
        double = {**sections, "again": sections["a.txt"]}
        text = signature_file(main, double, listed=list(CONTENT))
        self.judge(self.made(main, double, text), 13, "duplicate-section", 0)

    def test_md5_alone(self):
        main, sections = manifest_of(CONTENT, algorithm=b"MD5",
                                     of=lambda c: base64.b64encode(hashlib.md5(c).digest()))
        self.judge(self.made(main, sections, signature_file(main, sections)), 12, "weak-digest", 16)

    def test_a_digest_that_nobody_knows(self):
        main, sections = manifest_of(CONTENT, algorithm=b"ROT-13")
        self.judge(self.made(main, sections, signature_file(main, sections)), 13, "unsigned-entry", 1)

    def test_coverage_by_the_digest_of_the_manifest_alone(self):
        self.judge(self.made_with(listed=["a.txt"]), 13, "unsigned-entry", 16)

    def test_magic(self):
        self.judge(self.made_with(section_extra=b"Magic: java.lang.Evil\r\n"), 13, "malformed-layout", 0)

    def test_no_signature_version(self):
        self.judge(self.made_with(version=b"Created-By: nobody\r\n"), 13, "malformed-layout", 16)

    def test_stripped_apk_signatures(self):
        self.judge(self.made_with(extra=b"X-Android-APK-Signed: 2, 3\r\n"), 13, "signature-incomplete", 0)

    def test_a_signer_named_by_key_id(self):
        main, sections = manifest_of(CONTENT)
        text = signature_file(main, sections)
        self.judge(self.made(main, sections, text, options=("-keyid",)), 13, "malformed-layout", 16)

    def test_no_signed_attributes(self):
        main, sections = manifest_of(CONTENT)
        text = signature_file(main, sections)
        self.judge(self.made(main, sections, text, options=("-noattr",)), 0, None, 0)

    def test_cades_attributes(self):
        main, sections = manifest_of(CONTENT)
        self.judge(self.made(main, sections, signature_file(main, sections), options=("-cades",)), 0, None, 0)

    def test_a_block_with_other_content_inside(self):
        entries = self.made_with()
        other = self.cms(b"Signature-Version: 1.0\r\n\r\n", "-nodetach")
        self.judge([(n, other if n == BLOCK else c) for n, c in entries], 13, "malformed-layout", 16)

    def test_a_block_without_the_certificate(self):
        main, sections = manifest_of(CONTENT)
        self.judge(self.made(main, sections, signature_file(main, sections), options=("-nocerts",)), 13,
                   "signer-certificate-missing", 1)

    def test_two_blocks_for_one_signature_file(self):
        entries = self.made_with()
        text = dict(entries)[SF]
        entries.insert(3, ("META-INF/ALICE.EC", self.cms(text, alias="bob")))
        self.judge(entries, 0, None, 0)
        entries[3] = ("META-INF/ALICE.EC", self.cms(text + b"\r\n", alias="bob"))
        self.judge(entries, 13, "signature-mismatch", 1)

    def test_names_that_are_dropped_to_others(self):
        main, sections = manifest_of(CONTENT)
        sections["./a.txt"] = sections["a.txt"].replace(b"Name: a.txt", b"Name: ./a.txt")
        self.judge(self.made(main, sections, signature_file(main, sections)), 13, "malformed-layout", 0)

    def test_a_vro_package_in_a_signed_jar(self):
        self.judge([*self.base, ("dunes-meta-inf", b"<properties/>")], 13, "ambiguous-layouts", 16)

    def test_signers_of_different_entries(self):
        main, sections = manifest_of(CONTENT)
        of = {"alice": ["a.txt"], "bob": ["lib/b.txt", "lib/c.bin"]}
        entries = [(MANIFEST, main + b"".join(sections.values()))]
        for alias, extension in (("alice", "RSA"), ("bob", "EC")):
            text = signature_file(main, sections, whole=False, listed=of[alias])
            entries += [(f"META-INF/{alias.upper()}.SF", text),
                        (f"META-INF/{alias.upper()}.{extension}", self.cms(text, alias=alias))]
        jar = write(self.home / "disjoint.jar", [*entries, *CONTENT.items()])
        self.judge(jar, 0, None, 0)
        self.assertEqual(self.pkgverify(jar, trusted=["alice"])[0], 11)

    def test_a_wrong_digest_beside_a_right_one(self):
        main, sections = manifest_of(CONTENT)
        bad = base64.b64encode(hashlib.sha512(b"omega\n").digest())
        lines = b"SHA-512-Digest: " + bad[:56] + b"\r\n " + bad[56:] + b"\r\n"
        sections["a.txt"] = sections["a.txt"][:-2] + lines + b"\r\n"
        self.judge(self.made(main, sections, signature_file(main, sections)), 13, "digest-mismatch", 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

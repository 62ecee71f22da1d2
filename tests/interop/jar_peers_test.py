#!/usr/bin/env python3
"""What we sign, jarsigner, OpenSSL and GnuTLS accept; what jarsigner signs, we accept and attribute to its signers."""
import csv
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from jar_workbench import BIN, CONTENT, DATA, KINDS, JarWorkbench, entries_of, needs_data, write  # noqa: E402

AUTHORITIES = pathlib.Path("/usr/share/ca-certificates/mozilla")


class JarSigning(JarWorkbench):
    SIGNERS = {kind: kind for kind in KINDS}

    def pkgsign(self, *words, code=0):
        return self.run_tool("pkgsign", *words, codes=(code,), program=BIN / "pkgsign")[1]

    def sign(self, jar, out, alias, *more, code=0):
        return self.pkgsign("sign", jar, "-o", out, "--force", "--key", self.home / f"{alias}.key", "--cert",
                            self.home / f"{alias}.pem", *more, code=code)

    def plain(self, name="plain.jar", content=None):
        return write(self.home / name, content or CONTENT)

    def accepted(self, jar, *aliases):
        """By us with exactly these signers, by jarsigner with all of them."""
        for trusted in [aliases]:
            code, text = self.pkgverify(jar, trusted=trusted)
            self.assertEqual(code, 0, text[-3000:])
        strict, words = self.jarsigner_says(jar)
        self.assertEqual(strict, 0, words[-2000:])
        self.assertIn("jar verified", words)
        return json.loads(text)

    def signers_of(self, jar):
        """By element the common names of its signers."""
        report = json.loads(self.pkgverify(jar)[1])
        names = [re.search(r"CN=(\w+)", signer["certificate"]["subject"]).group(1) for signer in report["signers"]]
        return {element["id"]: sorted(names[place] for place in element["signers"]) for element in report["importElementDetails"]}

    # --- we sign
    def test_every_kind_of_key_is_accepted_by_jarsigner(self):
        for kind in KINDS:
            with self.subTest(kind):
                jar = self.home / f"ours-{kind}.jar"
                self.sign(self.plain(), jar, kind)
                self.accepted(jar, kind)
                names = [name for name, _ in entries_of(jar)]
                self.assertEqual(names[0], "META-INF/MANIFEST.MF")
                self.assertEqual(names[1:3], [f"META-INF/{kind.upper()}.SF",
                                              f"META-INF/{kind.upper()}.{'RSA' if kind in ('rsa', 'pss') else 'EC'}"])

    def test_openssl_and_gnutls_accept_the_block(self):
        for kind in KINDS:
            with self.subTest(kind):
                jar = self.home / f"block-{kind}.jar"
                self.sign(self.plain(), jar, kind)
                entries = dict(entries_of(jar))
                text, block = self.home / "text", self.home / "block"
                text.write_bytes(entries[f"META-INF/{kind.upper()}.SF"])
                block.write_bytes(next(c for n, c in entries.items() if n.endswith((".RSA", ".EC"))))
                if kind != "ed25519":  # OpenSSL 3.0 knows no Ed25519 in CMS
                    self.run_tool("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", block, "-content",
                                  text, "-CAfile", self.home / f"{kind}.pem", "-purpose", "any", "-out", "/dev/null")
                self.run_tool("certtool", "--p7-verify", "--inder", "--infile", block, "--load-data", text,
                              "--load-certificate", self.home / f"{kind}.pem")

    def test_two_signers_at_once_or_one_after_the_other(self):
        first, second = self.home / "first.jar", self.home / "second.jar"
        self.sign(self.plain(), first, "rsa")
        self.assertIn("--add", self.sign(first, second, "p256", code=2))
        self.sign(first, second, "p256", "--add")
        self.accepted(second, "rsa")
        self.accepted(second, "p256")
        self.assertEqual(set(map(tuple, self.signers_of(second).values())), {("p256", "rsa")})
        self.sign(second, second, "rsa", "--add", code=2)

    def test_the_old_and_the_new_identity_of_a_store_at_once(self):
        store, secret = ("--store", self.home / "identities"), ("--passphrase", "env:PW")
        for name, more in (("older", ("--kdf-cost", "1:8")), ("newer", ())):
            self.pkgsign("init", *store, *secret, "--alias", name, "--common-name", name, "--organization", "Example",
                         "--key", "p-256", "--profile", "code-signing", *more)
            self.pkgsign("cert", "export", *store, "--alias", name, "-o", self.home / f"{name}.pem")
            self.run_tool("keytool", "-importcert", "-noprompt", "-alias", name, "-file", self.home / f"{name}.pem",
                          "-keystore", self.trust, "-storetype", "PKCS12", "-storepass:env", "PW")
        jar = self.home / "also.jar"
        self.pkgsign("sign", *store, *secret, "--alias", "older", "--also", "newer", self.plain(), "-o", jar)
        for name in ("older", "newer"):
            self.accepted(jar, name)

    def test_beside_a_signature_of_jarsigner(self):
        theirs = self.signed_jar("theirs.jar", "p384")
        ours = self.home / "beside.jar"
        self.sign(theirs, ours, "ed25519", "--add")
        self.accepted(ours, "p384")
        self.accepted(ours, "ed25519")
        kept = dict(entries_of(theirs))
        for name, content in entries_of(ours):
            self.assertEqual(kept.get(name, content), content)
        self.jarsign(ours, "pss")
        self.accepted(ours, "pss")

    def test_a_part_of_the_entries(self):
        part = self.home / "part.jar"
        self.sign(self.plain(), part, "rsa", "--only", "lib/*")
        code, text = self.pkgverify(part)
        self.assertEqual(code, 13, text[-2000:])
        self.assertIn("added-entry", text)
        self.assertEqual(self.jarsigner_says(part)[0], 16)
        self.sign(part, part, "p256", "--add", "--only", "a.txt")
        self.accepted(part, "rsa", "p256")
        self.assertEqual(self.signers_of(part), {"a.txt": ["p256"], "lib/b.txt": ["rsa"], "lib/c.bin": ["rsa"]})
        self.assertEqual(self.pkgverify(part, trusted=["rsa"])[0], 11)
        self.assertIn("names no entry", self.sign(self.plain(), part, "rsa", "--only", "nothing", code=2))

    def test_what_would_take_the_place_of_signed_entries_is_not_left_out(self):
        jar = self.plain("release.jar", {**CONTENT, "META-INF/versions/9/a.txt": b"nine"})
        self.assertIn("versions/9/a.txt", self.sign(jar, self.home / "no.jar", "rsa", "--only", "*.bin", code=2))
        self.sign(jar, self.home / "yes.jar", "rsa")
        self.accepted(self.home / "yes.jar", "rsa")

    def test_replace_and_strip(self):
        for old in (["-digestalg", "SHA-512"], []):
            theirs = write(self.home / "old.jar", CONTENT)
            self.jarsign(theirs, "rsa", *old)
            ours = self.home / "new.jar"
            self.sign(theirs, ours, "p256", "--replace")
            self.accepted(ours, "p256")
            self.assertEqual(self.pkgverify(ours, trusted=["rsa"])[0], 11)
            bare = self.home / "bare.jar"
            self.pkgsign("strip", ours, "-o", bare, "--force")
            self.assertEqual(self.pkgverify(bare)[0], 10)
            self.assertNotIn(b"Digest", dict(entries_of(bare))["META-INF/MANIFEST.MF"])

    def test_what_we_signed_is_as_before_when_stripped(self):
        plain, signed, bare = self.plain(), self.home / "signed.jar", self.home / "bare.jar"
        self.sign(plain, signed, "rsa")
        self.pkgsign("strip", signed, "-o", bare, "--force")
        self.assertEqual(entries_of(bare), entries_of(plain))
        self.pkgsign("strip", plain, "-o", bare, "--force", code=2)

    def test_what_a_manifest_says_stays(self):
        manifest = (b"Manifest-Version: 1.0\nMain-Class: com.example.Main\nClass-Path: " + b"x" * 57 + b"\n " + b"y" * 40
                    + b"\n\nName: a.txt\nContent-Type: text/plain\n\nName: lib/\nSealed: true\n\n")
        jar = self.plain("main.jar", {"META-INF/": b"", "META-INF/MANIFEST.MF": manifest, **CONTENT})
        signed = self.home / "main-signed.jar"
        self.sign(jar, signed, "rsa")
        self.accepted(signed, "rsa")
        text = dict(entries_of(signed))["META-INF/MANIFEST.MF"]
        self.assertTrue(text.startswith(manifest[:manifest.index(b"\n\n") + 2]))
        for kept in (b"Content-Type: text/plain", b"Sealed: true"):
            self.assertIn(kept, text)

    def test_an_older_digest_is_not_signed_beside(self):
        theirs = write(self.home / "sha512.jar", CONTENT)
        self.jarsign(theirs, "rsa", "-digestalg", "SHA-512")
        self.assertIn("--replace", self.sign(theirs, self.home / "no.jar", "p256", "--add", code=2))

    def test_a_damaged_jar_is_not_signed(self):
        jar = write(self.home / "damaged.jar", CONTENT)
        self.jarsign(jar, "rsa")
        entries = [(n, b"omega\n" if n == "a.txt" else c) for n, c in entries_of(jar)]
        self.sign(write(jar, entries), self.home / "no.jar", "p256", "--add", code=13)
        self.sign(jar, self.home / "no.jar", "p256", "--add", "--only", "lib/*", code=13)
        self.assertFalse((self.home / "no.jar").exists())

    def test_the_same_input_gives_the_same_bytes(self):
        self.environment["SOURCE_DATE_EPOCH"] = "1795435200"
        try:
            for kind in ("rsa", "ed25519"):
                for out in ("one.jar", "two.jar"):
                    self.sign(self.plain(), self.home / out, kind)
                self.assertEqual((self.home / "one.jar").read_bytes(), (self.home / "two.jar").read_bytes())
        finally:
            del self.environment["SOURCE_DATE_EPOCH"]

    # --- they sign
    def test_every_kind_of_key_and_digest_of_jarsigner_is_accepted(self):
        cases = [(kind, ()) for kind in KINDS] + [("rsa", ("-digestalg", digest)) for digest in (
            "SHA-224", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512")]
        for kind, options in cases:
            with self.subTest(kind=kind, options=options):
                jar = write(self.home / "theirs.jar", CONTENT)
                self.jarsign(jar, kind, *options)
                self.accepted(jar, kind)

    def test_weak_digests_of_jarsigner_are_named(self):
        for digest, name in (("SHA-1", "sha1"), ("MD5", "md5")):
            jar = write(self.home / "weak.jar", CONTENT)
            self.jarsign(jar, "rsa", "-digestalg", digest)
            code, text = self.pkgverify(jar)
            self.assertEqual(code, 12, text[-2000:])
            self.assertIn("weak-digest", text)
            self.assertEqual(self.pkgverify(jar, "--allow-weak", name)[0], 0)

    def test_signature_names_of_jarsigner(self):
        jar = write(self.home / "named.jar", CONTENT)
        self.jarsign(jar, "rsa", "-sigfile", "A_LONG-NAME_0123456789")
        self.jarsign(jar, "p256", "-sigfile", "B")
        self.accepted(jar, "rsa")
        self.accepted(jar, "p256")
        self.assertEqual(self.signers_of(jar)["a.txt"], ["p256", "rsa"])

    def test_a_certificate_for_another_purpose_than_signing(self):
        key, certificate = self.home / "web.key", self.home / "web.pem"
        self.run_tool("openssl", "req", "-x509", *KINDS["rsa"], "-noenc", "-keyout", key, "-out", certificate, "-days",
                      "400", "-subj", "/CN=web", "-addext", "extendedKeyUsage=serverAuth")
        out = self.home / "web.jar"
        self.sign(self.plain(), out, "web")
        self.assertEqual(self.pkgverify(out, "--trust", certificate)[0], 0)  # pinned: without a purpose

    # --- the JARs of others
    @needs_data
    def test_apksig(self):
        certificates = [word for path in sorted((DATA / "apksig/certs").glob("*.pem")) for word in ("--trust", path)]
        at = ("--at-time", "2017-12-01T00:00:00Z")
        with open(DATA / "apksig/expected.tsv", newline="") as table:
            rows = [row for row in csv.DictReader(table, delimiter="\t") if not row["file"].startswith("certs/")]
        self.assertEqual(len(rows), 111)
        for row in rows:
            with self.subTest(row["file"]):
                jar = DATA / "apksig" / row["file"]
                self.assertEqual(self.pkgverify(jar, trusted=())[0], int(row["exit_untrusted"]))
                self.assertEqual(self.pkgverify(jar, *certificates, *at, trusted=())[0], int(row["exit_pinned"]))
                names = row["allow_weak_for_0"].split(",") if row["allow_weak_for_0"] else []
                if row["file"] == "v1-only-with-rsa-1024.apk":
                    names.append("sha1")  # the table omits it; every digest in this file is SHA-1
                for left_out in names:
                    allowed = [word for name in names if name != left_out for word in ("--allow-weak", name)]
                    self.assertEqual(self.pkgverify(jar, *certificates, *at, *allowed, trusted=())[0], 12)
                allowed = [word for name in names for word in ("--allow-weak", name)]
                if names:
                    self.assertEqual(self.pkgverify(jar, *certificates, *at, *allowed, trusted=())[0], 0)

    @needs_data
    def test_eclipse(self):
        roots = [word for path in sorted(AUTHORITIES.glob("DigiCert*")) for word in ("--trust", path)]
        self.assertTrue(roots, "ca-certificates is installed")
        jars = sorted((DATA / "eclipse").glob("*.jar"))
        self.assertEqual(len(jars), 10)
        for jar in jars:
            with self.subTest(jar.name):
                self.assertEqual(self.pkgverify(jar, trusted=())[0], 11)
                code, text = self.pkgverify(jar, *roots, "--at-time", "2025-01-15T00:00:00Z", trusted=())
                self.assertEqual(code, 0, text[-2000:])

    @needs_data
    def test_eclipse_at_the_stamped_time_though_the_certificates_have_ended(self):
        authorities = self.home / "authorities.pem"
        authorities.write_bytes(b"".join(path.read_bytes() for path in sorted(AUTHORITIES.glob("*.crt"))))
        store = ("--store", self.home / "store-of-authorities")
        for use in ("package", "timestamp"):
            self.run_tool("pkgverify", "trust", "add", *store, "--ca-file", authorities, "--use", use, "--reason",
                          "Debian ships them", program=BIN / "pkgverify")
        for jar in sorted((DATA / "eclipse").glob("*.jar")):
            with self.subTest(jar.name):
                text = self.run_tool("pkgverify", "check", *store, jar, program=BIN / "pkgverify")[1]
                self.assertIn("timestamped", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)

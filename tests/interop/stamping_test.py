#!/usr/bin/env python3
"""Time stamps: asked for over HTTP from an authority on 127.0.0.1, carried by hand, judged as time goes by."""
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from authorities import run  # noqa: E402
from timestamp_authority import TimestampAuthority, issue, serve  # noqa: E402
from vro_workbench import BIN, DATA, NOW, REQUIRED, ROOT, Workbench, read, write  # noqa: E402

SAMPLE = ROOT / "samples/com.example.greeting.package"
BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
JARS = DATA.parent / "jar/eclipse"


class Timestamps(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment.pop("SOURCE_DATE_EPOCH", None)
        cls.environment["NO_PROXY"] = "127.0.0.1"
        folder = cls.home / "authority"
        folder.mkdir()
        cls.authority = TimestampAuthority(folder)
        cls.server, cls.url = serve(cls.authority)
        # Ends long before the stamps are looked at.
        cls.tool("pkgsign", "init", "--alias", "short", "--common-name", "short", "--key", "rsa-2048", "--days", "30",
                 "--passphrase", "env:SIGNING")
        cls.tool("pkgsign", "cert", "export", "--alias", "short", "-o", cls.home / "short.pem")
        cls.tool("pkgsign", "init", "--alias", "third", "--common-name", "third", "--key", "p-256", "--passphrase", "env:SIGNING")
        cls.tool("pkgverify", "trust", "add", cls.home / "short.pem")
        cls.trusting = cls.home / "trusting"
        for store in (cls.home / "store", cls.trusting):
            cls.tool("pkgverify", "trust", "add", cls.home / "short.pem", "--store", store)
        cls.tool("pkgverify", "trust", "add", "--ca-file", folder / "ca.pem", "--use", "timestamp", "--store", cls.trusting)
        cls.later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 400 * 86400))

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()
        super().tearDownClass()

    def setUp(self):
        self.file = self.home / f"{self._testMethodName}.img"
        self.file.write_text("content\n" * 1000)
        self.p7s = pathlib.Path(f"{self.file}.p7s")

    def sign_detached(self, *more, code=0):
        return self.tool("pkgsign", "sign", "--detached", "--alias", "short", "--passphrase", "env:SIGNING", *more, self.file,
                         code=code)

    def judge(self, code, *more, store=None):
        return self.tool("pkgverify", "check", "--store", store or self.trusting, "--at-time", self.later, *more, self.file,
                         code=code)

    def tokens(self):
        """The signature value and the token of the only signer, as openssl reads them."""
        text = run("openssl", "asn1parse", "-inform", "DER", "-in", self.p7s)
        rows = [re.match(r"\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+) \w+:\s+(.*)", row).groups() for row in text.splitlines()]
        der = self.p7s.read_bytes()
        place = next(i for i, row in enumerate(rows) if "id-smime-aa-timeStampToken" in row[4])
        start, _, head, length, _ = rows[place + 2]
        token = der[int(start):int(start) + int(head) + int(length)]
        signature = [row for row in rows[:place] if row[4].startswith("OCTET STRING") and int(row[3]) == 256][-1]
        at = int(signature[0]) + int(signature[2])
        return der[at:at + 256], token

    def test_a_stamped_signature_outlives_its_certificate(self):
        self.sign_detached()
        self.judge(15)
        self.sign_detached("--replace", "--tsa", f"{self.url}/good")
        said = self.judge(0)
        self.assertIn("timestamped", said)
        # Where nobody is trusted for time stamps it proves nothing; trust for packages is none for stamps.
        self.assertIn("timestamp-not-trusted", self.judge(15, store=self.home / "store"))
        self.judge(15, "--trust", self.home / "authority/ca.pem", store=self.home / "store")

    def test_openssl_verifies_the_tokens_that_we_embed(self):
        for digest in ("sha256", "sha384", "sha512"):
            self.sign_detached("--replace")
            self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", "--tsa-digest", digest, "--tsa-policy", "1.2.3.4.5",
                      self.file)
            signature, token = self.tokens()
            (self.home / "value").write_bytes(signature)
            (self.home / "token").write_bytes(token)
            run("openssl", "ts", "-verify", "-data", self.home / "value", "-in", self.home / "token", "-token_in", "-CAfile",
                self.home / "authority/ca.pem")
            text = run("openssl", "ts", "-reply", "-in", self.home / "token", "-token_in", "-text")
            self.assertIn(f"Hash Algorithm: {digest}", text)
            self.assertIn("Policy OID: 1.2.3.4.5", text)
            run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.p7s, "-content", self.file, "-CAfile",
                self.home / "short.pem", "-purpose", "any", "-out", "/dev/null")

    def test_authorities_that_misbehave_leave_no_signature(self):
        reasons = {"nonce": "its nonce differs", "imprint": "its imprint differs", "sha512only": "algorithm not known",
                   "html": "is not a time stamp response", "empty": "is not a time stamp response",
                   "to-file": 'Protocol "file" not supported', "loop": "redirects", "huge": "longer than 262144 bytes",
                   "cut": "bytes remaining", "error": "HTTP status 500", "nowhere": "HTTP status 404",
                   "slow": "no answer within 1 seconds"}
        urls = [word for path in reasons for word in ("--tsa", f"{self.url}/{path}")]
        self.sign_detached("--tsa", f"{self.url}/html", code=17)
        self.assertFalse(self.p7s.exists())
        self.sign_detached()
        before, began = self.p7s.read_bytes(), time.monotonic()
        said = self.tool("pkgsign", "timestamp", *urls, "--tsa", "http://127.0.0.1:1/", "--tsa-timeout", "1", self.file, code=17)
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(self.p7s.read_bytes(), before)
        for path, words in reasons.items():
            told = [line for line in said.splitlines() if f"/{path}'" in line and "warning" in line]
            self.assertTrue(told and all(words in line for line in told), (path, told))
            # Asking again helps only where nothing was answered.
            final = path in ("nonce", "imprint", "sha512only", "html", "empty")
            self.assertEqual(len(told), 1 if final else 4, path)
        self.assertIn("127.0.0.1:1/", said)

    def test_the_next_authority_is_asked_and_a_busy_one_again(self):
        said = self.sign_detached("--tsa", f"{self.url}/nonce", "--tsa", f"{self.url}/good")
        self.assertIn("its nonce differs", said)
        self.judge(0)
        self.sign_detached("--replace", "--tsa", f"{self.url}/flaky")
        self.judge(0)
        self.sign_detached("--replace", "--tsa", f"{self.url}/moved")
        self.judge(0)

    def test_best_effort_signs_without(self):
        said = self.sign_detached("--tsa", f"{self.url}/html", "--timestamp", "best-effort")
        self.assertIn("signed without a time stamp", said)
        self.judge(15)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file)
        self.judge(0)
        self.assertIn("stamped already", self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file))

    def test_each_new_signer_is_stamped_and_those_there_are_left(self):
        def stamps():
            return run("openssl", "asn1parse", "-inform", "DER", "-in", self.p7s).count("id-smime-aa-timeStampToken")
        self.tool("pkgsign", "sign", "--detached", "--alias", "server", "--passphrase", "env:SIGNING", self.file)
        self.sign_detached("--add", "--also", "third", "--tsa", f"{self.url}/good")
        self.assertEqual(stamps(), 2)
        self.tool("pkgverify", "check", "--signature", self.p7s, "--trust", self.certificate, self.file)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file)
        self.assertEqual(stamps(), 3)
        self.judge(0)

    def test_a_request_is_carried_to_the_authority_by_hand(self):
        self.sign_detached("--pem")
        query, reply = self.home / "q.tsq", self.home / "r.tsr"
        self.tool("pkgsign", "timestamp", "--tsq-out", query, self.file)
        reply.write_bytes(self.authority.reply(query.read_bytes()))
        # An answer that somebody had before has the nonce of another request.
        later = self.home / "later.tsq"
        self.tool("pkgsign", "timestamp", "--tsq-out", later, self.file)
        self.assertIn("its nonce differs", self.tool("pkgsign", "timestamp", "--tsq-in", later, "--tsr-in", reply,
                                                     self.file, code=17))
        self.assertIn("is not a time stamp request", self.tool("pkgsign", "timestamp", "--tsq-in", reply, "--tsr-in",
                                                               reply, self.file, code=17))
        self.tool("pkgsign", "timestamp", "--tsq-in", query, self.file, code=2)
        self.tool("pkgsign", "timestamp", "--tsq-in", query, "--tsr-in", reply, self.file)
        self.judge(0)
        self.assertTrue(self.p7s.read_text().startswith("-----BEGIN"))
        # For another signature it is of no use.
        self.sign_detached("--replace", "--tsa", f"{self.url}/good")
        before = self.p7s.read_bytes()
        self.file.write_text("other")
        self.sign_detached("--replace")
        self.assertIn("its imprint differs", self.tool("pkgsign", "timestamp", "--tsr-in", reply, self.file, code=17))
        self.p7s.write_bytes(before)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file, code=13)

    def test_times_before_and_after_what_they_should_be(self):
        # After the signer's certificate has ended, and before it began; both authorities were valid then.
        for day, words in (("2031-05-01", "timestamp-not-trusted"), ("2027-06-01", "timestamp-useless")):
            self.sign_detached("--replace")
            query, reply = self.home / "q.tsq", self.home / "r.tsr"
            self.tool("pkgsign", "timestamp", "--tsq-out", query, "--force", self.file)
            try:
                reply.write_bytes(self.authority.reply(query.read_bytes(), day=day))
            except FileNotFoundError:
                self.skipTest("faketime is not here")
            self.tool("pkgsign", "timestamp", "--tsr-in", reply, self.file)
            self.assertIn(words, self.judge(15))

    def test_only_a_certificate_for_time_stamping_alone_counts(self):
        wishes = (("many", "extendedKeyUsage=critical,timeStamping,codeSigning\n", "not for time stamping alone"),
                  ("plain", "extendedKeyUsage=timeStamping\n", "not for time stamping alone"),
                  ("none", "basicConstraints=CA:FALSE\n", "not for time stamping alone"),
                  ("fine", "extendedKeyUsage=critical,timeStamping\n", ""))
        folder = self.authority.folder
        for name, extensions, _ in wishes:
            issue(folder, "ca", name, extensions)
        self.sign_detached()
        query, reply, info = self.home / "q.tsq", self.home / "r.tsr", self.home / "info.der"
        self.tool("pkgsign", "timestamp", "--tsq-out", query, "--force", self.file)
        reply.write_bytes(self.authority.reply(query.read_bytes()))
        run("openssl", "ts", "-reply", "-in", reply, "-token_out", "-out", self.home / "good.token")
        run("openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-in", self.home / "good.token", "-binary", "-out", info)
        for name, _, words in wishes:
            run("openssl", "cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-econtent_type",
                "1.2.840.113549.1.9.16.1.4", "-in", info, "-signer", folder / f"{name}.pem", "-inkey", folder / f"{name}.key",
                "-outform", "DER", "-out", self.home / "token")
            body = bytes.fromhex("3003020100") + (self.home / "token").read_bytes()
            reply.write_bytes(b"\x30\x82" + len(body).to_bytes(2, "big") + body)
            said = self.tool("pkgsign", "timestamp", "--tsr-in", reply, self.file, code=17 if words else 0)
            self.assertIn(words, said)
        self.judge(0)

    @unittest.skipUnless(shutil.which("jarsigner"), "jarsigner is not here (Debian: default-jdk-headless)")
    def test_a_jar_is_stamped_later_and_java_takes_it(self):
        key, certificate, store = self.home / "jar.key", self.home / "jar.crt", self.home / "jar.p12"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=jar",
            "-days", "30", "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=codeSigning")
        run("openssl", "pkcs12", "-export", "-in", certificate, "-inkey", key, "-name", "jar", "-passout", "pass:secret", "-out",
            store)
        for name, alias in ((certificate, "jar-itself"), (self.home / "authority/ca.pem", "authority")):
            run("keytool", "-importcert", "-noprompt", "-alias", alias, "-file", name, "-keystore", self.home / "trust.p12",
                "-storetype", "PKCS12", "-storepass", "secret")
        self.tool("pkgverify", "trust", "add", certificate, "--store", self.trusting)
        self.file = write(self.home / "late.jar", {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n\r\n", "a.txt": b"a\n"})
        run("jarsigner", "-keystore", store, "-storepass", "secret", self.file, "jar")
        self.file.chmod(0o640)
        before = read(self.file)
        self.judge(15)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/html", self.file, code=17)
        self.assertEqual(read(self.file), before)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file)
        self.judge(0)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o640)
        after = read(self.file)
        self.assertEqual([name for name in before if after[name] != before[name]], ["META-INF/JAR.RSA"])
        self.assertEqual(list(after), list(before))
        said = run("jarsigner", "-verify", "-strict", "-verbose", "-certs", "-keystore", self.home / "trust.p12", "-storepass",
                   "secret", self.file)
        self.assertIn("Timestamped by", said)
        self.assertIn("jar verified", said)
        self.assertIn("stamped already", self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file))
        self.file.write_bytes(self.file.read_bytes().replace(b"a.txt", b"b.txt"))
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file, code=13)

    @unittest.skipUnless(shutil.which("jarsigner"), "jarsigner is not here (Debian: default-jdk-headless)")
    def test_java_takes_a_jar_that_we_signed_and_stamped(self):
        self.file = write(self.home / "ours.jar", {"a.txt": b"a\n", "b/c.txt": b"c\n"})
        self.tool("pkgsign", "sign", "--alias", "short", "--passphrase", "env:SIGNING", "--tsa", f"{self.url}/good", "--in-place",
                  self.file)
        self.assertIn("timestamped", self.judge(0))
        said = run("jarsigner", "-verify", "-verbose", "-certs", self.file)
        self.assertIn("Timestamped by", said)
        self.assertIn("jar verified", said)

    def test_a_package_without_a_place_for_a_stamp_says_so(self):
        said = self.tool("pkgsign", "sign", "--alias", "short", "--passphrase", "env:SIGNING", "--tsa", f"{self.url}/good", SAMPLE,
                         "-o", self.home / "no.package", code=2)
        self.assertIn("no place for a time stamp", said)
        self.assertFalse((self.home / "no.package").exists())

    def test_a_succession_is_stamped_when_it_is_made_or_later(self):
        made, later = self.home / "made.succession", self.home / "later.succession"
        create = ["pkgsign", "succession", "create", "--alias", "short", "--to", "third", "--passphrase", "env:SIGNING"]
        self.tool(*create, "--tsa", f"{self.url}/good", "-o", made)
        self.tool(*create, "-o", later)
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", later)
        for file in (made, later):
            text = run("openssl", "asn1parse", "-inform", "DER", "-in", file)
            self.assertEqual(text.count("id-smime-aa-timeStampToken"), 2)
            self.assertIn("stamped already", self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", file))
            self.tool("pkgverify", "trust", "follow", file, "--store", self.trusting, code=12)
        self.tool(*create, "--tsa", f"{self.url}/none", "-o", self.home / "no.succession", code=17)
        self.assertFalse((self.home / "no.succession").exists())

    def test_words_that_cannot_be_meant_are_refused_before_anything_is_signed(self):
        for words in (["--tsa", "ftp://example.net/"], ["--tsa", "https://user@example.net/"], ["--tsa", "file:///etc/passwd"],
                      ["--timestamp", "required"], ["--tsa", self.url, "--timestamp", "maybe"]):
            with self.subTest(words):
                self.sign_detached(*words, code=2)
                self.assertFalse(self.p7s.exists())
        self.sign_detached()
        for words in (["--tsa-policy", "words"], ["--tsa-digest", "sha1"], ["--tsa-timeout", "0"]):
            self.tool("pkgsign", "timestamp", "--tsa", self.url, *words, self.file, code=2)
        self.tool("pkgsign", "timestamp", self.file, code=2)

    def test_no_other_command_has_a_network(self):
        if not shutil.which("strace"):
            self.skipTest("strace is not here")
        self.sign_detached()
        trace = self.home / "trace"
        done = subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=openat,socket", str(BIN / "pkgverify"), "check",
                               "--store", str(self.trusting), str(self.file)],
                              env={**self.environment, "ASAN_OPTIONS": "detect_leaks=0"}, capture_output=True)
        if done.returncode != 0 and b"ptrace" in done.stderr:
            self.skipTest("this machine lets nothing be traced")
        text = trace.read_text()
        self.assertIn("libcrypto", text)
        self.assertNotIn("libcurl", text)
        self.assertNotIn("socket(AF_INET", text)

    @unittest.skipUnless(BUNDLE.is_file(), "the certificates of Debian are not here (ca-certificates)")
    def test_the_authorities_of_a_bundle_are_trusted_by_one_command(self):
        store = self.home / "bundle"
        said = self.tool("pkgverify", "trust", "add", "--ca-file", BUNDLE, "--use", "timestamp", "--store", store)
        count = BUNDLE.read_text().count("BEGIN CERTIFICATE")
        self.assertGreater(len(said.splitlines()), count - 5)
        self.assertGreater(len(self.tool("pkgverify", "trust", "list", "--store", store).splitlines()), count - 5)
        self.tool("pkgverify", "trust", "add", "--ca-file", self.home / "short.pem", "--store", store, code=1)
        # No package has a name for an authority.
        self.tool("pkgverify", "trust", "add", self.home / "short.pem", "--use", "timestamp", "--name", "x", "--store", store, code=2)

    @unittest.skipUnless(REQUIRED or JARS.is_dir(), "the JARs of Eclipse are not here (PKGTRUST_TEST_DATA)")
    @unittest.skipUnless(BUNDLE.is_file(), "the certificates of Debian are not here (ca-certificates)")
    def test_the_jars_of_eclipse_outlive_their_certificate(self):
        both, packages = self.home / "both", self.home / "packages"
        for store, uses in ((both, ("package", "timestamp")), (packages, ("package",))):
            for use in uses:
                self.tool("pkgverify", "trust", "add", "--ca-file", BUNDLE, "--use", use, "--store", store)
        jars = sorted(JARS.glob("*.jar"))
        self.assertEqual(len(jars), 10)
        for jar in jars:
            for store, code in ((both, 0), (packages, 15), (self.home / "empty", 11)):
                self.tool("pkgverify", "check", "--store", store, "--at-time", NOW, jar, code=code)

    def test_what_is_stamped_is_not_listed_as_ending(self):
        self.sign_detached()
        words = ["pkgverify", "check", "--expiring", "90d", "--store", self.trusting, self.file]
        self.assertIn("stop 1,", self.tool(*words, code=15))
        self.tool("pkgsign", "timestamp", "--tsa", f"{self.url}/good", self.file)
        self.assertIn("stop 0,", self.tool(*words))


if __name__ == "__main__":
    unittest.main(verbosity=2)

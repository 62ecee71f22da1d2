#!/usr/bin/env python3
"""A request goes to the CA of another program, the answer comes back in every form, and what is signed with it
verifies for an importer who trusts the root alone."""
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from authorities import EASYRSA, EasyRsaCa, GnutlsCa, OpensslCa, run  # noqa: E402
from vro_workbench import ROOT, Workbench, read  # noqa: E402

SAMPLE = ROOT / "samples/com.example.greeting.package"


class Answers(Workbench):
    """What the three authorities have in common; `maker` makes one."""
    maker = None

    @classmethod
    def setUpClass(cls):
        if cls.maker is None:
            raise unittest.SkipTest("only its children have an authority")
        super().setUpClass()
        cls.environment.pop("SOURCE_DATE_EPOCH")
        cls.ca = cls.maker(cls.home / "ca")
        cls.request = cls.home / "VSOcertificate.csr"
        cls.tool("pkgsign", "csr", "export", "-o", cls.request, "--dns", "build.example.org", "--passphrase",
                 "env:SIGNING")

    def import_answer(self, *words, code=0):
        return self.tool("pkgsign", "cert", "import", *words, "--passphrase", "env:SIGNING", code=code)

    def stored(self):
        target = self.home / "stored.pem"
        self.tool("pkgsign", "cert", "export", "-o", target, "--force")
        return target.read_text()

    def require_stored(self, issued):
        wanted = run("openssl", "x509", "-in", issued)
        self.assertTrue(self.stored().startswith(wanted))
        self.assertEqual(self.stored().count("BEGIN CERTIFICATE"), 4)

    def test_the_request_satisfies_openssl_and_gnutls(self):
        done = subprocess.run(["openssl", "req", "-in", self.request, "-verify", "-noout", "-text"], text=True,
                              capture_output=True, check=True)
        self.assertIn("verify OK", done.stdout + done.stderr)
        for said in ("CN = Workbench", "DNS:build.example.org", "Code Signing", "CA:FALSE"):
            self.assertIn(said, done.stdout)
        self.assertIn("Self signature: verified", run("certtool", "--crq-info", "--infile", self.request))

    def test_pem_in_any_order_with_text_around_it(self):
        issued = self.ca.issue(self.request)
        leaf, (nearest, above, root) = issued.read_text(), self.ca.chain()
        answer = self.home / "answer.txt"
        answer.write_text("0 Dear customer,\r\n" + root + "and then\n" + nearest + leaf + above + above + "\nRegards\n")
        self.import_answer(answer)
        self.require_stored(issued)

    def test_der_with_the_chain_in_a_second_file(self):
        issued = self.ca.issue(self.request)
        der, chain = self.home / "answer.cer", self.home / "chain.pem"
        run("openssl", "x509", "-in", issued, "-outform", "DER", "-out", der)
        chain.write_text("".join(self.ca.chain()))
        self.import_answer(der, "--chain", chain)
        self.require_stored(issued)

    def test_pkcs7_in_pem_and_in_der(self):
        for form in ("PEM", "DER"):
            with self.subTest(form):
                issued = self.ca.issue(self.request)
                whole, answer = self.home / "whole.pem", self.home / f"answer.{form}.p7b"
                whole.write_text("".join(reversed(self.ca.chain())) + issued.read_text())
                run("openssl", "crl2pkcs7", "-nocrl", "-certfile", whole, "-outform", form, "-out", answer)
                self.import_answer(answer)
                self.require_stored(issued)

    def test_the_missing_issuer_is_named_and_the_old_certificate_stays(self):
        issued = self.ca.issue(self.request)
        before = self.stored()
        chain = self.home / "gap.pem"
        nearest, above, root = self.ca.chain()
        chain.write_text(nearest + root)
        # What the store already knows of this CA would fill the gap.
        self.tool("pkgsign", "init", "--alias", "fresh", "--common-name", "Fresh", "--key", "rsa-2048", "--passphrase",
                  "env:SIGNING")
        request = self.home / "fresh.csr"
        self.tool("pkgsign", "csr", "export", "--alias", "fresh", "-o", request, "--passphrase", "env:SIGNING")
        said = self.import_answer(self.ca.issue(request), "--chain", chain, "--alias", "fresh", code=1)
        missing = run("openssl", "x509", "-in", self.ca.certificates[1], "-noout", "-subject", "-nameopt", "RFC2253")
        self.assertIn(missing.strip().removeprefix("subject="), said)
        self.assertIn("--chain", said)
        self.import_answer(issued, "--alias", "fresh", code=1)
        self.assertEqual(before, self.stored())
        self.tool("pkgsign", "cert", "remove", "fresh", "--yes", "--passphrase", "env:SIGNING")

    def test_an_importer_who_trusts_the_root_accepts_what_is_signed_with_it(self):
        issued = self.ca.issue(self.request)
        whole, package = self.home / "whole.pem", self.home / "signed.package"
        whole.write_text(issued.read_text() + "".join(self.ca.chain()))
        self.import_answer(whole)
        self.sign(SAMPLE, package, "--force")
        entries = read(package)
        held = [name for name in entries if name.startswith("certificates/")]
        self.assertEqual(len(held), 3)  # the signer and two intermediates; the root comes another way
        for name in held:
            self.assertIn("signatures/" + name, entries)
        elsewhere = self.home / "importer"
        shutil.rmtree(elsewhere, ignore_errors=True)
        self.tool("pkgverify", "check", package, "--store", elsewhere, code=11)
        self.tool("pkgverify", "trust", "add", self.ca.root, "--store", elsewhere)
        self.assertIn("of its CA", self.tool("pkgverify", "check", package, "--store", elsewhere, "-v"))
        self.tool("pkgverify", "check", package, "--trust", self.ca.certificates[2])


class FromOpenssl(Answers):
    maker = OpensslCa

    def refuse(self, issued, *says, code=1):
        before = self.stored()
        chain = self.home / "whole-chain.pem"
        chain.write_text("".join(self.ca.chain()))
        said = self.import_answer(issued, "--chain", chain, code=code)
        for words in says:
            self.assertIn(words, said)
        self.assertEqual(before, self.stored())

    def test_what_does_not_fit_is_refused_and_the_old_certificate_stays(self):
        chosen = {"copy": "none"}
        self.refuse(self.ca.issue(self.request, dates=("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")),
                    "ended on 2021-01-01", code=15)
        self.refuse(self.ca.issue(self.request, dates=("-startdate", "20500101000000Z", "-enddate", "20510101000000Z")),
                    "not valid before 2050", code=15)
        self.refuse(self.ca.issue(self.request, signer="extendedKeyUsage = clientAuth", **chosen), "codeSigning")
        self.refuse(self.ca.issue(self.request, signer="keyUsage = keyEncipherment", **chosen), "digitalSignature")
        self.refuse(self.ca.issue(self.request, signer="basicConstraints = CA:TRUE", **chosen), "is the certificate of a CA")
        self.refuse(self.request, "certificate request")
        self.refuse(self.ca.levels[0] / "ca.key", "private key")
        other = self.home / "other.csr"
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", self.home / "other.key", "-out", other,
            "-subj", "/CN=Other")
        self.refuse(self.ca.issue(other), "no certificate here is for the key", "'CN=Other'")

    def test_the_request_in_der_is_the_same(self):
        der = self.home / "request.der"
        self.tool("pkgsign", "csr", "export", "--format", "der", "-o", der, "--dns", "build.example.org", "--passphrase",
                  "env:SIGNING")
        # RSASSA-PKCS1-v1_5 has no random part, so the two are equal.
        self.assertEqual(run("openssl", "req", "-inform", "DER", "-in", der), self.request.read_text())

    def test_a_lost_promise_is_a_warning(self):
        issued = self.ca.issue(self.request, copy="none", signer="extendedKeyUsage = codeSigning")
        chain = self.home / "promise-chain.pem"
        chain.write_text("".join(self.ca.chain()))
        said = self.import_answer(self.ca.issue(self.request), "--chain", chain)
        self.assertNotIn("always bound'", said)
        said = self.import_answer(issued, "--chain", chain)
        self.assertIn("left out the extension that says 'always bound'", said)


@unittest.skipUnless(shutil.which("certtool"), "certtool is not here (Debian: gnutls-bin)")
class FromGnutls(Answers):
    maker = GnutlsCa


@unittest.skipUnless(pathlib.Path(EASYRSA).exists(), "easy-rsa is not here")
class FromEasyRsa(Answers):
    maker = EasyRsaCa


del Answers  # only its children are tests

if __name__ == "__main__":
    unittest.main(verbosity=2)

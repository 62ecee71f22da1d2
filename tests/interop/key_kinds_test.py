#!/usr/bin/env python3
"""Certificates and requests of every kind of key, judged by OpenSSL, GnuTLS and Java."""
import shutil
import subprocess
import sys
import pathlib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from authorities import run  # noqa: E402
from vro_workbench import Workbench  # noqa: E402

# Word of --key, what keytool calls the signature, part of what certtool calls the key.
KINDS = (("rsa-2048", "SHA256withRSA", "RSA"), ("rsa-3072", "SHA256withRSA", "RSA"), ("rsa-4096", "SHA256withRSA", "RSA"),
         ("rsa-pss-2048", "RSASSA-PSS", "RSA-PSS"), ("rsa-pss-3072", "RSASSA-PSS", "RSA-PSS"),
         ("rsa-pss-4096", "RSASSA-PSS", "RSA-PSS"), ("p-256", "SHA256withECDSA", "EC/ECDSA"),
         ("p-384", "SHA384withECDSA", "EC/ECDSA"), ("ed25519", "Ed25519", "EdDSA (Ed25519)"))


class KeyKinds(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment.pop("SOURCE_DATE_EPOCH")
        for kind, _, _ in KINDS:
            cls.tool("pkgsign", "init", "--alias", kind, "--common-name", kind, "--key", kind, "--passphrase", "env:SIGNING")
            cls.tool("pkgsign", "cert", "export", "--alias", kind, "-o", cls.home / f"{kind}.pem")
            cls.tool("pkgsign", "csr", "export", "--alias", kind, "-o", cls.home / f"{kind}.csr", "--passphrase",
                     "env:SIGNING")

    def each(self):
        for kind, signature, key in KINDS:
            yield self.home / f"{kind}.pem", self.home / f"{kind}.csr", signature, key

    def test_openssl_verifies_each_certificate_and_request(self):
        for certificate, request, _, _ in self.each():
            run("openssl", "verify", "-x509_strict", "-check_ss_sig", "-CAfile", certificate, certificate)
            done = subprocess.run(["openssl", "req", "-in", request, "-verify", "-noout"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0)
            self.assertIn("verify OK", done.stdout + done.stderr)

    @unittest.skipUnless(shutil.which("certtool"), "certtool is not here (Debian: gnutls-bin)")
    def test_gnutls_verifies_each_certificate_and_request(self):
        for certificate, request, _, key in self.each():
            text = run("certtool", "--certificate-info", "--infile", certificate)
            self.assertIn(f"Subject Public Key Algorithm: {key}\n", text)
            text = run("certtool", "--crq-info", "--infile", request)
            self.assertIn("Self signature: verified", text)
            self.assertNotIn("error", text)

    @unittest.skipUnless(shutil.which("keytool"), "keytool is not here (Debian: default-jdk-headless)")
    def test_java_reads_each_certificate_and_request(self):
        for certificate, request, signature, _ in self.each():
            self.assertIn(f"Signature algorithm name: {signature}\n", run("keytool", "-printcert", "-file", certificate))
            self.assertIn(signature, run("keytool", "-printcertreq", "-file", request))

    def test_each_key_opens_and_matches(self):
        said = self.tool("pkgsign", "store", "check", "--passphrase", "env:SIGNING")
        self.assertIn(f"{len(KINDS) + 1} identities and the key of the store, each opens and matches", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)

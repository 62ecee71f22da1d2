#!/usr/bin/env python3
"""Keys of every kind in both directions: keytool, OpenSSL and GnuTLS make them and we read them; we write them and each
of the three reads them. What is particular about one is a line of docs/keystore.md."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from key_bench import KeyBench  # noqa: E402

PSS = ("-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha256", "-pkeyopt",
       "rsa_pss_keygen_saltlen:32")
# Word of `init --key`: how OpenSSL makes one, how keytool does, what we and what GnuTLS call it.
KINDS = {
    "rsa-2048": (("rsa:2048",), ("RSA", "-keysize", "2048"), "RSA 2048 bits", "RSA"),
    "rsa-pss-2048": (("rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", *PSS),
                     ("RSASSA-PSS", "-keysize", "2048", "-sigalg", "RSASSA-PSS"), "RSA-PSS 2048 bits", "RSA-PSS"),
    "p-256": (("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ("EC", "-groupname", "secp256r1"), "EC 256 bits", "EC/ECDSA"),
    "p-384": (("ec", "-pkeyopt", "ec_paramgen_curve:P-384"), ("EC", "-groupname", "secp384r1"), "EC 384 bits", "EC/ECDSA"),
    "ed25519": (("ed25519",), ("Ed25519",), "Ed25519", "EdDSA (Ed25519)"),
}


class KindsOfOthers(KeyBench):
    """Each key comes in with its certificate, and is then the key that its maker made."""

    def assert_comes_in(self, file, kind, maker_public_key, *more):
        text, alias = self.bring(file, *more)
        self.assertIn(f"public key:   {KINDS[kind][2]}", text)
        self.assertEqual(self.public_key_in_store(alias), maker_public_key)

    def test_keystores_of_keytool(self):
        for kind, (_, words, _, _) in KINDS.items():
            for form in ("JKS", "JCEKS", "PKCS12"):
                with self.subTest(kind=kind, form=form):
                    file = self.home / f"{kind}.{form}"
                    own = ("-keypass:env", "FILE_SECRET") if form != "PKCS12" else ()
                    self.keytool("-genkeypair", "-storetype", form, "-keystore", file, "-storepass:env", "FILE_SECRET", *own,
                                 "-alias", "one", "-dname", f"CN={kind}", "-keyalg", *words)
                    pem = self.home / "keytool.pem"
                    self.keytool("-exportcert", "-rfc", "-keystore", file, "-storepass:env", "FILE_SECRET", "-alias", "one",
                                 "-file", pem)
                    self.assert_comes_in(file, kind, self.openssl("x509", "-in", pem, "-noout", "-pubkey"))

    def test_files_of_openssl(self):
        for kind, (words, _, _, _) in KINDS.items():
            key, certificate = self.self_signed(kind, *words)
            public = self.public_key_of(key)
            for name, options in (("new.p12", ()), ("legacy.p12", ("-legacy",))):
                with self.subTest(kind=kind, form=name):
                    file = self.home / f"{kind}-{name}"
                    self.openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", file, "-passout",
                                 "env:FILE_SECRET", *options)
                    self.assert_comes_in(file, kind, public)
            for form in ("PEM", "DER"):
                for encrypted in (("-passout", "env:FILE_SECRET"), ("-nocrypt",)):
                    with self.subTest(kind=kind, form=form, encrypted=encrypted[0]):
                        file = self.home / f"{kind}-{encrypted[0]}.{form}"
                        self.openssl("pkcs8", "-topk8", "-in", key, "-outform", form, "-out", file, *encrypted)
                        self.assert_comes_in(file, kind, public, "--cert", certificate)

    def test_files_of_gnutls(self):
        for kind, (words, _, _, _) in KINDS.items():
            key, certificate = self.self_signed(kind, *words)
            for cipher in ("aes-256", "3des", "rc2-40"):
                # certtool takes its passphrase only as a word or from a terminal; it is of this test alone.
                by = ("--load-privkey", key, "--pkcs-cipher", cipher, "--password", self.environment["FILE_SECRET"])
                with self.subTest(kind=kind, cipher=cipher):
                    keystore, pem = self.home / f"{kind}-{cipher}.p12", self.home / f"{kind}-{cipher}.p8"
                    self.run_other("certtool", "--to-p12", "--load-certificate", certificate, "--outder", "--p12-name", "n",
                                   "--outfile", keystore, *by)
                    self.assert_comes_in(keystore, kind, self.public_key_of(key))
                    self.run_other("certtool", "--to-p8", "--outfile", pem, *by)
                    self.assert_comes_in(pem, kind, self.public_key_of(key), "--cert", certificate)


class OurKinds(KeyBench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in KINDS:
            cls.pkgsign("init", "--alias", kind, "--common-name", kind, "--key", kind, "--passphrase", "env:STORE_SECRET")

    def each(self):
        """Every kind in every form that we write."""
        for kind in KINDS:
            for name, more in (("pkcs8", ()), ("pkcs12", ("--to", "pkcs12")), ("legacy", ("--to", "pkcs12", "--legacy"))):
                file = self.home / f"ours-{kind}.{name}"
                if not file.exists():
                    self.take(kind, file, *more)
                yield kind, name, file

    def public_key_in_pkcs12(self, file):
        plain = self.home / "plain.pem"
        plain.write_text(self.openssl("pkcs12", "-in", file, "-passin", "env:FILE_SECRET", "-nocerts", "-noenc"))
        return self.public_key_of(plain)

    def test_openssl_reads_each(self):
        for kind, form, file in self.each():
            public = (self.public_key_of(file, "-passin", "env:FILE_SECRET") if form == "pkcs8" else
                      self.public_key_in_pkcs12(file))
            self.assertEqual(public, self.public_key_in_store(kind))

    def test_keytool_reads_each(self):
        for kind, form, file in self.each():
            if form == "pkcs8":
                continue  # it has no way to import one
            # keytool opens the key itself only when it copies it; what it wrote, OpenSSL reads.
            copy = self.home / f"copy-{kind}.{form}"
            self.keytool("-importkeystore", "-srckeystore", file, "-srcstoretype", "PKCS12", "-srcstorepass:env",
                         "FILE_SECRET", "-destkeystore", copy, "-deststoretype", "PKCS12", "-deststorepass:env", "FILE_SECRET")
            self.assertEqual(self.public_key_in_pkcs12(copy), self.public_key_in_store(kind))

    def test_gnutls_reads_each(self):
        secret = ("--password", self.environment["FILE_SECRET"])
        for kind, form, file in self.each():
            if form == "pkcs8":
                # Its --key-info shows nothing of an encrypted RSA-PSS or Ed25519 key.
                text = self.run_other("certtool", "--pubkey-info", "--load-privkey", file, *secret)
                self.assertIn(f"Public Key Algorithm: {KINDS[kind][3]}", text)
            else:
                text = self.run_other("certtool", "--p12-info", "--inder", "--infile", file, *secret)
                self.assertIn("BEGIN CERTIFICATE", text)
                self.assertIn("PRIVATE KEY", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)

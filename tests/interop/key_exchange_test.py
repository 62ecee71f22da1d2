#!/usr/bin/env python3
"""Keys of keytool, OpenSSL and GnuTLS come in; ours go out, and each of them reads what it can know."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from key_bench import KeyBench  # noqa: E402


class KeysOfOthers(KeyBench):
    def java_keystore(self, form, *aliases, key_secret="env:KEY_SECRET"):
        """A keystore of keytool with a key under each alias."""
        file = self.home / f"{self.id().split('.')[-1]}.{form}"
        for alias in aliases:
            own = ["-keypass:" + key_secret.split(":")[0], key_secret.split(":")[1]] if form != "PKCS12" else []
            self.keytool("-genkeypair", "-storetype", form, "-keystore", file, "-storepass:env", "FILE_SECRET", *own,
                         "-alias", alias, "-keyalg", "RSA", "-keysize", "2048", "-dname", f"CN={alias}")
        return file

    def test_the_products_keystores_come_in(self):
        for form in ("JKS", "JCEKS"):
            with self.subTest(form):
                file = self.java_keystore(form, "_dunesrsa_alias_", "another")
                text, alias = self.bring(file, "--key-passphrase", "env:KEY_SECRET")
                self.assertIn("CN=_dunesrsa_alias_", text)
                self.assertIn(f"is a {form} keystore, which protects a key weakly", text)
                self.take(alias, self.home / f"{form}.pem")
                self.assertEqual(self.public_key_of(self.home / f"{form}.pem", "-passin", "env:FILE_SECRET"),
                                 self.public_key_in_store(alias))
                text, _ = self.bring(file, "--key-passphrase", "env:KEY_SECRET", "--source-alias", "ANOTHER")
                self.assertIn("CN=another", text)

    def test_a_key_under_the_passphrase_of_its_keystore_needs_no_second(self):
        for form in ("JKS", "JCEKS"):
            with self.subTest(form):
                self.bring(self.java_keystore(form, "one", key_secret="env:FILE_SECRET"))

    def test_several_keys_are_not_guessed_among(self):
        file = self.java_keystore("JKS", "red", "green")
        text, _ = self.bring(file, "--key-passphrase", "env:KEY_SECRET", code=1)
        self.assertIn("holds 2 private keys", text)
        self.assertIn("'red'", text)
        text, _ = self.bring(file, "--key-passphrase", "env:KEY_SECRET", "--source-alias", "blue", code=1)
        self.assertIn("holds no private key 'blue'", text)

    def test_pkcs12_of_keytool_comes_in(self):
        file = self.java_keystore("PKCS12", "first", "second")
        text, _ = self.bring(file, "--source-alias", "second")
        self.assertIn("CN=second", text)

    def test_pkcs12_of_openssl_comes_in_with_a_word_on_weak_ones(self):
        key, certificate = self.self_signed("p12")
        for name, options, note in (("new", (), None), ("legacy", ("-legacy",), "OpenSSL's legacy provider"),
                                    ("des3", ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"), "is weak"),
                                    ("nomac", ("-nomac",), "has no MAC"),
                                    ("plain", ("-keypbe", "NONE", "-certpbe", "NONE"), None)):
            with self.subTest(name):
                file = self.home / f"{name}.p12"
                self.openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", "env:FILE_SECRET",
                             "-out", file, *options)
                text, alias = self.bring(file)
                self.assertEqual("note:" in text, note is not None, text)
                self.assertIn(note or "", text)
                self.assertEqual(self.public_key_of(key), self.public_key_in_store(alias))

    def test_pkcs12_of_gnutls_comes_in(self):
        key, certificate = self.self_signed("gnutls")
        for cipher in ("aes-256", "3des", "rc2-40"):
            with self.subTest(cipher):
                file = self.home / f"gnutls-{cipher}.p12"
                # certtool takes its passphrase only as a word or from a terminal; it is of this test alone.
                self.run_other("certtool", "--to-p12", "--load-privkey", key, "--load-certificate", certificate,
                               "--pkcs-cipher", cipher, "--outder", "--p12-name", "n", "--password",
                               self.environment["FILE_SECRET"], "--outfile", file)
                text, _ = self.bring(file)
                self.assertEqual("which is weak" in text, cipher != "aes-256")

    def test_pem_and_der_of_openssl_come_in(self):
        key, certificate = self.self_signed("pem")
        forms = {"pkcs8": ("pkcs8", "-topk8", "-nocrypt"), "pkcs8.der": ("pkcs8", "-topk8", "-nocrypt", "-outform", "DER"),
                 "traditional": ("rsa", "-traditional"), "traditional.der": ("rsa", "-traditional", "-outform", "DER"),
                 "encrypted": ("pkcs8", "-topk8", "-passout", "env:FILE_SECRET"),
                 "encrypted.der": ("pkcs8", "-topk8", "-passout", "env:FILE_SECRET", "-outform", "DER"),
                 "scrypt": ("pkcs8", "-topk8", "-scrypt", "-passout", "env:FILE_SECRET"),
                 "locked": ("rsa", "-traditional", "-aes256", "-passout", "env:FILE_SECRET"),
                 "locked-des3": ("rsa", "-traditional", "-des3", "-passout", "env:FILE_SECRET"),
                 "des": ("pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default",
                         "-passout", "env:FILE_SECRET")}
        for name, words in forms.items():
            with self.subTest(name):
                self.openssl(*words, "-in", key, "-out", self.home / name)
                text, alias = self.bring(self.home / name, "--cert", certificate)
                self.assertEqual(self.public_key_of(key), self.public_key_in_store(alias))
                self.assertEqual("is not encrypted" in text, name.startswith(("pkcs8", "traditional")))
                self.assertEqual("which is weak" in text, name in ("locked-des3", "des"), text)

    def test_a_key_of_gnutls_comes_in(self):
        key, certificate = self.self_signed("gnutls-key")
        file = self.home / "gnutls-pkcs8.pem"
        self.run_other("certtool", "--to-p8", "--load-privkey", key, "--pkcs-cipher", "aes-256", "--password",
                       self.environment["FILE_SECRET"], "--outfile", file)
        self.bring(file, "--cert", certificate)


class OurKeys(KeyBench):
    def take_server(self, name, *more):
        file = self.home / name
        self.take("server", file, *more)
        self.assert_private(file)
        return file

    def test_pkcs8_is_read_by_openssl_and_gnutls_and_is_always_encrypted(self):
        file = self.take_server("ours.pem")
        self.assertTrue(file.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        self.assertEqual(self.public_key_of(file, "-passin", "env:FILE_SECRET"), self.public_key_in_store("server"))
        text = self.openssl("asn1parse", "-in", file)
        for word in ("PBES2", "PBKDF2", ":0927C0", "hmacWithSHA256", "aes-256-cbc"):
            self.assertIn(word, text)
        self.assertIn("Public Key Algorithm: RSA", self.run_other(
            "certtool", "--key-info", "--infile", file, "--password", self.environment["FILE_SECRET"]))

    def test_pkcs12_is_read_by_keytool_openssl_and_gnutls(self):
        for name, more in (("ours.p12", ()), ("legacy.p12", ("--legacy",))):
            with self.subTest(name):
                file = self.take_server(name, "--to", "pkcs12", *more)
                self.assertIn("PrivateKeyEntry", self.keytool("-list", "-keystore", file, "-storepass:env",
                                                              "FILE_SECRET", "-alias", "server"))
                # keytool opens the key itself only when it copies it.
                copy = self.home / f"{name}.copy"
                self.keytool("-importkeystore", "-srckeystore", file, "-srcstorepass:env", "FILE_SECRET",
                             "-destkeystore", copy, "-deststoretype", "PKCS12", "-deststorepass:env", "FILE_SECRET")
                for each in (file, copy):
                    pem = self.openssl("pkcs12", "-in", each, "-passin", "env:FILE_SECRET", "-nocerts", "-noenc")
                    plain = self.home / "plain.pem"
                    plain.write_text(pem)
                    self.assertEqual(self.public_key_of(plain), self.public_key_in_store("server"))
                text = self.run_other("certtool", "--p12-info", "--inder", "--infile", file, "--password",
                                      self.environment["FILE_SECRET"])
                self.assertIn("BEGIN CERTIFICATE", text)
                self.assertEqual("3DES" in text, name == "legacy.p12")

    def test_what_exists_is_not_replaced_unasked(self):
        file = self.home / "exists.pem"
        file.write_text("precious")
        self.assertIn("exists already", self.take("server", file, code=1))
        self.assertEqual(file.read_text(), "precious")
        os.chmod(file, 0o644)
        self.take("server", file, "--force")
        self.assert_private(file)

    def test_nothing_is_written_unencrypted_or_to_a_stream(self):
        self.take("server", "-", code=2)
        self.pkgsign("key", "export", "-o", "none.pem", "--passphrase", "env:STORE_SECRET", code=1)
        self.pkgsign("key", "export", "-o", "none.pem", "--passphrase", "env:WRONG_SECRET", "--file-passphrase",
                     "env:FILE_SECRET", code=1)
        self.pkgsign("key", "export", "-o", "none.pem", "--legacy", "--passphrase", "env:STORE_SECRET", code=2)
        self.assertFalse((self.home / "none.pem").exists())

    def test_a_round_trip_keeps_key_and_certificate(self):
        file = self.take_server("round.p12", "--to", "pkcs12")
        _, alias = self.bring(file)
        self.assertEqual(self.pkgsign("cert", "export", "--alias", alias), self.pkgsign("cert", "export"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

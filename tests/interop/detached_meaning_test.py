#!/usr/bin/env python3
"""One meaning: what was signed as something else is no detached signature, and a detached one is nothing else."""
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from authorities import run  # noqa: E402
from one_meaning_test import DATA_TYPE, INTEGER, NULL, SEQUENCE, SET, SHA256, der, oid  # noqa: E402
from vro_workbench import ROOT, Workbench, read, write  # noqa: E402

SAMPLE = ROOT / "samples/com.example.greeting.package"
RSA = der(SEQUENCE, oid("1.2.840.113549.1.1.1"), NULL)


class DetachedMeaning(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment.pop("SOURCE_DATE_EPOCH", None)
        cls.key, cls.pem = cls.home / "one.key", cls.home / "one.crt"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", cls.key, "-out", cls.pem, "-subj", "/CN=one")

    def judge(self, file, code, *more):
        return self.tool("pkgverify", "check", "--trust", self.pem, *more, file, code=code)

    def sign_as_one(self, *words, code=0):
        return self.tool("pkgsign", "sign", "--key", self.key, "--cert", self.pem, *words, code=code)

    def certificate_der(self):
        return run_bytes("openssl", "x509", "-in", self.pem, "-outform", "DER")

    def raw_block(self, signature):
        """A SignedData without signed attributes around a raw signature of the package's layout."""
        certificate = self.certificate_der()
        issuer = run_bytes("openssl", "asn1parse", "-in", self.pem, "-noout", "-strparse",
                           self.offset_of_issuer(), "-out", "/dev/stdout")
        serial = int(run("openssl", "x509", "-in", self.pem, "-noout", "-serial").split("=")[1], 16)
        number = serial.to_bytes((serial.bit_length() + 8) // 8, "big")
        signer = der(SEQUENCE, der(INTEGER, b"\x01"), der(SEQUENCE, issuer, der(INTEGER, number)), SHA256, RSA,
                     der(0x04, signature))
        data = der(SEQUENCE, der(INTEGER, b"\x01"), der(SET, SHA256), der(SEQUENCE, DATA_TYPE), der(0xA0, certificate),
                   der(SET, signer))
        return der(SEQUENCE, oid("1.2.840.113549.1.7.2"), der(0xA0, data))

    def offset_of_issuer(self):
        rows = [row for row in run("openssl", "asn1parse", "-in", self.pem).splitlines() if ":d=2" in row]
        return rows[3].split(":")[0].strip()

    def test_a_signature_of_a_package_is_none_over_its_member(self):
        package = self.home / "raw.package"
        self.sign_as_one(SAMPLE, "-o", package)
        entries = read(package)
        member = next(name for name in entries if name.startswith("elements/") and name.endswith("/data"))
        file = self.home / "member"
        file.write_bytes(entries[member])
        block = self.raw_block(entries[f"signatures/{member}"])
        pathlib.Path(f"{file}.p7s").write_bytes(block)
        # OpenSSL takes it for one, so the attack is real.
        run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{file}.p7s", "-content", file, "-CAfile", self.pem,
            "-purpose", "any", "-out", "/dev/null")
        self.assertIn("ambiguous-member", self.judge(file, 13))

    @unittest.skipUnless(shutil.which("jarsigner"), "jarsigner is not here (Debian: default-jdk-headless)")
    def test_a_block_of_a_jar_is_none_over_its_list_and_the_other_way_round(self):
        store, jar = self.home / "one.p12", self.home / "one.jar"
        run("openssl", "pkcs12", "-export", "-in", self.pem, "-inkey", self.key, "-name", "one", "-passout", "pass:secret", "-out",
            store)
        write(jar, {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n\r\n", "a.txt": b"a\n"})
        run("jarsigner", "-keystore", store, "-storepass", "secret", jar, "one")
        self.judge(jar, 0)
        entries = read(jar)
        file = self.home / "ONE.SF"
        file.write_bytes(entries["META-INF/ONE.SF"])
        beside = pathlib.Path(f"{file}.p7s")
        beside.write_bytes(entries["META-INF/ONE.RSA"])
        self.judge(file, 13)
        # What --force made over the list is no block of the JAR.
        self.sign_as_one("--detached", "--replace", file, code=13)
        self.sign_as_one("--detached", "--replace", "--force", file)
        self.judge(file, 0)
        entries["META-INF/ONE.RSA"] = beside.read_bytes()
        self.assertIn("context-differs", self.judge(write(jar, entries), 13))

    def test_a_content_of_its_own_or_of_another_type_is_none_over_a_file(self):
        file = self.home / "file"
        file.write_bytes(b"content\n")
        beside = f"{file}.p7s"
        sign = ["openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", file, "-signer", self.pem, "-inkey", self.key,
                "-outform", "DER", "-out", beside]
        run(*sign)
        self.judge(file, 0)
        run(*sign, "-nodetach")
        self.judge(file, 13)
        run(*sign, "-econtent_type", "1.2.840.113549.1.9.16.1.4")
        self.judge(file, 13)
        run(*sign, "-noattr")
        self.judge(file, 13)

    def test_a_detached_signature_is_no_time_stamp(self):
        file = self.home / "late"
        file.write_bytes(b"content\n")
        self.sign_as_one("--detached", file)
        response = self.home / "response"
        response.write_bytes(der(SEQUENCE, der(SEQUENCE, der(INTEGER, b"\x00")), pathlib.Path(f"{file}.p7s").read_bytes()))
        self.assertIn("not a time stamp token", self.tool("pkgsign", "timestamp", "--tsr-in", response, file, code=17))


def run_bytes(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True).stdout


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""A member of a package that is at the same time the signed attributes of a CMS signature over other text.

The vRO layout signs raw bytes. If a member is the DER of a SET OF attributes whose messageDigest is that of some
text, then the member's raw signature is also a CMS signature over that text: OpenSSL confirms it here. So pkgsign
must refuse to sign such a member.
"""
import hashlib
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from vro_workbench import Workbench, read, write  # noqa: E402


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def oid(dotted):
    numbers = [int(number) for number in dotted.split(".")]
    body = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(0x80 | (number & 0x7F))
        body += bytes(reversed(septets))
    return der(0x06, body)


SEQUENCE, SET, OCTETS, INTEGER, NULL = 0x30, 0x31, 0x04, 0x02, b"\x05\x00"
SHA256 = der(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), NULL)
DATA_TYPE = oid("1.2.840.113549.1.7.1")


def signed_attributes(text):
    """RFC 5652 5.3: contentType and messageDigest, as the SET OF that is signed (5.4)."""
    content_type = der(SEQUENCE, oid("1.2.840.113549.1.9.3"), der(SET, DATA_TYPE))
    digest = der(SEQUENCE, oid("1.2.840.113549.1.9.4"), der(SET, der(OCTETS, hashlib.sha256(text).digest())))
    return der(SET, content_type, digest)


RSA = der(SEQUENCE, oid("1.2.840.113549.1.1.1"), NULL)
ED25519 = der(SEQUENCE, oid("1.3.101.112"))


def cms(certificate, attributes, signature, algorithm=RSA):
    """A detached SignedData that carries the attributes and the raw signature over them; without attributes (None) the
    signature is over the content itself (RFC 5652 5.4)."""
    # TBSCertificate: [0] version, serialNumber, signature, issuer.
    asn1 = subprocess.run(["openssl", "asn1parse", "-inform", "DER"], input=certificate, capture_output=True,
                          check=True).stdout.decode().splitlines()
    fields = [line for line in asn1 if ":d=2" in line]

    def slice_of(line):
        offset = int(line.split(":")[0])
        header = int(line.split("hl=")[1].split()[0])
        length = int(line.split("l=")[2].split()[0])
        return certificate[offset:offset + header + length]
    signer_id = der(SEQUENCE, slice_of(fields[3]), slice_of(fields[1]))
    signer_info = der(SEQUENCE, der(INTEGER, b"\x01"), signer_id, SHA256,
                      b"" if attributes is None else b"\xa0" + attributes[1:], algorithm, der(OCTETS, signature))
    signed_data = der(SEQUENCE, der(INTEGER, b"\x01"), der(SET, SHA256), der(SEQUENCE, DATA_TYPE),
                      der(0xA0, certificate), der(SET, signer_info))
    return der(SEQUENCE, oid("1.2.840.113549.1.7.2"), der(0xA0, signed_data))


class OneMeaning(Workbench):
    TEXT = b"I owe the bearer everything.\n"

    def test_openssl_takes_a_raw_signature_over_the_member_as_a_signature_over_other_text(self):
        key, certificate = self.home / "key.pem", self.home / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=Victim", "-days", "30"], check=True, capture_output=True)
        attributes = signed_attributes(self.TEXT)
        (self.home / "member").write_bytes(attributes)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key, self.home / "member"], check=True,
                                   capture_output=True).stdout
        certificate_der = subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], check=True,
                                         capture_output=True).stdout
        (self.home / "forged.p7s").write_bytes(cms(certificate_der, attributes, signature))
        (self.home / "text").write_bytes(self.TEXT)
        done = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.home / "forged.p7s",
                               "-content", self.home / "text", "-CAfile", certificate, "-purpose", "any"],
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, self.TEXT)

    def test_the_attributes_in_a_jars_block_are_no_member_of_a_package(self):
        """Key and signature are the same, and so are the bytes that are signed: a part of a JAR, put in a package."""
        key, certificate = self.home / "both.key", self.home / "both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=Both", "-days", "30"], check=True, capture_output=True)
        attributes = signed_attributes(b"Signature-Version: 1.0\r\n\r\n")
        (self.home / "attributes").write_bytes(attributes)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key, self.home / "attributes"], check=True,
                                   capture_output=True).stdout
        target = self.home / "spliced.package"
        self.tool("pkgsign", "sign", self.package_with("tags", b"<tags/>"), "-o", target, "--key", key, "--cert",
                  certificate, "--vro-unbound")
        entries = read(target)
        self.check(target, 0, "--trust", certificate)
        place = "elements/00000000-0000-4000-8000-000000000001/version-history"
        write(target, {**entries, place: attributes, "signatures/" + place: signature})
        self.check(target, 13, "--trust", certificate, says="ambiguous-member")

    def package_with(self, name, content):
        properties = ('<?xml version="1.0" encoding="UTF-8"?>\n'
                      '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n<properties>\n'
                      '<comment>UTF-16</comment>\n%s</properties>\n')
        meta = properties % ('<entry key="pkg-name">com.example.meaning</entry>\n'
                             '<entry key="pkg-id">0123456789abcdef</entry>\n')
        info = properties % ('<entry key="type">ResourceElement</entry>\n'
                             '<entry key="id">00000000-0000-4000-8000-000000000001</entry>\n')
        element = "elements/00000000-0000-4000-8000-000000000001/"
        return write(self.home / "meaning.package",
                     {"dunes-meta-inf": meta.encode(), element + "info": info.encode(),
                      element + "data": b"plain", element + name: content})

    def test_pkgsign_refuses_to_sign_it(self):
        target = self.home / "signed.package"
        package = self.package_with("version-history", signed_attributes(self.TEXT))
        text = self.sign(package, target, code=13)
        self.assertIn("version-history", text)
        self.assertFalse(target.exists())

    def test_pkgsign_refuses_manifests_of_other_layouts(self):
        manifests = {
            "an OVA manifest": b"SHA256(disk.vmdk)= " + b"a" * 64 + b"\n",
            "a JAR manifest": b"Manifest-Version: 1.0\r\n\r\n",
            "a JAR signature file": b"Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: AAAA\r\n\r\n",
            "an mtree manifest": b"#mtree\n. type=dir\n./a type=file size=1 sha256digest=" + b"a" * 64 + b"\n",
        }
        for what, content in manifests.items():
            with self.subTest(what=what):
                target = self.home / "signed.package"
                self.sign(self.package_with("tags", content), target, code=13)
                self.assertFalse(target.exists())

    def test_the_same_package_without_it_is_signed(self):
        target = self.home / "harmless.package"
        self.sign(self.package_with("tags", b"<tags/>"), target)
        self.assertIn("signatures/dunes-meta-inf", read(target))
        self.check(target, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

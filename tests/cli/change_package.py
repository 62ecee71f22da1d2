#!/usr/bin/env python3
"""Changes a package as an attacker or a tester would, with another program's ZIP writer (Python's).

  tamper IN OUT          one byte of one element's data
  certificate IN OUT     writes the signer's certificate as PEM
  hostile OUT            makes an unsigned archive whose entry names are hostile
"""
import base64
import re
import sys
import zipfile

HOSTILE = ["line\nverified  other.package", "\x1b[2Jverified\x1b[0m", "$(touch pwned)", "'; touch pwned #",
           "gnp.\u202eexe", "-rf", "\u2028next"]


def tamper(source, target):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        done = False
        for item in old.infolist():
            content = old.read(item)
            if not done and re.fullmatch(r"elements/[^/]+/data", item.filename):
                content, done = content[:-1] + bytes([content[-1] ^ 1]), True
            new.writestr(zipfile.ZipInfo(item.filename), content, zipfile.ZIP_DEFLATED)


def certificate(source, target):
    with zipfile.ZipFile(source) as package:
        properties = package.read("dunes-meta-inf").decode()
        signer = re.search(r'<entry key="pkg-signer">([^<]*)</entry>', properties)[1]
        der = package.read(f"certificates/{signer}.cer")
    with open(target, "w", encoding="ascii") as pem:
        text = base64.encodebytes(der).decode()
        pem.write(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n")


def hostile(target):
    with zipfile.ZipFile(target, "w") as package:
        for name in HOSTILE:
            package.writestr(zipfile.ZipInfo(name), b"x")


if __name__ == "__main__":
    {"tamper": tamper, "certificate": certificate, "hostile": hostile}[sys.argv[1]](*sys.argv[2:])

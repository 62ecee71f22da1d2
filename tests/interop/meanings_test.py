#!/usr/bin/env python3
"""A signature has one meaning: each kind of signature that pkgsign makes is shown as each of the others, with the bytes
that it signs, and beside the bytes that the other kind would sign. None is accepted; shown as itself, each is."""
import base64
import hashlib
import io
import itertools
import json
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import time
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from one_meaning_test import ED25519, cms  # noqa: E402
from vro_workbench import ROOT, Workbench, read, write  # noqa: E402

MEMBER = "elements/00000000-0000-4000-8000-000000000001/data"

OVF = b"""<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"><References/></Envelope>
"""


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o644
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def members_of(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}


def entries_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def raw_parts(block):
    """The signed attributes as they are signed, and the signature value, of the first signer."""
    text = subprocess.run(["openssl", "asn1parse", "-inform", "DER"], input=block, capture_output=True, check=True).stdout
    rows = [re.match(r"\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+) \w+:\s+(.*)", row).groups() for row in text.decode().splitlines()]
    inner = [(int(at), int(head), int(size), what) for at, depth, head, size, what in rows if depth == "5"]
    attributes = next(block[at:at + head + size] for at, head, size, what in inner if what.startswith("cont [ 0 ]"))
    signature = [block[at + head:at + head + size] for at, head, size, what in inner if what.startswith("OCTET STRING")][-1]
    return b"\x31" + attributes[1:], signature


class Meanings(Workbench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tool("pkgsign", "init", "--alias", "next", "--common-name", "Next", "--key", "rsa-2048", "--passphrase", "env:SIGNING")
        # Without the promise of bound packages, whose seal would catch a raw signature that was moved.
        cls.tool("pkgsign", "init", "--alias", "plain", "--common-name", "Plain", "--compat", "product", "--passphrase", "env:SIGNING")
        cls.certificate = cls.home / "plain.pem"
        cls.tool("pkgsign", "cert", "export", "--alias", "plain", "-o", cls.certificate)
        plain = cls.home / "plain"
        plain.mkdir()
        cls.jar = plain / "a.jar"
        with zipfile.ZipFile(cls.jar, "w") as archive:
            archive.writestr("a.txt", "a")
        cls.tar = plain / "a.tar"
        cls.tar.write_bytes(tar_of({"a.txt": b"a"}))
        cls.ova = plain / "a.ova"
        cls.ova.write_bytes(tar_of({"a.ovf": OVF}))
        cls.text = plain / "a.txt"
        cls.text.write_text("content\n")
        cls.tool("pkgsign", "init", "--key", "minisign", "--alias", "mini", "--passphrase", "env:SIGNING")
        cls.public_key = cls.home / "mini.pub"
        cls.tool("pkgsign", "cert", "export", "--alias", "mini", "-o", cls.public_key)
        cls.makers = {"jar": cls.as_jar, "tar": cls.as_tar, "ova": cls.as_ova, "p7s": cls.as_p7s, "vro": cls.as_vro,
                      "minisig": cls.as_minisig}
        cls.own = {name: getattr(cls, f"own_{name}")() for name in cls.makers}
        cls.number = itertools.count()

    # What each layout signs: the message, and the CMS (for vro the raw signature) over it.

    @classmethod
    def signed(cls, path, *more):
        out = cls.home / ("signed-" + path.name)
        cls.sign(path, out, "--alias", "plain", *more)
        return out

    @classmethod
    def own_jar(cls):
        cls.signed_jar = entries_of(cls.signed(cls.jar))
        cls.block = next(name for name in cls.signed_jar if name.endswith(".RSA"))
        cls.list = cls.block.removesuffix(".RSA") + ".SF"
        return cls.signed_jar[cls.list], cls.signed_jar[cls.block]

    @classmethod
    def own_tar(cls):
        cls.signed_tar = members_of(cls.signed(cls.tar))
        return cls.signed_tar[".signatures/001.mtree"], cls.signed_tar[".signatures/001.p7s"]

    @classmethod
    def own_ova(cls):
        cls.signed_ova = members_of(cls.signed(cls.ova, "--cms"))
        pem = re.search(rb"-----BEGIN CMS-----.*-----END CMS-----\n", cls.signed_ova["a.cert"], re.S)[0]
        der = subprocess.run(["openssl", "cms", "-cmsout", "-inform", "PEM", "-outform", "DER"], input=pem, capture_output=True,
                             check=True).stdout
        return cls.signed_ova["a.mf"], der

    @classmethod
    def own_p7s(cls):
        return cls.text.read_bytes(), cls.p7s_over(cls.text.read_bytes())

    @classmethod
    def own_vro(cls):
        cls.signed_vro = read(cls.signed(ROOT / "samples/com.example.greeting.package", "--vro-unbound"))
        cls.member = next(name for name in sorted(cls.signed_vro) if name.startswith("elements/") and name.endswith("/categories"))
        return cls.signed_vro[cls.member], cls.signed_vro["signatures/" + cls.member]

    @classmethod
    def own_minisig(cls):
        """The raw signature; the comment that is signed with it stays beside it."""
        message = b"content of its own\n"
        path = cls.home / "mini.txt"
        path.write_bytes(message)
        cls.tool("pkgsign", "sign", "--detached", path, "--alias", "mini", "--passphrase", "env:SIGNING")
        cls.signed_minisig = pathlib.Path(f"{path}.minisig").read_text(encoding="utf-8").splitlines()
        return message, base64.b64decode(cls.signed_minisig[1])[10:]

    @classmethod
    def p7s_over(cls, message):
        """Our own signature beside a file with these bytes: --force signs even the list of another layout."""
        path = cls.home / "message"
        path.write_bytes(message)
        cls.tool("pkgsign", "sign", "--detached", "--replace", "--force", path, "--alias", "plain", "--passphrase", "env:SIGNING")
        return pathlib.Path(f"{path}.p7s").read_bytes()

    # Each layout with another message and signature in the place of its own.

    def target(self, suffix):
        return self.home / f"shown{next(self.number)}{suffix}"

    def as_jar(self, message, block):
        return write(self.target(".jar"), {**self.signed_jar, self.list: message, self.block: block})

    def as_tar(self, message, block):
        path = self.target(".tar")
        path.write_bytes(tar_of({**self.signed_tar, ".signatures/001.mtree": message, ".signatures/001.p7s": block}))
        return path

    def as_ova(self, message, block):
        text = re.sub(rb"(.{64})(?!$)", rb"\1\n", base64.b64encode(block))
        pem = b"-----BEGIN CMS-----\n" + text + b"\n-----END CMS-----\n"
        certificate = re.sub(rb"-----BEGIN CMS-----.*-----END CMS-----\n", lambda _: pem, self.signed_ova["a.cert"], flags=re.S)
        path = self.target(".ova")
        path.write_bytes(tar_of({**self.signed_ova, "a.mf": message, "a.cert": certificate}))
        return path

    def as_ova_line(self, message, block):
        """The raw value of the CMS in the line of digits: its signed attributes would be the manifest."""
        attributes, signature = raw_parts(block)
        line = b"SHA256(a.mf)= " + signature.hex().encode() + b"\n"
        certificate = re.sub(rb"^SHA256.*\n", lambda _: line, self.signed_ova["a.cert"])
        path = self.target(".ova")
        path.write_bytes(tar_of({**self.signed_ova, "a.mf": attributes, "a.cert": certificate}))
        return path

    def as_p7s(self, message, block):
        path = self.target(".txt")
        path.write_bytes(message)
        pathlib.Path(f"{path}.p7s").write_bytes(block)
        return path

    def as_minisig(self, message, signature):
        """Another signature value in the place of its own."""
        lines = list(self.signed_minisig)
        lines[1] = base64.b64encode(base64.b64decode(lines[1])[:10] + signature).decode()
        path = self.target(".txt")
        path.write_bytes(message)
        pathlib.Path(f"{path}.minisig").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def check(self, package, code, *more, says=()):
        return super().check(package, code, "--trust", self.public_key, *more, says=says)

    def as_vro(self, message, signature):
        """A raw value over the signed attributes, which are then the member."""
        if signature[:1] == b"\x30" and len(signature) > 64:
            message, signature = raw_parts(signature)
        return write(self.target(".package"), {**self.signed_vro, self.member: message, "signatures/" + self.member: signature})

    def test_shown_as_itself_each_is_accepted(self):
        for kind, make in self.makers.items():
            with self.subTest(kind):
                self.check(make(self, *self.own[kind]), 0)

    def test_shown_as_another_none_is_accepted(self):
        shown = 0
        for source, target in itertools.permutations(self.makers, 2):
            message, signature = self.own[source]
            if source == "vro":  # raw: as a CMS signature without signed attributes it would be one over the member
                signature = self.without_attributes(signature)
            for said in (message, self.own[target][0]):
                with self.subTest(source=source, shown_as=target, own_message=said == message):
                    self.check(self.makers[target](self, said, signature), 13)
                    shown += 1
        self.assertEqual(shown, 2 * len(self.makers) * (len(self.makers) - 1))

    def test_our_signature_beside_a_list_is_none_within_its_layout(self):
        """Whoever signs a file that somebody gives him signs no package, even if the file is its list."""
        for kind in ("jar", "tar", "ova"):
            message, _ = self.own[kind]
            block = self.p7s_over(message)
            with self.subTest(kind):
                self.check(self.as_p7s(message, block), 0)
                self.check(self.makers[kind](self, message, block), 13)
                self.check(self.as_ova_line(message, block), 13)

    def test_no_list_becomes_a_member_by_our_hand(self):
        for kind in ("jar", "tar", "ova"):
            message, _ = self.own[kind]
            entries = {name: content for name, content in self.signed_vro.items() if not name.startswith("signatures/")}
            package = write(self.target(".package"), {**entries, self.member: message})
            with self.subTest(kind):
                self.sign(package, self.target(".package"), "--alias", "plain", code=13)

    def test_a_succession_is_no_package_and_no_signature_beside_a_file(self):
        path = self.home / "a.succession"
        self.tool("pkgsign", "succession", "create", "--alias", "plain", "--to", "next", "-o", path, "--passphrase", "env:SIGNING",
                  SOURCE_DATE_EPOCH=str(int(time.time())))
        block = path.read_bytes()
        start = block.index(b'{"')
        document = block[start:start + json.JSONDecoder().raw_decode(block[start:].decode("latin-1"))[1]]
        self.assertIn(b'"kind":"succession"', document)
        for kind, make in self.makers.items():
            for said in (document, self.own[kind][0]):
                with self.subTest(kind, own_message=said == document):
                    self.check(make(self, said, block), 13)

    def test_no_signature_is_taken_for_a_succession(self):
        for kind in ("jar", "tar", "ova", "p7s"):
            path = self.target(".succession")
            path.write_bytes(self.own[kind][1])
            with self.subTest(kind):
                self.tool("pkgverify", "trust", "follow", "--follow-succession", path, code=13)

    def bundle(self):
        """A signed trust bundle, and the document in it."""
        path = self.home / "a.bundle"
        if not path.exists():
            key, draft = self.home / "statement.pem", self.home / "bundle.json"
            self.tool("pkgsign", "bundle", "key", "-o", key)
            self.tool("pkgverify", "trust", "add", self.certificate)
            self.tool("pkgverify", "trust", "export", "--name", "site", "--bundle-version", "1", "--expires", "2090-01-01", "--key-of",
                      key, "-o", draft)
            self.tool("pkgsign", "bundle", "sign", draft, "-o", path, "--passphrase", "env:SIGNING",
                      SOURCE_DATE_EPOCH=str(int(time.time())))
        return (self.home / "bundle.json").read_bytes(), path.read_bytes()

    def statement_key(self):
        pem = self.home / "statement.pem"
        der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True, capture_output=True).stdout
        return "sha256:" + hashlib.sha256(der).hexdigest()

    def test_a_bundle_is_no_package_and_no_signature_beside_a_file(self):
        document, block = self.bundle()
        for kind, make in self.makers.items():
            for said in (document, self.own[kind][0]):
                with self.subTest(kind, own_message=said == document):
                    self.check(make(self, said, block), 13)

    def test_a_bundle_is_no_succession(self):
        self.bundle()
        self.tool("pkgverify", "trust", "follow", "--follow-succession", self.home / "a.bundle", code=13)

    def test_no_signature_and_no_succession_is_taken_for_a_bundle(self):
        self.bundle()
        succession = self.home / "b.succession"
        self.tool("pkgsign", "succession", "create", "--alias", "plain", "--to", "next", "-o", succession, "--passphrase", "env:SIGNING",
                  SOURCE_DATE_EPOCH=str(int(time.time())))
        package = self.as_jar(*self.own["jar"])
        self.tool("pkgverify", "check", package, "--trust-bundle", self.home / "a.bundle", "--bundle-key", self.statement_key())
        shown = {kind: self.own[kind][1] for kind in ("jar", "tar", "ova", "p7s")} | {"succession": succession.read_bytes()}
        for kind, block in shown.items():
            path = self.target(".bundle")
            path.write_bytes(block)
            with self.subTest(kind):
                self.tool("pkgverify", "check", package, "--trust-bundle", path, "--bundle-key", self.statement_key(), code=1)
                self.tool("pkgsign", "bundle", "sign", path, "-o", self.target(".out"), "--passphrase", "env:SIGNING", code=13)

    def audit_head(self):
        """The exported log, what its signed head is over, the raw signature, and the certificate of the statement key."""
        path = self.home / "audit.ndjson"
        if not path.exists():
            self.tool("pkgsign", "audit", "export", "-o", path)
        head = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
        certificate = base64.b64decode(head["certificate"])
        message = b"pkgtrust audit head 1\n" + bytes.fromhex(head["log"]) + struct.pack("<Q", head["signedHead"]) + \
            bytes.fromhex(head["digest"]) + head["time"].encode() + hashlib.sha256(certificate).digest()
        return path, message, base64.b64decode(head["signature"]), certificate

    def test_an_audit_head_is_no_package_and_no_signature_beside_a_file(self):
        log, message, signature, certificate = self.audit_head()
        key, content, raw = (self.home / name for name in ("head.key", "head.message", "head.signature"))
        content.write_bytes(message)
        raw.write_bytes(signature)
        public = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-pubkey"], input=certificate, check=True,
                                capture_output=True).stdout
        key.write_bytes(public)
        # That these are the bytes which are signed: else all below would be refused for nothing.
        subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", content, "-sigfile", raw],
                       check=True, capture_output=True)
        statement = self.home / "head.pem"
        statement.write_bytes(subprocess.run(["openssl", "x509", "-inform", "DER"], input=certificate, check=True,
                                             capture_output=True).stdout)
        for kind, make in self.makers.items():
            block = signature if kind in ("vro", "minisig") else cms(certificate, None, signature, ED25519)
            for said in (message, self.own[kind][0]):
                with self.subTest(kind, own_message=said == message):
                    self.check(make(self, said, block), 13, "--trust", statement)
        self.tool("pkgsign", "audit", "verify", log)

    def test_no_signature_is_taken_for_an_audit_head(self):
        log, _, _, _ = self.audit_head()
        lines = log.read_text(encoding="utf-8").splitlines()
        head = json.loads(lines[-1])
        shown = {kind: self.own[kind][1] for kind in self.makers} | {"bundle": self.bundle()[1]}
        for kind, block in shown.items():
            forged = self.target(".ndjson")
            forged.write_text("\n".join([*lines[:-1], json.dumps(head | {"signature": base64.b64encode(block).decode()},
                                                                 separators=(",", ":"))]) + "\n", encoding="utf-8")
            with self.subTest(kind):
                self.tool("pkgsign", "audit", "verify", forged, code=13)

    def test_a_backup_is_no_signed_document_and_none_is_a_backup(self):
        backup = self.home / "a.backup"
        self.tool("pkgsign", "backup", "create", "-o", backup, "--passphrase", "env:SIGNING", "--file-passphrase", "env:SIGNING",
                  "--kdf-cost", "1:8")
        block = backup.read_bytes()
        for kind, make in self.makers.items():
            with self.subTest(kind):
                self.check(make(self, self.own[kind][0], block[:64] if kind in ("vro", "minisig") else block), 13)
        self.tool("pkgverify", "trust", "follow", "--follow-succession", backup, code=13)
        self.bundle()
        self.tool("pkgverify", "trust", "import", backup, "--bundle-key", self.statement_key(), code=13)
        self.check(backup, 10)
        for kind, block in {**{kind: self.own[kind][1] for kind in self.makers}, "bundle": self.bundle()[1]}.items():
            path = self.target(".backup")
            path.write_bytes(block)
            with self.subTest(kind):
                self.tool("pkgsign", "backup", "verify", path, "--file-passphrase", "env:SIGNING", code=1)

    def without_attributes(self, signature):
        """A CMS signature that is the raw value over the member; OpenSSL takes it as one over the same bytes."""
        certificate = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], check=True,
                                     capture_output=True).stdout
        made, content = self.home / "raw.p7s", self.home / "raw.content"
        made.write_bytes(cms(certificate, None, signature))
        content.write_bytes(self.own["vro"][0])
        subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", made, "-content", content, "-CAfile",
                        self.certificate, "-purpose", "any", "-out", "/dev/null"], check=True, capture_output=True)
        return made.read_bytes()


if __name__ == "__main__":
    unittest.main(verbosity=2)

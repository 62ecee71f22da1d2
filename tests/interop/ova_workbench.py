"""What the tests on virtual appliances share: signers whose keys OpenSSL made, appliances, and a knife for them."""
import hashlib
import io
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
DATA = pathlib.Path(os.environ["PKGTRUST_TEST_DATA"]) / "ova"
REQUIRED = os.environ.get("PKGTRUST_REQUIRE_DATA") == "1"
NOW = "2026-11-23T12:00:00Z"
KINDS = {"rsa": ["rsa:2048"], "other": ["rsa:2048"], "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
         "ed25519": ["ed25519"]}
DESCRIPTOR = b"""<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:href="disk.vmdk" ovf:id="file1"/>
    <File ovf:href="second%20disk.vmdk" ovf:id="file2"/>
  </References>
</Envelope>
"""
FILES = {"vm.ovf": DESCRIPTOR, "disk.vmdk": bytes(range(256)) * 40, "second disk.vmdk": b"second\n" * 1000}


def manifest_of(files, form="SHA256({name})= {digest}\n", algorithm="sha256"):
    return "".join(form.format(name=name, digest=hashlib.new(algorithm, content).hexdigest())
                   for name, content in files.items()).encode()


def read(path):
    """Every member with its content, in order, names twice kept."""
    with tarfile.open(path) as archive:
        return [(member.name, archive.extractfile(member).read()) for member in archive]


def write(path, members, form=tarfile.USTAR_FORMAT):
    pairs = members.items() if isinstance(members, dict) else members
    with tarfile.open(path, "w", format=form) as archive:
        for name, content in pairs:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(content), 1_790_000_000, 0o644
            archive.addfile(info, io.BytesIO(content))
    return path


class OvaWorkbench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="pkgtrust-test-")
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.home), "LC_ALL": "C.UTF-8",
                           "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        for name, kind in KINDS.items():
            cls.run_tool("openssl", "req", "-x509", "-noenc", "-newkey", *kind, "-keyout", cls.home / f"{name}.key", "-out",
                         cls.home / f"{name}.pem", "-subj", f"/CN={name}", "-days", "400", "-addext",
                         "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=codeSigning", code=0)
        cls.unsigned = write(cls.home / "unsigned.ova", FILES)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_tool(cls, tool, *words, code=None, **environment):
        program = BIN / tool if tool.startswith("pkg") else tool
        done = subprocess.run([str(word) for word in (program, *words)], capture_output=True, stdin=subprocess.DEVNULL,
                              env={**cls.environment, **environment}, cwd=cls.home, timeout=300)
        done.text = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
        if code is not None and done.returncode != code:
            raise AssertionError(f"{tool} {words}: {done.returncode}, not {code}\n{done.text}")
        return done

    def sign(self, source, *options, signer="rsa", name=None, code=0, **environment):
        out = self.home / (name or f"{self._testMethodName}.ova")
        self.run_tool("pkgsign", "sign", source, "-o", out, "-f", "--key", self.home / f"{signer}.key", "--cert",
                      self.home / f"{signer}.pem", *options, code=code, **environment)
        return out

    def check(self, path, code, *said, trust="rsa", options=()):
        done = self.run_tool("pkgverify", "check", "--trust", self.home / f"{trust}.pem", *options, path, code=code)
        for words in said:
            self.assertIn(words, done.text)
        return done

    def certificate_text(self, manifest, signer="rsa", name="vm.mf", algorithm="sha256", token="SHA256", cms=b""):
        """A certificate file made by OpenSSL alone."""
        (self.home / "to-sign.mf").write_bytes(manifest)
        signature = self.run_tool("openssl", "dgst", f"-{algorithm}", "-sign", self.home / f"{signer}.key",
                                  self.home / "to-sign.mf", code=0).stdout
        return f"{token}({name})= {signature.hex()}\n".encode() + (self.home / f"{signer}.pem").read_bytes() + cms

    def cms_of(self, manifest, signer="rsa", *options):
        (self.home / "to-sign.mf").write_bytes(manifest)
        text = self.run_tool("openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", self.home / "to-sign.mf", "-signer",
                             self.home / f"{signer}.pem", "-inkey", self.home / f"{signer}.key", "-outform", "PEM", *options,
                             code=0).stdout
        return text

    def appliance(self, files=None, name=None, **wishes):
        """Signed by OpenSSL alone, in the standard's order."""
        files = files or FILES
        manifest = wishes.pop("manifest", None) or manifest_of(files)
        text = wishes.pop("text", None) or self.certificate_text(manifest, **wishes)
        first, *rest = files.items()
        return write(self.home / (name or f"{self._testMethodName}.ova"),
                     [first, ("vm.mf", manifest), ("vm.cert", text), *rest])

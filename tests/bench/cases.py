"""What compare.py measures: a store and keys of its own, and for each workload the commands that compete."""
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
WORK = pathlib.Path(os.environ["PKGTRUST_WORKLOADS"])
VERIFY = str(BIN / "pkgverify")
SIGN = str(BIN / "pkgsign")
SMALL_PACKAGES = 1000
# One process of a peer for each small package would take minutes: this many are started, and the time scaled.
PEER_PACKAGES = 20


class Setting:
    """A store of its own, keys for the peers, and every workload signed once."""

    def __init__(self, home):
        self.home = home
        self.store = str(home / "store")
        self.passphrase = home / "passphrase"
        self.passphrase.touch(0o600)
        self.passphrase.write_text("only for measuring\n")
        self.init("bench", "rsa-2048")
        self.run(VERIFY, "trust", "add", "--quiet", "--store", self.store, self.exported("bench"))
        self.run("keytool", "-genkeypair", "-alias", "bench", "-keyalg", "RSA", "-keysize", "2048", "-dname",
                 "CN=bench", "-validity", "3650", "-keystore", self.keystore, "-storepass", "measuring")
        self.init("large", "rsa-3072")
        self.init("mini", "minisign")
        self.run(VERIFY, "trust", "add", "--quiet", "--store", self.store, self.exported("mini"))
        self.run(VERIFY, "trust", "add", "--quiet", "--store", self.store, self.exported("large"))
        self.run("minisign", "-G", "-W", "-f", "-p", str(home / "m.pub"), "-s", str(home / "m.key"))

    def init(self, alias, key):
        name = () if key == "minisign" else ("--common-name", f"{alias}.example.com")
        cost = () if pathlib.Path(self.store).exists() else ("--kdf-cost", "interactive")
        self.run(SIGN, "init", "--quiet", "--store", self.store, "--alias", alias, *name, "--key", key, *cost,
                 "--passphrase", f"file:{self.passphrase}")

    def exported(self, alias):
        public = self.home / f"{alias}.pub"
        public.write_bytes(subprocess.run([SIGN, "cert", "export", "--store", self.store, "--alias", alias], check=True,
                                          capture_output=True).stdout)
        return str(public)

    @property
    def keystore(self):
        return str(self.home / "keystore.p12")

    @staticmethod
    def run(*command):
        if shutil.which(command[0]):
            result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"{' '.join(command)}: {result.stderr}")

    def signing(self, alias="bench"):
        return [SIGN, "sign", "--quiet", "--force", "--alias", alias, "--store", self.store, "--passphrase",
                f"file:{self.passphrase}"]

    def sign(self, source, target, alias="bench"):
        return [*self.signing(alias), str(source), "-o", str(target)]

    def check(self, package, *options):
        return [VERIFY, "check", "--quiet", "--store", self.store, *options, str(package)]


def archive_cases(setting, name):
    source, jar, other = WORK / f"{name}.zip", setting.home / f"{name}.jar", setting.home / f"{name}-peer.jar"
    jarsigner = ["jarsigner", "-keystore", setting.keystore, "-storepass", "measuring"]
    yield f"{name} sign", [
        ("pkgsign sign", setting.sign(source, jar), 0),
        ("jarsigner", [*jarsigner, "-signedjar", str(other), str(source), "bench"], 0)]
    yield f"{name} verify", [
        ("pkgverify check", setting.check(jar), 0),
        ("pkgverify check -j1", setting.check(jar, "-j1"), 0),
        ("jarsigner -verify", ["jarsigner", "-verify", str(jar)], 0),
        ("unzip -t", ["unzip", "-tqq", str(source)], 0),
        ("bsdtar -xO", ["bsdtar", "-xOf", str(source)], 0),
        ("7z t", ["7z", "t", str(source)], 0)]


def file_cases(setting):
    source = WORK / "w5.tar"
    signed, detached = setting.home / "w5.tar", setting.home / "w5.tar.p7s"
    os.symlink(source, signed)
    sign = [*setting.signing(), "--detached", str(signed)]
    yield "w5 .p7s sign", [("pkgsign sign --detached", sign, 0),
                           ("openssl dgst -sha256", ["openssl", "dgst", "-sha256", str(source)], 0)]
    if detached.exists():
        yield "w5 .p7s verify", [("pkgverify check", setting.check(signed), 0),
                                 ("openssl dgst -sha256", ["openssl", "dgst", "-sha256", str(source)], 0)]


def minisign_cases(setting):
    source, other = setting.home / "mini.tar", setting.home / "peer.minisig"
    os.symlink(WORK / "w5.tar", source)
    ours = setting.home / "mini.tar.minisig"
    yield "w5 .minisig sign", [
        ("pkgsign sign --detached", [*setting.signing("mini"), "--detached", str(source)], 0),
        ("minisign -S", ["minisign", "-S", "-s", str(setting.home / "m.key"), "-m", str(source), "-x", str(other)], 0)]
    yield "w5 .minisig verify", [
        ("pkgverify check", setting.check(source), 0),
        ("minisign -V", ["minisign", "-V", "-p", str(setting.home / "mini.pub"), "-m", str(source), "-x", str(ours)], 0)]


def ova_cases(setting):
    """An appliance of a descriptor and two disks of 512 MiB each."""
    folder = setting.home / "ova"
    folder.mkdir()
    disks = [folder / "one.vmdk", folder / "two.vmdk"]
    with open(WORK / "w5.tar", "rb") as source:
        for disk in disks:
            with open(disk, "wb") as out:
                for _ in range(512):
                    out.write(source.read(1 << 20))
    references = "".join(f'<File ovf:href="{disk.name}" ovf:id="{disk.stem}"/>' for disk in disks)
    (folder / "vm.ovf").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" '
        f'xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>{references}</References></Envelope>\n')
    plain, signed = setting.home / "plain.ova", setting.home / "signed.ova"
    subprocess.run(["tar", "--format=ustar", "-cf", str(plain), "-C", str(folder), "vm.ovf",
                    *(disk.name for disk in disks)], check=True)
    shutil.rmtree(folder)
    digest = ("openssl dgst -sha256", ["openssl", "dgst", "-sha256", str(plain)], 0)
    yield "OVA sign", [("pkgsign sign", setting.sign(plain, signed), 0), digest]
    plain.unlink()
    yield "OVA sign again, in place", [
        ("pkgsign sign --in-place", [*setting.signing(), "--in-place", "--replace", str(signed)], 0)]
    yield "OVA verify", [("pkgverify check", setting.check(signed), 0),
                         ("pkgverify check -j1", setting.check(signed, "-j1"), 0)]
    signed.unlink()


def small_cases(setting):
    source, folder = setting.home / "small.zip", setting.home / "small"
    folder.mkdir()
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("content.bin", bytes(i * i % 251 for i in range(10_000)), zipfile.ZIP_STORED)
    one = folder / "0.jar"
    setting.run(*setting.sign(source, one))
    for number in range(1, SMALL_PACKAGES):
        shutil.copy(one, folder / f"{number}.jar")
    yield "one package of 10 KB", [("pkgverify check", setting.check(one), 0),
                                   ("jarsigner -verify", ["jarsigner", "-verify", str(one)], 0)]
    peers = "; ".join(["jarsigner -verify " + str(one)] * PEER_PACKAGES)
    yield f"{SMALL_PACKAGES} of them", [
        ("pkgverify check --recursive -j2", setting.check(folder, "--recursive", "-j2"), 0),
        (f"jarsigner, {PEER_PACKAGES} of {SMALL_PACKAGES}: times {SMALL_PACKAGES // PEER_PACKAGES}",
         ["sh", "-c", peers], 0)]


def operations_per_second(bits):
    """Signatures and checks of two cores together, as openssl speed counts them."""
    printed = subprocess.run(["openssl", "speed", "-mr", "-multi", "2", "-seconds", "2", f"rsa{bits}"],
                             capture_output=True, text=True, check=True).stdout
    fields = next(line for line in printed.splitlines() if line.startswith("+F2:")).split(":")
    return float(fields[3]), float(fields[4])


def package_cases(setting):
    source, signed = WORK / "w6.package", setting.home / "w6.package"
    with zipfile.ZipFile(source) as archive:
        signatures = sum(not name.endswith("/") for name in archive.namelist())
    for alias, bits in (("bench", 2048), ("large", 3072)):
        signing, checking = operations_per_second(bits)
        print(f"| w6 floor, RSA-{bits} | {signatures} operations, openssl speed -multi 2 | sign "
              f"{signatures / signing:.3f}, verify {signatures / checking:.3f} | | | |", flush=True)
        yield f"w6 sign, RSA-{bits}", [("pkgsign sign", setting.sign(source, signed, alias), 0)]
        yield f"w6 verify, RSA-{bits}", [("pkgverify check", setting.check(signed), 0)]


def start_cases(_):
    yield "start", [("pkgverify --version", [VERIFY, "--version"], 0), ("openssl version", ["openssl", "version"], 0)]


def cases(setting, wanted):
    for name in ("w1", "w2", "w3", "w4"):
        if name in wanted:
            yield from archive_cases(setting, name)
    if "w5" in wanted:
        yield from file_cases(setting)
        yield from minisign_cases(setting)
    if "ova" in wanted:
        yield from ova_cases(setting)
    if "small" in wanted:
        yield from small_cases(setting)
    if "w6" in wanted:
        yield from package_cases(setting)
    if "start" in wanted:
        yield from start_cases(setting)

#!/usr/bin/env python3
"""Times ours and its peers in turn, A B C A B C, and prints medians and the ratio to ours, pair by pair.

Called by run.sh. Whole processes, started warm: one round before those that count. The ratio is taken within each
round and its median printed, so that a machine that drifts does not decide. Standard library only.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
WORK = pathlib.Path(os.environ["PKGTRUST_WORKLOADS"])
VERIFY = str(BIN / "pkgverify")
SIGN = str(BIN / "pkgsign")


def spent(command, expected):
    """Wall seconds, CPU seconds and peak memory in KiB of one process that must end as expected."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != expected:
        sys.exit(f"{' '.join(command)}: exit {child.returncode}, not {expected}: {complaint.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


class Setting:
    """A store of its own, keys for the peers, and every workload signed once."""

    def __init__(self, home):
        self.home = home
        self.store = str(home / "store")
        self.passphrase = home / "passphrase"
        self.passphrase.touch(0o600)
        self.passphrase.write_text("only for measuring\n")
        self.run(SIGN, "init", "--quiet", "--store", self.store, "--common-name", "bench.example.com", "--key",
                 "rsa-2048", "--kdf-cost", "interactive", "--passphrase", f"file:{self.passphrase}")
        self.certificate = home / "certificate.pem"
        self.certificate.write_bytes(subprocess.run([SIGN, "cert", "export", "--store", self.store], check=True,
                                                    capture_output=True).stdout)
        self.run(VERIFY, "trust", "add", "--quiet", "--store", self.store, str(self.certificate))
        self.run("keytool", "-genkeypair", "-alias", "bench", "-keyalg", "RSA", "-keysize", "2048", "-dname",
                 "CN=bench", "-validity", "3650", "-keystore", self.keystore, "-storepass", "measuring")
        if shutil.which("minisign"):
            self.run("minisign", "-G", "-W", "-f", "-p", str(home / "m.pub"), "-s", str(home / "m.key"))

    @property
    def keystore(self):
        return str(self.home / "keystore.p12")

    @staticmethod
    def run(*command):
        if shutil.which(command[0]):
            result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"{' '.join(command)}: {result.stderr}")

    def sign(self, source, target, *options):
        return [SIGN, "sign", "--quiet", "--force", "--store", self.store, "--passphrase", f"file:{self.passphrase}",
                *options, str(source), "-o", str(target)]

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
    sign = [SIGN, "sign", "--quiet", "--force", "--detached", "--store", setting.store, "--passphrase",
            f"file:{setting.passphrase}", str(signed)]
    yield "w5 .p7s sign", [("pkgsign sign --detached", sign, 0),
                           ("openssl dgst -sha256", ["openssl", "dgst", "-sha256", str(source)], 0)]
    if detached.exists():
        yield "w5 .p7s verify", [("pkgverify check", setting.check(signed), 0),
                                 ("openssl dgst -sha256", ["openssl", "dgst", "-sha256", str(source)], 0)]


def package_cases(setting):
    source, signed = WORK / "w6.package", setting.home / "w6.package"
    yield "w6 sign (RSA-2048)", [("pkgsign sign", setting.sign(source, signed), 0)]
    yield "w6 verify", [("pkgverify check", setting.check(signed), 0)]


def start_cases(_):
    yield "start", [("pkgverify --version", [VERIFY, "--version"], 0), ("openssl version", ["openssl", "version"], 0)]


def cases(setting, wanted):
    for name in ("w1", "w2", "w3", "w4"):
        if name in wanted:
            yield from archive_cases(setting, name)
    if "w5" in wanted:
        yield from file_cases(setting)
    if "w6" in wanted:
        yield from package_cases(setting)
    if "start" in wanted:
        yield from start_cases(setting)


def measure(title, contestants, runs):
    present = [one for one in contestants if shutil.which(one[1][0])]
    for _, command, expected in present:
        spent(command, expected)
    rounds = [[spent(command, expected) for _, command, expected in present] for _ in range(runs)]
    for place, (label, _, _) in enumerate(present):
        of_this = [figures[place] for figures in rounds]
        wall, cpu, peak = (statistics.median(column) for column in zip(*of_this))
        ratio = statistics.median(figures[place][0] / figures[0][0] for figures in rounds)
        print(f"| {title if place == 0 else ''} | {label} | {wall:.3f} | {cpu:.3f} | {peak / 1024:.0f} | "
              f"{'' if place == 0 else f'{ratio:.1f}'} |", flush=True)
    for label, command, _ in contestants:
        if not shutil.which(command[0]):
            print(f"| | {label}: not installed | | | | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="rounds that count (default: 5)")
    parser.add_argument("workload", nargs="*", help="w1 to w6, start (default: all)")
    options = parser.parse_args()
    wanted = options.workload or ["w1", "w2", "w3", "w4", "w5", "w6", "start"]
    print("| what | command | wall s | CPU s | peak MiB | times ours |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=WORK) as home:
        for title, contestants in cases(Setting(pathlib.Path(home)), wanted):
            measure(title, contestants, options.runs)


if __name__ == "__main__":
    main()

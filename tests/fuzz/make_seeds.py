#!/usr/bin/env python3
"""Makes a small seed for each fuzz target: make_seeds.py FOLDER. With the names of replay programs behind it, runs each
over its seed: make_seeds.py FOLDER DIRECTORY-OF-PROGRAMS."""
import base64
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))
from timestamp_authority import TimestampAuthority  # noqa: E402
BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
TARGETS = ("certificate", "cms", "crl", "minisign",
           "ova_text", "package", "properties", "tar_index", "timestamp", "trust_record")
KEYS = {"rsa": ["rsa:2048"], "short": ["rsa:1024"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "ed25519": ["ed25519"], "pss": ["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"], "signer": ["rsa:2048"]}
SUBJECTS = {"rsa": "/C=CH/O=Example, Inc/OU=a+CN=b/CN=Seed", "short": "/CN=" + "x" * 60, "ec": "/CN=\u00e9\u4e2d",
            "ed25519": "/CN=#1", "pss": "/O= two /CN=\\\\", "signer": "/O=Example/CN=Seed"}


def run(*words, **environment):
    subprocess.run([str(word) for word in words], check=True, capture_output=True, stdin=subprocess.DEVNULL,
                   env={**os.environ, **environment})


def make_certificates(folder):
    for name, key in KEYS.items():
        run("openssl", "req", "-x509", "-noenc", "-utf8", "-newkey", *key, "-keyout", folder.parent / f"{name}.pem",
            "-subj", SUBJECTS[name], "-days", "3650", "-outform", "DER", "-out", folder / f"{name}.der",
            "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=codeSigning")
        run("openssl", "x509", "-in", folder / f"{name}.der", "-out", folder.parent / f"{name}.crt")


def make_cms(folder):
    for name, options in {"rsa": ["-stream"], "ec": ["-cades", "-nodetach"], "signer": ["-noattr"], "short": ["-keyid"],
                          "pss": ["-keyopt", "rsa_padding_mode:pss"]}.items():
        form = "PEM" if name == "ec" else "DER"
        run("openssl", "cms", "-sign", "-binary", "-in", folder.parent / f"{name}.crt", "-md", "sha256", "-outform", form,
            "-signer", folder.parent / f"{name}.crt", "-inkey", folder.parent / f"{name}.pem", "-out", folder / name,
            *options)


def make_crls(folder):
    """Of one revoked certificate, of none, and in PEM."""
    home = folder.parent / "ca"
    home.mkdir()
    (home / "index.txt").write_text("R\t270101000000Z\t260601000000Z,keyCompromise\t1001\tunknown\t/CN=x\n")
    (home / "empty.txt").write_text("")
    (home / "number").write_text("0A\n")
    for name, database in {"one": "index.txt", "none": "empty.txt"}.items():
        (home / "cnf").write_text(f"[ca]\ndefault_ca=o\n[o]\ndatabase={home / database}\ncrlnumber={home / 'number'}\n"
                                  "default_md=sha256\ndefault_crl_days=30\ncrl_extensions=e\n[e]\n"
                                  "issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://ca.example/a.crl\n")
        run("openssl", "ca", "-gencrl", "-config", home / "cnf", "-cert", folder.parent / "rsa.crt", "-keyfile",
            folder.parent / "rsa.pem", "-out", folder / f"{name}.pem")
        run("openssl", "crl", "-in", folder / f"{name}.pem", "-outform", "DER", "-out", folder / f"{name}.der")


def make_packages(folder):
    for sample in sorted((ROOT / "samples").glob("*.package")):
        for suffix, options in {"bound": [], "unbound": ["--vro-unbound", "--vro-digest", "md5"]}.items():
            run(BIN / "pkgsign", "sign", sample, "-o", folder / f"{sample.name}-{suffix}", "--key",
                folder.parent / "signer.pem", "--cert", folder.parent / "signer.crt", *options)
        (folder / sample.name).write_bytes(sample.read_bytes())


def make_jars(folder):
    """Signed in turn by two keys, the second of which leaves one entry to the first."""
    plain = folder.parent / "plain.zip"
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "lib/b.txt", "META-INF/services/x"):
            archive.writestr(zipfile.ZipInfo(name), name * 9)
    one, two = folder / "one.jar", folder / "two.jar"
    run(BIN / "pkgsign", "sign", plain, "-o", one, "--key", folder.parent / "ec.pem", "--cert", folder.parent / "ec.crt")
    run(BIN / "pkgsign", "sign", one, "-o", two, "--add", "--only", "lib/*", "--key", folder.parent / "signer.pem",
        "--cert", folder.parent / "signer.crt")


def make_appliance_texts(folder):
    line = "SHA256(vm.ovf)= " + "ab" * 32 + "\n"
    certificate = (folder.parent / "rsa.crt").read_text()
    texts = {"mf": line + line.replace("vm.ovf", "disk (1).vmdk"), "odd.mf": line.replace("(", " (").replace(")=", ") ="),
             "cert": line.replace("vm.ovf", "vm.mf") + certificate + "\n-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n",
             "ovf": '<Envelope xmlns:ovf="x"><References><File ovf:href="a%20b"/><File ovf:href="c" ovf:chunkSize="1"/>'
                    "</References></Envelope>"}
    for name, text in texts.items():
        (folder / name).write_text(text)


def make_properties(folder, packages):
    for sample in packages.glob("*.package"):
        with zipfile.ZipFile(sample) as archive:
            for entry in archive.infolist():
                if entry.file_size and entry.file_size < 4096:
                    (folder / entry.filename.replace("/", "_")).write_bytes(archive.read(entry))


def make_tars(folder, sources, packages):
    for name, form in {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}.items():
        with tarfile.open(folder / name, "w", format=form) as archive:
            for number, source in enumerate(sorted(sources.glob("*.der"))):
                archive.add(source, f"./folder/{'n' * 60 * number if name != 'ustar' else number}{source.name}")
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "t" * (150 if name != "ustar" else 90)
            archive.addfile(link)
        run(BIN / "pkgsign", "sign", folder / name, "-o", packages / f"{name}.tar", "--key", folder.parent / "signer.pem",
            "--cert", folder.parent / "signer.crt")
    (packages / "gnu.tar.gz").write_bytes(gzip.compress((packages / "gnu.tar").read_bytes()))


def make_minisign(folder):
    key, secret, file = folder.parent / "m.pub", folder.parent / "m.sec", folder.parent / "m.bin"
    file.write_bytes(b"seed")
    run("minisign", "-G", "-f", "-W", "-p", key, "-s", secret)
    (folder / "key").write_bytes(key.read_bytes())
    for form in ("-H", "-l"):
        run("minisign", "-S", form, "-s", secret, "-m", file, "-x", folder / f"minisign{form}", "-t", "file:m.bin\tsha256:00")
    run("signify-openbsd", "-G", "-n", "-p", folder.parent / "s.pub", "-s", folder.parent / "s.sec")
    run("signify-openbsd", "-S", "-s", folder.parent / "s.sec", "-m", file, "-x", folder / "signify")


def make_trust_records(folder, certificates):
    for path in certificates.glob("*.der"):
        der = path.read_bytes()
        record = {"schema": 1, "kind": "trust", "subject": "certificate", "sha256": hashlib.sha256(der).hexdigest(),
                  "certificate": base64.b64encode(der).decode(), "use": "package", "scope": "name",
                  "scopeText": "com.example", "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
                  "reason": "r", "compared": True, "boundRequired": False, "label": "l", "madeBy": "m",
                  "allowed": [{"name": "md5", "until": "2026-06-01T00:00:00Z"}, {"name": "expired"}],
                  "madeAt": "2026-01-01T00:00:00Z", "origin": "command"}
        (folder / path.stem).write_text(json.dumps(record))
        record.update(kind="retire", scope="everything", allowed=[])
        for field in ("scopeText", "certificate", "until"):
            record.pop(field)
        (folder / (path.stem + "-retired")).write_text(json.dumps(record))


def make_timestamps(folder):
    authority = TimestampAuthority(folder.parent)
    query = folder.parent / "zero.tsq"
    run("openssl", "ts", "-query", "-digest", "00" * 32, "-sha256", "-cert", "-out", query)
    for name in ("good", "sha512only"):
        reply = authority.reply(query.read_bytes(), name)
        (folder / name).write_bytes(reply)
    run("openssl", "ts", "-reply", "-in", folder / "good", "-token_out", "-out", folder / "token")


def main():
    folder = pathlib.Path(sys.argv[1])
    places = {target: folder / target for target in TARGETS}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    make_certificates(places["certificate"])
    make_cms(places["cms"])
    make_crls(places["crl"])
    make_appliance_texts(places["ova_text"])
    make_minisign(places["minisign"])
    make_packages(places["package"])
    make_jars(places["package"])
    make_properties(places["properties"], places["package"])
    make_tars(places["tar_index"], places["certificate"], places["package"])
    make_timestamps(places["timestamp"])
    make_trust_records(places["trust_record"], places["certificate"])
    if len(sys.argv) > 2:
        for target in TARGETS:
            subprocess.run([pathlib.Path(sys.argv[2]) / f"replay_{target}", places[target]], check=True)


if __name__ == "__main__":
    main()

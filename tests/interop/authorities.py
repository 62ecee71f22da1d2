"""Certification authorities made by other programs, each with a root and two intermediates."""
import os
import shutil
import subprocess

EASYRSA = "/usr/share/easy-rsa/easyrsa"

OPENSSL_CONFIGURATION = """
[ca]
default_ca = this
[this]
database = {folder}/index
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
rand_serial = yes
default_md = sha256
default_days = 3000
policy = anything
preserve = yes
copy_extensions = {copy}
unique_subject = no
[anything]
commonName = optional
organizationName = optional
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
{signer}
"""


def run(*words, **more):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Authority:
    """root and intermediates are PEM files, the root first; issue() returns the certificate for a request."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.issued = 0
        self.levels = [self.make_level(number) for number in range(3)]
        self.certificates = [level / "ca.pem" for level in self.levels]
        self.root = self.certificates[0]

    def next_file(self):
        self.issued += 1
        return self.folder / f"issued-{self.issued}.pem"

    def chain(self):
        """The intermediates, the nearest issuer first, then the root."""
        return [path.read_text() for path in reversed(self.certificates)]


class OpensslCa(Authority):
    name = "openssl ca"

    def make_level(self, number):
        level = self.folder / f"level-{number}"
        level.mkdir()
        (level / "index").touch()
        configuration = level / "ca.cnf"
        self.configure(level)
        subject = f"/O=Example/CN=OpenSSL {'Root' if number == 0 else 'Intermediate'} {number}"
        run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", level / "ca.key", "-out",
            level / "ca.csr", "-subj", subject, "-config", "/etc/ssl/openssl.cnf")
        if number == 0:
            run("openssl", "ca", "-batch", "-notext", "-selfsign", "-config", configuration, "-extensions", "authority",
                "-in", level / "ca.csr", "-out", level / "ca.pem")
        else:
            above = self.folder / f"level-{number - 1}/ca.cnf"
            run("openssl", "ca", "-batch", "-notext", "-config", above, "-extensions", "authority", "-in",
                level / "ca.csr", "-out", level / "ca.pem")
        return level

    @staticmethod
    def configure(level, copy="copy", signer=""):
        (level / "ca.cnf").write_text(OPENSSL_CONFIGURATION.format(folder=level, copy=copy, signer=signer))

    def issue(self, request, level=2, **terms):
        """`copy` and `signer` change what the certificate says, `dates` when it holds."""
        dates = terms.pop("dates", ())
        self.configure(self.levels[level], **terms)
        made = self.next_file()
        run("openssl", "ca", "-batch", "-notext", "-config", self.levels[level] / "ca.cnf", "-extensions", "signer",
            *dates, "-in", request, "-out", made)
        self.configure(self.levels[level])
        return made


class GnutlsCa(Authority):
    name = "GnuTLS certtool"

    def make_level(self, number):
        level = self.folder / f"level-{number}"
        level.mkdir()
        (level / "template").write_text(f'organization = "Example"\ncn = "GnuTLS level {number}"\nca\ncert_signing_key\n'
                                        "expiration_days = 3000\n")
        run("certtool", "--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", level / "ca.key")
        words = ["certtool", "--template", level / "template", "--load-privkey", level / "ca.key", "--outfile",
                 level / "ca.pem"]
        if number == 0:
            run(*words, "--generate-self-signed")
        else:
            run(*words, "--generate-certificate", *self.signed_by(number - 1))
        return level

    def signed_by(self, number):
        level = self.folder / f"level-{number}"
        return ["--load-ca-certificate", level / "ca.pem", "--load-ca-privkey", level / "ca.key"]

    def issue(self, request):
        made = self.next_file()
        template = self.folder / "template"
        template.write_text("honor_crq_extensions\nexpiration_days = 900\n")
        run("certtool", "--generate-certificate", "--template", template, "--load-request", request, "--outfile", made,
            *self.signed_by(2))
        return made


class EasyRsaCa(Authority):
    name = "easy-rsa"

    def easyrsa(self, level, *words):
        environment = {**os.environ, "EASYRSA_PKI": str(level / "pki"), "EASYRSA_BATCH": "1",
                       "EASYRSA_REQ_CN": f"Easy {level.name}", "EASYRSA_CERT_EXPIRE": "900",
                       "EASYRSA_CA_EXPIRE": "3000", "EASYRSA_EXT_DIR": "/usr/share/easy-rsa/x509-types"}
        return run(EASYRSA, *words, env=environment, cwd=level)

    def make_level(self, number):
        level = self.folder / f"level-{number}"
        level.mkdir()
        self.easyrsa(level, "init-pki")
        if number == 0:
            self.easyrsa(level, "build-ca", "nopass")
        else:
            above = self.folder / f"level-{number - 1}"
            self.easyrsa(level, "build-ca", "nopass", "subca")
            self.easyrsa(above, "import-req", level / "pki/reqs/ca.req", "below")
            self.easyrsa(above, "sign-req", "ca", "below")
            shutil.copy(above / "pki/issued/below.crt", level / "pki/ca.crt")
        shutil.copy(level / "pki/ca.crt", level / "ca.pem")
        return level

    def issue(self, request):
        made = self.next_file()
        level = self.levels[2]
        self.easyrsa(level, "import-req", request, made.stem)
        self.easyrsa(level, "sign-req", "code-signing", made.stem)
        shutil.copy(level / f"pki/issued/{made.stem}.crt", made)  # with the text that `openssl ca` writes
        return made

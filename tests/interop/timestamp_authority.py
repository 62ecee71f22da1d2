#!/usr/bin/env python3
"""A time stamp authority on 127.0.0.1 made of `openssl ts`, which also misbehaves as its path asks.

As a program: timestamp_authority.py FOLDER prints its URL and serves until standard input ends, at most ten minutes.
FOLDER gets ca.pem (the root, for --use timestamp), tsa.pem and what openssl needs.

  /good        a token                     /at/2031-05-01   a token of that day (faketime)
  /sha512only  a refusal for other digests
  /nonce       the nonce differs           /imprint         the digest differs
  /html        a page                      /error           HTTP status 500
  /huge        an answer without end       /slow            one that does not come
  /cut         half of a token             /empty           nothing
  /flaky       once 503, then a token      /to-file /loop   redirects to file:, to itself
  /moved       a redirect to /good
"""
import http.server
import pathlib
import re
import subprocess
import sys
import threading
import time

MOST_SECONDS = 600

CONFIGURATION = """
[tsa]
default_tsa = this
[this]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/{signer}.pem
certs = {folder}/ca.pem
signer_key = {folder}/{signer}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = {digests}
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def run(*words, data=None):
    done = subprocess.run(list(map(str, words)), input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def make_ca(folder, name, days=7300):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out",
        folder / f"{name}.pem", "-days", days, "-subj", f"/O=Example/CN={name} root", "-addext",
        "keyUsage=critical,keyCertSign,cRLSign")


def issue(folder, ca, name, extensions, *more):
    """`name`.pem and .key, by `ca`; `extensions` are lines of an openssl configuration."""
    run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out",
        folder / f"{name}.csr", "-subj", f"/O=Example/CN={name}")
    (folder / f"{name}.ext").write_text(extensions)
    run("openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{ca}.pem", "-CAkey",
        folder / f"{ca}.key", "-CAcreateserial", "-days", 3650, "-extfile", folder / f"{name}.ext", "-out",
        folder / f"{name}.pem", *more)


class TimestampAuthority:
    """Makes its certificates in `folder`, and answers requests by openssl."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.lock = threading.Lock()  # openssl ts keeps its serial number in a file
        self.times_asked = {}
        make_ca(self.folder, "ca")
        issue(self.folder, "ca", "tsa", "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
              "basicConstraints=CA:FALSE\n")
        (self.folder / "serial").write_text("01\n")
        for name, digests in (("good", "sha256, sha384, sha512"), ("sha512only", "sha512")):
            (self.folder / f"{name}.cnf").write_text(
                CONFIGURATION.format(folder=self.folder, signer="tsa", digests=digests))

    def reply(self, query, configuration="good", day=None, more=()):
        """The response to a query, both DER."""
        with self.lock:
            (self.folder / "query.tsq").write_bytes(query)
            clock = ["faketime", "-f", f"@{day} 12:00:00"] if day else []
            run(*clock, "openssl", "ts", "-reply", "-config", self.folder / f"{configuration}.cnf", "-queryfile",
                self.folder / "query.tsq", "-out", self.folder / "reply.tsr", *more)
            return (self.folder / "reply.tsr").read_bytes()


def other_nonce(query):
    """RFC 3161 2.4.1: the nonce is followed by certReq TRUE, the last three bytes."""
    assert query[-3:] == b"\x01\x01\xff"
    return query[:-4] + bytes([query[-4] ^ 1]) + query[-3:]


def other_imprint(query):
    """The imprint is the first OCTET STRING of 32 bytes."""
    place = query.index(b"\x04\x20") + 2
    return query[:place] + bytes([query[place] ^ 1]) + query[place + 1:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, kind="application/timestamp-reply", announced=None, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.send_header("Connection", "close")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def do_POST(self):
        authority = self.server.authority
        query = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 16))
        times = authority.times_asked[self.path] = authority.times_asked.get(self.path, 0) + 1
        try:
            self.misbehave(authority, query, times)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def misbehave(self, authority, query, times):
        name = self.path.strip("/")
        if name == "nonce":
            self.answer(authority.reply(other_nonce(query)))
        elif name == "imprint":
            self.answer(authority.reply(other_imprint(query)))
        elif name == "sha512only":
            self.answer(authority.reply(query, "sha512only"))
        elif name == "html":
            self.answer(b"<!DOCTYPE html><title>Welcome</title>\n", kind="text/html")
        elif name == "error":
            self.answer(b"no", status=500, kind="text/plain")
        elif name == "empty":
            self.answer(b"")
        elif name == "huge":
            self.answer(b"0" * (1 << 20))
        elif name == "slow":
            time.sleep(5)
            self.answer(authority.reply(query))
        elif name == "cut":
            reply = authority.reply(query)
            self.answer(reply[:len(reply) // 2], announced=len(reply))
        elif name == "flaky" and times == 1:
            self.answer(b"busy", status=503, kind="text/plain")
        elif name in ("to-file", "loop", "moved"):
            to = {"to-file": "file:///etc/passwd", "loop": "/loop", "moved": "/good"}[name]
            self.answer(b"", status=302, headers=[("Location", to)])
        elif day := re.fullmatch(r"at/(\d{4}-\d\d-\d\d)", name):
            self.answer(authority.reply(query, day=day.group(1)))
        elif name in ("good", "flaky"):
            self.answer(authority.reply(query))
        else:
            self.answer(b"", status=404, kind="text/plain")


def serve(authority):
    """Starts a server in a thread; returns it with its URL. shutdown() ends it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.authority = authority
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    server, url = serve(TimestampAuthority(folder))
    print(url, flush=True)
    threading.Timer(MOST_SECONDS, server.shutdown).start()
    end = threading.Thread(target=sys.stdin.read, daemon=True)
    end.start()
    end.join(MOST_SECONDS)
    server.shutdown()


if __name__ == "__main__":
    main()

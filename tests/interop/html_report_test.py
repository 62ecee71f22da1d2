#!/usr/bin/env python3
"""A browser shows the HTML report as it is meant, whatever files are called: the verdict first, text as text, nothing
fetched, light and dark, on paper. Skipped where no headless Chromium is installed."""
import html.parser
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["PKGTRUST_BIN"])
BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium"))), None)
HOSTILE = "<script>document.title='owned'</script><img src=http:x onerror=alert(1)>\"'&amp;\u202egpj</article>.package"


class Page(html.parser.HTMLParser):
    """Elements with their attributes, and the text of each kind of element."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "img"):
            self.open.append((tag, dict(attrs).get("class", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open and self.open[-1][0] not in ("style", "title"):
            self.texts.append((*self.open[-1], data))


class HtmlReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        cls.environment = {**os.environ, "HOME": str(cls.home), "GIVEN": "secret", "PKGTRUST_STORE": str(cls.home / "store")}
        cls.run_tool("pkgsign", "init", "--common-name", "Bold & Sons &lt", "--key", "rsa-2048", "--kdf-cost", "1:8",
                     "--passphrase", "env:GIVEN")
        cls.run_tool("pkgsign", "sign", ROOT / "samples/com.example.inventory.package", "-o", "signed.package",
                     "--passphrase", "env:GIVEN")
        cls.run_tool("pkgsign", "cert", "export", "-o", "signer.pem")
        shutil.copy(cls.home / "signed.package", cls.home / HOSTILE.replace("/", "\u2044"))
        broken = bytearray((cls.home / "signed.package").read_bytes())
        broken[1000] ^= 1
        (cls.home / "broken.package").write_bytes(broken)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_tool(cls, tool, *words, code=0):
        done = subprocess.run([BIN / tool, *words], cwd=cls.home, env=cls.environment, capture_output=True)
        if done.returncode != code:
            raise AssertionError(f"{tool} {words}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode("utf-8")

    def report(self, *words, code):
        text = self.run_tool("pkgverify", "check", "--format", "html", *words, code=code)
        (self.home / "report.html").write_text(text, encoding="utf-8")
        return text

    def browse(self, *options):
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             f"--user-data-dir={self.home / 'browser'}", *options, (self.home / "report.html").as_uri()],
            env=self.environment, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace")[-500:])
        return done.stdout.decode("utf-8")

    def screenshot(self, *options):
        shot = self.home / "shot.png"
        shot.unlink(missing_ok=True)
        self.browse("--window-size=900,1600", f"--screenshot={shot}", *options)
        return shot.read_bytes()

    def test_the_verdict_comes_first(self):
        for words, code, verdict in ((["--trust", "signer.pem"], 0, "verified"), ([], 11, "untrusted")):
            self.report("signed.package", *words, code=code)
            shown = Page(self.browse("--dump-dom")).texts
            self.assertEqual(shown[0][:2], ("p", "verdict"))
            self.assertTrue(shown[0][2].endswith(verdict), shown[0])
            self.assertTrue(shown[1][2].startswith(f"exit code {code}: "), shown[1])

    def test_what_a_person_needs_is_there(self):
        self.report("signed.package", code=11)
        page = Page(self.browse("--dump-dom"))
        headings = [text for tag, _, text in page.texts if tag == "h3"]
        self.assertEqual(headings, ["Findings", "Signers", "Elements by signer", "What the package says of itself",
                                    "What the format cannot prove"])
        der = subprocess.run(["openssl", "x509", "-in", "signer.pem", "-noout", "-fingerprint", "-sha256"],
                             cwd=self.home, capture_output=True, text=True, check=True).stdout
        groups = "".join(text for tag, _, text in page.texts if tag == "span" and len(text) == 4)
        self.assertIn(der.split("=")[1].strip().replace(":", "").lower(), groups)
        self.assertIn("Register a host", [text for tag, _, text in page.texts if tag == "td"])

    def test_names_are_text_and_never_markup(self):
        self.report(HOSTILE.replace("/", "\u2044"), "broken.package", "absent", code=13)
        dom = self.browse("--dump-dom")
        page = Page(dom)
        self.assertNotIn("owned", dom.split("</title>")[0])
        self.assertLessEqual({tag for tag, _ in page.elements},
                             {"html", "head", "meta", "title", "style", "body", "main", "header", "article", "section",
                              "footer", "h1", "h2", "h3", "h4", "p", "div", "dl", "dt", "dd", "ul", "li", "b", "span",
                              "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td"})
        self.assertEqual(sum(tag == "article" for tag, _ in page.elements), 3)
        names = [text for tag, _, text in page.texts if tag == "h2"]
        self.assertIn("<script>document.title='owned'", names[0])
        self.assertIn("\\u{202e}", names[0])
        self.assertTrue(any("Bold & Sons &lt" in text for _, _, text in page.texts))

    def test_it_refers_to_nothing_outside_and_runs_nothing(self):
        page = Page(self.report("signed.package", "broken.package", code=13))
        for tag, attributes in page.elements:
            self.assertLessEqual(set(attributes), {"class", "id", "href", "scope", "lang", "charset", "name", "content",
                                                   "http-equiv"}, tag)
            self.assertTrue(attributes.get("href", "#").startswith("#"))
        policy = [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
        self.assertEqual(policy, ["default-src 'none'; style-src 'unsafe-inline'"])
        style = (self.home / "report.html").read_text(encoding="utf-8").split("<style>")[1].split("</style>")[0]
        self.assertNotRegex(style, r"url\(|@import|//")

    def test_light_and_dark_differ_and_it_can_be_printed(self):
        self.report("signed.package", code=11)
        light = self.screenshot("--blink-settings=preferredColorScheme=1")
        dark = self.screenshot("--blink-settings=preferredColorScheme=0")
        self.assertTrue(light.startswith(b"\x89PNG") and dark.startswith(b"\x89PNG"))
        self.assertNotEqual(light, dark)
        paper = self.home / "paper.pdf"
        self.browse("--no-pdf-header-footer", f"--print-to-pdf={paper}")
        self.assertTrue(paper.read_bytes().startswith(b"%PDF-"))

    def test_a_page_has_a_bound(self):
        (self.home / "list").write_text("signed.package\n" * 1001, encoding="utf-8")
        self.run_tool("pkgverify", "check", "--files-from", "list", "--format", "html", code=2)


if __name__ == "__main__":
    if BROWSER is None:
        print("no headless Chromium is installed (chromium-headless-shell)")
        sys.exit(77)
    unittest.main(verbosity=2)

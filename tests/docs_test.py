#!/usr/bin/env python3
"""The documents hang together: links lead somewhere, issue ids exist and each one is explained to a reader."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pages():
    return [path for path in ROOT.rglob("*.md") if "build" not in path.relative_to(ROOT).parts]


def issue_ids():
    text = (ROOT / "certstore/base/issue.cpp").read_text(encoding="utf-8")
    return set(re.findall(r'IssueKind\{\s*\w+,\s*"([\w-]+)"', text))


class Documents(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        links = 0
        for page in pages():
            for link in re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
                links += 1
                self.assertTrue((page.parent / link).exists(), f"{page.relative_to(ROOT)}: {link}")
        self.assertGreater(links, 20)

    def test_the_threat_model_names_issues_that_exist(self):
        ids = issue_ids()
        self.assertGreater(len(ids), 30)
        text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text))
        self.assertLessEqual(named, ids)

    def test_the_threat_model_names_every_issue_that_makes_a_package_invalid(self):
        text = (ROOT / "certstore/base/issue.cpp").read_text(encoding="utf-8")
        invalid = set(re.findall(r'"([\w-]+)",\s*Effect::(?:invalid|exposed|policy)', text))
        model = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
        self.assertEqual(sorted(name for name in invalid if f"`{name}`" not in model), [])

    def test_no_page_is_wider_than_a_page(self):
        for page in pages():
            self.assertLess(page.stat().st_size, 30_000, page)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""Holds the house together: prints each breach of the rules below and exits 1 if there is one.

  direction   a file includes from its own folder and from those to the right: signer, verifier, formats, certstore
  rooted      an include in quotes is spelled from the root of the repository and exists, or is made by the
              folder's own .cmake
  cycle       no header includes itself over others
  size        at most 400 lines a file, 120 a header; there is no list of exceptions
  handles     OpenSSL's *_free only in certstore/openssl.h
  sources     each .cpp stands in the CMakeLists.txt of its folder
Usage: layering.py ROOT | layering.py --self-test
"""
import pathlib
import re
import sys
import tempfile

ORDER = ["signer", "verifier", "formats", "certstore"]
MOST_LINES = {".cpp": 400, ".h": 120, ".py": 400, ".sh": 400}
HANDLES = "certstore/openssl.h"
# OPENSSL_free and OPENSSL_clear_free give back memory, not a handle: a string of OpenSSL's needs them.
FREE = re.compile(r"\b(?!OPENSSL_)(?:[A-Z][A-Za-z0-9_]*|sk_\w+)_free(?:_all)?\b")


def sources(root, folders):
    return sorted(path for folder in folders if (root / folder).is_dir()
                  for path in (root / folder).rglob("*") if path.suffix in MOST_LINES)


def includes(path):
    return re.findall(r'^\s*#\s*include\s*"([^"]+)"', path.read_text(encoding="utf-8"), re.M)


def is_made(root, path, name):
    """Whether the build of the file's folder makes this header."""
    return "/" not in name and any(name in made.read_text(encoding="utf-8")
                                   for made in (root / path.relative_to(root).parts[0]).glob("*.cmake"))


def breaches_of_includes(root, path):
    here = path.relative_to(root).parts[0]
    for name in includes(path):
        if is_made(root, path, name):
            continue
        first = name.split("/")[0]
        if ".." in name.split("/") or "/" not in name or not (root / name).is_file():
            yield f"rooted: {path.relative_to(root)} includes '{name}', which is no path from the root"
        elif here in ORDER and (first not in ORDER or ORDER.index(first) < ORDER.index(here)):
            yield f"direction: {path.relative_to(root)} includes '{name}'"


def breaches_of_cycles(root, headers):
    graph = {str(path.relative_to(root)): includes(path) for path in headers}
    done = set()

    def walk(name, way):
        if name in way:
            yield "cycle: " + " -> ".join(way[way.index(name):] + [name])
        elif name in graph and name not in done:
            for other in graph[name]:
                yield from walk(other, way + [name])
            done.add(name)

    for name in graph:
        yield from walk(name, [])


def breaches_of_text(root, path):
    name = str(path.relative_to(root))
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > MOST_LINES[path.suffix]:
        yield f"size: {name} has {lines} lines, more than {MOST_LINES[path.suffix]}"
    if path.suffix in (".h", ".cpp") and name != HANDLES:
        for free in sorted(set(FREE.findall(text))):
            yield f"handles: {name} uses {free}; owning handles stand in {HANDLES}"


def breaches_of_sources(root):
    for folder in ORDER:
        lists = root / folder / "CMakeLists.txt"
        listed = lists.read_text(encoding="utf-8") if lists.is_file() else ""
        for path in sources(root, [folder]):
            own = path.relative_to(root / folder).as_posix()
            if path.suffix == ".cpp" and not re.search(rf"(?<![\w/]){re.escape(own)}(?![\w/])", listed):
                yield f"sources: {folder}/{own} stands in no CMakeLists.txt"


def breaches(root):
    everything = sources(root, ORDER + ["tests", "samples"])
    for path in everything:
        if path.suffix in (".h", ".cpp"):
            yield from breaches_of_includes(root, path)
        yield from breaches_of_text(root, path)
    yield from breaches_of_cycles(root, [path for path in everything if path.suffix == ".h"])
    yield from breaches_of_sources(root)


GOOD = {"certstore/a.h": "#pragma once\n", "formats/b.h": '#pragma once\n#include "certstore/a.h"\n',
        "formats/b.cpp": '#include "formats/b.h"\n', "formats/CMakeLists.txt": "add_library(formats b.cpp)\n"}
GOOD_TOO = [(None, {"formats/b.cpp": "OPENSSL_free(text);\n"}),
            (None, {"formats/b.cpp": '#include "table.h"\n', "formats/table.cmake": "file(WRITE table.h)\n"})]
# One bad tree for each rule: what is laid over the good tree, and the rule that must speak.
BAD = [("direction", {"certstore/a.h": '#include "formats/b.h"\n', "formats/b.h": ""}),
       ("direction", {"formats/b.h": '#include "tests/x.h"\n', "tests/x.h": ""}),
       ("rooted", {"formats/b.cpp": '#include "b.h"\n'}),
       ("rooted", {"formats/b.cpp": '#include "formats/../certstore/a.h"\n'}),
       ("rooted", {"formats/b.cpp": '  #  include "formats/absent.h"\n'}),
       ("cycle", {"formats/b.h": '#include "formats/c.h"\n', "formats/c.h": '#include "formats/b.h"\n'}),
       ("size", {"formats/b.cpp": "\n" * 401}),
       ("size", {"certstore/a.h": "\n" * 121}),
       ("size", {"tests/unit/x_test.cpp": "\n" * 401}),
       ("handles", {"formats/b.cpp": "EVP_PKEY_free(key);\n"}),
       ("handles", {"certstore/a.h": "using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;\n"}),
       ("handles", {"formats/b.cpp": "sk_X509_pop_free(chain, nullptr);\n"}),
       ("sources", {"formats/c.cpp": ""})]


def self_test():
    """Shows that each rule can fail, and that the good tree passes."""
    failed = 0
    for rule, over in GOOD_TOO + BAD:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**GOOD, **over}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            rules = {breach.split(":")[0] for breach in breaches(root)}
        right = rules == ({rule} if rule else set())
        failed += not right
        name = f"layering catches {rule} in {', '.join(over)}" if rule else "layering accepts a good tree"
        print(f"{'passed' if right else 'failed'}: {name}" + ("" if right else f" but said {sorted(rules)}"))
    return failed


def main(argument):
    if argument == "--self-test":
        return 1 if self_test() else 0
    found = list(breaches(pathlib.Path(argument).resolve()))
    print("\n".join(found) if found else "passed: the tree keeps the rules of layering.py")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)

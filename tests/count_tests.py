#!/usr/bin/env python3
"""Counts test cases in the JUnit files of ctest and prints the closing line of a run.

A program of ctest holds many cases. They are counted from what it printed, in one of three forms: the log of
Boost.Test, the summary of Python's unittest, or lines "passed: NAME", "failed: NAME", "skipped: NAME (why)".
A program that prints none of them is one case. One that ends badly counts as failed at least once, whatever
it printed: no count here can make a red run green.

With PKGTRUST_REQUIRE_DATA=1 a skipped case counts as failed, unless its reason begins with "this machine".

What failed is printed with its output behind all cases, where a log that is cut in the middle still has it;
with --failed only that.
"""
import os
import re
import sys
import xml.etree.ElementTree as xml

FAILED_TAIL = 60  # lines of output shown of a program that failed


def plain(text):
    """The text without colours, also as ctest spells an escape in XML."""
    return re.sub(r"(?:\x1b|\[NON-XML-CHAR-0x1B\])\[[0-9;]*m", "", text)


def boost_cases(text):
    cases, name, word, why = [], None, "", ""
    for line in text.splitlines():
        if match := re.search(r'Entering test case "(.+)"', line):
            if name is not None:
                cases.append(("failed", name, "did not end"))
            name, word, why = match[1], "passed", ""
        elif match := re.search(r'Test case "(.+)" is skipped because (?:precondition failed: ?)?(.*)', line):
            cases.append(("skipped", match[1], match[2]))
        elif name is not None and re.search(r'error: in "', line):
            word = "failed"
        elif name is not None and word == "passed" and (match := re.match(r"skipped: *(.*)", line)):
            word, why = "skipped", match[1]
        elif name is not None and f'Leaving test case "{name}"' in line:
            cases.append((word, name, why))
            name = None
    if name is not None:
        cases.append(("failed", name, "did not end"))
    return cases


def unittest_cases(text):
    match = None
    for match in re.finditer(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED)(?: \((.*)\))?$", text, re.M):
        pass
    if match is None:
        return []
    numbers = dict(re.findall(r"([a-z ]+)=(\d+)", match[2] or ""))
    failed = int(numbers.get("failures", 0)) + int(numbers.get("errors", 0))
    reasons = re.findall(r"\.\.\. skipped ['\"](.*)['\"]$", text, re.M)
    skipped = max(int(numbers.get("skipped", 0)), len(reasons))
    reasons += [""] * (skipped - len(reasons))
    named = re.findall(r"^(\w+) \(\S+\)(?:\n.*)? \.\.\. ok$", text, re.M)
    passed = max(int(match[1]) - failed - skipped, 0)
    named = (named + [f"case {i + 1}" for i in range(passed)])[:passed] if len(named) < passed else named[:passed]
    cases = [("passed", name, "") for name in named]
    cases += [("skipped", f"skipped case {i + 1}", why) for i, why in enumerate(reasons)]
    return cases + [("failed", f"failed case {i + 1}", "") for i in range(failed)]


def worded_cases(text):
    cases = []
    for word, rest in re.findall(r"^(passed|failed|skipped): (.+)$", text, re.M):
        match = re.fullmatch(r"(.*?) \((.*)\)", rest) if word == "skipped" else None
        cases.append((word, match[1] if match else rest, match[2] if match else ""))
    return cases


def cases_of(test):
    """All cases of one program, as (passed|failed|skipped, name, why)."""
    name = test.get("name")
    text = plain("".join(node.text or "" for node in test.iter() if node.tag in ("system-out", "system-err")))
    status = test.get("status")
    if status in ("notrun", "disabled") or test.find("skipped") is not None:
        # ctest says "notrun" also of a program that is missing: only exit status 77 is an honest skip.
        reason = test.find("skipped")
        message = reason.get("message", "") if reason is not None else ""
        honest = "SKIP_RETURN_CODE" in message
        return [("skipped" if honest else "failed", name, text.strip().split("\n")[-1] if honest else message)], text
    cases = boost_cases(text) or unittest_cases(text) or worded_cases(text) or [("passed", name, "")]
    bad = status != "run" or test.find("failure") is not None
    if bad and not any(word == "failed" for word, _, _ in cases):
        cases = [case for case in cases if case[1] != name] + [("failed", name, "the program ended badly")]
    if os.environ.get("PKGTRUST_REQUIRE_DATA") == "1":
        cases = [("failed", case, "skipped: " + why) if word == "skipped" and not why.startswith("this machine")
                 else (word, case, why) for word, case, why in cases]
    return cases, text


def why_it_failed(text):
    """The end of the output; of a script that goes on behind a failure, the end of each case that failed."""
    parts, part = [], []
    for line in text.splitlines():
        part.append(line)
        if re.match(r"(passed|failed|skipped): ", line):
            if line.startswith("failed: "):
                parts += part[-FAILED_TAIL:]
            part = []
    return parts[-3 * FAILED_TAIL:] or text.splitlines()[-FAILED_TAIL:]


def main(words):
    paths = [word for word in words if word != "--failed"]
    wanted = ("failed",) if "--failed" in words else ("passed", "failed", "skipped")
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    failures = []
    for path in paths:
        try:
            tests = xml.parse(path).getroot().findall("testcase")
        except (OSError, xml.ParseError) as error:
            print(f"failed   {path}: {error}")
            totals["failed"] += 1
            continue
        if not tests:
            print(f"failed   {path}: no test ran")
            totals["failed"] += 1
        for test in sorted(tests, key=lambda node: node.get("name")):
            cases, text = cases_of(test)
            for word, case, why in cases:
                totals[word] += 1
                if word in wanted:
                    print(f"{word:8} {test.get('name')}: {case}" + (f" ({why})" if why else ""))
            if any(word == "failed" for word, _, _ in cases):
                failures += [f"{test.get('name')} said:"] + [f"    | {line}" for line in why_it_failed(text)]
    print("".join(line + "\n" for line in failures), end="")
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] or not totals["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

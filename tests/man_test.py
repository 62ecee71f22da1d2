#!/usr/bin/env python3
"""The man pages say what the tools say: the same commands, the same options with their letters and values, the
same exit codes; nothing more and nothing less."""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("PKGTRUST_BIN", ROOT / "build/dev/bin"))
TOOLS = ("pkgsign", "pkgverify")
COMMON = "COMMON OPTIONS"


def help_of(tool, *command):
    done = subprocess.run([BIN / tool, *command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def commands_of(tool):
    """From --help: names of the commands, which stand in the first 20 columns of their lines."""
    lines = [line[2:] for line in help_of(tool).splitlines() if line.startswith("  ")]
    return {line[:20].strip() for line in lines}


def options_in_help(text):
    """ "-o, --output FILE" of each option: the first 26 columns, or two words where those do not suffice."""
    options = set()
    for line in re.findall(r"^  ((?:-\w, |    )--.*)$", text, re.M):
        fits = line[:26].endswith(" ") or len(line) <= 26
        options.add(line[:26].strip() if fits else re.match(r" *((?:-\w, )?--\S+ \S+)", line)[1])
    return options


def sections_of(tool):
    """The page as {(.SH, .SS): its plain text}; .SS is empty before the first one."""
    sections, heading = {}, ("", "")
    for line in (ROOT / f"docs/man/{tool}.1").read_text(encoding="utf-8").splitlines():
        plain = re.sub(r"\\f[BIRP]|\\&", "", line).replace("\\-", "-")
        if line.startswith(".SH "):
            heading = (plain[4:].strip('"'), "")
        elif line.startswith(".SS "):
            heading = (heading[0], plain[4:].strip('"'))
        else:
            sections.setdefault(heading, []).append(plain)
    return {name: "\n".join(lines) for name, lines in sections.items()}


def options_in_page(text):
    return set(re.findall(r"^\.TP(?: \d+)?\n(-.*)$", text, re.M))


class ManPages(unittest.TestCase):
    maxDiff = None

    def test_every_command_has_its_section_and_no_section_is_without_a_command(self):
        for tool in TOOLS:
            page = {name for heading, name in sections_of(tool) if heading == "COMMANDS" and name}
            self.assertEqual(page, commands_of(tool), tool)

    def test_every_option_of_help_is_in_the_page_and_the_other_way_round(self):
        for tool in TOOLS:
            sections = sections_of(tool)
            common = options_in_page(sections[COMMON, ""])
            self.assertGreater(len(common), 3)
            for command in commands_of(tool):
                with self.subTest(f"{tool} {command}"):
                    said = options_in_help(help_of(tool, *command.split()))
                    self.assertLessEqual(common, said)
                    self.assertEqual(options_in_page(sections["COMMANDS", command]), said - common)

    def test_the_exit_codes_are_those_of_the_program(self):
        header = (ROOT / "certstore/base/exit_code.h").read_text(encoding="utf-8")
        codes = {int(number) for number in re.findall(r"^  \w+ = (\d+)", header, re.M)}
        self.assertIn(130, codes)
        for tool in TOOLS:
            table = set(map(int, re.findall(r"^\.TP(?: \d+)?\n(\d+)$", sections_of(tool)["EXIT STATUS", ""], re.M)))
            # 18 is said by `pkgsign cert status` only.
            self.assertEqual(table, codes if tool == "pkgsign" else codes - {18}, tool)

    def test_examples_come_first_and_name_only_options_that_exist(self):
        for tool in TOOLS:
            names = [heading for heading, sub in sections_of(tool) if not sub and heading]
            self.assertLess(names.index("EXAMPLES"), names.index("DESCRIPTION"), tool)
            every = set()
            for command in commands_of(tool):
                every |= set(re.findall(r"--[\w-]+", help_of(tool, *command.split())))
            other = {option for name in TOOLS for command in commands_of(name)
                     for option in re.findall(r"--[\w-]+", help_of(name, *command.split()))}
            used = set(re.findall(r"(?<!\S)--[\w-]+", sections_of(tool)["EXAMPLES", ""]))
            self.assertLessEqual(used, every | other, tool)

    def test_help_of_each_command_fits_a_screen_and_ends_with_example_and_exit_codes(self):
        for tool in TOOLS:
            for command in commands_of(tool):
                with self.subTest(f"{tool} {command}"):
                    text = help_of(tool, *command.split())
                    self.assertLessEqual(text.count("\n"), 48)
                    self.assertRegex(text, r"\nexample:\n  \S")
                    self.assertRegex(text, r"\nexit codes: \S")


if __name__ == "__main__":
    unittest.main(verbosity=2)

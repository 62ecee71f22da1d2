#!/usr/bin/env python3
"""The closing line is only worth something if it cannot lie: each way to fail or to skip is counted."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT = pathlib.Path(__file__).with_name("count_tests.py")
BOOST = """Entering test module "x"
x.cpp(1): Entering test case "one"
x.cpp(1): Leaving test case "one"; testing time: 1us
x.cpp(2): Entering test case "two"
x.cpp(2): error: in "two": check 1 == 2 has failed
x.cpp(2): Leaving test case "two"; testing time: 1us
x.cpp(3): Test case "three" is skipped because precondition failed: no test data
x.cpp(4): Entering test case "four"
skipped: no keytool
x.cpp(4): Leaving test case "four"; testing time: 1us
"""
UNITTEST = "test_a (m.T) ... ok\ntest_b (m.T) ... skipped 'no java'\n\n---\nRan 3 tests in 0.1s\n\nFAILED (errors=1, skipped=1)\n"


def printed(output, status="run", inside="", require="0", options=()):
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(f'<testsuite><testcase name="t" status="{status}">{inside}'
                   f"<system-out><![CDATA[{output}]]></system-out></testcase></testsuite>")
        file.flush()
        return subprocess.run([sys.executable, COUNT, *options, file.name], capture_output=True, text=True,
                              env={**os.environ, "PKGTRUST_REQUIRE_DATA": require})


def closing_line(*arguments, **options):
    done = printed(*arguments, **options)
    return done.stdout.splitlines()[-1], done.returncode


class CountTests(unittest.TestCase):
    def test_the_log_of_boost_is_counted_case_by_case(self):
        self.assertEqual(closing_line(BOOST), ("1 passed, 1 failed, 2 skipped", 1))

    def test_required_data_turns_skips_into_failures(self):
        self.assertEqual(closing_line(BOOST, require="1"), ("1 passed, 3 failed, 0 skipped", 1))
        odd = "passed: a\nskipped: b (this machine cannot mount)\n"
        self.assertEqual(closing_line(odd, require="1"), ("1 passed, 0 failed, 1 skipped", 0))

    def test_the_summary_of_unittest_is_counted(self):
        self.assertEqual(closing_line(UNITTEST), ("1 passed, 1 failed, 1 skipped", 1))

    def test_words_of_a_script_are_counted(self):
        self.assertEqual(closing_line("passed: a\nskipped: b (no java)\npassed: c\n"),
                         ("2 passed, 0 failed, 1 skipped", 0))

    def test_what_failed_is_told_last_with_what_its_case_said(self):
        story = "passed: a\n    exit code 1, not 0\nfailed: b\n" + "passed: c\n" * 99
        lines = printed(story, "fail", '<failure message="x"/>', options=["--failed"]).stdout.splitlines()
        self.assertEqual(lines, ["failed   t: b", "t said:", "    |     exit code 1, not 0", "    | failed: b",
                                 "100 passed, 1 failed, 0 skipped"])

    def test_a_program_that_says_nothing_is_one_case(self):
        self.assertEqual(closing_line("hello"), ("1 passed, 0 failed, 0 skipped", 0))

    def test_a_program_that_ends_badly_counts_as_failed(self):
        failure = '<failure message="SEGFAULT"/>'
        self.assertEqual(closing_line("passed: a\n", "fail", failure), ("1 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(closing_line("", "fail", failure), ("0 passed, 1 failed, 0 skipped", 1))

    def test_a_case_that_was_entered_and_never_left_counts_as_failed(self):
        cut = 'x.cpp(1): Entering test case "one"\n'
        self.assertEqual(closing_line(cut, "fail", "<failure/>"), ("0 passed, 1 failed, 0 skipped", 1))

    def test_a_missing_program_is_no_honest_skip(self):
        self.assertEqual(closing_line("", "notrun", '<skipped message="Unable to find executable"/>'),
                         ("0 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(closing_line("no mandoc", "notrun", '<skipped message="SKIP_RETURN_CODE=77"/>'),
                         ("0 passed, 0 failed, 1 skipped", 1))

    def test_a_run_without_tests_fails(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write("<testsuite></testsuite>")
            file.flush()
            return subprocess.run([sys.executable, COUNT, file.name], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

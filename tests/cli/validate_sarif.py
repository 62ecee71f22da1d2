#!/usr/bin/env python3
"""Reads a SARIF document on standard input; it must be as the schema says, and say what the run came to.

Usage: validate_sarif.py SCHEMA EXIT-CODE FILES
"""
import json
import re
import sys

import jsonschema


def require(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def main(schema_path, exit_code, files):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    text = sys.stdin.read()
    require(text.isascii(), "nothing beyond ASCII, so that no mark reorders a line")
    document = json.loads(text)
    jsonschema.validators.validator_for(schema)(schema).validate(document)
    run, = document["runs"]
    invocation, = run["invocations"]
    require(invocation["exitCode"] == exit_code, "the exit code of the run")
    troubles = invocation["toolExecutionNotifications"]
    require(invocation["executionSuccessful"] == (not troubles), "a trouble is no success")
    require(len(run["artifacts"]) + len(troubles) == files, "every file is listed once")
    rules = run["tool"]["driver"]["rules"]
    require(len({rule["id"] for rule in rules}) == len(rules), "rule ids are unique")
    refused = set()
    for result in run["results"]:
        require(rules[result["ruleIndex"]]["id"] == result["ruleId"], "the index leads to the rule")
        message = result["message"]["text"]
        require(not re.search(r"(?<!\\)[\[\]]", message), f"no link: {message}")
        require("{" not in message.replace("{{", ""), f"no placeholder: {message}")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        require(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri), f"a plain relative reference: {uri}")
        if result["level"] == "error":
            refused.add(uri)
    for artifact in run["artifacts"]:
        accepted = artifact["properties"]["exitCode"] == 0
        require(accepted == (artifact["location"]["uri"] not in refused), "errors are of what is not accepted")
        require(accepted == (artifact["properties"]["verdict"] == "verified"), "the verdict agrees")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

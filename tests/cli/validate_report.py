#!/usr/bin/env python3
"""Reads lines of reports or trust records on standard input; each must be as the schema in docs/ says.

Here the schema is read strictly: a field that it does not describe is an error, so that the page cannot lag
behind the program. Usage: validate_report.py SCHEMA COUNT: exactly COUNT lines must come.
"""
import json
import sys

import jsonschema


def strict(schema):
    """Programs must bear further fields; a test must not."""
    if isinstance(schema, dict):
        closed = {key: strict(value) for key, value in schema.items()}
        if isinstance(schema.get("properties"), dict) and "required" in schema:
            closed["additionalProperties"] = False
        # draft-07 ignores what stands beside $ref.
        return {"allOf": [{"$ref": closed.pop("$ref")}], **closed} if "$ref" in closed else closed
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


def main(schema_path, count):
    with open(schema_path, encoding="utf-8") as file:
        schema = strict(json.load(file))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    lines = sys.stdin.read().splitlines()
    if len(lines) != count:
        print(f"{len(lines)} lines, not {count}")
        return 1
    bad = 0
    for line in lines:
        report = json.loads(line)
        # Against the one form that is meant, so that the message says what is wrong in it.
        form = ("record" if "record" in schema["definitions"] else "trouble" if "error" in report else
                "expiry" if "state" in report else "report")
        chosen = validator.evolve(schema={"$ref": f"#/definitions/{form}", "definitions": schema["definitions"]})
        for error in chosen.iter_errors(report):
            bad += 1
            print(f"{report.get('file')}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

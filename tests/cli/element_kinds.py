#!/usr/bin/env python3
"""Elements of the kinds that no real package of the collection has: they are named, or shown by their id."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "interop"))
from vro_workbench import Workbench, element, package, properties  # noqa: E402


class ElementKinds(Workbench):
    def shown(self, *elements):
        signed = self.home / "kinds-signed.package"
        self.sign(package(self.home / "kinds.package", elements), signed, "--force")
        text = self.tool("pkgverify", "show", "--trust", self.certificate, "--format", "json", signed)
        return {one["id"]: one for one in json.loads(text)["importElementDetails"]}

    def kind_and_name(self, found):
        return found["type"], found["fileObjectName"]

    def test_a_policy_template_is_named_by_its_xml(self):
        xml = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><dunes-policy name=\"SNMP trap\" version=\"1.2.0\" "
               "allowed-operations=\"vef\"><description><![CDATA[Reacts.]]></description></dunes-policy>")
        found = self.shown(element("policy-1", "PolicyTemplate", xml))["policy-1"]
        self.assertEqual(self.kind_and_name(found) + (found["fileObjectVersion"], found["fileCategory"]), ("PolicyTemplate", "SNMP trap", "1.2.0", "Library"))

    def test_an_action_environment_is_json_and_named_by_its_info(self):
        named = element("environment-1", "ActionEnvironment", b'{"name": "python", "version": "1.0.0"}')
        named["elements/environment-1/info"] = properties(id="environment-1", type="ActionEnvironment", name="python")
        bare = element("environment-2", "ActionEnvironment", b'{"name": "node"}')
        found = self.shown(named, bare)
        self.assertEqual(self.kind_and_name(found["environment-1"]), ("ActionEnvironment", "python"))
        # Nothing but the id is known of it: its data is no XML, and no such package was ever seen.
        self.assertEqual(self.kind_and_name(found["environment-2"]), ("ActionEnvironment", ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)

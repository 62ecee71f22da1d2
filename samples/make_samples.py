#!/usr/bin/env python3
"""Makes the unsigned sample packages of this folder, always the same bytes: each as one of the three known
writers of Orchestrator packages would lay it out, with content of our own. Usage: make_samples.py [FOLDER]

docs/formats/vro.md says how the writers differ. The packages are made here by hand, field by field, because no
library writes all three headers.
"""
import pathlib
import struct
import sys
import zlib
from xml.sax.saxutils import escape

DOS_TIME = (10 << 11) | (30 << 5)              # 10:30:00
DOS_DATE = ((2026 - 1980) << 9) | (3 << 5) | 2  # 2026-03-02


class Writer:
    """A zip as one of the three writers makes it."""

    def __init__(self, made_by, needed, file_flags, directory_flags, directory_needed, mode):
        self.made_by, self.needed, self.file_flags = made_by, needed, file_flags
        self.directory_flags, self.directory_needed, self.mode = directory_flags, directory_needed, mode
        self.out, self.central, self.count = bytearray(), bytearray(), 0

    def add(self, name, content=None):
        """Adds a file, or a directory where there is no content."""
        is_file = content is not None
        content = content or b""
        flags = self.file_flags if is_file else self.directory_flags
        needed = self.needed if is_file else self.directory_needed
        method = 8 if is_file else 0
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflate.compress(content) + deflate.flush() if is_file else b""
        described = flags & 0x0008
        sizes = struct.pack("<III", zlib.crc32(content), len(packed), len(content))
        encoded = name.encode("utf-8")
        fixed = struct.pack("<HHHHH", needed, flags, method, DOS_TIME, DOS_DATE)
        offset = len(self.out)
        self.out += b"PK\x03\x04" + fixed + (bytes(12) if described else sizes)
        self.out += struct.pack("<HH", len(encoded), 0) + encoded + packed
        if described:
            self.out += b"PK\x07\x08" + sizes
        attributes = 0
        if self.mode:
            attributes = (0o100644 << 16) if is_file else (0o40755 << 16) | 0x10
        self.central += b"PK\x01\x02" + struct.pack("<H", self.made_by) + fixed + sizes
        self.central += struct.pack("<HHHHHII", len(encoded), 0, 0, 0, 0, attributes, offset) + encoded
        self.count += 1

    def finish(self):
        end = struct.pack("<HHHHIIH", 0, 0, self.count, self.count, len(self.central), len(self.out), 0)
        return bytes(self.out + self.central) + b"PK\x05\x06" + end


def server():
    return Writer(made_by=20, needed=20, file_flags=0x0808, directory_flags=0, directory_needed=20, mode=False)


def maven():
    return Writer(made_by=0x0314, needed=10, file_flags=0, directory_flags=0, directory_needed=10, mode=True)


def vropkg():
    return Writer(made_by=0x032D, needed=20, file_flags=0x0008, directory_flags=0, directory_needed=20, mode=True)


def utf16(text):
    """As the product writes text: big endian with its mark."""
    return b"\xfe\xff" + text.encode("utf-16-be")


def properties(pairs, comment, encoding="UTF-8", standalone=""):
    lines = [f'<?xml version="1.0" encoding="{encoding}"{standalone}?>',
             '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">', "<properties>",
             f"<comment>{comment}</comment>"]
    lines += [f'<entry key="{key}">{escape(value)}</entry>' for key, value in pairs.items()]
    text = "\n".join(lines + ["</properties>", ""])
    return utf16(text) if encoding == "UTF-16" else text.encode("utf-8")


def categories(*names):
    inner = "".join(f"<category name='{name}'><name><![CDATA[{name}]]></name></category>" for name in names)
    return utf16(f"<categories>{inner}</categories>")


def workflow(element, name, version, script, declared="UTF-8"):
    return utf16(f"""<?xml version='1.0' encoding='{declared}'?>
<workflow xmlns="http://vmware.com/vco/workflow" root-name="item1" object-name="workflow:name=generic" id="{element}" version="{version}" api-version="6.0.0" allowed-operations="vef" restartMode="1" resumeFromFailedMode="0">
  <display-name><![CDATA[{name}]]></display-name>
  <position y="50.0" x="100.0"/>
  <input>
    <param name="host" type="string"/>
  </input>
  <workflow-item name="item0" type="end" end-mode="0">
    <position y="45.0" x="384.5"/>
  </workflow-item>
  <workflow-item name="item1" out-name="item0" type="task">
    <display-name><![CDATA[Scriptable task]]></display-name>
    <script encoded="false"><![CDATA[{script}]]></script>
    <position y="55.0" x="225.5"/>
  </workflow-item>
</workflow>
""")


def action(element, name, version, script):
    return utf16(f"""<?xml version='1.0' encoding='UTF-8'?>
<dunes-script-module name="{name}" result-type="string" api-version="6.0.0" id="{element}" version="{version}" allowed-operations="vef">
  <param n="host" t="string"><![CDATA[]]></param>
  <script encoded="false"><![CDATA[{script}]]></script>
</dunes-script-module>
""")


def configuration(element, name, version):
    return utf16(f"""<?xml version='1.0' encoding='UTF-8'?>
<config-element id="{element}" version="{version}" allowed-operations="vef">
  <display-name><![CDATA[{name}]]></display-name>
  <atts>
    <att name="inventoryUrl" type="string" read-only="false">
      <value encoded="n"><![CDATA[https://inventory.example.com/]]></value>
    </att>
  </atts>
</config-element>
""")


def resource(element, name, mime_type, content):
    """A resource element is a zip inside the zip."""
    inner = server()
    for key, value in [("id", element), ("name", name), ("version", "1.0.0"), ("mimetype", mime_type),
                       ("allowedOperations", "vef")]:
        inner.add(f"VSO-RESOURCE-INF/attribute_{key}", value.encode("utf-8"))
    inner.add("VSO-RESOURCE-INF/data", content)
    return inner.finish()


REGISTER, NAME_OF, SETTINGS, LOGO = ("6f1f4c52-1a5c-4b0e-9a77-0c6a3f1f0a01", "6f1f4c52-1a5c-4b0e-9a77-0c6a3f1f0a02",
                                     "6f1f4c52-1a5c-4b0e-9a77-0c6a3f1f0a03", "6f1f4c52-1a5c-4b0e-9a77-0c6a3f1f0a04")
GREET = "9401382760517529400138276051752940013"
RESTART, PORT = "c0f2a7de-5b7f-5d53-8f0e-2f6f6f0d1b01", "c0f2a7de-5b7f-5d53-8f0e-2f6f6f0d1b02"


def server_export():
    """com.example.inventory, as a server of version 8.4 or later exports it."""
    zipped = server()
    zipped.add("dunes-meta-inf", properties({
        "pkg-name": "com.example.inventory", "vso-version": "8.18.1.0.24282366",
        "pkg-description": "Registers hosts in the inventory", "vso-build-nb": "24282366",
        "used-plugins": "REST#2.4.3", "pkg-id": "8a80d0f29a1b2c3d019a1b2c3d4e0001"}, "UTF-16"))

    def element(identity, kind, folder, content, form=None):
        if form:
            zipped.add(f"elements/{identity}/input_form_", form)
        zipped.add(f"elements/{identity}/data", content)
        zipped.add(f"elements/{identity}/categories", categories(*folder))
        zipped.add(f"elements/{identity}/info", properties({"id": identity, "type": kind}, "UTF-16"))

    element(REGISTER, "Workflow", ["Example", "Inventory"],
            workflow(REGISTER, "Register a host", "1.2.0", 'System.log("registering " + host);'),
            utf16('{"layout":{"pages":[{"id":"page_1","title":"General","sections":[]}]},"schema":{}}'))
    element(NAME_OF, "ScriptModule", ["com.example.inventory"],
            action(NAME_OF, "shortName", "1.0.1", 'return host.split(".")[0];'))
    element(SETTINGS, "ConfigurationElement", ["Example"], configuration(SETTINGS, "Inventory", "1.0.0"))
    element(LOGO, "ResourceElement", ["Example"], resource(LOGO, "hosts.json", "application/json", b'{"hosts": []}\n'))
    return zipped.finish()


def maven_build():
    """com.example.greeting, as the maven plugin builds it: UTF-16, directory entries, other keys."""
    zipped = maven()
    meta = {"vso-build-nb": "7852116", "pkg-description": "Says hello", "pkg-name": "com.example.greeting",
            "used-plugins": "", "vso-version": "7.3.1.7852116", "pkg-id": "40013827605175294001382760517529"}
    standalone = ' standalone="no"'
    zipped.add("elements/")
    zipped.add(f"elements/{GREET}/")
    zipped.add("dunes-meta-inf", properties(meta, "Exported from [filesystem]", "UTF-16", standalone))
    info = {"categoryPath": "Library.Example", "name": "Say hello", "type": "Workflow", "id": GREET}
    zipped.add(f"elements/{GREET}/info", properties(info, "Exported from [filesystem]", "UTF-16", standalone))
    zipped.add(f"elements/{GREET}/data",
               workflow(GREET, "Say hello", "0.1.0", 'System.log("hello " + host);', declared="ISO-8859-1"))
    zipped.add(f"elements/{GREET}/categories", categories("Library", "Example"))
    return zipped.finish()


def vropkg_build():
    """com.example.services-1.0.0, as vropkg builds it: descriptors without the UTF-8 flag, stored directories."""
    zipped = vropkg()
    zipped.add("elements/")

    def element(identity, kind, folder, content):
        zipped.add(f"elements/{identity}/")
        zipped.add(f"elements/{identity}/categories", categories(*folder))
        zipped.add(f"elements/{identity}/data", content)
        zipped.add(f"elements/{identity}/info", properties({"type": kind, "id": identity},
                                                           "Exported from PSCoE o11n-convert", standalone=' standalone="no"'))

    element(RESTART, "Workflow", ["Example", "Services"],
            workflow(RESTART, "Restart a service", "1.0.0", 'System.log("restarting on " + host);'))
    element(PORT, "ScriptModule", ["com.example.services"], action(PORT, "portOf", "1.0.0", 'return "443";'))
    zipped.add("dunes-meta-inf", properties({
        "pkg-id": "5a3e7c7e-3f9c-5a50-9d0b-7f1f3f6b2d01", "pkg-name": "com.example.services-1.0.0",
        "pkg-description": "Built by a pipeline"}, "UTF-16"))
    return zipped.finish()


SAMPLES = {"com.example.inventory.package": server_export, "com.example.greeting.package": maven_build,
           "com.example.services-1.0.0.package": vropkg_build}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SAMPLES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent)

#!/usr/bin/env python3
"""How time and memory grow with the number of entries and with bytes: a table, and a plot as SVG.

    PKGTRUST_BIN=build/release/bin PKGTRUST_WORKLOADS=build/workloads tests/bench/growth.py [--most-gib N] [--svg FILE]

Signs and checks archives of 1,000 to 1,000,000 entries of 100 bytes, and archives of one stored entry of 1, 4 and 16 GiB.
Each is made, measured (the median of some rounds) and deleted. Standard library only.
"""
import argparse
import multiprocessing
import pathlib
import statistics
import struct
import tempfile
import zipfile
import zlib

from cases import WORK, Setting
from compare import spent
from growth_plot import plot

ENTRIES = (1_000, 10_000, 100_000, 1_000_000)
GIB = (1, 4, 16)


def many_entries(path, count):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            name = zipfile.ZipInfo(f"folder{number // 1000}/entry{number}.bin", (2026, 1, 1, 0, 0, 0))
            archive.writestr(name, b"%0100d" % number)


def one_large_entry(path, gib):
    """One stored entry of zeros with ZIP64 sizes (APPNOTE 4.5.3); the file has a hole where they are."""
    size, checksum, block = gib << 30, 0, bytes(1 << 20)
    for _ in range(size // len(block)):
        checksum = zlib.crc32(block, checksum)
    name, wide = b"large.bin", struct.pack("<HHQQ", 1, 16, size, size)
    common = struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x5C21, checksum, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(wide))
    local = b"PK\x03\x04" + common + name + wide
    central = b"PK\x01\x02" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + wide
    offset = len(local) + size
    end64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(central), offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, offset + len(central), 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), 0xFFFFFFFF, 0)
    with open(path, "wb") as out:
        out.write(local)
        out.seek(offset)
        out.write(central + end64 + locator + end)


def median_of(command, rounds):
    spent(command, 0)
    rounds = [spent(command, 0) for _ in range(rounds)]
    wall, _, peak = (statistics.median(column) for column in zip(*rounds))
    return wall, peak / 1024


def measure(setting, make, amount, rounds):
    source, signed = setting.home / "growing.zip", setting.home / "growing.jar"
    # In a process of its own: what this one takes would be counted as the peak of all that it starts.
    maker = multiprocessing.Process(target=make, args=(source, amount))
    maker.start()
    maker.join()
    sign, sign_memory = median_of(setting.sign(source, signed), rounds)
    source.unlink()
    check, check_memory = median_of(setting.check(signed), rounds)
    signed.unlink()
    return {"amount": amount, "sign": sign, "sign_memory": sign_memory, "check": check, "check_memory": check_memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most-entries", type=int, default=ENTRIES[-1])
    parser.add_argument("--most-gib", type=int, default=GIB[-1])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--svg", type=pathlib.Path, help="where the plot goes")
    options = parser.parse_args()
    found = {}
    print("| what | check s | check MiB | sign s | sign MiB |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=WORK) as home:
        setting = Setting(pathlib.Path(home))
        for unit, make, amounts in (("entries", many_entries, [n for n in ENTRIES if n <= options.most_entries]),
                                    ("GiB", one_large_entry, [n for n in GIB if n <= options.most_gib])):
            found[unit] = []
            for amount in amounts:
                one = measure(setting, make, amount, options.rounds)
                found[unit].append(one)
                print(f"| {amount:,} {unit} | {one['check']:.3f} | {one['check_memory']:.0f} | {one['sign']:.3f} | "
                      f"{one['sign_memory']:.0f} |", flush=True)
    if options.svg:
        options.svg.write_text(plot(found))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Times ours and its peers in turn, A B C A B C, and prints medians and the ratio to ours, pair by pair.

Called by run.sh. Whole processes, started warm: one round before those that count. The ratio is taken within each
round and its median printed, so that a machine that drifts does not decide. Standard library only.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from cases import WORK, Setting, cases


def spent(command, expected):
    """Wall seconds, CPU seconds and peak memory in KiB of one process that must end as expected."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != expected:
        sys.exit(f"{' '.join(command)}: exit {child.returncode}, not {expected}: {complaint.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def measure(title, contestants, runs):
    present = [one for one in contestants if shutil.which(one[1][0])]
    for _, command, expected in present:
        spent(command, expected)
    rounds = [[spent(command, expected) for _, command, expected in present] for _ in range(runs)]
    for place, (label, _, _) in enumerate(present):
        of_this = [figures[place] for figures in rounds]
        wall, cpu, peak = (statistics.median(column) for column in zip(*of_this))
        ratio = statistics.median(figures[place][0] / figures[0][0] for figures in rounds)
        print(f"| {title if place == 0 else ''} | {label} | {wall:.3f} | {cpu:.3f} | {peak / 1024:.0f} | "
              f"{'' if place == 0 else f'{ratio:.1f}'} |", flush=True)
    for label, command, _ in contestants:
        if not shutil.which(command[0]):
            print(f"| | {label}: not installed | | | | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="rounds that count (default: 5)")
    parser.add_argument("workload", nargs="*", help="w1 to w6, ova, small, start (default: all)")
    options = parser.parse_args()
    wanted = options.workload or ["w1", "w2", "w3", "w4", "w5", "w6", "ova", "small", "start"]
    print("| what | command | wall s | CPU s | peak MiB | times ours |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=WORK) as home:
        for title, contestants in cases(Setting(pathlib.Path(home)), wanted):
            measure(title, contestants, options.runs)


if __name__ == "__main__":
    main()

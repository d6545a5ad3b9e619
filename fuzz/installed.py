"""``python -m fuzz.installed``: scan the standard library and all that is installed, every public function of it.

Each file must give findings or nodes: what raises, ends the process, takes longer than ``SECONDS``, or is told without
a place or in several lines is printed, and the exit code is 1. Minutes of CPU; ``tests/scan`` takes a sample.
"""

from __future__ import annotations

import multiprocessing
import sys
import sysconfig
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rekuest_codegen.scan import ScanOptions, scan
from rekuest_codegen.scan.files import files_of

BATCH = 25
SECONDS = 120
"""Of the clock, for a batch."""


@dataclass
class Told:
    nodes: int = 0
    findings: Counter[str] = field(default_factory=Counter[str])
    troubles: list[str] = field(default_factory=list[str])


def read(files: Sequence[Path]) -> Told:
    told = Told()
    for file in files:
        try:
            result = scan([file], ScanOptions(all_functions=True))
        except Exception:
            told.troubles.append(f"{file}: {traceback.format_exc()}")
            continue
        told.nodes += len(result.nodes)
        for finding in result.findings:
            told.findings[finding.code] += 1
            if "\n" in finding.message or int(finding.where.rsplit(":", 2)[1]) < 1:
                told.troubles.append(f"{file}: {finding}")
    return told


def main() -> None:
    paths = sysconfig.get_paths()
    troubled = False
    for folder in map(Path, (paths["stdlib"], paths["purelib"])):
        files = list(files_of([folder]))
        started, total = time.monotonic(), Told()
        for start in range(0, len(files), BATCH):
            batch = files[start : start + BATCH]
            with multiprocessing.Pool(1) as pool:
                try:
                    told = pool.apply_async(read, (batch,)).get(SECONDS)
                except multiprocessing.TimeoutError:
                    told = Told(troubles=[f"{batch[0]} … {batch[-1]}: nothing after {SECONDS} seconds"])
            total.nodes += told.nodes
            total.findings += told.findings
            total.troubles += told.troubles
        print(f"{folder}: {len(files):,} files in {time.monotonic() - started:.0f} s, {total.nodes:,} nodes")
        print("  " + ", ".join(f"{code} {count:,}" for code, count in total.findings.most_common()))
        print("".join(f"  TROUBLE {trouble}\n" for trouble in total.troubles), end="")
        troubled = troubled or bool(total.troubles)
    if troubled:
        sys.exit(1)


if __name__ == "__main__":
    main()

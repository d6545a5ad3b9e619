"""What a scan costs: cold beside griffe on the same files, as a code base grows, and when nothing has changed.

CPU seconds of whole processes, start-up included; what is compared is run in turn, so that a busy machine is as busy
for one as for the other. Run with ``python -m benchmarks scan``; needs the extra ``bench``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 5
FUNCTIONS = 10
"""Functions of one file."""

HEAD = '''"""Module {module}."""

from dataclasses import dataclass
from typing import Optional

from rekuest_codegen import easy, model
{imports}

app = easy("bench")


class Image{module}:
    """An image."""

    @classmethod
    def get_identifier(cls):
        return "@bench/image{module}"

    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...


@model
@dataclass
class Settings{module}:
    """How to measure."""

    level: float = 0.5
    names: Optional[list[str]] = None
'''
REGISTERED = '''

@app.register(collections=["bench"])
async def measure_{number}(
    image: {image}, level_{number}: float | None = {number}.5, names: Optional[list[str]] = None
) -> dict[str, int]:
    """Measure number {number} of module {module}.

    The {number} is the one of this function, and the text is about that.

    Args:
        image: The image that {module} measures.
        level_{number}: The level above which number {number} counts.

    Returns:
        What was counted.
    """
    counted = {{}}
    for name in names or []:
        counted[name] = await image.count(name, level_{number})
    return counted
'''
PLAIN = '''

def compute_{number}(values: list[float], factor_{number}: float = {number}.0) -> float:
    """Add up number {number} of module {module}."""
    total = 0.0
    for value in values:
        if value > 0:
            total += value * factor_{number}
        else:
            total -= value
    return total
'''
SCAN = "import sys; from pathlib import Path; from rekuest_codegen.scan import scan; scan([Path(sys.argv[1])])"
GRIFFE = (
    "import os, sys, griffe; griffe.load(os.path.basename(sys.argv[1]), search_paths=[os.path.dirname(sys.argv[1])])"
)
COMMAND = "import sys; from rekuest_codegen.cli import main; main(['scan', *sys.argv[1:]])"


def write_code(folder: Path, files: int, *, registering: int, imports: int = 0) -> int:
    """Write a package of ``files`` files, the first ``registering`` of which register what they hold, and each of
    which takes its image from one and names of ``imports`` others; how many lines it has."""
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    lines = 0
    for module in range(files):
        provides = module < registering
        others = [(module * 7 + step * 13 + 1) % files for step in range(imports)]
        taken = "\n".join(f"from .module_{other} import Image{other}, Settings{other}" for other in others)
        text = HEAD.format(module=module, imports=taken) if provides else f'"""Module {module}."""\n'
        for number in range(FUNCTIONS):
            image = f"Image{others[number % imports] if imports else module}"
            text += (REGISTERED if provides else PLAIN).format(number=number, module=module, image=image)
        (folder / f"module_{module}.py").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


def cpu_of(code: str, *arguments: str, cache: Path | None = None) -> float:
    """CPU seconds, user and system, of one ``python -c code arguments``."""
    environment = {**os.environ, "REKUEST_CACHE_DIR": str(cache) if cache is not None else ""}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}: {code}")
    return used.ru_utime + used.ru_stime


def compare(folder: Path) -> None:
    files = 1000
    print(f"\nCold, {files * FUNCTIONS:,} functions in {files:,} files, CPU seconds, median of {RUNS}:\n")
    print("| code base | lines | scan | griffe |\n|---|---:|---:|---:|")
    for title, registering in (("nothing registers", 0), ("one file in ten registers", 100), ("all register", files)):
        code = folder / f"registering_{registering}"
        lines = write_code(code, files, registering=registering)
        pairs = [(cpu_of(SCAN, str(code)), cpu_of(GRIFFE, str(code))) for _ in range(RUNS)]
        ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
        print(f"| {title} | {lines:,} | {ours:.2f} | {theirs:.2f} |")


def grow(folder: Path) -> None:
    print(f"\nAs the code grows, all of it registering, CPU seconds, median of {RUNS}:\n")
    print("| functions | files | scan | microseconds a function | where each file imports from five |\n|" + "---:|" * 5)
    start = cpu_of("from rekuest_codegen.scan.scanner import scan")
    for files in (100, 200, 500, 1000):
        alone, joined = folder / f"alone_{files}", folder / f"joined_{files}"
        write_code(alone, files, registering=files)
        write_code(joined, files, registering=files, imports=5)
        pairs = [(cpu_of(SCAN, str(alone)), cpu_of(SCAN, str(joined))) for _ in range(RUNS)]
        first, second = (statistics.median(times) for times in zip(*pairs, strict=True))
        count = files * FUNCTIONS
        each = (first - start) / count * 1e6
        print(f"| {count:,} | {files:,} | {first:.2f} | {each:.0f} | {second:.2f} |")


def again(folder: Path) -> None:
    print(f"\nThe command again, 10,000 functions in 1,000 files, CPU milliseconds, median of {4 * RUNS}:\n")
    code, cache = folder / "kept", folder / "cache"
    write_code(code, 1000, registering=1000)
    for path in code.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))
    cold = cpu_of(COMMAND, str(code), cache=cache)
    rows = [
        (cpu_of("pass"), cpu_of(COMMAND, "--help"), cpu_of(COMMAND, str(code), cache=cache)) for _ in range(4 * RUNS)
    ]
    bare, helped, unchanged = (statistics.median(times) * 1000 for times in zip(*rows, strict=True))
    print("| what | CPU | over bare Python |\n|---|---:|---:|")
    for title, cost in (
        ("bare Python", bare),
        ("`rekuest-codegen scan --help`", helped),
        ("`rekuest-codegen scan`, nothing changed", unchanged),
        ("`rekuest-codegen scan`, the first time", cold * 1000),
    ):
        print(f"| {title} | {cost:.0f} | {cost - bare:.0f} |")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        again(folder)
        compare(folder)
        grow(folder)


if __name__ == "__main__":
    main()

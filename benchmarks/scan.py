"""What a scan costs: a large code base of which little registers, and one of which all does."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from rekuest_codegen.scan import ScanOptions, scan

RUNS = 3
PLAIN = '''
def compute_{number}(values: list[float], factor: float = 1.0) -> float:
    """Add things up."""
    total = 0.0
    for value in values:
        if value > 0:
            total += value * factor
        else:
            total -= value
    return total
'''
REGISTERED = '''
@app.register
def measure_{number}(image: Image, level: float | None = 0.5, names: Optional[list[str]] = None) -> dict[str, int]:
    """Measure something.

    Args:
        image: The image.
        level: The level.
    """
    return {{}}
'''
HEAD = """from typing import Optional
from rekuest_codegen import easy

app = easy("bench")

class Image:
    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...
"""


def written(folder: Path, files: int, functions: int, registering: int) -> int:
    """Write a code base of ``files`` files, of which ``registering`` register what they hold; how many lines it has."""
    lines = 0
    for number in range(files):
        provides = number < registering
        template = REGISTERED if provides else PLAIN
        text = (HEAD if provides else "") + "\n".join(template.format(number=index) for index in range(functions))
        (folder / f"module_{number}.py").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


def main() -> None:
    print(f"CPU seconds of a scan, median of {RUNS}")
    for title, files, functions, registering in (
        ("few files register", 500, 10, 10),
        ("all files register", 50, 100, 50),
    ):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            lines = written(folder, files, functions, registering)
            times: list[float] = []
            found = 0
            for _ in range(RUNS):
                started = time.process_time()
                found = len(scan([folder], ScanOptions(search_path=())).nodes)
                times.append(time.process_time() - started)
        print(f"{title}: {lines:,} lines, {files} files, {found} nodes".ljust(62), f"{statistics.median(times):6.2f}")


if __name__ == "__main__":
    main()

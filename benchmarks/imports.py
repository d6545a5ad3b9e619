"""What importing costs: bare Python, a generated package of 5,000 nodes, the first call's imports."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rekuest_codegen.emit import generate, write_package
from rekuest_codegen.ir import Node, Port, PortKind

RUNS = 15


def many_nodes(count: int, apps: int) -> Iterator[Node]:
    for number in range(count):
        yield Node(
            app=f"app_{number % apps}",
            key=f"measure_{number}",
            name=f"Measure {number}",
            description=f"Measure something, the {number}th way.\n\nAt length.",
            hash=f"{number:064x}",
            args=(
                Port(key="image", kind=PortKind.STRUCTURE, identifier="@bench/image", description="The image."),
                Port(key="level", kind=PortKind.FLOAT, nullable=True, default=0.5, description="The level."),
                Port(key="names", kind=PortKind.LIST, children=(Port(key="...", kind=PortKind.STRING),)),
            ),
            returns=(Port(key="return0", kind=PortKind.STRUCTURE, identifier="@bench/image"),),
        )


def cpu_of(code: str, path: Path) -> float:
    """Median CPU milliseconds of ``python -c code``, start-up included."""
    wrapped = f"import sys; sys.path.insert(0, {str(path)!r})\n{code}\nimport time; print(time.process_time())"
    times: list[float] = []
    for _ in range(RUNS + 1):
        done = subprocess.run([sys.executable, "-c", wrapped], capture_output=True, text=True, check=True)
        times.append(float(done.stdout.split()[-1]) * 1000)
    return statistics.median(times[1:])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        write_package(path / "one_app", generate(list(many_nodes(5000, 1))))
        write_package(path / "ten_apps", generate(list(many_nodes(5000, 10))))
        write_package(path / "small", generate(list(many_nodes(200, 1))))
        first_call = "import asyncio, rekuest_codegen.runtime.caller.calls, rekuest_codegen.runtime.caller.client"
        rows = [
            ("bare Python", "pass"),
            ("import pydantic", "import pydantic; pydantic.BaseModel"),
            ("import of a package of 5,000 nodes, one app", "import one_app"),
            ("import of a package of 5,000 nodes, ten apps", "import ten_apps"),
            ("one node of 5,000, one app", "from one_app.app_0 import measure_17"),
            ("an app of 200 nodes, all", "from small.app_0 import measure_17"),
            ("what the first call imports", first_call),
        ]
        bare = 0.0
        print(f"CPU milliseconds, median of {RUNS} processes; over bare Python in brackets")
        for title, code in rows:
            cost = cpu_of(code, path)
            bare = bare or cost
            print(f"{title:50} {cost:7.1f} ({cost - bare:+6.1f})")


if __name__ == "__main__":
    main()

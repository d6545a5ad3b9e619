"""What importing costs: bare Python, a generated package of 5,000 nodes, the first call's imports."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
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


def environment(folder: Path) -> dict[str, str]:
    """Ours, with byte code kept in ``folder``: an installed package has it, and is not compiled in every process."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONPATH": str(folder)}


def run(code: str, environment: Mapping[str, str]) -> float:
    """CPU milliseconds of ``python -c code``, start-up included."""
    wrapped = f"{code}\nimport time; print(time.process_time())"
    done = subprocess.run([sys.executable, "-c", wrapped], capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.split()[-1]) * 1000


def instructions(code: str, environment: Mapping[str, str]) -> float | None:
    """Millions of instructions of the same, as callgrind counts them; None without valgrind. They do not vary."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    command = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return int(done.stderr.split("Collected :")[1].split()[0]) / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        write_package(path / "one_app", generate(list(many_nodes(5000, 1))))
        write_package(path / "ten_apps", generate(list(many_nodes(5000, 10))))
        write_package(path / "small", generate(list(many_nodes(200, 1))))
        rows = {
            "bare Python": "pass",
            "import pydantic": "import pydantic; pydantic.BaseModel",
            "import asyncio, and pydantic with a field": "import asyncio, pydantic; pydantic.BaseModel; pydantic.Field",
            "import of a package of 5,000 nodes, one app": "import one_app",
            "import of a package of 5,000 nodes, ten apps": "import ten_apps",
            "one node of 5,000, one app": "from one_app.app_0 import measure_17",
            "an app of 200 nodes, all": "from small.app_0 import measure_17",
            "what the first call imports": (
                "import asyncio, rekuest_codegen.runtime.caller.calls, rekuest_codegen.runtime.caller.client"
            ),
        }
        env = environment(path)
        for code in rows.values():
            run(code, env)  # compiles
        times: dict[str, list[float]] = {title: [] for title in rows}
        for _ in range(RUNS):  # taking turns, so that a noisy minute is everybody's
            for title, code in rows.items():
                times[title].append(run(code, env))
        counts = {title: instructions(code, env) for title, code in rows.items()}
    bare, peer = statistics.median(times["bare Python"]), statistics.median(times["import pydantic"])
    print(f"CPU milliseconds, median of {RUNS} processes that take turns; over bare Python in brackets, as a multiple")
    print("of pydantic's; and millions of instructions over bare Python (callgrind)")
    for title, taken in times.items():
        cost, count, least = statistics.median(taken), counts[title], counts["bare Python"]
        counted = "" if count is None or least is None else f"{count - least:8.0f}"
        print(f"{title:45} {cost:7.1f} ({cost - bare:+6.1f}) {(cost - bare) / (peer - bare):6.2f}{counted}")


if __name__ == "__main__":
    main()

"""What generating costs, against others on the same operations: ``python -m benchmarks generate``.

Each run is a process of its own that begins from nothing: an empty folder, an empty cache of ours. The tools take
turns, so that whatever else the machine does, it does to all of them. The others live in an environment of their own,
made here with pip, and run with their defaults.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chart import chart
from benchmarks.operations import written
from benchmarks.tree import Cost, cost_of

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venvs" / "bench-generate"
CHART = ROOT / "docs" / "generate.svg"
REQUIREMENTS = (
    "ariadne-codegen==0.19.*",
    "datamodel-code-generator==0.89.*",
    "openapi-python-client==0.29.*",
    "grpcio-tools==1.*",
    "mypy-protobuf==5.*",
)
COUNTS = (100, 1000, 5000)
ROUNDS = {100: 7, 1000: 5, 5000: 3}
OURS, AGAIN, BARE = "rekuest-codegen", "rekuest-codegen, nothing changed", "bare Python"
PROTOC = ("--python_out=.", "--grpc_python_out=.", "--mypy_out=.", "--mypy_grpc_out=.", "bench.proto")
DATAMODEL = (
    *("--input", "openapi.json", "--input-file-type", "openapi"),
    *("--output", "models.py", "--output-model-type", "pydantic_v2.BaseModel"),
)
TARGETS = {1000: 0.150, 5000: 0.750}


@dataclass(frozen=True)
class Tool:
    """A generator: what it reads, what runs it, and what it writes."""

    name: str
    reads: str
    command: Sequence[str]
    makes: str


def tools() -> list[Tool]:
    peers = PEERS / "bin"
    return [
        Tool(
            OURS,
            "manifest",
            [sys.executable, "-m", "rekuest_codegen", "pull", "--frozen", "--out", "mynodes"],
            "mynodes",
        ),
        Tool(
            "grpcio-tools, mypy-protobuf",
            "protobuf",
            [str(peers / "python"), "-m", "grpc_tools.protoc", "-I.", *PROTOC],
            "bench_pb2.pyi",
        ),
        Tool(
            "datamodel-code-generator",
            "openapi",
            [str(peers / "datamodel-codegen"), *DATAMODEL],
            "models.py",
        ),
        Tool("ariadne-codegen", "graphql", [str(peers / "ariadne-codegen")], "client"),
        Tool(
            "openapi-python-client",
            "openapi",
            [str(peers / "openapi-python-client"), "generate", "--path", "openapi.json"],
            "bench-client",
        ),
    ]


def install() -> None:
    """The others' environment, if it is not there."""
    done = PEERS / ".installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        done.touch()


def measured(folder: Path) -> dict[tuple[str, int], list[Cost]]:
    """The costs of each tool for each count, by round."""
    environment = {
        **os.environ,
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PATH": f"{PEERS / 'bin'}:{os.environ['PATH']}",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    costs: dict[tuple[str, int], list[Cost]] = {}
    for count in COUNTS:
        for turn in range(ROUNDS[count] + (count == COUNTS[0])):
            for tool in tools():
                found = run(tool, count, folder, environment)
                # The very first round compiles everybody's modules, and does not count.
                if turn or count != COUNTS[0]:
                    for name, cost in found.items():
                        costs.setdefault((name, count), []).append(cost)
            print(f"{count} operations, round {turn}", file=sys.stderr)
    return costs


def run(tool: Tool, count: int, folder: Path, environment: Mapping[str, str]) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        written(tool.reads, count, place)
        own = {**environment, "XDG_CACHE_HOME": str(place / "cache")}
        found = {tool.name: cost_of(tool.command, place, own)}
        if not (place / tool.makes).exists():
            raise SystemExit(f"{tool.name}: made no {tool.makes}")
        if tool.name == OURS:
            times = {path: path.stat().st_mtime_ns for path in (place / "mynodes").rglob("*")}
            found[AGAIN] = cost_of(tool.command, place, own)
            if {path: path.stat().st_mtime_ns for path in (place / "mynodes").rglob("*")} != times:
                raise SystemExit("a run with nothing changed has changed something")
            found[BARE] = cost_of([sys.executable, "-c", "pass"], place, own)
        return found


def main() -> None:
    install()
    folder = Path(tempfile.mkdtemp(prefix="bench-generate-"))
    try:
        costs = measured(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bare = statistics.median(cost.cpu for (name, _), many in costs.items() if name == BARE for cost in many)
    names = [name for name in dict.fromkeys(name for name, _ in costs) if name != BARE]
    print(f"CPU of the process tree, medians; ours over bare Python start, which is {bare * 1000:.1f} ms\n")
    print("| | " + " | ".join(f"{count:,} operations" for count in COUNTS) + " | peak memory at 5,000 |")
    print("|---|" + "---:|" * (len(COUNTS) + 1))
    over: dict[str, dict[int, float]] = {}
    for name in names:
        over[name] = {count: statistics.median(cost.cpu for cost in costs[name, count]) - bare for count in COUNTS}
        memory = max(cost.memory for cost in costs[name, COUNTS[-1]]) / 2**20
        print(f"| {name} | " + " | ".join(_seconds(over[name][count]) for count in COUNTS) + f" | {memory:,.0f} MB |")
    print()
    for count, target in TARGETS.items():
        took = over[OURS][count]
        verdict = "" if took <= target else ", MISSED"
        print(f"{count:,} operations: {took * 1000:.0f} ms, target {target * 1000:.0f} ms{verdict}")
    drawn = {
        name: [(count, seconds / count) for count, seconds in line.items()]
        for name, line in over.items()
        if name != AGAIN
    }
    CHART.write_text(chart("CPU of generating, by operation", drawn), encoding="utf-8")
    print(f"chart: {CHART.relative_to(ROOT)}")


def _seconds(value: float) -> str:
    return f"{value * 1000:,.0f} ms" if value < 1 else f"{value:,.1f} s"

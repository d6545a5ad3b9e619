"""The house stands: imports go down only, the import wall holds, files stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "rekuest_codegen"
EXAMPLE = Path(__file__).parent.parent / "generated_example"
FLOORS = {
    "errors": 0,
    "shapes": 0,
    "cachedir": 0,
    "counted": 0,
    "printable": 0,
    "garbage": 0,
    "jitter": 0,
    "lazy": 0,
    "ir": 1,
    "api": 1,
    "project": 1,
    "wire": 2,
    "scan": 2,
    "emit": 2,
    "fetch": 3,
    "runtime": 3,
    "server": 3,
    "build": 4,
    "pytest_plugin": 4,
    "cli": 5,
    "demo": 5,
}
WALL = (
    *("click", "jinja2", "libcst", "graphql", "ariadne", "starlette", "uvicorn", "httpx"),
    *("authlib", "joserfc", "numpy", "obstore", "opentelemetry", "pandas", "platformdirs", "polars", "pyarrow"),
)
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "client" not in path.relative_to(PACKAGE).parts[1:2])


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and room of every import of this package, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [node.module or ""]
            if node.module == "rekuest_codegen":
                names = [f"rekuest_codegen.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "rekuest_codegen" and len(parts) > 1 and parts[1] in FLOORS:
                yield node.lineno, parts[1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    if here in ("__init__", "__main__"):
        return
    wrong = [
        f"line {line}: {here} imports {there}"
        for line, there in imports(path)
        if there != here and FLOORS[there] >= FLOORS[here]
    ]
    # The demo's provider is an app like any user's, so it stands beside the command line, on top.
    assert not wrong


def test_the_table_names_every_room() -> None:
    assert {room(path) for path in SOURCES} - {"__init__", "__main__"} == set(FLOORS)


@pytest.mark.parametrize(
    "code",
    [
        "import rekuest_codegen",
        "import rekuest_codegen.runtime",
        "import mynodes",
        "import mynodes.demo; mynodes.demo.ThresholdArgs",
        "import rekuest_codegen.runtime.caller.calls, rekuest_codegen.runtime.caller.client",
    ],
)
def test_import_wall(code: str) -> None:
    told = f"{code}; import sys; print(*sorted(set(sys.modules) & set({WALL!r})))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=EXAMPLE, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


def test_a_first_call_imports_what_a_first_call_needs() -> None:
    """Our own part of it: no TOML, no renewal of tokens, no bars, no provider."""
    spared = ("tomllib", "rich", "msgspec", *(f"rekuest_codegen.{name}" for name in SPARED))
    code = "import rekuest_codegen.runtime.caller.calls, rekuest_codegen.runtime.caller.client"
    told = f"{code}; import sys; print(*sorted(set(sys.modules) & set({spared!r})))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


SPARED = (
    *("emit", "scan", "server", "fetch", "cli", "ir.nodes", "ir.records", "project.reading", "wire.conversation"),
    *("runtime.auth.renewal", "runtime.caller.bars", "runtime.objects", "runtime.provider"),
)


def test_files_stay_small() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES)
    assert sizes[-1] <= 500, "a file over 500 lines holds two ideas"
    assert sizes[int(len(sizes) * 0.9)] <= 350, "nine in ten stay under 350 lines"

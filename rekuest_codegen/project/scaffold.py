"""The files of a new provider project: a module to start from, its tests, and a build that ships typed stubs of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from keyword import iskeyword
from pathlib import Path

from rekuest_codegen.errors import ConfigurationError, OutputError

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling", "rekuest-codegen"]
build-backend = "hatchling.build"

[project]
name = "NAME"
version = "0.1.0"
description = "Nodes of the app NAME"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["rekuest-codegen"]

[project.optional-dependencies]
test = ["pytest"]

# The stubs in PACKAGE.nodes are generated from the provider's source when the project is built or installed.
[tool.hatch.build.hooks.rekuest-codegen]

[tool.hatch.build.targets.wheel]
packages = ["src/PACKAGE"]

[tool.rekuest-codegen.build]
frozen = false

[tool.rekuest-codegen.targets.nodes]
source = "src/PACKAGE/provider.py"
out = "src/PACKAGE/nodes"

[tool.pytest.ini_options]
pythonpath = ["src"]
testpaths = ["tests"]
""",
    "README.md": """\
# NAME

```console
$ pip install -e '.[test]'   # generates the stubs in src/PACKAGE/nodes too
$ pytest
$ rekuest-codegen run --reload src/PACKAGE/provider.py   # needs REKUEST_URL and REKUEST_TOKEN
```

`rekuest-codegen scan src` shows the nodes, `rekuest-codegen pull` generates the stubs anew.
""",
    ".gitignore": """\
__pycache__/
/dist/
/src/PACKAGE/nodes/
""",
    "src/PACKAGE/__init__.py": '''\
"""The app NAME: `provider` has the functions, `nodes` the typed stubs to call them with from elsewhere."""
''',
    "src/PACKAGE/provider.py": '''\
"""The functions that this app provides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from rekuest_codegen import Description, easy, progress

app = easy("NAME")


@app.register()
def mean(values: Annotated[list[float], Description("What to average.")]) -> float:
    """Average values.

    Returns:
        Their arithmetic mean.
    """
    if not values:
        raise ValueError("no values, no mean")
    return sum(values) / len(values)


@app.register()
def count(to: int, start: int = 0) -> Iterator[int]:
    """Count, one number after the other."""
    for number in range(start, to):
        progress(100 * (number - start) // max(to - start, 1), f"at {number}")
        yield number


if __name__ == "__main__":
    app.run()
''',
    "tests/test_provider.py": '''\
"""The functions as their callers see them: through the generated stubs, served in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rekuest_codegen.errors import ArgumentError, NodeError
from rekuest_codegen.runtime.testing import in_memory

from PACKAGE.nodes import MODULE as nodes
from PACKAGE.provider import app


@pytest.fixture(autouse=True)
def served() -> Iterator[None]:
    with in_memory(app):
        yield


def test_mean() -> None:
    assert nodes.mean([1.0, 2.0, 6.0]) == 3.0


def test_an_error_of_the_node() -> None:
    with pytest.raises(NodeError, match="no values, no mean"):
        nodes.mean([])


def test_a_stream() -> None:
    assert list(nodes.count(5, start=2)) == [2, 3, 4]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ArgumentError):
        nodes.count("five")  # type: ignore[arg-type]  # which a type checker knows as well
''',
}
"""By path; NAME is the app's name, PACKAGE the one that Python imports, MODULE that of its stubs."""


def write_project(folder: Path, name: str) -> tuple[str, ...]:
    """Write a provider project for the app ``name`` into ``folder``; the paths of its files.

    Raises:
        ConfigurationError: the name is none for a project. OutputError: it cannot be written; nothing is left.
    """
    package = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", name) or name[-1] in "-_":
        raise ConfigurationError(f"{name!r} is no name for a project; expected one like my-lab")
    if iskeyword(package) or package in sys.stdlib_module_names:
        raise ConfigurationError(f"{name!r}: Python has a {package!r} of its own; choose another name")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder}: is there already; nothing was written")
    fresh = folder.with_name(f".{folder.name}.{os.urandom(8).hex()}.new")
    written: list[str] = []
    try:
        try:
            for path, text in FILES.items():
                file = fresh / path.replace("PACKAGE", package)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(_filled(text, name, package), encoding="utf-8")
                written.append(file.relative_to(fresh).as_posix())
            os.replace(fresh, folder)  # onto an empty folder, or none
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror or error}; nothing was written") from None
    return tuple(written)


def _filled(text: str, name: str, package: str) -> str:
    words = {"NAME": name, "PACKAGE": package, "MODULE": package}
    return re.sub(r"\b(NAME|PACKAGE|MODULE)\b", lambda word: words[word[1]], text)

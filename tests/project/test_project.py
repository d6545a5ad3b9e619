"""A module that is run as an agent registers exactly the definitions that a scan of it prints."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from rekuest_codegen.errors import ConfigurationError, DefinitionError
from rekuest_codegen.ir import Node
from rekuest_codegen.runtime.provider.sources import provided_by
from rekuest_codegen.scan import scan_projects

PROJECT = """
[tool.rekuest-codegen]
memory-structures = ["frames.Camera"]

[tool.rekuest-codegen.structures]
"frames.Image" = "@mikro/image"

[tool.rekuest-codegen.models]
"frames.Point" = "@lab/point"
"""
FRAMES = """
from dataclasses import dataclass

class Image: ...
class Camera: ...

@dataclass
class Point:
    x: int = 0
"""
PROVIDER = '''
from enum import Enum
from frames import Camera, Image, Point
from rekuest_codegen import easy, register

Mode = Enum("Mode", "FAST SLOW")
LEVEL = 3

with easy("lab") as app:
    @app.rekuest.register(pure=True)
    def snap(camera: Camera, at: Point, mode: Mode = Mode.FAST) -> Image:
        """Snap."""

    def twice(x: int = LEVEL) -> int:
        """Registered under two keys."""
        return x

    app.register(twice)
    app.register(twice, key="thrice", interface="third")
'''


@contextmanager
def loaded(path: Path, name: str) -> Generator[ModuleType]:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(path.parent))
        for known in (name, "frames"):
            sys.modules.pop(known, None)


@pytest.fixture
def provider(tmp_path: Path) -> Path:
    deep = tmp_path / "scripts"
    deep.mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (deep / "frames.py").write_text(FRAMES, encoding="utf-8")
    (deep / "provider.py").write_text(PROVIDER, encoding="utf-8")
    return deep / "provider.py"


def printed(path: Path) -> list[Node]:
    result = scan_projects([path])
    assert not result.findings, [str(finding) for finding in result.findings]
    return [found.node for found in result.nodes]


@pytest.mark.parametrize("name", ["provider", "__provider_run_as_main__"])
def test_what_is_provided_is_what_is_printed(
    provider: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (elsewhere / "pyproject.toml").write_text("[tool.rekuest-codegen]\nnobody = 'reads this'\n", encoding="utf-8")
    with loaded(provider, name) as module:
        provided = provided_by(module.app.name, module.app.functions)
        frames = sys.modules["frames"]
        assert provided[0].types["@mikro/image"] is frames.Image
        assert provided[0].types["@lab/point"] is frames.Point
    assert [one.node for one in provided] == printed(provider)
    assert [one.interface for one in provided] == ["snap", "twice", "third"]
    assert provided[0].node.pure
    assert [port.kind for port in provided[0].node.args] == ["MEMORY_STRUCTURE", "MODEL", "ENUM"]
    assert provided[0].node.returns[0].identifier == "@mikro/image"


def test_without_the_table_nothing_is_known_of_other_peoples_classes(provider: Path) -> None:
    (provider.parents[1] / "pyproject.toml").unlink()
    assert {finding.code for finding in scan_projects([provider]).findings} == {"undeclared-type"}
    with loaded(provider, "provider") as module, pytest.raises(DefinitionError):
        provided_by("lab", module.app.functions)


def test_a_table_nobody_understands_keeps_a_provider_from_running(provider: Path) -> None:
    (provider.parents[1] / "pyproject.toml").write_text("[tool.rekuest-codegen]\nmodel = []\n", encoding="utf-8")
    with loaded(provider, "provider") as module, pytest.raises(ConfigurationError, match="did you mean 'models'"):
        provided_by("lab", module.app.functions)


def test_each_file_follows_its_own_project(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        table = f'[tool.rekuest-codegen.structures]\n"vendor.Image" = "@{name}/image"\n'
        (folder / "pyproject.toml").write_text(table, encoding="utf-8")
        text = f"from rekuest_codegen import easy\nfrom vendor import Image\napp = easy('{name}')\n@app.register\n"
        (folder / "app.py").write_text(text + "def f(x: Image) -> None: 'F.'\n", encoding="utf-8")
    nodes = scan_projects([tmp_path]).nodes
    assert [(found.node.app, found.node.args[0].identifier) for found in nodes] == [
        ("one", "@one/image"),
        ("two", "@two/image"),
    ]

"""Fakes of packages of every shape: flat or an app a module, split, with other names, with classes of a user's own."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rekuest_codegen.emit import EmitOptions, generate, read_manifest, write_package
from rekuest_codegen.errors import ArgumentError, ConfigurationError
from rekuest_codegen.runtime import AnyReference
from rekuest_codegen.runtime.testing import fake, offline
from tests.test_floors import WALL

MANIFEST = Path(__file__).parents[3] / "generated_example" / "mynodes" / "manifest.json"
PICTURES = """
class Picture:
    kept = {}

    def __init__(self, name):
        self.name = name

    async def ashrink(self):
        self.kept[self.name] = self
        return self.name

    @classmethod
    async def aexpand(cls, name):
        return cls.kept[name]
"""


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, **options: Any) -> Any:
    """The demo's package, generated with ``options``; imported under a name of its own."""
    name = f"faked_{folder.name}"
    nodes, _ = read_manifest(MANIFEST.read_text(encoding="utf-8"))
    write_package(folder / name, generate(nodes, EmitOptions(**options)))
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(f"{name}.{module}")


@pytest.mark.parametrize(
    ("module", "form", "options"),
    [
        ("demo", "aadd", {}),
        ("demo", "aadd", {"module_size": 2}),
        ("demo", "add_async", {"async_naming": "suffix"}),
        ("nodes", "aadd", {"layout": "flat"}),
        ("nodes", "add_async", {"layout": "flat", "async_naming": "suffix"}),
    ],
)
def test_layouts_and_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, form: str, options: dict[str, Any]
) -> None:
    stubs = package(tmp_path, monkeypatch, module, **options)
    with fake(getattr(stubs, form), returns=9) as faked, fake(stubs.count, yields=[1]), offline():
        assert stubs.add(1) == 9
        assert asyncio.run(getattr(stubs, form)(2)) == 9
        assert list(stubs.count(5)) == [1]
        with pytest.raises(ConfigurationError):
            stubs.greet("Ada")
    assert [call.arguments["x"] for call in faked.calls] == [1, 2]


def test_structures_of_a_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pictures_of_mine.py").write_text(PICTURES, encoding="utf-8")
    stubs = package(tmp_path, monkeypatch, "demo", structures={"@demo/image": "pictures_of_mine:Picture"})
    picture = importlib.import_module("pictures_of_mine").Picture
    before, after = picture("before"), picture("after")
    with fake(stubs.threshold, returns=after) as faked:
        assert stubs.threshold(before) is after
        assert asyncio.run(stubs.athreshold(before)) is after
    assert faked.calls[0].arguments["image"] == AnyReference("before", "@demo/image")
    with fake(stubs.threshold, side_effect=lambda image, level: image):
        assert stubs.threshold(before) is before
    with (
        fake(stubs.threshold, returns="no picture"),
        pytest.raises(ArgumentError, match="expected Picture, got str"),
    ):
        stubs.threshold(before)


def test_what_a_test_loads() -> None:
    code = (
        "import sys; from rekuest_codegen.runtime.testing import fake, in_memory, offline;"
        f"print(*sorted(set(sys.modules) & set({(*WALL, 'websockets', 'pytest')!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []

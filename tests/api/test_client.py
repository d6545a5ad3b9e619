"""The client is what ariadne-codegen writes from schema and operations, to the byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACE = 'target_package_path = "rekuest_codegen/api"'


def package(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".py"}


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("regenerated")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert settings.count(PLACE) == 1
    config = folder / "config.toml"
    config.write_text(settings.replace(PLACE, f"target_package_path = '{folder}'"), encoding="utf-8")
    code = "from ariadne_codegen.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, "--config", str(config)], cwd=ROOT, check=True, capture_output=True, timeout=120
    )
    return package(folder / "client")


def test_regenerating_changes_nothing(regenerated: dict[str, bytes]) -> None:
    assert regenerated.keys() == package(ROOT / "rekuest_codegen" / "api" / "client").keys()
    assert regenerated == package(ROOT / "rekuest_codegen" / "api" / "client")

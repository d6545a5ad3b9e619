"""The package of generated_example, under a name that no other package has."""

from __future__ import annotations

import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "generated_example" / "mynodes"
NAME = "example_of_a_package"


def _load() -> None:
    spec = importlib.util.spec_from_file_location(
        NAME, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[NAME])


_load()
demo: Any = import_module(f"{NAME}.demo")
types: Any = import_module(f"{NAME}.types")

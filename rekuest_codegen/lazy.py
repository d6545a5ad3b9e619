"""Names of a package that are loaded when they are first used, so that importing the package costs nothing.

``__getattr__ = lazy(__name__, places)`` beside the same imports under ``TYPE_CHECKING``, for those who read the code.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy(package: str, places: Mapping[str, str], *, below: str = "") -> Callable[[str], Any]:
    """A ``__getattr__`` for the module ``package``.

    Args:
        package: its ``__name__``.
        places: the submodule that has each name.
        below: the package that the submodules are in, where it is another one.
    """

    def load(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{below or package}.{places[name]}"), name)
        vars(sys.modules[package])[name] = value
        return value

    return load

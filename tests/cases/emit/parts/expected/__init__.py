"""Remote nodes as Python functions, one module an app.

Importing this package imports none of them; each is imported when it is first used.
"""

import importlib as _importlib
import typing as _t

if _t.TYPE_CHECKING:
    from . import big, types

__all__ = ["big", "types"]

if not _t.TYPE_CHECKING:

    def __getattr__(name: str) -> _t.Any:
        if name in __all__:
            return _importlib.import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Remote nodes as Python functions, one module an app.

Importing this package imports none of them; each is imported when it is first used.
"""

import importlib as _importlib
import typing as _t

if _t.TYPE_CHECKING:
    from . import app, con_, con_3b6f52, etc_74ccf3, etc_2291e9, types_

__all__ = ["app", "con_", "con_3b6f52", "etc_2291e9", "etc_74ccf3", "types_"]

if not _t.TYPE_CHECKING:

    def __getattr__(name: str) -> _t.Any:
        if name in __all__:
            return _importlib.import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

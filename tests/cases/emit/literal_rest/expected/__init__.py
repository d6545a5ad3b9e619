"""Remote nodes as Python functions, one module an app.

Importing this package imports none of them; each is imported when it is first used.
"""

TYPE_CHECKING = False  # type checkers take it for true; importing typing costs more

if TYPE_CHECKING:
    import contextlib as _contextlib

    import rekuest_codegen as _rekuest_codegen

    from . import lab, other_lab, types

__all__ = ["lab", "other_lab", "types", "using"]


def using(
    server: "_rekuest_codegen.Server",
) -> "_contextlib.AbstractContextManager[None]":
    """``with using(server):`` calls in this block of this package's functions go to ``server``."""
    import rekuest_codegen

    return rekuest_codegen.using(server, package=__name__)


if not TYPE_CHECKING:

    def __getattr__(name):
        if name in __all__:
            from importlib import import_module

            return import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

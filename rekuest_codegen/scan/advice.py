"""What to write instead of a type that cannot travel."""

from __future__ import annotations

from collections.abc import Mapping

HOW_TO_DECLARE = (
    'declare it: @model if it travels field by field, @structure(identifier="@package/key") or shrink and expand '
    "methods if it travels by reference, @memory_structure if it stays with this agent; or map it in the "
    "project's configuration"
)
INSTEAD: Mapping[str, str] = {
    "datetime.date": "use datetime.datetime",
    "datetime.time": "use datetime.datetime, or a text",
    "datetime.timedelta": "use a quantity of time, or a float of seconds",
    "decimal.Decimal": "use float, or a text",
    "pathlib.Path": "a path means nothing on another machine; use rekuest_codegen.File for what is in it, or str",
    "uuid.UUID": "use str",
    "builtins.bytearray": "use bytes",
    "builtins.memoryview": "use bytes",
    "builtins.complex": "use two floats",
    "builtins.list": "say of what: list[int]",
    "typing.List": "say of what: list[int]",
    "builtins.dict": "say of what: dict[str, int]",
    "typing.Dict": "say of what: dict[str, int]",
    "builtins.tuple": "a tuple is only a return type; as an argument or inside another type use list[...] or a model",
    "typing.Tuple": "a tuple is only a return type; as an argument or inside another type use list[...] or a model",
    "typing.Any": "say what it holds, as a union if need be",
    "builtins.object": "say what it holds, as a union if need be",
    "builtins.None": "a port of nothing but None says nothing",
    **dict.fromkeys(
        (f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("Mapping", "MutableMapping")),
        "use dict[...]",
    ),
    **dict.fromkeys(
        (
            f"{module}.{name}"
            for module in ("typing", "collections.abc")
            for name in ("Sequence", "MutableSequence", "Iterable", "Collection", "Set", "FrozenSet")
        ),
        "use list[...]",
    ),
    **dict.fromkeys(["builtins.set", "builtins.frozenset", "typing.AbstractSet"], "use list[...]"),
    "typing.LiteralString": "use str",
    "typing.Self": "name the class",
    "typing.ClassVar": "a class variable is no parameter; write the type inside it",
    "typing.Type": "classes do not travel; use a Literal or an Enum of what may be chosen",
    "builtins.type": "classes do not travel; use a Literal or an Enum of what may be chosen",
    **dict.fromkeys(["typing.NoReturn", "typing.Never"], "write None"),
    **dict.fromkeys(
        (f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("Awaitable", "Coroutine")),
        "write an async def, and what it gives",
    ),
    **dict.fromkeys(
        (
            f"{module}.{name}"
            for module in ("typing", "collections.abc")
            for name in ("Generator", "AsyncGenerator", "Iterator", "AsyncIterator", "AsyncIterable")
        ),
        "a stream is only the whole of a return type of a function that yields; use list[...]",
    ),
    **dict.fromkeys(["typing.Callable", "collections.abc.Callable"], "functions do not travel"),
}


def spoken(name: str) -> str:
    """A known name as its user writes it."""
    return name.removeprefix("builtins.")

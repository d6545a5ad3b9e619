"""Nodes of the app lab."""

import collections.abc as _abc
import datetime as _dt
import typing as _t

from rekuest_codegen import runtime as _rt

from .types import Camera, LabImage, Point_879d73

__all__ = [
    "Camera",
    "ConstrainedArgs",
    "ConstrainedResult",
    "DefaultsArgs",
    "EverythingArgs",
    "LabImage",
    "Point_879d73",
    "RecordArgs",
    "TickArgs",
    "constrained",
    "constrained_async",
    "defaults",
    "defaults_async",
    "everything",
    "everything_async",
    "record",
    "record_async",
    "tick",
    "tick_async",
]


_item2ea5e0f82: _t.TypeAlias = _t.Annotated[
    list[_t.Annotated[int, _rt.Field(gt=1)]],
    _rt.Field(max_length=3, min_length=1),
]


class ConstrainedArgs(_rt.Arguments):
    """Arguments of `constrained`."""

    limit: _t.Annotated[int, _rt.Field(gt=3, le=7)]
    items: _item2ea5e0f82
    unknown: str
    slid: float


class ConstrainedResult(_t.NamedTuple):
    """What `constrained` gives back."""

    mean_value: float
    return1: float
    return2: str


_CONSTRAINED: _rt.Remote[ConstrainedResult] = _rt.remote(
    app="lab",
    key="constrained",
    version="1",
    hash="eaf09eed780128b90e7e53e8bf27db6e9838c3f69038d4f9f4ec51363c18013f",
    ports='{"args":[{"key":"limit","kind":"INT"},{"children":[{"key":"...","kind":"INT"}],"key":"items","kind":"LIST"},{"key":"unknown","kind":"STRING"},{"key":"slid","kind":"FLOAT"}],"returns":[{"key":"return0","kind":"FLOAT"},{"key":"return1","kind":"FLOAT"},{"key":"return2","kind":"STRING"}]}',
    arguments=ConstrainedArgs,
    types={},
    result=ConstrainedResult,
    awaited="constrained_async",
)


def constrained(
    limit: int,
    items: list[int],
    unknown: str,
    slid: float,
) -> ConstrainedResult:
    """constrained

    :param limit: An integer.
    :param items: A list.
    :param unknown: Text.
    :param slid: A number. A dialog offers 0 to 1.
    :returns: mean_value: Mean value
    :returns: return1: A number.
    :returns: return2: count
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.call(
        _CONSTRAINED,
        {"limit": limit, "items": items, "unknown": unknown, "slid": slid},
    )


async def constrained_async(
    limit: int,
    items: list[int],
    unknown: str,
    slid: float,
) -> ConstrainedResult:
    """constrained

    :param limit: An integer.
    :param items: A list.
    :param unknown: Text.
    :param slid: A number. A dialog offers 0 to 1.
    :returns: mean_value: Mean value
    :returns: return1: A number.
    :returns: return2: count
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return await _rt.acall(
        _CONSTRAINED,
        {"limit": limit, "items": items, "unknown": unknown, "slid": slid},
    )


class DefaultsArgs(_rt.Arguments):
    """Arguments of `defaults`."""

    an_int: int | None = 3
    a_float: float | None = 1.0
    a_string: str | None = 'it\'s "so"'
    a_bool: bool | None = True
    an_enum: _t.Literal["FAST", "SLOW", "class"] | None = "class"
    a_literal: _t.Literal["a", "b"] | None = "b"
    a_list: list[int] | None = None
    a_date: _dt.datetime | None = None
    a_quantity: _rt.Quantity | None = None
    nothing: int | None = None
    required: int


_DEFAULTS: _rt.Remote[None] = _rt.remote(
    app="lab",
    key="defaults",
    version="2",
    hash="cf31d34e41d05513440f83e069aa495afe1fc5e39ff2391976f8bae9fdfb9093",
    ports='{"args":[{"default":3,"key":"an_int","kind":"INT","nullable":true},{"default":1,"key":"a_float","kind":"FLOAT","nullable":true},{"default":"it\'s \\"so\\"","key":"a_string","kind":"STRING","nullable":true},{"default":true,"key":"a_bool","kind":"BOOL","nullable":true},{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"default":"class","identifier":"@lab/mode","key":"an_enum","kind":"ENUM","nullable":true},{"choices":[{"label":"a","value":"a"},{"label":"b","value":"b"}],"default":"b","identifier":"literal.a_b","key":"a_literal","kind":"ENUM","nullable":true},{"children":[{"key":"...","kind":"INT"}],"default":[1,2],"key":"a_list","kind":"LIST","nullable":true},{"default":"2024-01-01T00:00:00","key":"a_date","kind":"DATE","nullable":true},{"default":"5 ms","key":"a_quantity","kind":"QUANTITY","nullable":true},{"key":"nothing","kind":"INT","nullable":true},{"key":"required","kind":"INT"}],"returns":[]}',
    arguments=DefaultsArgs,
    types={},
    awaited="defaults_async",
)


def defaults(
    an_int: int | None = 3,
    a_float: float | None = 1.0,
    a_string: str | None = 'it\'s "so"',
    a_bool: bool | None = True,
    an_enum: _t.Literal["FAST", "SLOW", "class"] | None = "class",
    a_literal: _t.Literal["a", "b"] | None = "b",
    a_list: list[int] | None = None,
    a_date: _dt.datetime | None = None,
    a_quantity: _rt.Quantity | None = None,
    nothing: int | None = None,
    *,
    required: int,
) -> None:
    """Everything may be left out.

    :param an_int: An integer.
    :param a_float: A number.
    :param a_string: Text.
    :param a_bool: True or false.
    :param an_enum: One of several choices.
    :param a_literal: One of several choices.
    :param a_list: Some numbers. Left out, it is [1,2].
    :param a_date: A date and time. Left out, it is "2024-01-01T00:00:00".
    :param a_quantity: A quantity. Left out, it is "5 ms".
    :param nothing: An integer. May be left out.
    :param required: Comes last, and so by name.
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    _rt.call(
        _DEFAULTS,
        {
            "an_int": an_int,
            "a_float": a_float,
            "a_string": a_string,
            "a_bool": a_bool,
            "an_enum": an_enum,
            "a_literal": a_literal,
            "a_list": a_list,
            "a_date": a_date,
            "a_quantity": a_quantity,
            "nothing": nothing,
            "required": required,
        },
    )


async def defaults_async(
    an_int: int | None = 3,
    a_float: float | None = 1.0,
    a_string: str | None = 'it\'s "so"',
    a_bool: bool | None = True,
    an_enum: _t.Literal["FAST", "SLOW", "class"] | None = "class",
    a_literal: _t.Literal["a", "b"] | None = "b",
    a_list: list[int] | None = None,
    a_date: _dt.datetime | None = None,
    a_quantity: _rt.Quantity | None = None,
    nothing: int | None = None,
    *,
    required: int,
) -> None:
    """Everything may be left out.

    :param an_int: An integer.
    :param a_float: A number.
    :param a_string: Text.
    :param a_bool: True or false.
    :param an_enum: One of several choices.
    :param a_literal: One of several choices.
    :param a_list: Some numbers. Left out, it is [1,2].
    :param a_date: A date and time. Left out, it is "2024-01-01T00:00:00".
    :param a_quantity: A quantity. Left out, it is "5 ms".
    :param nothing: An integer. May be left out.
    :param required: Comes last, and so by name.
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    await _rt.acall(
        _DEFAULTS,
        {
            "an_int": an_int,
            "a_float": a_float,
            "a_string": a_string,
            "a_bool": a_bool,
            "an_enum": an_enum,
            "a_literal": a_literal,
            "a_list": a_list,
            "a_date": a_date,
            "a_quantity": a_quantity,
            "nothing": nothing,
            "required": required,
        },
    )


class EverythingArgs(_rt.Arguments):
    """Arguments of `everything`."""

    an_int: int
    a_float: float
    a_string: str
    a_bool: bool
    a_date: _dt.datetime
    a_list: list[int]
    a_dict: dict[str, list[LabImage | None]]
    a_union: int | str | list[float]
    an_enum: _t.Literal["FAST", "SLOW", "class"]
    a_literal: _t.Literal["a", "b"]
    a_model: Point_879d73
    a_structure: LabImage
    a_memory: Camera
    an_interface: _rt.Reference
    a_quantity: _rt.Quantity


_EVERYTHING: _rt.Remote[Point_879d73] = _rt.remote(
    app="lab",
    key="everything",
    version="1",
    hash="eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
    ports='{"args":[{"key":"an_int","kind":"INT"},{"key":"a_float","kind":"FLOAT"},{"key":"a_string","kind":"STRING"},{"key":"a_bool","kind":"BOOL"},{"key":"a_date","kind":"DATE"},{"children":[{"key":"...","kind":"INT"}],"key":"a_list","kind":"LIST"},{"children":[{"children":[{"identifier":"@lab/image","key":"...","kind":"STRUCTURE","nullable":true}],"key":"...","kind":"LIST"}],"key":"a_dict","kind":"DICT"},{"children":[{"key":"0","kind":"INT"},{"key":"1","kind":"STRING"},{"children":[{"key":"...","kind":"FLOAT"}],"key":"2","kind":"LIST"}],"key":"a_union","kind":"UNION"},{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"an_enum","kind":"ENUM"},{"choices":[{"label":"a","value":"a"},{"label":"b","value":"b"}],"identifier":"@literal/a_b","key":"a_literal","kind":"ENUM"},{"children":[{"key":"x","kind":"FLOAT"},{"default":0.0,"key":"y","kind":"FLOAT","nullable":true},{"key":"class","kind":"STRING","nullable":true},{"default":false,"key":"copy","kind":"BOOL","nullable":true},{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"default":"SLOW","identifier":"@lab/mode","key":"mode","kind":"ENUM","nullable":true}],"identifier":"@lab/point","key":"a_model","kind":"MODEL"},{"identifier":"@lab/image","key":"a_structure","kind":"STRUCTURE"},{"identifier":"@lab/camera","key":"a_memory","kind":"MEMORY_STRUCTURE"},{"identifier":"@lab/drawable","key":"an_interface","kind":"INTERFACE"},{"key":"a_quantity","kind":"QUANTITY","reference_unit":"second"}],"returns":[{"children":[{"key":"x","kind":"FLOAT"},{"key":"y","kind":"FLOAT"},{"key":"class","kind":"STRING","nullable":true},{"key":"copy","kind":"BOOL"},{"choices":[{"label":"FAST","value":"FAST"},{"label":"SLOW","value":"SLOW"},{"label":"class","value":"class"}],"identifier":"@lab/mode","key":"mode","kind":"ENUM"}],"identifier":"@lab/point","key":"return0","kind":"MODEL"}]}',
    arguments=EverythingArgs,
    types={"@lab/camera": Camera, "@lab/image": LabImage, "@lab/point": Point_879d73},
    awaited="everything_async",
)


def everything(
    an_int: int,
    a_float: float,
    a_string: str,
    a_bool: bool,
    a_date: _dt.datetime,
    a_list: list[int],
    a_dict: dict[str, list[LabImage | None]],
    a_union: int | str | list[float],
    an_enum: _t.Literal["FAST", "SLOW", "class"],
    a_literal: _t.Literal["a", "b"],
    a_model: Point_879d73,
    a_structure: LabImage,
    a_memory: Camera,
    an_interface: _rt.Reference,
    a_quantity: _rt.Quantity,
) -> Point_879d73:
    """Take every kind there is.

    And give one back.

    :param an_int: A whole number
    :param a_float: A number.
    :param a_string: Text.
    :param a_bool: True or false.
    :param a_date: A date and time.
    :param a_list: A list.
    :param a_dict: A dictionary.
    :param a_union: One of several types.
    :param an_enum: One of several choices.
    :param a_literal: One of several choices.
    :param a_model: Where it is.
    :param a_structure: STRUCTURE @lab/image
    :param a_memory: MEMORY_STRUCTURE @lab/camera
    :param an_interface: INTERFACE @lab/drawable
    :param a_quantity: A quantity. Measured in second.
    :returns: MODEL @lab/point
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.call(
        _EVERYTHING,
        {
            "an_int": an_int,
            "a_float": a_float,
            "a_string": a_string,
            "a_bool": a_bool,
            "a_date": a_date,
            "a_list": a_list,
            "a_dict": a_dict,
            "a_union": a_union,
            "an_enum": an_enum,
            "a_literal": a_literal,
            "a_model": a_model,
            "a_structure": a_structure,
            "a_memory": a_memory,
            "an_interface": an_interface,
            "a_quantity": a_quantity,
        },
    )


async def everything_async(
    an_int: int,
    a_float: float,
    a_string: str,
    a_bool: bool,
    a_date: _dt.datetime,
    a_list: list[int],
    a_dict: dict[str, list[LabImage | None]],
    a_union: int | str | list[float],
    an_enum: _t.Literal["FAST", "SLOW", "class"],
    a_literal: _t.Literal["a", "b"],
    a_model: Point_879d73,
    a_structure: LabImage,
    a_memory: Camera,
    an_interface: _rt.Reference,
    a_quantity: _rt.Quantity,
) -> Point_879d73:
    """Take every kind there is.

    And give one back.

    :param an_int: A whole number
    :param a_float: A number.
    :param a_string: Text.
    :param a_bool: True or false.
    :param a_date: A date and time.
    :param a_list: A list.
    :param a_dict: A dictionary.
    :param a_union: One of several types.
    :param an_enum: One of several choices.
    :param a_literal: One of several choices.
    :param a_model: Where it is.
    :param a_structure: STRUCTURE @lab/image
    :param a_memory: MEMORY_STRUCTURE @lab/camera
    :param an_interface: INTERFACE @lab/drawable
    :param a_quantity: A quantity. Measured in second.
    :returns: MODEL @lab/point
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return await _rt.acall(
        _EVERYTHING,
        {
            "an_int": an_int,
            "a_float": a_float,
            "a_string": a_string,
            "a_bool": a_bool,
            "a_date": a_date,
            "a_list": a_list,
            "a_dict": a_dict,
            "a_union": a_union,
            "an_enum": an_enum,
            "a_literal": a_literal,
            "a_model": a_model,
            "a_structure": a_structure,
            "a_memory": a_memory,
            "an_interface": an_interface,
            "a_quantity": a_quantity,
        },
    )


class RecordArgs(_rt.Arguments):
    """Arguments of `record`."""

    seconds: float


_RECORD: _rt.Remote[LabImage] = _rt.remote(
    app="lab",
    key="record",
    version="1",
    hash="57c3d95d7a30de67217a36ef46260bf85c5fc4165b5edbdc556b8613389eda1a",
    ports='{"args":[{"key":"seconds","kind":"FLOAT"}],"returns":[{"identifier":"@lab/image","key":"return0","kind":"STRUCTURE"}]}',
    arguments=RecordArgs,
    types={"@lab/image": LabImage},
    awaited="record_async",
)


def record(seconds: float) -> _abc.Generator[LabImage, None, None]:
    """Record frames.

    :param seconds: A number.
    :yields: STRUCTURE @lab/image
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.stream(_RECORD, {"seconds": seconds})


def record_async(seconds: float) -> _abc.AsyncGenerator[LabImage, None]:
    """Record frames.

    :param seconds: A number.
    :yields: STRUCTURE @lab/image
    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.astream(_RECORD, {"seconds": seconds})


class TickArgs(_rt.Arguments):
    """Arguments of `tick`."""


_TICK: _rt.Remote[None] = _rt.remote(
    app="lab",
    key="tick",
    version="1",
    hash="971558fe27f56a90bbd4a7ed2dfa84fe07cb5cb7a810caa4031d5c6fb15e8db5",
    ports='{"args":[],"returns":[]}',
    arguments=TickArgs,
    types={},
    awaited="tick_async",
)


def tick() -> _abc.Generator[None, None, None]:
    """tick

    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.stream(_TICK, {})


def tick_async() -> _abc.AsyncGenerator[None, None]:
    """tick

    :raises ArgumentError: An argument does not fit; nothing was sent.
    :raises NodeError: The node itself failed.
    """
    return _rt.astream(_TICK, {})

"""Generated programs, run and read: the definition from the source is what the imported function says of itself."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rekuest_codegen.ir import Port, PortKind, definition
from rekuest_codegen.scan import ScanOptions, scan
from tests.scan.imported import imported, in_any_order, said

HEAD = """
import enum
import typing as t
from collections import abc
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import *
from rekuest_codegen import easy, model

app = easy("lab")
Count = int
Names = List[str]
Maybe = Optional[float]
T, U = TypeVar("T"), TypeVar("U")
Row = list[T]
Rows: TypeAlias = Row[List[T]]
Table = Dict[str, Optional[T]]
Either = Union[T, "list[str]", U]
Noted = Annotated[T, "noted"]
START = 3
TITLE = "a" + "b"
Colour = Enum("Colour", "RED GREEN")

class Mode(enum.Enum):
    FAST = "f"
    SLOW = "s"

class Plain:
    no_field: int

@dataclass
class Placed(Plain, Generic[T]):
    at: Optional[T] = None

@model
@dataclass
class Point(Placed[datetime]):
    x: float = 0.0
    mode: Mode = Mode.SLOW
    tags: "Optional[list[str]]" = None

class Image:
    @classmethod
    def get_identifier(cls): return "@lab/image"
    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...
"""
STATEMENTS = """
type Word = str
type Series[T] = list[T]
type Sheet[T] = dict[str, Series[T]]
type Perhaps[T] = T | None
type Choice[T, U] = Union[T, U, Perhaps[T]]
"""
# Statements the running Python knows; that they are read by any is tested elsewhere.
HAS_STATEMENTS = sys.version_info >= (3, 12)
ALIASES = {"Row": 1, "Rows": 1, "Table": 1, "Either": 2, "Noted": 1}
if HAS_STATEMENTS:
    HEAD += STATEMENTS
    ALIASES |= {"Series": 1, "Sheet": 1, "Perhaps": 1, "Choice": 2}
# A type as it is written, and defaults it can have.
LEAVES = {
    "int": ("1", "-START", "2 * START", "0x10"),
    "Count": ("START",),
    "float": ("0.5", "-1e3", "1 / 4"),
    "str": ("'x'", "TITLE", "'a' 'b'", "''"),
    "'str'": ("'y'",),
    "bool": ("True", "not True"),
    "datetime": ("datetime(2020, 1, 2, 3)",),
    "Mode": ("Mode.FAST", "Mode('s')", "Mode['SLOW']"),
    "'Mode'": ("Mode.SLOW",),
    "Colour": ("Colour.RED", "Colour(2)", "Colour['GREEN']"),
    "Literal['a', 'b']": ("'b'",),
    "t.Literal[1, 2]": (),
    "Names": ("['n']", "[]"),
    "Maybe": ("None", "1.5"),
    "Point": (),
    "'Image'": (),
    "Image": (),
    **({"Word": ("'w'",), "Perhaps[int]": ("None", "3")} if HAS_STATEMENTS else {}),
}


def compound(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bare = items.filter(lambda text: not text.startswith("'"))
    return st.one_of(
        st.tuples(st.sampled_from(["list", "List", "t.List"]), items).map(lambda part: f"{part[0]}[{part[1]}]"),
        st.tuples(st.sampled_from(["dict", "t.Dict"]), items).map(lambda part: f"{part[0]}[str, {part[1]}]"),
        items.map(lambda text: f"Optional[{text}]"),
        items.map(lambda text: f"Annotated[{text}, 'a note']"),
        bare.map(lambda text: f"{text} | None"),
        st.sampled_from(sorted(ALIASES)).flatmap(lambda alias: filled(alias, bare)),
        st.lists(items, min_size=2, max_size=3).map(lambda parts: f"Union[{', '.join(parts)}]"),
        st.lists(bare, min_size=2, max_size=3).map(" | ".join),
    )


def filled(alias: str, items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A generic alias with a type for each of its type variables."""
    count = ALIASES[alias]
    return st.lists(items, min_size=count, max_size=count).map(lambda parts: f"{alias}[{', '.join(parts)}]")


types = st.recursive(st.sampled_from(sorted(LEAVES)), compound, max_leaves=4)


@st.composite
def parameter(draw: st.DrawFn, name: str, *, needs_default: bool) -> tuple[str, bool]:
    """A parameter as it is written, and whether it has a default."""
    text = draw(types)
    defaults = [*LEAVES.get(text, ()), "None"]
    if not needs_default and draw(st.booleans()):
        return f"{name}: {text}", False
    return f"{name}: {text} = {draw(st.sampled_from(defaults))}", True


@st.composite
def parameters(draw: st.DrawFn) -> str:
    parts: list[str] = []
    defaulted = False
    for index in range(draw(st.integers(0, 4))):
        text, defaulted = draw(parameter(f"p{index}", needs_default=defaulted))
        parts.append(text)
    if draw(st.booleans()) and parts:
        parts.insert(draw(st.integers(1, len(parts))), "/")
    if draw(st.booleans()):
        parts += ["*", draw(parameter("only", needs_default=False))[0]]
    return ", ".join(parts)


@st.composite
def programs(draw: st.DrawFn) -> str:
    is_async, streams = draw(st.booleans()), draw(st.booleans())
    items = draw(st.lists(types, max_size=3))
    returns = {0: "None", 1: items[0] if items else ""}.get(len(items), f"Tuple[{', '.join(items)}]")
    if streams and items:
        name = draw(st.sampled_from(["Iterator", "abc.Iterator", "t.Generator"]))
        if is_async:
            name = name.replace("Iterator", "AsyncIterator").replace("Generator", "AsyncGenerator")
        more = {"t.Generator": ", None, None", "t.AsyncGenerator": ", None"}.get(name, "")
        returns = f"{name}[{returns}{more}]"
    annotation = f" -> {returns}" if draw(st.booleans()) or items else ""
    doc = draw(st.sampled_from(["", "'Measure it.'"]))
    body = f"    {doc or '...'}\n" + ("    yield\n" if streams and items else "")
    future = draw(st.sampled_from(["", "from __future__ import annotations\n"]))
    define = f"{'async ' if is_async else ''}def take_it({draw(parameters())}){annotation}:\n{body}"
    return f"{future}{HEAD}\n@app.register\n{define}"


def read(port: Port) -> dict[str, Any]:
    children = [read(child) for child in port.children]
    return {
        "key": port.key,
        "kind": port.kind.value,
        "nullable": port.nullable,
        "default": port.default,
        "identifier": port.identifier,
        "children": in_any_order(children) if port.kind is PortKind.UNION else children,
        "choices": [choice.value for choice in port.choices],
    }


@given(programs())
@settings(max_examples=120)
def test_the_source_says_what_the_imported_function_says(source: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated_program.py"
        path.write_text(source, encoding="utf-8")
        result = scan([path], ScanOptions(search_path=()))
        with imported(path) as module:
            (function,) = module.app.functions
            expected = said(function)
    assert not result.errors, (source, [str(finding) for finding in result.errors])
    (found,) = result.nodes
    node = found.node
    given = {
        **{key: definition(node)[key] for key in ("key", "name", "kind", "description", "is_dev")},
        "args": [read(port) for port in node.args],
        "returns": [read(port) for port in node.returns],
    }
    assert given == expected, source
    assert node.app == module.app.name

"""Generated signatures: the source says what the generated structure says, and so must the scan of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rekuest_codegen.ir import Port, PortKind
from rekuest_codegen.scan import ScanOptions, scan

HEAD = """
import enum
import typing as t
from datetime import datetime
from typing import *
from rekuest_codegen import register

class Mode(enum.Enum):
    FAST = "f"
    SLOW = "s"

class Image:
    @classmethod
    def get_identifier(cls): return "@lab/image"
    async def ashrink(self): ...
    @classmethod
    async def aexpand(cls, value): ...
"""


@dataclass(frozen=True)
class Type:
    """A type as it can be spelled, and as it must be read: kind, identifier, nullable, children."""

    spellings: tuple[str, ...]
    read: tuple[Any, ...]


def leaf(kind: PortKind, *spellings: str, identifier: str | None = None) -> Type:
    return Type(spellings, (kind, identifier, False, ()))


LEAVES = [
    leaf(PortKind.INT, "int"),
    leaf(PortKind.FLOAT, "float", "'float'"),
    leaf(PortKind.STRING, "str", "t.Text"),
    leaf(PortKind.BOOL, "bool"),
    leaf(PortKind.DATE, "datetime"),
    leaf(PortKind.ENUM, "Mode", "'Mode'", identifier="@app/mode"),
    leaf(PortKind.ENUM, "Literal['a', 'b']", "t.Literal['a', 'b']", identifier="@literal/a_b"),
    leaf(PortKind.STRUCTURE, "Image", "Annotated[Image, 'an image']", identifier="@lab/image"),
]


def listed(item: Type) -> Type:
    spellings = tuple(f"{name}[{text}]" for name in ("list", "List", "t.List") for text in item.spellings)
    return Type(spellings, (PortKind.LIST, None, False, (("...", item.read),)))


def mapped(item: Type) -> Type:
    spellings = tuple(f"{name}[str, {text}]" for name in ("dict", "Dict") for text in item.spellings)
    return Type(spellings, (PortKind.DICT, None, False, (("...", item.read),)))


def optional(inner: Type) -> Type:
    plain = [text for text in inner.spellings if not text.startswith("'")]
    spellings = (
        *(f"Optional[{text}]" for text in inner.spellings),
        *(f"t.Union[None, {text}]" for text in inner.spellings),
        *(f"{text} | None" for text in plain),
    )
    kind, identifier, _, children = inner.read
    return Type(spellings, (kind, identifier, True, children))


def united(alternatives: list[Type]) -> Type:
    spelled = [alternative.spellings[0] for alternative in alternatives]
    children = tuple((str(index), alternative.read) for index, alternative in enumerate(alternatives))
    spellings = (f"Union[{', '.join(spelled)}]", f"Union[{spelled[0]}, Union[{', '.join(spelled[1:])}]]")
    return Type(spellings, (PortKind.UNION, None, False, children))


def compound(items: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    several = st.lists(st.sampled_from(LEAVES), min_size=2, max_size=4, unique_by=lambda leaf: leaf.read[:2])
    return st.one_of(items.map(listed), items.map(mapped), items.map(optional), several.map(united))


types = st.recursive(st.sampled_from(LEAVES), compound, max_leaves=4)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, tuple[Any, ...]]:
    drawn = draw(types)
    return draw(st.sampled_from(drawn.spellings)), drawn.read


def read(port: Port) -> tuple[Any, ...]:
    return (port.kind, port.identifier, port.nullable, tuple((child.key, read(child)) for child in port.children))


@given(st.lists(spelled(), max_size=4), st.lists(spelled(), max_size=3), st.booleans(), st.booleans())
@settings(max_examples=60)
def test_what_is_spelled_is_read(
    arguments: list[tuple[str, tuple[Any, ...]]],
    returns: list[tuple[str, tuple[Any, ...]]],
    is_async: bool,
    streams: bool,
) -> None:
    parameters = ", ".join(f"p{index}: {text}" for index, (text, _) in enumerate(arguments))
    given_back = {0: "None", 1: returns[0][0] if returns else ""}.get(
        len(returns), f"tuple[{', '.join(text for text, _ in returns)}]"
    )
    if streams and returns:
        given_back = f"{'AsyncIterator' if is_async else 'Iterator'}[{given_back}]"
    source = f"{HEAD}\n@register\n{'async ' if is_async else ''}def f({parameters}) -> {given_back}:\n    'F.'\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.py"
        path.write_text(source, encoding="utf-8")
        result = scan([path], ScanOptions(search_path=()))
    assert not result.findings, (source, [str(finding) for finding in result.findings])
    (found,) = result.nodes
    assert [read(port) for port in found.node.args] == [expected for _, expected in arguments]
    assert [read(port) for port in found.node.returns] == [expected for _, expected in returns]
    assert (found.node.kind == "GENERATOR") is (streams and bool(returns))
    assert found.is_async is is_async

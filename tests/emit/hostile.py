"""Nodes that nobody in their right mind would register, and that a server hands out all the same."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rekuest_codegen.emit import EmitOptions
from rekuest_codegen.errors import DefinitionError
from rekuest_codegen.ir import Node, PortKind, read_node
from rekuest_codegen.ir.naming import is_text

NASTY = [
    "",
    " ",
    "_",
    "__init__",
    "__class__",
    "_rt",
    "_t",
    "class",
    "match",
    "await",
    "wait",
    "None",
    "print",
    "list",
    "int",
    "str",
    "self",
    "cls",
    "copy",
    "json",
    "model_fields",
    "model_config",
    "model_path",
    "model_dumped",
    "model_validate_it",
    "name",
    "value",
    "mro",
    "count",
    "index",
    "annotations",
    "types",
    "manifest",
    "con",
    "NUL",
    "add",
    "aadd",
    "aaadd",
    "Add",
    "ADD",
    "AddArgs",
    "AddResult",
    "add-one",
    "add one",
    "add_one",
    "addOne",
    "add_",
    "1add",
    "../../etc/passwd",
    "/abs",
    "a/b\\c:d",
    '"""',
    '""" + __import__("os").system("x") + """',
    "'); import os; ('",
    "\\",
    '\\"',
    'ends with "',
    'ends with \\"',
    "ends with \\",
    "line\nbreak\r\nand\rothers\x0b\x0c\x85\u2028\u2029",
    "nul\x00",
    "esc\x1b[31m",
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "zero\u200bwidth",
    "\ud800",
    "e\u0301",
    "ﬁle",
    "größe",
    "GRÖSSE",
    "画像処理",
    "שלום",
    "😀",
    "ǰ",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "# noqa",
    "\tindented\n\t\tmore",
    "x" * 70,
    "x" * 71,
    "a rather long key that goes on and on, with blanks in it, for more than a line of source",
    "Args:\n    x: a lie",
]
KEYS = st.sampled_from([text for text in NASTY if is_text(text)]) | st.text(max_size=12)
WORDS = st.sampled_from(NASTY) | st.text(max_size=120)
IDENTIFIERS = st.sampled_from(
    [
        "@lab/image",
        "@other/image",
        "image",
        "Image",
        "@literal/a_b",
        "literal.one",
        "__main__.color",
        "@x/none",
        *filter(None, NASTY),
    ]
)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = [kind for kind in PortKind if kind not in ("LIST", "DICT", "UNION", "MODEL")]


@st.composite
def ports(draw: st.DrawFn, key: str, depth: int = 3) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(PortKind) if depth else LEAVES))
    port: dict[str, Any] = {"key": key, "kind": kind.value, "nullable": draw(st.booleans())}
    if draw(st.booleans()):
        port["description"] = draw(WORDS)
    if draw(st.booleans()):
        port["label"] = draw(KEYS)
    if kind in ("STRUCTURE", "MEMORY_STRUCTURE", "INTERFACE", "MODEL", "ENUM"):
        port["identifier"] = draw(IDENTIFIERS)
    if kind == "ENUM":
        values = st.sampled_from(NASTY[:60]) | st.integers(-3, 3) | st.booleans() | st.floats(-1, 1)
        port["choices"] = [{"value": value, "label": "x"} for value in draw(st.lists(values, min_size=1, max_size=8))]
    if kind in ("LIST", "DICT"):
        port["children"] = [draw(ports("...", depth - 1))]
    if kind == "UNION":
        port["children"] = [draw(ports(str(i), depth - 1)) for i in range(draw(st.integers(1, 4)))]
    if kind == "MODEL":
        port["children"] = [draw(ports(k, depth - 1)) for k in draw(st.lists(KEYS, unique=True, max_size=4))]
    if draw(st.booleans()):
        port["default"] = draw(defaults(port))
    if kind == "INT" and draw(st.booleans()):
        port["validators"] = [{"function": draw(st.sampled_from(["(x) => x > 3", "(x) => x <= 7", "(x) => evil()"]))}]
    if kind == "STRING" and draw(st.booleans()):
        port["validators"] = [{"function": "(x) => x.length >= 1 && x.length <= 5"}]
    if kind == "FLOAT" and draw(st.booleans()):
        port["widget"] = {"kind": "SLIDER", "min": 0, "max": 10.5}
    return port


def defaults(port: dict[str, Any]) -> st.SearchStrategy[Any]:
    match port["kind"]:
        case "INT":
            return st.integers(-(2**70), 2**70)
        case "FLOAT":
            return NUMBERS
        case "STRING":
            return WORDS
        case "BOOL":
            return st.booleans()
        case "ENUM":
            return st.sampled_from([choice["value"] for choice in port["choices"]])
        case "DATE":
            return st.just("2024-01-01T00:00:00")
        case "QUANTITY":
            return st.sampled_from(["5 ms", 3, '""" 1'])
        case "LIST":
            return st.just([])
        case "DICT" | "MODEL":
            return st.just({})
        case _:
            return st.none()


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    keys = draw(st.lists(KEYS, unique=True, max_size=5))
    raw = {
        "key": draw(KEYS),
        "app": draw(st.sampled_from(["lab", "Lab", "l a b", "types", "", "class", *filter(is_text, NASTY[50:])])),
        "version": draw(st.sampled_from(["1", "2", "1.10.0", '"""', ""])),
        "hash": draw(st.sampled_from(["", "h1", "h2"])),
        "kind": draw(st.sampled_from(["FUNCTION", "GENERATOR"])),
        "description": draw(WORDS | st.none()),
        "args": [draw(ports(key)) for key in keys],
        "returns": [draw(ports(f"return{i}")) for i in range(draw(st.integers(0, 3)))],
    }
    try:
        return read_node(raw)
    except DefinitionError:
        # A default that its port refuses; the node without defaults is as good.
        return read_node(_without_defaults(raw))


OPTIONS = st.builds(
    EmitOptions()._replace,
    module_size=st.sampled_from([2, 200]),
    layout=st.sampled_from(["apps", "flat"]),
    async_naming=st.sampled_from(["prefix", "suffix"]),
    enums=st.sampled_from(["auto", "literal", "class"]),
    docstrings=st.sampled_from(["google", "numpy", "rest"]),
)
"""Every way a package may look."""


def _without_defaults(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {key: _without_defaults(value) for key, value in raw.items() if key != "default"}
    return [_without_defaults(item) for item in raw] if isinstance(raw, list) else raw

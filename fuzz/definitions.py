"""Any definition the model admits, with any text anywhere, drawn from a source of choices: a seed, or a fuzzer's bytes.

Every text has a good chance to be one that has once broken some generator, and names are drawn from few, so that they
meet. Nothing here looks at what is generated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Raw = dict[str, Any]

SPITEFUL = (
    *("", " ", "_", "__", "__init__", "__class__", "__all__", "__getattr__", "__future__", "_rt", "_t", "_dt", "_abc"),
    *("class", "match", "case", "type", "await", "None", "True", "print", "list", "int", "str", "self", "cls", "copy"),
    *("json", "schema", "model_fields", "model_config", "name", "value", "mro", "count", "index", "annotations"),
    *("types", "nodes", "manifest", "py.typed", "con", "NUL", "aux.txt", "add", "aadd", "aaadd", "add_async", "Add"),
    *("ADD", "AddArgs", "AddResult", "add-one", "add one", "add_one", "addOne", "add_", "_add", "1add", "l", "O", "I"),
    *("../../etc/passwd", "/abs", "a/b\\c:d", "~", "%2e%2e", ".", "..", "con.", "a.py", "\\\\server\\share"),
    *('"""', "'''", '""" + __import__("os").system("x") + """', "'); import os; ('", "\\", '\\"', 'ends "', 'ends \\"'),
    *(
        "ends \\",
        "\\N{BULLET}",
        "\\x41\\u0041",
        "{x}",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "%s %(x)s",
        "# noqa",
        "# type: ignore",
    ),
    *("# fmt: off", "# -*- coding: rot13 -*-", "\x0c", "line\nbreak\r\nand\rothers\x0b\x0c\x85\u2028\u2029", "nul\x00"),
    *(
        "esc\x1b[31m",
        "\u202egnp.exe",
        "\u2066hidden\u2069",
        "zero\u200bwidth",
        "\u3164",
        "a\ufe0fb",
        "\U000e0041",
        "\ufeff",
    ),
    *(
        "e\u0301",
        "\u00e9",
        "ﬁle",
        "größe",
        "GRÖSSE",
        "ſ",
        "K",
        "画像処理",
        "שלום",
        "عربى",
        "😀",
        "ǰ",
        "ᏸ",
        "ⅷ",
        "²",
        "ª",
    ),
    *(
        "\tindented\n\t\tmore",
        "  \n  ",
        "Args:\n    x: a lie",
        ":param x: a lie",
        "Returns\n-------\nint",
        "x" * 49,
        "x" * 50,
    ),
    *("x" * 51, "x" * 400, "a rather long key that goes on and on, with blanks in it, for more than a line of source"),
    *("word " * 60, "é" * 90, "画" * 60, '"' * 90, "\\" * 90, "a" * 86 + '"', "not\ud800text"),
)
KEYS = tuple(text for text in SPITEFUL if "\ud800" not in text)
APPS = ("lab", "Lab", "LAB", "l a b", "types", "nodes", "", "class", "con", "__init__")
IDENTIFIERS = (
    "@lab/image",
    "@other/image",
    "image",
    "Image",
    "@literal/a_b",
    "literal.one",
    "__main__.Color",
    "@x/none",
)
KINDS = ("INT", "STRING", "BOOL", "FLOAT", "DATE", "QUANTITY", "ENUM", "STRUCTURE", "MEMORY_STRUCTURE", "INTERFACE")
NESTING = ("LIST", "DICT", "UNION", "MODEL")
FUNCTIONS = ("(x) => x > 3", "(x) => x <= 7", "(x) => x.length >= 1 && x.length <= 5", "(x) => evil()", '"""', "\n")


class Source(Protocol):
    """Where choices come from; `random.Random` is one."""

    def randint(self, a: int, b: int, /) -> int: ...


def definitions(source: Source, most: int = 5) -> list[Raw]:
    """Some nodes, as a server would list them, and some of them once more in other words."""
    drawing = _Drawing(source)
    nodes = [drawing.node() for _ in range(source.randint(1, most))]
    return [*nodes, *(drawing.retold(drawing.pick(nodes)) for _ in range(source.randint(0, 2)))]


def seeded(seed: int) -> list[Raw]:
    """The nodes of ``seed``."""
    return definitions(random.Random(seed))


class _Drawing:
    def __init__(self, source: Source) -> None:
        self._draw = source.randint

    def pick(self, items: Sequence[T]) -> T:
        return items[self._draw(0, len(items) - 1)]

    def maybe(self, chance: int = 2) -> bool:
        """True once in ``chance`` times."""
        return self._draw(1, chance) == 1

    def text(self, some: Sequence[str] = SPITEFUL) -> str:
        how = self._draw(0, 9)
        if how < 6:
            return self.pick(some)
        if how < 8:
            return self.pick(some) + self.pick(some)
        return "".join(map(self._char, range(self._draw(0, 12))))

    def _char(self, _: int) -> str:
        if self.maybe():
            return chr(self._draw(0, 0x7F))
        code = self._draw(0, 0x10FFFF)
        return "?" if 0xD800 <= code < 0xE000 else chr(code)

    def keys(self, most: int) -> list[str]:
        return list(dict.fromkeys(self.text(KEYS) for _ in range(self._draw(0, most))))

    def node(self) -> Raw:
        raw: Raw = {
            "key": self.text(KEYS),
            "app": self.pick(APPS) if self.maybe() else self.text(KEYS),
            "version": self.pick(("1", "2", "1.10.0", '"""', "")),
            "hash": self.pick(("", "h1", "h2", '"""')),
            "kind": self.pick(("FUNCTION", "GENERATOR")),
            "args": [self.port(key, 3) for key in self.keys(5)],
            "returns": [self.port(f"return{place}", 3) for place in range(self._draw(0, 3))],
        }
        for field in ("description", "name"):
            if self.maybe():
                raw[field] = self.text()
        for field in ("collections", "protocols", "catalogs"):
            if self.maybe(4):
                raw[field] = [self.text()]
        if self.maybe(4):
            raw["port_groups"] = [{"key": self.text(), "title": self.text(), "ports": [self.text()]}]
        if self.maybe(4):
            raw["is_test_for"] = [{"app": self.text(), "key": self.text()}]
        return raw

    def retold(self, raw: Raw) -> Raw:
        """A node of which all is the same but what it is called, and what is said of it."""
        told = {**raw, "key": self.text(KEYS), "hash": self.pick(("", "h1", "h3", "\\u0000", "\0" + "1"))}
        for field in ("description", "name"):
            if field in raw:
                told[field] = self.text()
        for side in ("args", "returns"):
            told[side] = [self._redescribed(port) for port in raw[side]]
        return told

    def _redescribed(self, port: Raw) -> Raw:
        told = dict(port)
        if "description" in port:
            told["description"] = self.text()
        if "children" in port:
            told["children"] = [self._redescribed(child) for child in port["children"]]
        return told

    def port(self, key: str, depth: int) -> Raw:
        kind = self.pick(NESTING) if depth and self.maybe(3) else self.pick(KINDS)
        port: Raw = {"key": key, "kind": kind, "nullable": self.maybe()}
        for field in ("description", "label", "reference_unit", "dimension"):
            if self.maybe(3):
                port[field] = self.text()
        if kind in ("STRUCTURE", "MEMORY_STRUCTURE", "INTERFACE", "MODEL", "ENUM") or self.maybe(8):
            port["identifier"] = self.pick(IDENTIFIERS) if self.maybe() else self.text(KEYS) or "empty"
        if kind == "ENUM":
            port["choices"] = [{"value": self.choice(), "label": self.text()} for _ in range(self._draw(1, 6))]
        elif kind in ("LIST", "DICT"):
            port["children"] = [self.port("...", depth - 1)]
        elif kind == "UNION":
            port["children"] = [self.port(str(place), depth - 1) for place in range(self._draw(1, 3))]
        elif kind == "MODEL":
            port["children"] = [self.port(field, depth - 1) for field in self.keys(3)]
        if self.maybe(3):
            port["default"] = _DEFAULTS.get(kind, _none)(self, port)
        if self.maybe(4):
            port["validators"] = [{"function": self.pick(FUNCTIONS), "label": self.text()}]
        if self.maybe(4):
            port["widget"] = {
                "kind": self.pick(("SLIDER", "CUSTOM")),
                "min": self.number(),
                "max": 10.5,
                "x": self.text(),
            }
        if self.maybe(6):
            port["effects"] = [{"kind": "HIDE", "message": self.text(), "function": self.text()}]
        return port

    def choice(self) -> Any:
        how = self._draw(0, 9)
        if how < 6:
            return self.text()
        return (self._draw(-3, 3), self.maybe(), self._draw(-3, 3) / 2, [self.text()])[how - 6]

    def number(self) -> float | int:
        return self.pick((0, -1, 3, 2**53 + 1, 2**63, -(2**70), 0.1, -0.0, 1e300, 1e-7, 5e-324, 10**400, 1.0))


def _none(drawing: _Drawing, port: Raw) -> None:
    return None


def _integer(drawing: _Drawing, port: Raw) -> int:
    number = drawing.number()
    return int(number) if isinstance(number, int) or number.is_integer() else 7


_DEFAULTS: Mapping[str, Callable[[_Drawing, Raw], Any]] = {
    "INT": _integer,
    "FLOAT": lambda drawing, port: drawing.number(),
    "STRING": lambda drawing, port: drawing.text(),
    "BOOL": lambda drawing, port: drawing.maybe(),
    "DATE": lambda drawing, port: "2024-01-01T00:00:00",
    "QUANTITY": lambda drawing, port: drawing.pick(("5 ms", 3, '""" 1', "")),
    "ENUM": lambda drawing, port: drawing.pick(port["choices"])["value"],
    "LIST": lambda drawing, port: [],
    "DICT": lambda drawing, port: {},
    "MODEL": lambda drawing, port: {},
    "STRUCTURE": lambda drawing, port: drawing.text(),
}

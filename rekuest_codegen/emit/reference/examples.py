"""Calls to show: values that fit each parameter's type and bounds, and the lines around them, sync and async.

Whatever a caller must have from elsewhere, as references, stands as a variable that a comment explains. An example
type-checks as it stands, once those variables are there.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from rekuest_codegen.emit.reference.package import TYPES, Class, Parameter, Stub, source
from rekuest_codegen.ir import Node, NodeKind, Port, PortKind
from rekuest_codegen.ir.bounds import certain
from rekuest_codegen.ir.naming import KEYWORDS, snake

COLUMNS = 88
OPTIONS = 2
"""How many parameters with a default are shown."""
LONGEST_DEFAULT = 30
MOST_ITEMS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A call as lines of source. ``variables`` are the names it takes from elsewhere, with their types."""

    imports: tuple[str, ...]
    variables: Mapping[str, str]
    call: str

    @property
    def text(self) -> str:
        """All of it."""
        said = [f"# {name}: {_article(type_)} {type_} from elsewhere" for name, type_ in self.variables.items()]
        return "\n".join([*self.imports, "", *said, self.call])


@dataclass(slots=True)
class _Maker:
    """Makes values, and remembers what they need."""

    classes: Mapping[str, Class]
    package: str
    taken: set[str]
    imports: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def value(self, type_: ast.expr, port: Port | None) -> str:
        """Source for a value of ``type_``; ``port`` says more about it, where it is known."""
        match type_:
            case ast.Constant():
                return "None"
            case ast.BinOp(left=left):
                return self.value(left, _first(port, PortKind.UNION))
            case ast.Subscript(value=head, slice=inner):
                return self._subscripted(ast.unparse(head), inner, port)
            case _:
                return self._named(ast.unparse(type_), port)

    def default(self, text: str) -> str:
        """``text``, a default's source, with what it mentions imported and called as in an example."""
        for node in ast.walk(ast.parse(text, mode="eval")):
            if isinstance(node, ast.Name) and node.id in self.classes:
                self._import(self._types, node.id)
        return text

    def _subscripted(self, head: str, inner: ast.expr, port: Port | None) -> str:
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        match head:
            case "_t.Literal":
                return source(items[0])
            case "_t.Annotated":
                return self.value(items[0], port)
            case "_t.Union":
                return self.value(items[0], _first(port, PortKind.UNION))
            case "list":
                least = int(_bounds(port).get("min_length", 1))
                item = self.value(items[0], _first(port, PortKind.LIST))
                return f"[{', '.join([item] * max(least, 1))}]" if least <= MOST_ITEMS else f"[{item}] * {least}"
            case _:
                return f'{{"key": {self.value(items[-1], _first(port, PortKind.DICT))}}}'

    def _named(self, name: str, port: Port | None) -> str:
        if name in self.classes:
            return self._instance(self.classes[name], port)
        match name:
            case "int" | "float":
                return _number(port, whole=name == "int")
            case "str":
                return _text(port)
            case "bool":
                return "True"
            case "_dt.datetime":
                self._import("datetime", "")
                return "datetime.datetime(2024, 1, 31, 12, 0, tzinfo=datetime.UTC)"
            case "_rt.Quantity":
                self._import("rekuest_codegen", "Quantity")
                unit = port.reference_unit if port is not None else None
                return f"Quantity(1.5, {_quoted(unit)})" if unit else "Quantity(1.5)"
            case "_t.Any":
                return "None"
            case _:
                return self._variable(name.rpartition(".")[2])

    def _instance(self, found: Class, port: Port | None) -> str:
        if found.sort == "Choices":
            self._import(self._types, found.name)
            return f"{found.name}.{found.fields[0].name}"
        if found.sort != "Model":
            return self._variable(found.name)
        self._import(self._types, found.name)
        children = port.children if port is not None and port.kind is PortKind.MODEL else ()
        ports: Sequence[Port | None] = children if len(children) == len(found.fields) else [None] * len(found.fields)
        given = [
            f"{part.name}={self.value(part.type, child)}"
            for part, child in zip(found.fields, ports, strict=True)
            if part.default is None
        ]
        return f"{found.name}({', '.join(given)})"

    def _variable(self, type_: str) -> str:
        name = re.sub(r"(?<=[^\W_A-Z])(?=[A-Z])", "_", snake(type_)).lower()
        if name in KEYWORDS or name in self.taken:
            name += "_"
        self.variables[name] = type_
        return name

    @property
    def _types(self) -> str:
        return f"{self.package}.{TYPES}"

    def _import(self, module: str, name: str) -> None:
        self.imports.setdefault(module, set()).add(name)


def examples(node: Node, stub: Stub, classes: Mapping[str, Class], package: str) -> tuple[Example, Example]:
    """A call of ``stub``'s function, and of its async form. ``package`` is what it is imported from."""
    maker = _Maker(classes, package, {stub.function, stub.awaited, "result", "item"})
    given = [(parameter, maker.value(parameter.type, port)) for parameter, port in _shown(node, stub)]
    optional = [parameter for parameter in stub.parameters if _showable(parameter)][:OPTIONS]
    given += [(parameter, maker.default(parameter.default or "")) for parameter in optional]
    arguments = [f"{parameter.name}={text}" for parameter, text in given]
    return (
        _example(node, stub, stub.function, arguments, maker, awaits=False),
        _example(node, stub, stub.awaited, arguments, maker, awaits=True),
    )


def _example(node: Node, stub: Stub, name: str, arguments: Sequence[str], maker: _Maker, *, awaits: bool) -> Example:
    wanted = {**maker.imports, f"{maker.package}.{stub.module}": {name}}
    imports = sorted((_import_line(module, names) for module, names in wanted.items()), key=_import_order)
    streams = node.kind is NodeKind.GENERATOR
    if streams:
        opening, closing = f"{'async ' if awaits else ''}for item in {name}(", "):\n    print(item)"
    else:
        opening = f"{'result = ' if node.returns else ''}{'await ' if awaits else ''}{name}("
        closing = ")"
    flat = f"{opening}{', '.join(arguments)}{closing}"
    if len(flat.split("\n")[0]) > COLUMNS and arguments:
        flat = "\n".join([opening, *(f"    {argument}," for argument in arguments), closing])
    return Example(tuple(imports), dict(maker.variables), flat)


def _import_line(module: str, names: Set[str]) -> str:
    if "" in names:
        return f"import {module}"
    flat = f"from {module} import {', '.join(sorted(names))}"
    if len(flat) <= COLUMNS:
        return flat
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in sorted(names)), ")"])


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line


def _shown(node: Node, stub: Stub) -> list[tuple[Parameter, Port]]:
    """The parameters that have to be given, with their ports."""
    pairs = zip(stub.parameters, node.args, strict=True)
    return [(parameter, port) for parameter, port in pairs if parameter.default is None]


def _showable(parameter: Parameter) -> bool:
    return parameter.default not in (None, "None") and len(parameter.default or "") <= LONGEST_DEFAULT


def _first(port: Port | None, kind: PortKind) -> Port | None:
    return port.children[0] if port is not None and port.kind is kind and port.children else None


def _bounds(port: Port | None) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    for _, bounds in certain(port) if port is not None else ():
        found = {**bounds, **found}
    return found


def _number(port: Port | None, *, whole: bool) -> str:
    bounds = _bounds(port)
    low, high = _slider(port)
    step: int | float = 1 if whole else 0.5
    edges = [edge for name in ("ge", "gt", "le", "lt") if (edge := bounds.get(name)) is not None]
    wishes = [
        *((low + high) / 2 for _ in range(high > low)),
        1,
        0,
        *(edge + way for edge in edges for way in (step, 0, -step)),
    ]
    for wish in wishes:
        value = math.floor(wish) if whole else float(wish)
        if all(_holds(name, bound, value) for name, bound in bounds.items()):
            return repr(value)
    return repr(1 if whole else 1.0)


def _holds(name: str, bound: float, value: float) -> bool:
    match name:
        case "ge":
            return value >= bound
        case "gt":
            return value > bound
        case "le":
            return value <= bound
        case "lt":
            return value < bound
        case _:
            return True


def _slider(port: Port | None) -> tuple[float, float]:
    """What a dialog offers; nothing is (0, 0)."""
    extra = port.widget.model_extra or {} if port is not None and port.widget is not None else {}
    low, high = extra.get("min"), extra.get("max")
    if isinstance(low, int | float) and isinstance(high, int | float) and abs(low) < 1e15 and abs(high) < 1e15:
        return low, high
    return 0, 0


def _text(port: Port | None) -> str:
    bounds = _bounds(port)
    least, most = int(bounds.get("min_length", 0)), bounds.get("max_length", math.inf)
    if least > 40:
        return f'"x" * {least}'
    return _quoted("text".ljust(least, "x")[: int(min(most, 40))])


def _quoted(text: str) -> str:
    """A literal of ``text``, ASCII only: a unit is a stranger's word."""
    return ascii(text) if '"' in text or "'" in text or not text.isascii() else f'"{ascii(text)[1:-1]}"'


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"

"""Our own templates as Python: ``python -m rekuest_codegen.emit.compiling`` rewrites `printers` from ``templates/``.

A template is what users read and replace; what prints a package of five thousand nodes is made from it beforehand, so
that no template engine is loaded, or waited for. Only what our templates use is understood: a template of a user's is
printed by jinja2 itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import nodes

from rekuest_codegen.emit.templates import CONTEXTS, SHIPPED, environment
from rekuest_codegen.emit.text import literal
from rekuest_codegen.errors import ConfigurationError

PRINTERS = Path(__file__).with_name("printers.py")
HEAD = '''"""Our own templates, printed without a template engine. Written by `compiling` from ``templates/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rekuest_codegen.emit.text import docstring, literal

if TYPE_CHECKING:
    from rekuest_codegen.emit.modules import LazyPackage, StubModule, TypeModule
    from rekuest_codegen.emit.plan import Package
'''
STEP = "    "
COLUMNS = 120
"""What a line of our own source may have."""
_OPERATORS = {"eq": "==", "ne": "!="}


def compiled() -> str:
    """The text of `printers`, as the templates have it now.

    Raises:
        ConfigurationError: a template uses what is not understood here.
    """
    parts, places = [HEAD], list[str]()
    for name, (variable, type_) in CONTEXTS.items():
        function = f"print_{name.removesuffix('.jinja').replace('.', '_')}"
        tree = environment(None).parse((SHIPPED / name).read_text(encoding="utf-8"))
        body = "\n".join(_Printer(name).block(tree.body, STEP))
        parts.append(f"\n\ndef {function}({variable}: {type_}) -> str:\n    out: list[str] = []\n{body}\n")
        parts.append('    return "".join(out)\n')
        places.append(f"    {literal(name)}: {function},\n")
    parts.append(f"\n\nPRINTERS: Mapping[str, Callable[[Any], str]] = {{\n{''.join(places)}}}\n")
    return "".join(parts)


class _Printer:
    """Statements for the nodes of one template."""

    def __init__(self, name: str) -> None:
        self.name = name

    def block(self, body: Sequence[nodes.Node], indent: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, nodes.Output):
                items = [text for item in node.nodes for text in self.printed(item, indent + STEP)]
                if len(items) == 1:
                    yield f"{indent}out.append({items[0]})"
                    continue
                yield f"{indent}out += ("
                yield from (f"{indent}{STEP}{item}," for item in items)
                yield f"{indent})"
            elif isinstance(node, nodes.If) and not node.elif_:
                yield f"{indent}if {self.expression(node.test)}:"
                yield from self.block(node.body, indent + STEP)
                if node.else_:
                    yield f"{indent}else:"
                    yield from self.block(node.else_, indent + STEP)
            elif isinstance(node, nodes.For) and not node.else_ and node.test is None:
                yield f"{indent}for {self.expression(node.target)} in {self.expression(node.iter)}:"
                yield from self.block(node.body, indent + STEP)
            elif isinstance(node, nodes.Assign):
                yield f"{indent}{self.expression(node.target)} = {self.expression(node.node)}"
            else:
                self.refuse(node)

    def printed(self, node: nodes.Node, indent: str) -> list[str]:
        """Source of what is printed: text as it stands where a line of source can hold it, else line by line."""
        if not isinstance(node, nodes.TemplateData):
            return [self.expression(node)]
        whole = literal(node.data)
        return (
            [whole] if len(indent) + len(whole) < COLUMNS else list(map(literal, node.data.splitlines(keepends=True)))
        )

    def expression(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Name):
            return node.name
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            return literal(node.value)
        if isinstance(node, nodes.Getattr):
            return f"{self.expression(node.node)}.{node.attr}"
        if isinstance(node, nodes.Compare) and len(node.ops) == 1 and node.ops[0].op in _OPERATORS:
            operand = node.ops[0]
            return f"{self.expression(node.expr)} {_OPERATORS[operand.op]} {self.expression(operand.expr)}"
        if isinstance(node, nodes.Filter) and node.node is not None and not node.kwargs:
            given = self.expression(node.node)
            rest = [self.expression(argument) for argument in node.args]
            if node.name == "join":
                return f"{rest[0]}.join({given})"
            if node.name in ("literal", "docstring"):
                return f"{node.name}({', '.join([given, *rest])})"
        return self.refuse(node)

    def refuse(self, node: nodes.Node) -> str:
        what = f"{type(node).__name__} is not understood in a template of ours"
        raise ConfigurationError(f"{self.name}, line {node.lineno}: {what}")


if __name__ == "__main__":
    PRINTERS.write_text(compiled(), encoding="utf-8")

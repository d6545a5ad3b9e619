"""The alternatives of a union as typing sees them: flattened, and each type once, however it is written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from rekuest_codegen.ir import MAX_DEPTH
from rekuest_codegen.scan.aliases import unaliased
from rekuest_codegen.scan.annotations import parse_annotation, subscript_arguments
from rekuest_codegen.scan.modules import Known, Modules, Object
from rekuest_codegen.scan.places import Problem
from rekuest_codegen.scan.scopes import Scope
from rekuest_codegen.scan.trees import TypeAlias, text_of


class Unions:
    """Takes unions apart."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def alternatives(
        self, scope: Scope, node: ast.expr, depth: int, noted: Callable[[str], None] | None = None
    ) -> Iterator[tuple[Scope, ast.expr]]:
        """The alternatives of a union, those of nested unions and aliases of unions among them.

        ``noted`` is told the ``type`` statements on the way.
        """
        if depth > MAX_DEPTH:
            raise Problem("too-deep", f"nests deeper than {MAX_DEPTH} types", source=scope.source, node=node)
        match node:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                yield from self.alternatives(scope, left, depth + 1, noted)
                yield from self.alternatives(scope, right, depth + 1, noted)
                return
            case ast.Constant(value=str()):
                yield from self.alternatives(scope, parse_annotation(node), depth + 1, noted)
                return
            case ast.Subscript() if (name := self._union_name(scope, node)) is not None:
                for argument in subscript_arguments(node):
                    yield from self.alternatives(scope, argument, depth + 1, noted)
                if name == "typing.Optional":
                    yield scope, ast.copy_location(ast.Constant(None), node)
                return
            case ast.Subscript() | ast.Name() | ast.Attribute():
                if (meant := unaliased(self._modules, scope, node)) is not None:
                    if noted is not None and meant.statement is not None:
                        noted(meant.statement)
                    yield from self.alternatives(meant.scope, meant.node, depth + 1, noted)
                    return
            case _:
                pass
        yield scope, node

    def spelling(self, scope: Scope, node: ast.expr, depth: int = 0) -> str:
        """One text for equal types, to drop the duplicates of a union: aliases followed, nested unions in any order."""
        if depth > MAX_DEPTH:
            raise Problem("too-deep", f"nests deeper than {MAX_DEPTH} types", source=scope.source, node=node)
        match node:
            case ast.Constant(value=str()):
                return self.spelling(scope, parse_annotation(node), depth + 1)
            case ast.Constant(value=None):
                return "builtins.None"
            case ast.Name() | ast.Attribute():
                target = self._modules.resolve(scope, node)
                if isinstance(target, Known):
                    return target.name.replace("typing.Text", "builtins.str")
                if not isinstance(target, Object):
                    return scope.source.code(node)
                if isinstance(target.node, TypeAlias) and not target.node.parameters:
                    return self.spelling(target.scope, target.node.value, depth + 1)
                if isinstance(target.node, ast.Subscript | ast.BinOp | ast.Constant):
                    return self.spelling(target.scope, target.node, depth + 1)
                return str(target.key)
            case ast.Subscript() if self._union_name(scope, node) is not None:
                return self._union_spelling(scope, node, depth)
            case ast.Subscript() if (meant := unaliased(self._modules, scope, node)) is not None:
                return self.spelling(meant.scope, meant.node, depth + 1)
            case ast.Subscript():
                name = self.spelling(scope, node.value, depth + 1)
                first, *rest = subscript_arguments(node)
                if name == "typing.Literal":
                    words = sorted(self._code(scope, argument) for argument in (first, *rest))
                elif name == "typing.Annotated":
                    words = [self.spelling(scope, first, depth + 1), *(self._code(scope, note) for note in rest)]
                else:
                    words = [self.spelling(scope, argument, depth + 1) for argument in (first, *rest)]
                return f"{name}[{', '.join(words)}]"
            case ast.BinOp(op=ast.BitOr()):
                return self._union_spelling(scope, node, depth)
            case _:
                return self._code(scope, node)

    def _union_name(self, scope: Scope, node: ast.Subscript) -> str | None:
        target = self._modules.resolve(scope, node.value)
        if isinstance(target, Known) and target.name in ("typing.Union", "typing.Optional"):
            return target.name
        return None

    def _union_spelling(self, scope: Scope, node: ast.expr, depth: int) -> str:
        inside = self.alternatives(scope, node, depth)
        spelled = {self.spelling(where, alternative, depth + 1) for where, alternative in inside}
        return " | ".join(sorted(spelled))

    def _code(self, scope: Scope, node: ast.expr) -> str:
        """The code of a value, or the value itself where it is a text: it may be quoted in several ways."""
        if (text := text_of(node)) is not None:
            return repr(text)
        return "".join(scope.source.code(node).split())

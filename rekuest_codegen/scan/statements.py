"""The statements of a source that can register or declare, each in its scope, and a statement's own expressions.

One walk over all of a source, done once: what registrations, declarations and states ask for is in its result.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rekuest_codegen.scan.scopes import Scope, class_scope, function_scope

LATE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions whose parts run later, or more than once."""
CALLING = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)
"""Statements that are a call, or bind or return one's result, where their value is one."""
_INNER: Mapping[type[ast.AST], tuple[tuple[str, bool], ...]] = {
    ast.If: (("body", False), ("orelse", False)),
    **dict.fromkeys((ast.With, ast.AsyncWith), (("body", False),)),
    **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), (("body", True), ("orelse", False))),
    **dict.fromkeys(
        (ast.Try, ast.TryStar), (("body", False), ("handlers", False), ("finalbody", False), ("orelse", False))
    ),
    ast.Match: (("cases", False),),
    ast.ExceptHandler: (("body", False),),
    ast.match_case: (("body", False),),
}
"""Where a block has the statements inside it, and whether those run more than once."""


class Statement(NamedTuple):
    """A class, a decorated function, a call, or what is written with a word that registers.

    ``call`` is the call it is, or whose result it binds or returns; ``mentions`` says whether there is such a word.
    """

    scope: Scope
    node: ast.stmt
    in_loop: bool
    call: ast.Call | None
    mentions: bool


def telling(scope: Scope, body: Sequence[ast.stmt], mentions: Callable[[ast.stmt], bool]) -> list[Statement]:
    """The statements of ``body`` that can tell something, those inside functions, classes and blocks included."""
    found: list[Statement] = []
    _gather(found, mentions, scope, body, False)
    return found


def _gather(
    found: list[Statement], mentions: Callable[[ast.stmt], bool], scope: Scope, body: Sequence[ast.AST], in_loop: bool
) -> None:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.decorator_list:
                found.append(Statement(scope, node, in_loop, None, False))
            _gather(found, mentions, function_scope(scope, node), node.body, in_loop)
        elif isinstance(node, ast.ClassDef):
            found.append(Statement(scope, node, in_loop, None, False))
            _gather(found, mentions, class_scope(scope, node), node.body, in_loop)
        else:
            if isinstance(node, ast.stmt):
                value = node.value if isinstance(node, CALLING) else None
                call = value if isinstance(value, ast.Call) else None
                named = mentions(node)
                if call is not None or named:
                    found.append(Statement(scope, node, in_loop, call, named))
            for field, is_loop in _INNER.get(type(node), ()):
                inner: list[ast.AST] = getattr(node, field)
                _gather(found, mentions, scope, inner, in_loop or is_loop)


def own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of ``statement`` that are in none of the statements inside it, nor say what a function takes."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return
        case ast.AnnAssign(value=value):
            if value is not None:
                yield value
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from (item.context_expr for item in items)
        case _:
            yield from (part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.expr))


def parts(expression: ast.expr, late: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The expressions directly in ``expression``, and whether each runs later or more than once."""
    late = late or isinstance(expression, LATE)
    for child in ast.iter_child_nodes(expression):
        if isinstance(child, ast.expr):
            yield child, late
        elif isinstance(child, ast.keyword):
            yield child.value, late
        elif isinstance(child, ast.comprehension):
            yield child.iter, late
            yield from ((test, late) for test in child.ifs)

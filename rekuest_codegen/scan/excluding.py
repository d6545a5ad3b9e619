"""Whether two places of a file can both be run: what stands in different branches of one statement cannot.

The branches of an ``if``, the cases of a ``match``, the last thing that is tried and the handlers (what comes before
it may have been run); an ``if`` elsewhere in the file with the opposite test counts too (``if sys.platform ==
"win32"`` and ``if sys.platform != "win32"``), outside of functions, and where no name of the test is bound more than
once.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

Branch = tuple[object, object]
"""A decision, and which way it went."""

_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.NotEq: ast.Eq,
    ast.IsNot: ast.Is,
    ast.NotIn: ast.In,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
}


def exclude_each_other(tree: ast.Module, one: ast.AST, other: ast.AST) -> bool:
    """Whether at most one of two nodes of ``tree`` is run."""
    bound = Counter(_bindings(tree))
    taken = dict(_branches(tree.body, one, bound))
    return any(decision in taken and taken[decision] != way for decision, way in _branches(tree.body, other, bound))


def _branches(body: Sequence[ast.AST], node: ast.AST, bound: Mapping[str, int]) -> Iterator[Branch]:
    """The branches that ``node`` stands in, the outermost first."""
    local = False
    while (statement := next((one for one in body if _holds(one, node)), None)) is not None:
        body = []
        local = local or isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for arm, inner in _arms(statement, local or _changes(statement, bound)):
            if any(_holds(one, node) for one in inner):
                body = inner
                if arm is not None:
                    yield arm


def _arms(statement: ast.AST, alone: bool) -> Iterator[tuple[Branch | None, Sequence[ast.AST]]]:
    """The bodies of a statement; if it is ``alone``, another one with the same test says nothing of it."""
    match statement:
        case ast.If(test=test, body=inner, orelse=orelse):
            decision, way = (statement, True) if alone else _decision(test)
            yield (decision, way), inner
            yield (decision, not way), orelse
        case ast.Try() | ast.TryStar():
            yield None, statement.body[:-1]
            yield (statement, None), statement.body[-1:]
            yield (statement, None), statement.orelse
            for handler in statement.handlers:
                yield (statement, handler), handler.body
            yield None, statement.finalbody
        case ast.Match(cases=cases):
            for case in cases:
                yield (statement, case), case.body
        case _:
            for field in ("body", "orelse"):
                yield None, getattr(statement, field, [])


def _changes(statement: ast.AST, bound: Mapping[str, int]) -> bool:
    """Whether a name in the test of an ``if`` is bound more than once in the file."""
    names = ast.walk(statement.test) if isinstance(statement, ast.If) else ()
    return any(isinstance(name, ast.Name) and bound[name.id] > 1 for name in names)


def _bindings(tree: ast.Module) -> Iterator[str]:
    """The names that are assigned to, once for each time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _decision(test: ast.expr) -> tuple[str, bool]:
    """What a test asks, in the form that it shares with its opposite, and the answer on which its branch is taken."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            decision, way = _decision(operand)
            return decision, not way
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE:
            return ast.dump(ast.Compare(left, [_OPPOSITE[type(op)]()], [right])), False
        case _:
            return ast.dump(test), True


def _holds(statement: ast.AST, node: ast.AST) -> bool:
    first = min([statement, *getattr(statement, "decorator_list", ())], key=_start)
    return _start(first) <= _start(node) and _start(node) <= _end(statement)


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)
